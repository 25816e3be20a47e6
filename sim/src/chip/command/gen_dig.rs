//! GenDig (chip reference 5.6).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::memory::layout::{BLOCK, Zone};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, illegal, require, require_legal};
use crate::chip::wire::packet::Packet;

/// KeyIDs from here on are transport keys, which nobody knows.
const TRANSPORT: u16 = 0x8000;
/// p2 bit 15 of the shared nonce: TempKey comes first.
const TEMP_KEY_FIRST: u16 = 0x8000;

pub(crate) fn temp_key(_: &Machine, _: &Packet) -> TempKeyUse {
    TempKeyUse::Replaces
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    match packet.p1 {
        0 => zone(machine, packet, Zone::Config),
        1 => zone(machine, packet, Zone::Otp),
        2 => data(machine, packet),
        3 => shared_nonce(machine, packet),
        4 => counter(machine, packet),
        5 => key_config(machine, packet),
        _ => Err(illegal(Rule::Param1)),
    }
}

/// A digest of what is no key: TempKey then tells of no slot. SourceFlag and NoMacFlag stay; that GenKeyData
/// goes is UNVERIFIED, chip reference U14.
fn store(machine: &mut Machine, digest: &[u8; 32]) {
    let keeps = machine.readings.take(Alternative::GenDigKeepsGenKeyData);
    let temp_key = &mut machine.registers.temp_key;
    temp_key.replace(digest);
    temp_key.gen_dig = false;
    temp_key.gen_key &= keeps;
    temp_key.key_id = 0;
}

/// A block of the config zone, which anybody may read (UNVERIFIED before its lock, chip reference U25), or
/// of the OTP zone. OtherData has no place here (UNVERIFIED, chip reference U44).
fn zone(machine: &mut Machine, packet: &Packet, zone: Zone) -> Answer {
    no_other_data(machine, packet)?;
    let offset = usize::from(packet.p2) * BLOCK;
    require_legal(offset < machine.eeprom.zone(zone).len(), Rule::OutsideZone)?;
    let open = zone == Zone::Config && !machine.readings.take(Alternative::OpenGenDigConfigRefused);
    require(open || machine.eeprom.config_locked(), Rule::ConfigOpen)?;
    let temp_key = machine.registers.temp_key.lower()?;
    let stored = &machine.eeprom.zone(zone)[offset..offset + BLOCK];
    let digest = machine.command_digest(stored, &packet.head(), &temp_key);
    store(machine, &digest);
    Ok(Reply::Done)
}

fn no_other_data(machine: &Machine, packet: &Packet) -> Result<(), Refused> {
    let ignored = packet.data.len() == 4 && machine.takes(Alternative::GenDigIgnoresOtherData);
    require_legal(packet.data.is_empty() || ignored, Rule::Length)
}

fn data(machine: &mut Machine, packet: &Packet) -> Answer {
    require_legal(matches!(packet.data.len(), 0 | 4), Rule::Length)?;
    // UNVERIFIED, chip reference U38.
    if packet.p2 >= TRANSPORT {
        return transport(machine, packet);
    }
    let slot = machine.slot(packet)?;
    machine.require_config_locked()?;
    require(!machine.eeprom.key_config(slot).private(), Rule::Private(slot))?;
    let temp_key = machine.registers.temp_key.lower()?;
    let no_mac = machine.eeprom.slot_config(slot).no_mac();
    // A key without NoMac does not look at OtherData; one with it cannot do without (UNVERIFIED, chip
    // reference U50).
    let head = match packet.data.first_chunk() {
        Some(other) if no_mac => *other,
        None if no_mac && !machine.takes(Alternative::GenDigNoMacPlain) => {
            return Err(forbidden(Rule::NoMacOtherData(slot)));
        }
        _ => packet.head(),
    };
    machine.require_random(slot)?;
    machine.use_key(slot)?;
    let digest = machine.command_digest(&machine.slot_secret(slot), &head, &temp_key);
    store(machine, &digest);
    let temp_key = &mut machine.registers.temp_key;
    temp_key.gen_dig = true;
    temp_key.key_id = slot;
    temp_key.no_mac |= no_mac;
    Ok(Reply::Done)
}

/// What anybody may know serves before the config lock, too. That is a guess, so there are other readings.
fn require_open(machine: &Machine, key_config: bool) -> Result<(), Refused> {
    let refused = machine.readings.take(Alternative::OpenGenDigRefused)
        || key_config && machine.readings.take(Alternative::OpenKeyConfigRefused);
    require(!refused || machine.eeprom.config_locked(), Rule::ConfigOpen)
}

/// Nobody knows what a transport key is, or does not tell.
fn transport(machine: &mut Machine, packet: &Packet) -> Answer {
    if machine.readings.take(Alternative::TransportKeysParse) {
        return Err(illegal(Rule::Param2));
    }
    require(machine.readings.take(Alternative::TransportKeysExist), Rule::Transport)?;
    let temp_key = machine.registers.temp_key.lower()?;
    let digest = machine.command_digest(&[0; BLOCK], &packet.head(), &temp_key);
    store(machine, &digest);
    Ok(Reply::Done)
}

/// TempKey and a value of the host, in either order. The high byte of p2 is hashed as zero.
fn shared_nonce(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.data_len(32)?;
    let [opcode, p1, low, high] = packet.head();
    let high = high & 0x7F;
    require_legal(high == 0 || !machine.readings.take(Alternative::SharedNonceHighIllegal), Rule::Param2)?;
    require_open(machine, false)?;
    let temp_key = machine.registers.temp_key.lower()?;
    let hashed = machine.readings.take(Alternative::SharedNonceHighHashed);
    let head = [opcode, p1, low, if hashed { high } else { 0 }];
    let digest = if packet.p2 & TEMP_KEY_FIRST == 0 {
        machine.command_digest(&packet.data, &head, &temp_key)
    } else {
        machine.command_digest(&temp_key, &head, &packet.data)
    };
    // Not as one note has it (chip reference D5).
    store(machine, &digest);
    if machine.readings.take(Alternative::SharedNonceSetsGenDigData) {
        machine.registers.temp_key.gen_dig = true;
        machine.registers.temp_key.key_id = usize::from(packet.p2 & 0xF);
    }
    Ok(Reply::Done)
}

fn counter(machine: &mut Machine, packet: &Packet) -> Answer {
    no_other_data(machine, packet)?;
    require_legal(packet.p2 <= 1, Rule::Param2)?;
    require_open(machine, false)?;
    let value = machine.counter(usize::from(packet.p2));
    small(machine, packet, &value.to_le_bytes())
}

fn key_config(machine: &mut Machine, packet: &Packet) -> Answer {
    no_other_data(machine, packet)?;
    let slot = machine.slot(packet)?;
    require_open(machine, true)?;
    let [slot_low, slot_high] = machine.eeprom.slot_config(slot).bytes();
    let [key_low, key_high] = machine.eeprom.key_config(slot).bytes();
    let unlocked = u8::from(!machine.eeprom.slot_locked(slot));
    small(machine, packet, &[slot_low, slot_high, key_low, key_high, unlocked])
}

/// Zeros take the place of the first block, and a few bytes stand in the middle.
fn small(machine: &mut Machine, packet: &Packet, bytes: &[u8]) -> Answer {
    let temp_key = machine.registers.temp_key.lower()?;
    let (serial_8, serial_0) = machine.serial_parts();
    let mut middle = [0; 25];
    middle[1..=bytes.len()].copy_from_slice(bytes);
    let digest = sha256(&[&[0; 32], &packet.head(), &serial_8, &serial_0, &middle, &temp_key]);
    store(machine, &digest);
    Ok(Reply::Done)
}
