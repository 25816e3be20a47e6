//! The driver on one chip, bytes by hand on its twin: any configuration, any sequence of commands. Both
//! chips must end up alike, and the driver must say what its chip said.

use super::{Source, chip::chip, group};
use atecc608::blocking::Atecc608;
use atecc608::command::raw::RawCommand;
use atecc608::command::{Opcode, Reply};
use atecc608::{ErrorKind, Status};
use atecc608_sim::chip::Ack;
use atecc608_sim::{Bus, ChipId};

const OPCODES: [Opcode; 20] = [
    Opcode::Info,
    Opcode::Read,
    Opcode::Write,
    Opcode::Lock,
    Opcode::Nonce,
    Opcode::Random,
    Opcode::Counter,
    Opcode::GenKey,
    Opcode::Sign,
    Opcode::Verify,
    Opcode::Sha,
    Opcode::Mac,
    Opcode::CheckMac,
    Opcode::GenDig,
    Opcode::DeriveKey,
    Opcode::Ecdh,
    Opcode::Kdf,
    Opcode::Aes,
    Opcode::UpdateExtra,
    Opcode::PrivWrite,
];

/// Wakes the chip, runs a command, sends the chip to sleep: the answer's payload.
fn by_hand(bus: &Bus, body: &[u8]) -> Vec<u8> {
    let mut master = bus.master();
    master.start(0x00);
    master.write(0x00);
    master.stop();
    bus.advance(1_500_000);
    assert_eq!(master.start(0xC1), Ack::Ack);
    let greeting: Vec<u8> = (0..4).map(|_| master.read()).collect();
    master.stop();
    assert!(matches!(greeting[..], [0x04, 0x11, ..] | [0x04, 0x07, ..]), "{greeting:02X?}");
    master.start(0xC0);
    for byte in [&[0x03][..], &group(body)].concat() {
        master.write(byte);
    }
    master.stop();
    while master.start(0xC1) == Ack::Nack {
        master.stop();
        bus.advance(1_000_000);
    }
    let count = master.read();
    let answer: Vec<u8> = (1..count).map(|_| master.read()).collect();
    master.stop();
    master.start(0xC0);
    master.write(0x01);
    master.stop();
    answer[..answer.len() - 2].to_vec()
}

pub fn run(data: &[u8]) {
    let mut source = Source(data);
    let mut twin = source.clone();
    let (driven, handled) = (Bus::new(), Bus::new());
    driven.restart_trace(10);
    handled.restart_trace(10);
    let mut first = chip(&mut source);
    let mut zone = *first.eeprom().config();
    // No self test at power-up: it takes longer than this hand waits.
    zone[90] &= !0x01;
    first.eeprom_mut().set_config(&zone);
    let mut second = chip(&mut twin);
    second.eeprom_mut().set_config(&zone);
    driven.add(first);
    handled.add(second);
    let mut driver = Atecc608::new(driven.i2c(), driven.delay());
    for _ in 0..12 {
        if source.is_empty() {
            break;
        }
        let opcode = OPCODES[usize::from(source.byte()) % OPCODES.len()];
        let (p1, p2) = (source.byte(), u16::from_le_bytes(source.array()));
        let len = usize::from(source.byte() % 133);
        let payload = source.bytes(len);
        let [low, high] = p2.to_le_bytes();
        let body = [&[opcode.to_byte(), p1, low, high], payload].concat();
        let expected = by_hand(&handled, &body);
        // UpTo takes what the chip gives.
        let result = driver.execute(&RawCommand::new(opcode, p1, p2, payload, Reply::UpTo(96)));
        match (&result, &expected[..]) {
            (Err(error), [0x11]) => assert_eq!(error.kind, ErrorKind::Reset),
            (Err(error), [status]) => assert_eq!(error.kind, ErrorKind::Status(Status::from_byte(*status))),
            (Ok(answer), expected) => assert_eq!(answer[..], *expected, "{body:02X?}"),
            (Err(error), expected) => panic!("{body:02X?}: {error:?}, but {expected:02X?}"),
        }
        driven.advance(1_000_000);
        handled.advance(1_000_000);
    }
    let memory = |bus: &Bus| bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone());
    let (left, right) = (memory(&driven), memory(&handled));
    assert_eq!(left.config(), right.config());
    assert_eq!(left.otp(), right.otp());
    for slot in 0..16 {
        assert_eq!(left.slot(slot), right.slot(slot), "slot {slot}");
    }
}
