//! `embedded-hal`, as its contract says.

use atecc608_sim::trace::Event;
use atecc608_sim::{Bus, chip::Ack};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{Error, ErrorKind, I2c, NoAcknowledgeSource, Operation};

use crate::common::{ADDRESS, AFTER_WAKE, INFO, awake, events};

#[test]
fn adjacent_operations_of_one_direction_are_one_message() {
    let bus = awake();
    let (mut one, mut three) = ([0; 1], [0; 3]);
    let mut operations = [
        Operation::Write(&[0x00]),
        Operation::Write(&[]),
        Operation::Read(&mut one),
        Operation::Read(&mut three),
    ];
    bus.i2c().transaction(ADDRESS, &mut operations).unwrap();
    assert_eq!(events(&bus), "S 0x60+W 00 Sr 0x60+R 04 11 33 43 P");
    assert_eq!([&one[..], &three[..]].concat(), AFTER_WAKE);

    bus.restart_trace(1000);
    let mut operations = [Operation::Read(&mut []), Operation::Write(&[0x03]), Operation::Write(&[0x07])];
    bus.i2c().transaction(ADDRESS, &mut operations).unwrap();
    assert_eq!(events(&bus), "S 0x60+R Sr 0x60+W 03 07 P");
}

#[test]
fn the_master_acknowledges_all_but_the_last_byte_of_a_message() {
    let bus = awake();
    bus.i2c().read(ADDRESS, &mut [0; 3]).unwrap();
    let entries = bus.trace();
    let acks: Vec<_> = entries
        .entries()
        .iter()
        .filter_map(|entry| match entry.event {
            Event::Read { ack, .. } => Some(ack == Ack::Ack),
            _ => None,
        })
        .collect();
    assert_eq!(acks, [true, true, false]);
}

#[test]
fn an_empty_transaction_leaves_the_bus_alone() {
    let bus = awake();
    bus.i2c().transaction(ADDRESS, &mut []).unwrap();
    assert_eq!(events(&bus), "");
}

#[test]
fn a_missing_acknowledgement_says_where_and_ends_in_a_stop() {
    let bus = awake();
    let mut i2c = bus.i2c();
    let error = i2c.write(0x20, &[1, 2]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
    assert_eq!(events(&bus), "S 0x20+W! P");

    // Chip reference 1.5: bytes behind the counted ones are not acknowledged.
    bus.restart_trace(1000);
    let error = i2c.write(ADDRESS, &[&INFO[..], &[0xAA, 0xBB]].concat()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data));
    assert_eq!(events(&bus), "S 0x60+W 03 07 30 00 00 00 03 5D AA! P");
}

#[test]
fn an_address_has_seven_bits() {
    let bus = Bus::new();
    assert_eq!(bus.i2c().write(0x80, &[]).unwrap_err().kind(), ErrorKind::Other);
    assert_eq!(events(&bus), "");
}

#[test]
fn other_hals_say_it_otherwise() {
    let bus = Bus::new();
    for kind in [ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown), ErrorKind::Bus, ErrorKind::Other] {
        let mut i2c = bus.i2c().report_nack_as(kind);
        assert_eq!(i2c.write(ADDRESS, &[]).unwrap_err().kind(), kind);
    }
}

#[test]
fn delays_pass_bus_time() {
    let bus = Bus::new();
    let mut delay = bus.delay();
    delay.delay_ns(3);
    delay.delay_us(2);
    delay.delay_ms(u32::MAX);
    assert_eq!(bus.now(), 4_294_967_295_002_003);
}
