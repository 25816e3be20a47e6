//! What several tests need: groups as the chip takes them (chip reference 2.1), and a master.

use atecc608_sim::Bus;
use atecc608_sim::hal::{SimDelay, SimI2c};
use crc::{CRC_16_ARC, NoTable};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// The 7-bit address of a blank chip.
pub(crate) const ADDRESS: u8 = 0x60;

/// What a chip answers that has executed nothing since its wake.
pub(crate) const AFTER_WAKE: [u8; 4] = [0x04, 0x11, 0x33, 0x43];

/// Chip reference 2.2, little endian.
pub(crate) fn crc(bytes: &[u8]) -> [u8; 2] {
    crc::Crc::<u16, NoTable>::new(&CRC_16_ARC).checksum(bytes).reverse_bits().to_le_bytes()
}

/// Word address 3 and a command group.
pub(crate) fn command(opcode: u8, param1: u8, param2: u16, data: &[u8]) -> Vec<u8> {
    let mut group = vec![7 + u8::try_from(data.len()).unwrap(), opcode, param1];
    group.extend(param2.to_le_bytes());
    group.extend(data);
    group.extend(crc(&group));
    group.insert(0, 0x03);
    group
}

/// Word address 3 and the group of Info (revision), chip reference 7.1.
pub(crate) const INFO: [u8; 8] = [0x03, 0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D];

/// Its answer.
pub(crate) const REVISION: [u8; 7] = [0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38];

/// A zero byte at 100 kHz and tWHI.
pub(crate) fn wake(i2c: &mut SimI2c, delay: &mut SimDelay) {
    i2c.write(0x00, &[]).expect_err("nobody has address 0");
    delay.delay_us(1500);
}

/// A bus with a chip that has just been woken, and an empty trace.
pub(crate) fn awake() -> Bus {
    let bus = Bus::with_blank_chip(1);
    wake(&mut bus.i2c(), &mut bus.delay());
    bus.restart_trace(1000);
    bus
}

/// The trace in one line, without its times.
pub(crate) fn events(bus: &Bus) -> String {
    let events: Vec<String> = bus.trace().entries().iter().map(|entry| entry.event.to_string()).collect();
    events.join(" ")
}

/// Sends a group, polls, and reads the answer without its CRC.
pub(crate) fn execute(bus: &Bus, group: &[u8]) -> Vec<u8> {
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    i2c.write(ADDRESS, group).expect("the chip takes a command");
    let mut count = [0];
    let mut polls = 0;
    while i2c.read(ADDRESS, &mut count).is_err() {
        delay.delay_ms(1);
        polls += 1;
        assert!(polls < 1000, "the chip does not come back");
    }
    let mut rest = vec![0; usize::from(count[0]) - 1];
    i2c.read(ADDRESS, &mut rest).expect("the chip is ready");
    let mut answer = count.to_vec();
    answer.extend(rest);
    let (body, sent) = answer.split_at(answer.len() - 2);
    assert_eq!(crc(body), sent);
    body[1..].to_vec()
}
