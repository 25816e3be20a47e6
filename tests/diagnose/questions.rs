//! Commands to ask about: of every kind, mostly well formed, for slots that the configuration makes likely.

use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use atecc608::wire::{Opcode, Request};
use testkit::configurations::Xorshift;
use testkit::pins::{PUBLIC, Rig};
use testkit::{sha256_of, xor};

/// A command's fields.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) opcode: Opcode,
    pub(crate) p1: u8,
    pub(crate) p2: u16,
    pub(crate) data: Vec<u8>,
}

impl Question {
    /// The slot that p2 names.
    pub(crate) fn slot(&self) -> Slot {
        let shift = if matches!(self.opcode, Opcode::Read | Opcode::Write) { 3 } else { 0 };
        Slot::new((self.p2 >> shift & 0xF) as u8).unwrap()
    }

    pub(crate) fn request(&self) -> Request<'_> {
        Request::with_data(self.opcode, self.p1, self.p2, [&self.data, &[], &[]])
    }
}

const OPCODES: [Opcode; 22] = [
    Opcode::Aes,
    Opcode::CheckMac,
    Opcode::Counter,
    Opcode::DeriveKey,
    Opcode::Ecdh,
    Opcode::GenDig,
    Opcode::GenKey,
    Opcode::Info,
    Opcode::Kdf,
    Opcode::Lock,
    Opcode::Mac,
    Opcode::Nonce,
    Opcode::PrivWrite,
    Opcode::Random,
    Opcode::Read,
    Opcode::SecureBoot,
    Opcode::SelfTest,
    Opcode::Sha,
    Opcode::Sign,
    Opcode::UpdateExtra,
    Opcode::Verify,
    Opcode::Write,
];

/// Commands that look at slots, which are asked more often.
const OFTEN: [Opcode; 15] = [
    Opcode::DeriveKey,
    Opcode::Ecdh,
    Opcode::GenDig,
    Opcode::GenKey,
    Opcode::Kdf,
    Opcode::Kdf,
    Opcode::Mac,
    Opcode::PrivWrite,
    Opcode::Read,
    Opcode::SecureBoot,
    Opcode::SecureBoot,
    Opcode::Sign,
    Opcode::Verify,
    Opcode::Verify,
    Opcode::Write,
];

pub(crate) fn choose_opcode(random: &mut Xorshift) -> Opcode {
    if random.below(3) == 0 { pick(random, &OPCODES) } else { pick(random, &OFTEN) }
}

pub(crate) fn pick<T: Copy>(random: &mut Xorshift, from: &[T]) -> T {
    from[random.below(from.len())]
}

fn actions(opcode: Opcode) -> &'static [Action] {
    use Action as A;
    match opcode {
        Opcode::Aes => &[A::Aes],
        Opcode::CheckMac => &[A::CheckMac],
        Opcode::DeriveKey => &[A::DeriveKey],
        Opcode::Ecdh => &[A::Ecdh, A::EcdhEncrypted, A::EcdhTempKey, A::EcdhNextSlot],
        Opcode::GenDig => &[A::GenDig],
        Opcode::GenKey => &[A::GenKey, A::PublicKey, A::PublicKeyDigest],
        Opcode::Kdf => &[A::Kdf, A::KdfOutput, A::KdfEncrypted],
        Opcode::Mac => &[A::Mac],
        Opcode::PrivWrite => &[A::PrivWrite, A::PrivWriteEncrypted],
        Opcode::Read => &[A::Read, A::ReadEncrypted],
        Opcode::Sha => &[A::Hmac],
        Opcode::Sign => &[A::SignExternal, A::SignInternal],
        Opcode::Verify => &[A::Verify, A::Validate],
        Opcode::Write => &[A::Write, A::WriteWord, A::WriteEncrypted],
        _ => &[],
    }
}

/// A slot with which this command may do something, most of the time, if there is one.
pub(crate) fn choose_slot(random: &mut Xorshift, zone: &ConfigZone, opcode: Opcode) -> Slot {
    let stage = match (zone.is_config_locked(), zone.is_data_locked()) {
        (_, true) => Stage::Locked,
        _ => Stage::ConfigLocked,
    };
    if opcode == Opcode::Write && random.below(3) == 0 {
        let validated = Slot::all().filter(|slot| {
            let key = zone.key_config(*slot).bits();
            zone.slot_config(*slot).write_config() == 1 && key & 0x1F == 0x12 && *slot >= Slot::S8
        });
        let validated: Vec<Slot> = validated.collect();
        if !validated.is_empty() {
            return pick(random, &validated);
        }
    }
    if random.below(4) > 0 && !actions(opcode).is_empty() {
        for _ in 0..24 {
            let slot = Slot::new(random.below(16) as u8).unwrap();
            let action = pick(random, actions(opcode));
            if zone.permission(slot, action, stage).is_some() {
                return slot;
            }
        }
    }
    Slot::new(random.below(16) as u8).unwrap()
}

/// A well-formed command of this kind; `rig` is in the state in which it will be sent.
pub(crate) fn question(
    rig: &Rig,
    random: &mut Xorshift,
    zone: &ConfigZone,
    opcode: Opcode,
    slot: Slot,
) -> Question {
    let n = slot.number();
    let key_id = u16::from(n);
    let make = |p1: u8, p2: u16, data: Vec<u8>| Question { opcode, p1, p2, data };
    let mut question = match opcode {
        Opcode::Aes => match random.below(6) {
            0 => make(3, 0, vec![0; 32]),
            1 => make(pick(random, &[0, 0x40, 0x80, 0xC0]), 0xFFFF, vec![0; 16]),
            _ => make(pick(random, &[0, 1, 0x40, 0x81, 0xC0]), key_id, vec![0; 16]),
        },
        Opcode::CheckMac => make(pick(random, &[0, 0, 1, 2, 5, 6]), key_id, vec![0; 77]),
        Opcode::Counter => make(random.below(2) as u8, random.below(2) as u16, vec![]),
        Opcode::DeriveKey => derive_key(rig, random, zone, slot),
        Opcode::Ecdh => ecdh(random, key_id),
        Opcode::GenDig => match random.below(8) {
            0 => make(0, random.below(5) as u16, vec![]),
            1 => make(1, random.below(3) as u16, vec![]),
            2 => make(3, 0x8000 * random.below(2) as u16, vec![0; 32]),
            3 => make(4, random.below(2) as u16, vec![]),
            4 => make(5, key_id, vec![]),
            5 => make(2, 0x8000 | key_id, vec![]),
            _ => make(2, key_id, vec![0; 4 * random.below(2)]),
        },
        Opcode::GenKey => match random.below(6) {
            0 | 1 => make(0x10, key_id, vec![0; 3]),
            2 => make(4, 0xFFFF, vec![]),
            _ => make(pick(random, &[0, 4, 8, 12]), key_id, vec![]),
        },
        Opcode::Info => match random.below(6) {
            0 => make(0, 0, vec![]),
            1 => make(1, key_id, vec![]),
            2 => make(2, 0, vec![]),
            3 => make(3, 0, vec![]),
            _ => make(4, pick(random, &[0, 2, 3, 3]), vec![]),
        },
        Opcode::Kdf => kdf(random, zone, slot),
        Opcode::Lock => match random.below(8) {
            0 | 1 => make(0x80 | random.below(2) as u8, 0, vec![]),
            2 | 3 => make(random.below(2) as u8, random.next() as u16, vec![]),
            _ => make(2 | n << 2, 0, vec![]),
        },
        Opcode::Mac => {
            let p1 = pick(random, &[0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0x40, 0x41]);
            make(p1, key_id, vec![0; if p1 & 1 == 0 { 32 } else { 0 }])
        }
        Opcode::Nonce => match random.below(5) {
            0 => make(0, 0, vec![0; 20]),
            1 => make(1, 0x8000, vec![0; 20]),
            2 => make(pick(random, &[3, 0x43, 0x83]), 0, vec![0; 32]),
            _ => make(pick(random, &[0x23, 0x63]), 0, vec![0; 64]),
        },
        Opcode::PrivWrite => priv_write(rig, random, slot),
        Opcode::Random => make(random.below(2) as u8, 0, vec![]),
        Opcode::Read => read(random, slot),
        Opcode::SecureBoot => {
            let mode = pick(random, &[5, 5, 6, 7, 7]);
            let with_mac = if random.below(3) == 0 { 0x80 } else { 0 };
            make(mode | with_mac, 0, vec![9; if mode == 6 { 32 } else { 96 }])
        }
        Opcode::SelfTest => make(0x01, 0, vec![]),
        Opcode::Sha => match random.below(9) {
            0 => make(0, 0, vec![]),
            1 => make(1, 64, vec![0; 64]),
            2 => make(pick(random, &[2, 0x42, 0xC2]), 0, vec![]),
            3 => make(3, key_id, vec![]),
            4 => make(4, 0xFFFF, vec![]),
            5 => make(6, 0, vec![]),
            6 => make(7, 3, vec![0; 3]),
            _ => make(4, key_id, vec![]),
        },
        Opcode::Sign => make(pick(random, &[0x80, 0x80, 0xA0, 0x00, 0x40]), key_id, vec![]),
        Opcode::UpdateExtra => match random.below(4) {
            0 | 1 => make(random.below(2) as u8, 7, vec![]),
            _ => make(2, key_id, vec![]),
        },
        Opcode::Verify => verify(random, zone, slot),
        Opcode::Write => write(rig, random, zone, slot),
        other => panic!("no question for {other}"),
    };
    spoil(random, &mut question);
    question
}

/// One in eight is malformed.
fn spoil(random: &mut Xorshift, question: &mut Question) {
    match random.below(24) {
        0 => question.p1 ^= 1 << random.below(8),
        1 => question.p2 ^= 1 << random.below(16),
        2 => question.data.push(0),
        _ => {}
    }
}

fn read(random: &mut Xorshift, slot: Slot) -> Question {
    let (block, word) = (random.below(4) as u16, random.below(8) as u16);
    let (p1, p2) = match random.below(12) {
        0 => (0x80, block << 3),
        1 => (0x81, (block & 1) << 3),
        2 => (0x01, word),
        3..6 => (0x02, u16::from(slot.number()) << 3 | word),
        _ => (0x82, u16::from(slot.number()) << 3 | (block & 1) << 8),
    };
    Question { opcode: Opcode::Read, p1, p2, data: vec![] }
}

fn write(rig: &Rig, random: &mut Xorshift, zone: &ConfigZone, slot: Slot) -> Question {
    let address = u16::from(slot.number()) << 3;
    let make = |p1: u8, p2: u16, data: Vec<u8>| Question { opcode: Opcode::Write, p1, p2, data };
    let form = if zone.is_config_locked() { random.below(16) } else { random.below(5) };
    match form {
        0 => make(0x80, (random.below(4) as u16) << 3, vec![0; 32]),
        1 => make(0x00, random.below(32) as u16, vec![0; 4]),
        2 => make(0x81, 0, vec![0; 32]),
        3 => make(0x01, 0, vec![0; 4]),
        4..=6 => make(pick(random, &[0x02, 0x02, 0x42]), address, vec![0; 4]),
        7..10 => make(pick(random, &[0x82, 0x82, 0xC2]), address, vec![0; 32]),
        _ => {
            let p1 = pick(random, &[0xC2, 0xC2, 0x82]);
            let [sn8, sn0, sn1] = rig.serial();
            let head = [0x12, p1, address as u8, 0, sn8, sn0, sn1];
            let mut mac = sha256_of(&[&rig.temp_key, &head, &[0; 25], &[0x3C; 32]]);
            mac[0] ^= u8::from(random.below(4) == 0);
            make(p1, address, [xor(&[0x3C; 32], &rig.temp_key), mac.to_vec()].concat())
        }
    }
}

fn priv_write(rig: &Rig, random: &mut Xorshift, slot: Slot) -> Question {
    let n = slot.number();
    let make = |p1: u8, data: Vec<u8>| Question { opcode: Opcode::PrivWrite, p1, p2: u16::from(n), data };
    let scalar = if random.below(4) == 0 { 0 } else { 0x3C };
    let key = [[0; 4].as_slice(), &[scalar; 32]].concat();
    if random.below(3) == 0 {
        return make(0, key);
    }
    let [sn8, sn0, sn1] = rig.serial();
    let mut mac = sha256_of(&[&rig.temp_key, &[0x46, 0x40, n, 0, sn8, sn0, sn1], &[0; 21], &key]);
    mac[0] ^= u8::from(random.below(4) == 0);
    let mask = [rig.temp_key, sha256_of(&[&rig.temp_key])].concat();
    make(0x40, [xor(&key, &mask), mac.to_vec()].concat())
}

fn derive_key(rig: &Rig, random: &mut Xorshift, zone: &ConfigZone, slot: Slot) -> Question {
    let n = slot.number();
    let p1 = pick(random, &[0, 4]);
    let asked = zone.slot_config(slot).bits() & 0x8000 != 0;
    let data = if asked != (random.below(6) == 0) {
        let [sn8, sn0, sn1] = rig.serial();
        let parent = zone.slot_config(slot).write_key();
        let secret = rig.memory().slot(parent.index())[..32].to_vec();
        let mut mac = sha256_of(&[&secret, &[0x1C, p1, n, 0, sn8, sn0, sn1]]).to_vec();
        mac[0] ^= u8::from(random.below(4) == 0);
        mac
    } else {
        vec![]
    };
    Question { opcode: Opcode::DeriveKey, p1, p2: u16::from(n), data }
}

fn ecdh(random: &mut Xorshift, key_id: u16) -> Question {
    let p1 = pick(random, &[0x00, 0x00, 0x04, 0x08, 0x0C, 0x0C, 0x0E, 0x05, 0x09, 0x0D, 0x0F]);
    let p2 = if p1 & 1 == 1 && p1 != 5 { 0 } else { key_id };
    let data = if random.below(8) == 0 { vec![1; 64] } else { PUBLIC.to_vec() };
    Question { opcode: Opcode::Ecdh, p1, p2, data }
}

fn verify(random: &mut Xorshift, zone: &ConfigZone, slot: Slot) -> Question {
    let with_mac = if random.below(4) == 0 { 0x80 } else { 0 };
    let buffer = if random.below(4) == 0 { 0x20 } else { 0 };
    let key_id = u16::from(slot.number());
    let format = zone.x509_format(zone.key_config(slot).x509_id());
    let (p1, p2, length) = match random.below(8) {
        0 => (2 | buffer, 4, 128),
        1 => (1, key_id, 64),
        2..4 => (if format == 0 { 3 } else { pick(random, &[1, 3]) }, key_id, 83),
        4 => (7, key_id, 83),
        _ => (buffer, key_id, 64),
    };
    let length = if p1 == 1 { 64 } else { length };
    let mut data = vec![9; length];
    if length == 83 {
        data[64 + 17] = u8::from((p1 == 7) != (random.below(6) == 0));
    }
    if p1 & 7 == 2 && random.below(2) == 0 {
        data[64..].copy_from_slice(&PUBLIC[..]);
    }
    Question { opcode: Opcode::Verify, p1: p1 | with_mac, p2, data }
}

fn kdf(random: &mut Xorshift, zone: &ConfigZone, slot: Slot) -> Question {
    let source = pick(random, &[0, 1, 2, 2, 2, 2, 3]);
    let target = pick(random, &[0, 1, 2, 2, 3, 4, 4, 5, 5]);
    let algorithm = random.below(3) as u8;
    let other = random.below(16) as u8;
    let (details, message) = match algorithm {
        0 => {
            let long = random.below(2) as u8;
            let aead = long & u8::from(random.below(3) == 0);
            ([random.below(4) as u8, long | aead << 1, 0, 32], vec![0; 32])
        }
        1 => ([random.below(4) as u8, 0, 0, 0], vec![0; 16]),
        _ => {
            let location = random.below(4) as u8;
            let zero = if random.below(5) == 0 { 4 } else { 0 };
            let length = pick(random, &[32, 32, 64, 100]);
            let mut message = vec![0; length];
            let (at, iv) = zone.kdf_iv();
            if random.below(2) == 0
                && let Some(place) = message.get_mut(usize::from(at)..usize::from(at) + 2)
            {
                place.copy_from_slice(&iv);
            }
            ([location | zero, other, 0, length as u8], message)
        }
    };
    let second = if random.below(20) == 0 { 16 } else { random.below(16) as u16 };
    let p2 = u16::from(slot.number()) | if target == 2 { second << 8 } else { 0 };
    let data = [&details[..], &message].concat();
    Question { opcode: Opcode::Kdf, p1: source | target << 2 | algorithm << 5, p2, data }
}
