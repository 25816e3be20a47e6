//! GenKey (chip reference 5.7).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::ecc;
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::machine::registers::TempKey;
use crate::chip::memory::layout::Zone;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, require, require_legal};
use crate::chip::wire::packet::Packet;

/// p1 bits.
const CREATE: u8 = 0x04;
const DIGEST: u8 = 0x08;
const STORED_PUBLIC: u8 = 0x10;
/// p2 for "the private key goes to TempKey".
const TO_TEMP_KEY: u16 = 0xFFFF;

pub(crate) fn temp_key(_: &Machine, _: &Packet) -> TempKeyUse {
    TempKeyUse::Replaces
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    require_legal(packet.p1 & !(CREATE | DIGEST | STORED_PUBLIC) == 0, Rule::Param1)?;
    if packet.p1 & STORED_PUBLIC != 0 {
        packet.data_len(3)?;
        return stored_public(machine, packet, machine.slot(packet)?);
    }
    // Some hosts send OtherData where it has no use (chip reference 1.5).
    require_legal(matches!(packet.data.len(), 0 | 3), Rule::Length)?;
    if packet.p2 == TO_TEMP_KEY && packet.p1 == CREATE {
        return to_temp_key(machine);
    }
    private(machine, packet, machine.slot(packet)?)
}

fn private(machine: &mut Machine, packet: &Packet, slot: usize) -> Answer {
    let create = packet.p1 & CREATE != 0;
    let digest = packet.p1 & DIGEST != 0;
    machine.require_config_locked()?;
    machine.require_private(slot)?;
    let data_locked = machine.eeprom.data_locked();
    if create {
        machine.require_slot_unlocked(slot)?;
        let enabled = machine.eeprom.slot_config(slot).gen_key_enabled();
        require(!data_locked || enabled, Rule::GenKey(slot))?;
    } else {
        let asked = machine.in_force(Alternative::UnlockedPubInfo);
        require(!asked || machine.eeprom.key_config(slot).pub_info(), Rule::PubInfo(slot))?;
    }
    if digest {
        machine.registers.temp_key.lower()?;
        machine.require_random(slot)?;
    }
    machine.authorise(slot)?;

    let public = if create {
        machine.require_healthy_rng()?;
        let key = ecc::create(&mut machine.rng);
        machine.eeprom.write(Zone::Slot(slot), 4, &key.to_bytes());
        ecc::public_key(&key)
    } else {
        machine.public_half(slot)?
    };
    if digest {
        let [_, head @ ..] = packet.head();
        store_digest(machine, slot, &head, &public)?;
    }
    Ok(Reply::Data(public.to_vec()))
}

fn stored_public(machine: &mut Machine, packet: &Packet, slot: usize) -> Answer {
    machine.require_config_locked()?;
    machine.require_public(slot)?;
    machine.registers.temp_key.lower()?;
    machine.require_random(slot)?;
    machine.require_use_left(slot)?;
    machine.authorise(slot)?;
    machine.count_use(slot)?;
    let public = machine.public_key(slot);
    store_digest(machine, slot, &packet.data, &public)?;
    Ok(Reply::Done)
}

/// The digest of a public key replaces TempKey; SourceFlag and NoMacFlag stay.
fn store_digest(machine: &mut Machine, slot: usize, head: &[u8], public: &[u8; 64]) -> Result<(), Refused> {
    let (serial_8, serial_0) = machine.serial_parts();
    let temp_key = &mut machine.registers.temp_key;
    let old = temp_key.lower()?;
    temp_key.replace(&sha256(&[&old, &[0x40], head, &serial_8, &serial_0, &[0; 25], public]));
    temp_key.gen_key = true;
    temp_key.gen_dig = false;
    temp_key.key_id = slot;
    Ok(())
}

/// A key for ECDH that never touches the EEPROM. The flags are UNVERIFIED, chip reference U15.
fn to_temp_key(machine: &mut Machine) -> Answer {
    machine.require_config_locked()?;
    machine.require_healthy_rng()?;
    let key = ecc::create(&mut machine.rng);
    let input = machine.readings.take(Alternative::GenKeyToTempKeyIsInput);
    let mut temp_key = TempKey::load(&key.to_bytes(), input);
    temp_key.private_key = true;
    machine.registers.temp_key = temp_key;
    Ok(Reply::Data(ecc::public_key(&key).to_vec()))
}
