//! States that a command may find, and what the chip tells of them.

use crate::questions::pick;
use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::diagnose::{Diagnosis, Rule, Seen};
use atecc608::{
    command::{Response, State},
    wire::Opcode,
};
use testkit::configurations::Xorshift;
use testkit::pins::{Before, PUBLIC, Rig, TempKey};
use testkit::sha256_of;

/// Puts the chip into a state that is likely to be asked for, and gives it the configuration.
pub(crate) fn prepare(rig: &mut Rig, random: &mut Xorshift, zone: &ConfigZone, opcode: Opcode, slot: Slot) {
    let (config, key) = (zone.slot_config(slot), zone.key_config(slot));
    let from_random = random.below(2) == 0;
    let temp_key = match random.below(10) {
        _ if matches!(opcode, Opcode::Verify) && slot >= Slot::S8 && random.below(2) == 0 => {
            TempKey::PublicDigest { slot: slot.index(), random: from_random }
        }
        0 => TempKey::Any,
        1 | 2 if !matches!(opcode, Opcode::Read | Opcode::Write) => TempKey::Fixed,
        3 | 4 if !matches!(opcode, Opcode::Read | Opcode::Write) => TempKey::Random,
        5 if slot >= Slot::S8 => TempKey::PublicDigest { slot: slot.index(), random: from_random },
        6 => TempKey::GenDig { slot: random.below(16), random: from_random },
        _ => {
            let key = if opcode == Opcode::Read { config.read_key() } else { config.write_key() };
            TempKey::GenDig { slot: key.index(), random: from_random }
        }
    };
    let asked = [key, zone.key_config(config.write_key())].map(|key| key.auth_key());
    let authorised = match random.below(6) {
        0 => None,
        1 => Some(random.below(16)),
        2 => Some(usize::from(zone.byte(69) & 0xF)),
        3 => asked[1].map(Slot::index),
        _ => asked[0].map(Slot::index),
    };
    let before = Before { authorised, latch: random.below(3) > 0, temp_key, valid: random.below(2) == 0 };
    let mut bytes = *zone.as_bytes();
    bytes[..13].copy_from_slice(&rig.own_bytes()[..13]);
    bytes[14..16].copy_from_slice(&rig.own_bytes()[14..16]);
    rig.prepare(&before, &bytes);
    if temp_key == TempKey::Any {
        // MAC with a slot as the first block and TempKey as the second uses it up, whatever it says.
        rig.run(0x08, 1, 0, &[]);
        rig.temp_key = [0; 32];
    }
    registers(rig, random, opcode);
    if matches!(opcode, Opcode::Mac | Opcode::Sha) && random.below(4) == 0 {
        no_mac(rig);
    }
    contents(rig, random, zone, slot, opcode);
    if opcode == Opcode::Verify && slot >= Slot::S8 && random.below(4) == 0 {
        certificate(rig, slot, zone.x509_format(key.x509_id()));
    }
}

/// TempKey is the hash of a certificate with the key in this slot where the format has it, if there is such a
/// certificate.
fn certificate(rig: &mut Rig, slot: Slot, format: u8) {
    let (blocks, position) = (format >> 4, format & 0xF);
    if blocks < position + 2 {
        return;
    }
    let config = *rig.memory().config();
    let mut open = config;
    open[96 + 2 * slot.index()..][..2].copy_from_slice(&[0x10, 0]);
    open[86..88].fill(0);
    rig.configure(&open);
    rig.run(0x47, 0, 0, &[]);
    for block in 0..blocks - 1 {
        if block == position {
            assert_eq!(rig.run(0x47, 3, u16::from(slot.number()), &[]), [0], "the key");
        } else {
            rig.run(0x47, 1, 64, &[0; 64]);
        }
    }
    rig.run(0x47, 2, 0, &[]);
    rig.configure(&config);
}

/// What is done to registers under any configuration.
fn registers(rig: &mut Rig, random: &mut Xorshift, opcode: Opcode) {
    if random.below(2) == 0 {
        let (p1, length) = pick(random, &[(0x43, 32), (0x63, 64)]);
        rig.run(0x16, p1, 0, &vec![0x55; length]);
    }
    if random.below(2) == 0 {
        rig.run(0x16, 0x83, 0, &[0x66; 32]);
    }
    match random.below(if opcode == Opcode::Ecdh { 4 } else { 16 }) {
        0 => {
            rig.run(0x16, 0x23, 0, &[0x42; 64]);
            rig.temp_key = [0x42; 32];
        }
        1 => {
            // A private key for ECDH, which asks for no locks.
            let config = *rig.memory().config();
            let mut locked = config;
            locked[87] = 0;
            rig.configure(&locked);
            rig.run(0x40, 4, 0xFFFF, &[]);
            rig.configure(&config);
        }
        _ => {}
    }
    match random.below(3) {
        0 => drop(rig.run(0x47, 0, 0, &[])),
        1 => drop(rig.run(0x47, 4, 0xFFFF, &[])),
        _ => {}
    }
}

/// TempKey comes from a slot that makes no MAC.
fn no_mac(rig: &mut Rig) {
    let config = *rig.memory().config();
    let mut open = config;
    open[20..22].copy_from_slice(&[0x9F, 0x80]);
    open[96..98].copy_from_slice(&[0x1C, 0x00]);
    open[86..88].fill(0);
    rig.configure(&open);
    rig.run(0x16, 3, 0, &[0x42; 32]);
    assert_eq!(rig.run(0x15, 2, 0, &[0; 4]), [0], "GenDig");
    rig.configure(&config);
}

/// Empty slots, no public key, a limit that is reached.
fn contents(rig: &mut Rig, random: &mut Xorshift, zone: &ConfigZone, slot: Slot, opcode: Opcode) {
    if random.below(6) == 0 {
        rig.memory_mut().set_slot(slot.index(), &[0; 36]);
    }
    if random.below(6) == 0 && slot >= Slot::S8 {
        let first = rig.memory().slot(slot.index())[0];
        rig.memory_mut().set_slot(slot.index(), &[[first].as_slice(), &[1; 71]].concat());
    }
    if let Some(limit) = zone.count_match()
        && random.below(3) == 0
    {
        rig.memory_mut().set_slot(limit.index(), &[0; 4]);
    }
    // Another image has booted, and closed the door behind itself.
    if opcode == Opcode::SecureBoot && random.below(8) == 0 {
        let digest = sha256_of(&[b"image"]);
        let data = [digest.to_vec(), testkit::pins::sign(&digest)].concat();
        let config = *rig.memory().config();
        let mut open = config;
        open[70..72].copy_from_slice(&[0x01, 0xF0]);
        open[96 + 30..].copy_from_slice(&[0x10, 0x00]);
        open[20 + 30..52].copy_from_slice(&[0x00, 0x00]);
        open[86..88].fill(0);
        let held = rig.memory().slot(15).to_vec();
        let mut key = vec![0; 4];
        key.extend(&PUBLIC[..32]);
        key.extend([0; 4]);
        key.extend(&PUBLIC[32..]);
        rig.memory_mut().set_slot(15, &key);
        rig.configure(&open);
        assert_eq!(rig.run(0x80, 0x45, 0, &data), [0], "booted");
        rig.memory_mut().set_slot(15, &held);
        rig.configure(&config);
    }
}

/// What a driver can learn after the fact: keys and the latch, as far as the question is about them.
pub(crate) fn afterwards(rig: &mut Rig, cold: &Diagnosis) -> Seen {
    let mut seen = Seen::new();
    for rule in cold.rule().into_iter().chain(cold.candidates().to_vec()) {
        seen = match rule {
            Rule::Latch { .. } => seen.with_latch(rig.run(0x30, 4, 0, &[])[0] == 1),
            Rule::NoKey { slot } | Rule::NotValidated { slot } | Rule::Validated { slot } => {
                seen.with_key(slot, rig.run(0x30, 1, u16::from(slot.number()), &[])[0] == 1)
            }
            _ => seen,
        };
    }
    seen
}

/// The same, and all that the chip tells before the command.
pub(crate) fn before(rig: &mut Rig, afterwards: Seen) -> Seen {
    let flags = rig.run(0x30, 2, 0, &[]);
    afterwards.with_state(State::read(flags.first_chunk().expect("4 bytes"), 4).expect("flags"))
}
