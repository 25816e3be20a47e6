//! The printed form: what is printed compiles, and is the recording.

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{ErrorKind, I2c, NoAcknowledgeSource, Operation};
use embedded_hal_mock::eh1::i2c::Transaction;

use super::record;

#[test]
fn printed_source_makes_the_same_expectations() {
    let recording = record(|bus, recorder| {
        let (mut i2c, mut delay) = (recorder.i2c(bus.i2c()), recorder.delay(bus.delay()));
        i2c.write(0x00, &[]).unwrap_err();
        delay.delay_us(1500);
        i2c.write_read(0x60, &[0x00], &mut [0; 4]).unwrap();
        i2c.write_read(0x20, &[0x00], &mut [0; 4]).unwrap_err();
        delay.delay_ns(1);
        i2c.transaction(0x60, &mut [Operation::Write(&[0x00]), Operation::Read(&mut [0; 2])]).unwrap();
        // Complete, but damaged.
        i2c.write(0x60, &[0x03, 0x07, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00]).unwrap();
        i2c.read(0x60, &mut [0; 7]).unwrap_err();
        i2c.write(0x60, &[0x03]).unwrap_err();
        recorder.i2c(bus.i2c().report_nack_as(ErrorKind::Other)).read(0x60, &mut [0; 1]).unwrap_err();
    });
    // The file is the printed text, and compiled here.
    let pasted: Vec<Transaction> = include!("printed.in");
    assert_eq!(recording.to_string(), include_str!("printed.in").trim_end());
    assert_eq!(recording.i2c(), pasted);
}
