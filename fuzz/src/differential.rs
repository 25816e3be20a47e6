//! The driver on one chip, bytes by hand on its twin: any configuration, any sequence of commands. Both
//! chips must end up alike, and the driver must say what its chip said.

use super::commands::command;
use super::typed::{self, Chip};
use super::{Source, chip::chip, group};
use atecc608::blocking::Atecc608;
use atecc608::command::raw::RawCommand;
use atecc608::wire::{Opcode, Reply};
use atecc608::{ErrorKind, Status};
use atecc608_sim::bus::Master;
use atecc608_sim::chip::{Ack, Eeprom};
use atecc608_sim::{Bus, ChipId};

const OPCODES: [Opcode; 22] = [
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
    Opcode::SecureBoot,
    Opcode::SelfTest,
];

/// Session by session.
const SESSIONS: usize = 4;
const COMMANDS: usize = 12;

/// Longer than any command and any wake, in milliseconds.
const PATIENCE: u32 = 3_000;

/// Says one word to the chip.
fn signal(master: &mut Master, word: u8) {
    assert_eq!(master.start(0xC0), Ack::Ack);
    master.write(word);
    master.stop();
}

/// Addresses it for reading as soon as it hears.
fn listen(master: &mut Master) {
    let heard = (0..PATIENCE).any(|_| {
        master.start(0xC1) == Ack::Ack || {
            master.stop();
            master.bus().advance(1_000_000);
            false
        }
    });
    assert!(heard, "the chip is gone");
}

fn wake(master: &mut Master) {
    master.start(0x00);
    master.write(0x00);
    master.stop();
    master.bus().advance(1_500_000);
    listen(master);
    let wake_response: Vec<u8> = (0..4).map(|_| master.read()).collect();
    master.stop();
    assert!(matches!(wake_response[..], [0x04, 0x11, ..] | [0x04, 0x07, ..]), "{wake_response:02X?}");
}

/// Runs a command: the answer's payload. Between two, the chip idles, which costs it nothing.
fn by_hand(master: &mut Master, body: &[u8]) -> Vec<u8> {
    signal(master, 0x02);
    wake(master);
    master.start(0xC0);
    for byte in [&[0x03][..], &group(body)].concat() {
        master.write(byte);
    }
    master.stop();
    listen(master);
    let count = master.read();
    let answer: Vec<u8> = (1..count).map(|_| master.read()).collect();
    master.stop();
    answer[..answer.len() - 2].to_vec()
}

/// The same by the driver: by the type that says the same, or by hand.
fn by_driver(chip: &mut Chip<'_>, body: &[u8], said: &[u8], typed: bool) {
    let &[opcode, p1, low, high, ref data @ ..] = body else { panic!("no command") };
    let outcome = if typed { typed::execute(chip, body, said) } else { None };
    let outcome = outcome.unwrap_or_else(|| {
        let opcode = OPCODES.into_iter().find(|known| known.to_byte() == opcode).expect("looked at before");
        let p2 = u16::from_le_bytes([low, high]);
        // UpTo takes what the chip gives. The self test's answer is a mask, which may look like anything.
        let reply = if opcode == Opcode::SelfTest { Reply::Mask } else { Reply::UpTo(100) };
        match chip.execute(&RawCommand::new(opcode, p1, p2, data, reply)) {
            Ok(answer) => {
                assert_eq!(answer[..], *said, "{body:02X?}");
                Ok(())
            }
            Err(error) if error.kind == ErrorKind::Status(Status::Success) => {
                assert_eq!(said, [0]);
                Ok(())
            }
            Err(error) => Err(error),
        }
    });
    if let Err(error) = outcome {
        let [status] = said else { panic!("{body:02X?}: {error:?}, but {said:02X?}") };
        assert_eq!(error.kind, ErrorKind::Status(Status::from_byte(*status)), "{body:02X?}");
        let changes = matches!(opcode, 0x12 | 0x17);
        assert!(!(changes && error.may_have_run()), "refused is not done");
    }
}

fn memory(bus: &Bus) -> Eeprom {
    bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone())
}

pub fn run(data: &[u8]) {
    let mut source = Source(data);
    let mut twin = source.clone();
    let (driven, handled) = (Bus::new(), Bus::new());
    driven.restart_trace(10);
    handled.restart_trace(10);
    let serial = {
        let first = chip(&mut source);
        let serial = *first.eeprom().config().first_chunk().expect("16 bytes");
        driven.add(first);
        handled.add(chip(&mut twin));
        serial
    };
    let mut driver = Atecc608::new(driven.i2c(), driven.delay());
    for number in 0..SESSIONS {
        // Awake from sleep, it may have another address.
        let config = *memory(&driven).config();
        if source.is_empty() || config[16] != 0xC0 || config[19] & 1 != 0 {
            break;
        }
        let mut master = handled.master();
        // A chip of which the driver knows nothing sleeps once more.
        if number == 0 {
            wake(&mut master);
            signal(&mut master, 0x01);
        }
        wake(&mut master);
        let done = driver.session(|session| {
            for _ in 0..COMMANDS {
                let how = source.byte();
                if how == 0 {
                    break;
                }
                let body = command(&mut source, &serial);
                if body.len() < 4 || OPCODES.iter().all(|known| known.to_byte() != body[0]) {
                    continue;
                }
                let said = by_hand(&mut master, &body);
                by_driver(session, &body, &said, how & 1 == 0);
            }
            Ok::<(), atecc608::Error<_>>(())
        });
        assert_eq!(done, Ok(()));
        signal(&mut master, 0x01);
        drop(master);
        driven.advance(1_000_000);
        handled.advance(1_000_000);
    }
    let (left, right) = (memory(&driven), memory(&handled));
    assert_eq!(left.config(), right.config());
    assert_eq!(left.otp(), right.otp());
    for slot in 0..16 {
        assert_eq!(left.slot(slot), right.slot(slot), "slot {slot}");
    }
}
