//! Answers of a chip that says anything, to the parser and to the whole driver.

use super::{Source, crc, group};
use atecc608::blocking::Atecc608;
use atecc608::command::{AesKey, CounterId, Tests};
use atecc608::{ErrorKind, Slot, frame};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{self, ErrorType, I2c, NoAcknowledgeSource, Operation};

/// A device that answers reads with what the fuzzer says.
struct Liar<'a>(Source<'a>);

impl ErrorType for Liar<'_> {
    type Error = i2c::ErrorKind;
}

impl I2c for Liar<'_> {
    fn transaction(&mut self, _: u8, operations: &mut [Operation<'_>]) -> Result<(), i2c::ErrorKind> {
        for operation in operations {
            let Operation::Read(bytes) = operation else { continue };
            if self.0.is_empty() {
                return Err(i2c::ErrorKind::Bus);
            }
            let answer = match self.0.byte() {
                0 => return Err(i2c::ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)),
                1 => self.0.bytes(bytes.len()).to_vec(),
                // As after wake.
                2 => group(&[0x11]),
                // What fits the command.
                3 => group(self.0.bytes(bytes.len().saturating_sub(3))),
                len => group(self.0.bytes(usize::from(len % 160))),
            };
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = answer.get(index).copied().unwrap_or(0xFF);
            }
        }
        Ok(())
    }
}

struct NoDelay;

impl DelayNs for NoDelay {
    fn delay_ns(&mut self, _: u32) {}
}

pub fn run(data: &[u8]) {
    if let Ok(payload) = frame::payload(data) {
        assert_eq!(payload.len() + 3, usize::from(data[0]));
        assert_eq!(crc(&data[..=payload.len()]), data[payload.len() + 1..][..2]);
    }
    let Some((first, rest)) = data.split_first() else { return };
    let mut chip = Atecc608::new(Liar(Source(rest)), NoDelay);
    let key = atecc608::PublicKey::from_bytes([0x11; 64]);
    let signature = atecc608::Signature::from_bytes([0x22; 64]);
    let digest = [0x33; 32];
    let error = match first % 16 {
        0 => chip.revision().err(),
        1 => chip.serial_number().err(),
        2 => chip.random().err(),
        3 => chip.read_config().err(),
        4 => chip.lock_state().err(),
        5 => chip.counter(CounterId::Counter0).err(),
        6 => chip.public_key(Slot::S0).err(),
        7 => chip.sign_digest(Slot::S0, &digest).err(),
        8 => chip.verify(&key, &digest, &signature).err(),
        9 => chip.sha256(&[0x44; 130]).err(),
        10 => chip.self_test(Tests::all()).err(),
        11 => chip.read_slot(Slot::S8, 5, &mut [0; 70]).err(),
        12 => chip.shared_secret(Slot::S0, &key).err(),
        13 => chip.ensure_key(Slot::S0).err(),
        14 => chip.is_key_valid(Slot::S0).err(),
        _ => {
            let (key, mut data) = (AesKey::first_of(Slot::S1), [0; 20]);
            chip.session(|chip| chip.aes_gcm_open(key, &[0; 12], b"", &mut data, &[0; 16])).err()
        }
    };
    if let Some(error) = error {
        assert!(!matches!(error.kind, ErrorKind::Argument(_)), "{error:?}");
        assert!(!format!("{error}").is_empty());
    }
}
