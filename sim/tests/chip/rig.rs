//! A bus master of a few lines for tests that drive the chip's pins with raw bytes. Its checksum is
//! another implementation than the chip's, on purpose.

mod known;
mod policies;

use atecc608_sim::chip::{Ack, Chip, Nanos, PowerState, Readings};
use crc::{CRC_16_ARC, NoTable};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

pub(crate) use known::*;
pub(crate) use policies::*;

pub(crate) const US: Nanos = 1_000;
pub(crate) const MS: Nanos = 1_000_000;
/// Nine bits at 100 kHz.
const BYTE: Nanos = 90 * US;

/// How far the chip is locked (chip reference 0.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Locks {
    C0,
    C1D0,
    C1D1,
}

pub(crate) const ALL_LOCKS: [Locks; 3] = [Locks::C0, Locks::C1D0, Locks::C1D1];

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn hex32(text: &str) -> [u8; 32] {
    hex(text).try_into().unwrap()
}

/// `length` bytes that count up.
pub(crate) fn counting(from: u8, length: u8) -> Vec<u8> {
    (from..from + length).collect()
}

pub(crate) fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().to_vec()
}

pub(crate) fn xor(first: &[u8], second: &[u8]) -> Vec<u8> {
    first.iter().zip(second).map(|(first, second)| first ^ second).collect()
}

/// CRC of chip reference 2.2.
pub(crate) fn crc(bytes: &[u8]) -> [u8; 2] {
    crc::Crc::<u16, NoTable>::new(&CRC_16_ARC).checksum(bytes).reverse_bits().to_le_bytes()
}

pub(crate) fn group(opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Vec<u8> {
    let mut group = vec![data.len() as u8 + 7, opcode, p1];
    group.extend(p2.to_le_bytes());
    group.extend(data);
    group.extend(crc(&group));
    group
}

pub(crate) fn set_slot_config(config: &mut [u8; 128], slot: usize, value: u16) {
    config[20 + 2 * slot..][..2].copy_from_slice(&value.to_le_bytes());
}

pub(crate) fn set_key_config(config: &mut [u8; 128], slot: usize, value: u16) {
    config[96 + 2 * slot..][..2].copy_from_slice(&value.to_le_bytes());
}

pub(crate) fn known_public() -> [u8; 64] {
    hex(KNOWN_PUBLIC).try_into().unwrap()
}

/// A signature of the known key.
pub(crate) fn sign(digest: &[u8]) -> Vec<u8> {
    let key = SigningKey::from_slice(&hex(KNOWN_KEY)).unwrap();
    let signature: Signature = key.sign_prehash(digest).unwrap();
    signature.to_bytes().to_vec()
}

pub(crate) fn verifies(public: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let mut sec1 = vec![4];
    sec1.extend(public);
    let key = VerifyingKey::from_sec1_bytes(&sec1).unwrap();
    key.verify_prehash(digest, &Signature::from_slice(signature).unwrap()).is_ok()
}

/// A chip, a clock, and 7-bit address 0x60.
pub(crate) struct Rig {
    pub(crate) chip: Chip,
    pub(crate) now: Nanos,
    /// Address byte for writing.
    pub(crate) address: u8,
    woken: Nanos,
}

impl Rig {
    /// A chip that sleeps.
    pub(crate) fn asleep(chip: Chip) -> Rig {
        Rig { chip, now: 10 * MS, address: 0xC0, woken: 0 }
    }

    /// An awake chip with this configuration, locked as told.
    pub(crate) fn new(mut config: [u8; 128], locks: Locks) -> Rig {
        if locks != Locks::C0 {
            config[87] = 0;
        }
        if locks == Locks::C1D1 {
            config[86] = 0;
        }
        let mut chip = Chip::blank(1);
        chip.eeprom_mut().set_config(&config);
        let mut rig = Rig::asleep(chip);
        rig.wake();
        rig
    }

    /// A chip whose TempKey is T of 7.4, made while the generator still gave the test pattern, before it got
    /// this configuration and was locked behind its back.
    pub(crate) fn with_t(config: [u8; 128], locks: Locks) -> Rig {
        let mut rig = Rig::blank();
        assert_eq!(rig.run(NONCE, 0x00, 0, &counting(0, 20)).len(), 32);
        rig.configure(|current| {
            *current = config;
            current[86] = if locks == Locks::C1D1 { 0 } else { 0x55 };
            current[87] = if locks == Locks::C0 { 0x55 } else { 0 };
        });
        rig
    }

    pub(crate) fn blank() -> Rig {
        Rig::new(captured_config(), Locks::C0)
    }

    /// A long enough wake pulse and tWHI.
    pub(crate) fn wake(&mut self) {
        self.pulse(80 * US);
        self.woken = self.now;
        self.pass(1_500 * US);
    }

    pub(crate) fn pulse(&mut self, length: Nanos) {
        let from = self.now;
        self.pass(length);
        self.chip.sda_low(from, self.now);
    }

    pub(crate) fn pass(&mut self, time: Nanos) {
        self.now += time;
    }

    pub(crate) fn start(&mut self, address_byte: u8) -> Ack {
        self.pass(BYTE);
        self.chip.start(self.now, address_byte)
    }

    pub(crate) fn byte(&mut self, byte: u8) -> Ack {
        self.pass(BYTE);
        self.chip.write(self.now, byte)
    }

    pub(crate) fn stop(&mut self) {
        self.pass(10 * US);
        self.chip.stop(self.now);
    }

    /// A write transaction: how many bytes after the address were acknowledged, or none if the address
    /// was not.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Option<usize> {
        let address = self.address;
        let acked = match self.start(address) {
            Ack::Nack => None,
            Ack::Ack => Some(bytes.iter().filter(|byte| self.byte(**byte) == Ack::Ack).count()),
        };
        self.stop();
        acked
    }

    /// A read transaction, or none if the address was not acknowledged.
    pub(crate) fn read(&mut self, length: usize) -> Option<Vec<u8>> {
        let address = self.address | 1;
        let bytes = match self.start(address) {
            Ack::Nack => None,
            Ack::Ack => Some((0..length).map(|_| self.read_byte()).collect()),
        };
        self.stop();
        bytes
    }

    fn read_byte(&mut self) -> u8 {
        self.pass(BYTE);
        self.chip.read(self.now)
    }

    pub(crate) fn idle(&mut self) {
        assert_eq!(self.write(&[0x02]), Some(1));
        assert_eq!(self.chip.state(self.now), PowerState::Idle);
    }

    pub(crate) fn sleep(&mut self) {
        assert_eq!(self.write(&[0x01]), Some(1));
        assert_eq!(self.chip.state(self.now), PowerState::Asleep);
    }

    /// The supply goes off and on, and the chip is woken.
    pub(crate) fn power_off(&mut self) {
        self.chip.power_cycle(self.now);
        self.pass(MS);
        self.wake();
    }

    /// Writes a whole group, which the chip must take.
    pub(crate) fn send(&mut self, group: &[u8]) {
        let mut bytes = vec![0x03];
        bytes.extend(group);
        assert_eq!(self.write(&bytes), Some(bytes.len()), "group not taken");
    }

    /// Polls until the chip answers and reads the group, whose CRC must be right; gives what is in it.
    pub(crate) fn receive(&mut self) -> Vec<u8> {
        let deadline = self.now + 3_000 * MS;
        let count = loop {
            assert!(self.now < deadline, "no answer");
            match self.read(1) {
                Some(count) => break count[0],
                None => self.pass(MS / 4),
            }
        };
        let mut group = vec![count];
        group.extend(self.read(usize::from(count) - 1).unwrap());
        let (body, check) = group.split_at(group.len() - 2);
        assert_eq!(check, crc(body), "CRC of {group:02X?}");
        body[1..].to_vec()
    }

    /// Runs a command, away from the watchdog, and gives the answer without count and CRC.
    pub(crate) fn run(&mut self, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Vec<u8> {
        if self.now - self.woken > 400 * MS {
            self.idle();
            self.wake();
        }
        self.send(&group(opcode, p1, p2, data));
        self.receive()
    }

    /// Runs a command that must answer with a status byte.
    pub(crate) fn status(&mut self, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> u8 {
        let answer = self.run(opcode, p1, p2, data);
        assert_eq!(answer.len(), 1, "no status: {answer:02X?}");
        answer[0]
    }

    /// The status a command answers with, or 0 if it gives a result.
    pub(crate) fn verdict(&mut self, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> u8 {
        match self.run(opcode, p1, p2, data)[..] {
            [status] => status,
            _ => OK,
        }
    }

    /// Nonce, fixed, 32 bytes to TempKey.
    pub(crate) fn load_temp_key(&mut self, value: &[u8]) {
        assert_eq!(self.status(NONCE, 0x03, 0, value), OK);
    }

    /// Nonce, fixed, to the message digest buffer.
    pub(crate) fn load_digest(&mut self, value: &[u8]) {
        assert_eq!(self.status(NONCE, 0x43, 0, value), OK);
    }

    /// Nonce, random.
    pub(crate) fn random_temp_key(&mut self) {
        assert_eq!(self.run(NONCE, 0x00, 0, &[7; 20]).len(), 32);
    }

    /// TempKey cannot be read. What the second form of Nonce makes of it tells it nevertheless.
    pub(crate) fn expect_temp_key(&mut self, value: &str) {
        let numbers = [0x99; 20];
        let answer = self.run(NONCE, 0x01, 0x8000, &numbers);
        assert_eq!(answer, sha256(&[&hex(value), &numbers, &[0x16, 0x01, 0x00]]), "TempKey is not {value}");
    }

    /// TempKey.Valid, as Info shows it.
    pub(crate) fn temp_key_valid(&mut self) -> bool {
        self.run(INFO, 0x02, 0, &[])[1] & 0x80 != 0
    }

    /// AuthKeyID if AuthValid, as Info shows them.
    pub(crate) fn authorised(&mut self) -> Option<u8> {
        let state = self.run(INFO, 0x02, 0, &[])[1];
        (state & 4 != 0).then_some(state >> 3 & 0xF)
    }

    /// Lets Verify(Stored) with the known key's public key, poked into the slot, set AuthValid.
    pub(crate) fn authorise(&mut self, slot: u16) {
        let digest = [0x5A; 32];
        self.chip.eeprom_mut().set_public_key(slot.into(), &known_public());
        self.load_temp_key(&digest);
        assert_eq!(self.status(VERIFY, 0x00, slot, &sign(&digest)), OK);
    }

    /// Follows other readings from here on.
    pub(crate) fn follow(&mut self, readings: Readings) {
        let chip = std::mem::replace(&mut self.chip, Chip::blank(0));
        self.chip = chip.with_readings(readings);
    }

    /// Pokes the known private key into a slot.
    pub(crate) fn poke_key(&mut self, slot: usize) {
        self.chip.eeprom_mut().set_private_key(slot, &hex32(KNOWN_KEY));
    }

    pub(crate) fn counter0(&mut self) -> u32 {
        u32::from_le_bytes(self.run(COUNTER, 0, 0, &[]).try_into().unwrap())
    }

    /// Changes the configuration behind the chip's back.
    pub(crate) fn configure(&mut self, change: impl FnOnce(&mut [u8; 128])) {
        let mut config = *self.chip.eeprom().config();
        change(&mut config);
        self.chip.eeprom_mut().set_config(&config);
    }
}
