//! Injected faults.

use atecc608_sim::chip::Ack;
use atecc608_sim::{Bus, Fault};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{Error, ErrorKind, I2c, NoAcknowledgeSource};

use crate::common::{ADDRESS, AFTER_WAKE, INFO, REVISION, awake, execute};

#[test]
fn a_read_byte_is_flipped_once() {
    let bus = awake();
    bus.inject(Fault::ReadByte { nth: 0, xor: 0x80 });
    bus.inject(Fault::ReadByte { nth: 5, xor: 0xFF });
    let mut answer = [0; 4];
    bus.i2c().read(ADDRESS, &mut answer).unwrap();
    assert_eq!(answer, [0x84, 0x11, 0x33, 0x43]);
    for expected in [[0x04, 0xEE, 0x33, 0x43], AFTER_WAKE] {
        bus.i2c().write_read(ADDRESS, &[0x00], &mut answer).unwrap();
        assert_eq!(answer, expected, "counting goes over transactions");
    }
}

#[test]
fn a_written_byte_is_flipped_once() {
    let bus = awake();
    bus.inject(Fault::WriteByte { nth: 2, xor: 0x01 });
    assert_eq!(execute(&bus, &INFO), [0xFF], "the chip saw a wrong CRC");
    assert_eq!(execute(&bus, &INFO), REVISION[1..5]);
}

#[test]
fn an_acknowledgement_is_lost_once() {
    let bus = awake();
    bus.inject(Fault::NackAddress);
    bus.inject(Fault::NackByte { nth: 1 });
    // What nobody acknowledges does not count.
    let mut master = bus.master();
    assert_eq!(master.start(0x20), Ack::Nack);
    assert_eq!((master.write(0), master.write(0)), (Ack::Nack, Ack::Nack));
    master.stop();
    let mut i2c = bus.i2c();
    let sources = [NoAcknowledgeSource::Address, NoAcknowledgeSource::Data];
    for source in sources {
        let error = i2c.write(ADDRESS, &[0x03, 0x07]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoAcknowledge(source));
    }
    i2c.write(ADDRESS, &[0x03, 0x07]).unwrap();
}

#[test]
fn sda_stuck_low_loses_the_arbitration_until_it_is_free() {
    let bus = Bus::with_blank_chip(1);
    bus.inject(Fault::SdaStuck { duration: 5_000_000 });
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    assert_eq!(i2c.write(0x00, &[]).unwrap_err().kind(), ErrorKind::ArbitrationLoss);
    let mut master = bus.master();
    assert_eq!(master.start(0x20), Ack::Ack, "low is what an acknowledgement looks like");
    assert_eq!(master.read(), 0x00);
    master.stop();
    delay.delay_ms(7);
    let mut answer = [0; 4];
    i2c.read(ADDRESS, &mut answer).unwrap();
    assert_eq!(answer, AFTER_WAKE, "letting go of it was a wake pulse");
}
