//! Time on the wire, SDA's low runs, several chips.

use atecc608_sim::chip::{Ack, PowerState};
use atecc608_sim::{Bus, Chip, ChipId};
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use embedded_hal::i2c::I2c;

use crate::common::{ADDRESS, AFTER_WAKE, INFO, REVISION, command, execute, wake};

fn asleep(bus: &Bus) -> bool {
    let now = bus.now();
    bus.with_chip(ChipId::FIRST, |chip| chip.state(now)) == PowerState::Asleep
}

#[test]
fn bits_take_their_time() {
    let bus = Bus::new();
    let mut master = bus.master();
    assert_eq!(master.start(0xC0), Ack::Nack);
    assert_eq!(bus.now(), 10 * 10_000);
    master.write(0xA5);
    assert_eq!(bus.now(), 19 * 10_000);
    master.start(0xC1);
    assert_eq!(bus.now(), 29 * 10_000);
    assert_eq!(master.read(), 0xFF, "nobody drives");
    master.stop();
    assert_eq!(bus.now(), 39 * 10_000);

    let counters = bus.counters();
    assert_eq!((counters.transactions, counters.bytes, counters.busy), (1, 4, 390_000));
    bus.reset_counters();
    assert_eq!(bus.counters().bytes, 0);
}

#[test]
fn clocks_are_the_bus_s_or_the_master_s() {
    let bus = Bus::new();
    let (mut first, mut second) = (bus.master(), bus.master());
    second.set_clock_hz(1_000_000);
    bus.set_clock_hz(400_000);
    first.start(0xC0);
    first.stop();
    assert_eq!(bus.now(), 11 * 2_500);
    second.start(0xC0);
    second.stop();
    assert_eq!(bus.now(), 11 * 3_500);
}

#[test]
fn nothing_happens_outside_a_transaction() {
    let bus = Bus::with_blank_chip(1);
    let mut master = bus.master();
    assert_eq!(master.write(0x03), Ack::Nack);
    assert_eq!(master.read(), 0xFF);
    master.stop();
    assert_eq!((bus.now(), bus.counters().transactions), (0, 0));
}

/// Chip reference 1.3: eight low bits are 60 us up to 133 kHz.
#[test]
fn a_zero_byte_wakes_up_to_133_khz() {
    for (hz, wakes) in [(50_000, true), (100_000, true), (133_000, true), (134_000, false), (400_000, false)]
    {
        let bus = Bus::with_blank_chip(1);
        bus.set_clock_hz(hz);
        let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
        wake(&mut i2c, &mut delay);
        assert_eq!(asleep(&bus), !wakes, "{hz} Hz");
        let mut answer = [0; 4];
        assert_eq!(i2c.read(ADDRESS, &mut answer).is_ok(), wakes, "{hz} Hz");
        assert_eq!(answer == AFTER_WAKE, wakes, "{hz} Hz");
    }
}

/// Chip reference 1.3: the chip's own address, not acknowledged, is low for six bits.
#[test]
fn an_address_with_six_zeros_wakes_at_100_khz() {
    for (hz, wakes) in [(100_000, true), (101_000, false)] {
        let bus = Bus::with_blank_chip(1);
        bus.set_clock_hz(hz);
        bus.i2c().write(ADDRESS, &[]).unwrap_err();
        assert_eq!(asleep(&bus), !wakes, "{hz} Hz");
    }
}

/// Chip reference 1.3: two zero bytes with the ACK between them, for somebody else.
#[test]
fn a_low_run_goes_on_through_an_acknowledgement() {
    let run = |hz, pause| {
        let bus = Bus::with_blank_chip(1);
        let sleeper = bus.add(Chip::blank(2));
        let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
        wake(&mut i2c, &mut delay);
        // One of the two starts anew, asleep, and is woken by the other's traffic.
        let now = bus.now();
        bus.with_chip(sleeper, |chip| chip.power_cycle(now));
        delay.delay_ms(1);
        let mut master = bus.master();
        master.set_clock_hz(hz);
        assert_eq!(master.start(ADDRESS << 1), Ack::Ack);
        for byte in [0x03, 0x07, 0xFF, 0x00] {
            assert_eq!(master.write(byte), Ack::Ack);
        }
        bus.advance(pause);
        assert_eq!(master.write(0x00), Ack::Ack);
        assert_eq!(master.write(0xFF), Ack::Ack);
        master.stop();
        let now = bus.now();
        bus.with_chip(sleeper, |chip| chip.state(now)) != PowerState::Asleep
    };
    assert!(run(310_000, 0), "two bytes and three ACKs are 61 us");
    assert!(!run(320_000, 0), "and now 59 us");
    assert!(!run(310_000, 1_000), "SDA is high in a pause");
}

/// A byte that was read and acknowledged, then a pause: SDA is low for the acknowledge, and no longer.
#[test]
fn a_pause_after_a_byte_read_is_no_low_run() {
    let bus = Bus::with_blank_chip(1);
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    wake(&mut i2c, &mut delay);
    assert_eq!(execute(&bus, &INFO), REVISION[1..5]);
    i2c.write(ADDRESS, &[0x00]).unwrap();
    let sleeper = bus.add(Chip::blank(2));
    let mut master = bus.master();
    master.set_clock_hz(1_000_000);
    assert_eq!(master.start(ADDRESS << 1 | 1), Ack::Ack);
    assert_eq!(master.read(), REVISION[0]);
    bus.advance(1_000_000);
    assert_eq!(master.read(), REVISION[1]);
    master.stop();
    let now = bus.now();
    assert_eq!(bus.with_chip(sleeper, |chip| chip.state(now)), PowerState::Asleep);
}

/// The same for bytes read: the master's ACK joins the bytes, its last NACK does not.
#[test]
fn low_runs_of_bytes_read_count() {
    let run = |bytes: usize| {
        let bus = Bus::with_blank_chip(1);
        let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
        wake(&mut i2c, &mut delay);
        assert_eq!(execute(&bus, &INFO), REVISION[1..5]);
        i2c.write(ADDRESS, &[0x00]).unwrap();
        let sleeper = bus.add(Chip::blank(2));
        // 07 00 00 60: from the 7's last bit, ACK, two bytes with ACKs, one more zero bit.
        i2c.set_clock_hz(300_000);
        i2c.read(ADDRESS, &mut vec![0; bytes]).unwrap();
        let now = bus.now();
        bus.with_chip(sleeper, |chip| chip.state(now)) != PowerState::Asleep
    };
    assert!(!run(2), "one zero byte and its surroundings");
    assert!(run(4), "ACK, zero, ACK, zero, ACK and a bit are 20 bits");
}

#[test]
fn pulses_on_sda_wake() {
    for (nanos, wakes) in [(60_000, true), (59_999, false)] {
        let bus = Bus::with_blank_chip(1);
        bus.hold_sda_low(nanos);
        assert_eq!(bus.now(), nanos);
        assert_eq!(asleep(&bus), !wakes, "{nanos} ns");

        let bus = Bus::with_blank_chip(1);
        let (mut pin, mut delay) = (bus.sda_pin(), bus.delay());
        pin.set_low().unwrap();
        delay.delay_ns(u32::try_from(nanos).unwrap());
        assert!(asleep(&bus), "the rising edge wakes");
        pin.set_high().unwrap();
        assert_eq!(asleep(&bus), !wakes, "{nanos} ns");
    }
}

#[test]
fn a_chip_that_is_not_addressed_sees_no_bytes() {
    let bus = Bus::with_blank_chip(1);
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    wake(&mut i2c, &mut delay);
    let mut master = bus.master();
    assert_eq!(master.start(0x20), Ack::Nack);
    for byte in INFO {
        assert_eq!(master.write(byte), Ack::Nack);
    }
    master.stop();
    // A read address takes no bytes either.
    assert_eq!(master.start((ADDRESS << 1) | 1), Ack::Ack);
    for byte in INFO {
        assert_eq!(master.write(byte), Ack::Nack);
    }
    master.stop();
    bus.advance(10_000_000);
    let mut answer = [0; 4];
    i2c.read(ADDRESS, &mut answer).unwrap();
    assert_eq!(answer, AFTER_WAKE, "no command was executed");
}

#[test]
fn two_chips_at_two_addresses() {
    let bus = Bus::with_blank_chip(1);
    let second = bus.add(Chip::blank(2));
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    wake(&mut i2c, &mut delay);
    // Both answer, and their serial numbers differ: a wired AND. Then the second one moves.
    let read = command(0x02, 0x80, 0, &[]);
    let both = execute_unchecked(&bus, ADDRESS, &read);
    bus.with_chip(second, |chip| {
        let mut config = *chip.eeprom().config();
        config[16] = 0x6A;
        chip.eeprom_mut().set_config(&config);
    });
    bus.power_cycle();
    delay.delay_ms(1);
    wake(&mut i2c, &mut delay);
    let one = execute_unchecked(&bus, ADDRESS, &read);
    let other = execute_unchecked(&bus, 0x35, &read);
    assert_ne!(one[..14], other[..14]);
    let anded: Vec<u8> = one.iter().zip(&other).map(|(a, b)| a & b).take(16).collect();
    assert_eq!(both[..16], anded);
}

/// Without a look at the CRC, which two chips at one address spoil.
fn execute_unchecked(bus: &Bus, address: u8, group: &[u8]) -> [u8; 35] {
    let mut i2c = bus.i2c();
    i2c.write(address, group).unwrap();
    bus.advance(50_000_000);
    let mut answer = [0; 35];
    i2c.read(address, &mut answer).unwrap();
    answer
}
