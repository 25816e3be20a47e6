//! ECDH (chip reference 5.5).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::ecc;
use crate::chip::machine::Machine;
use crate::chip::machine::registers::TempKey;
use crate::chip::memory::config::OutputProtection;
use crate::chip::memory::layout::Zone;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, illegal, require, require_legal};
use crate::chip::status::Status;
use crate::chip::wire::packet::Packet;
use p256::SecretKey;

/// p1 bit 0.
const KEY_IN_TEMP_KEY: u8 = 0x01;
/// p1 bit 1.
const ENCRYPTED: u8 = 0x02;
/// p1 bits 3:2.
const TARGET: u8 = 0x0C;
const COMPATIBLE: u8 = 0x00;
const TO_SLOT: u8 = 0x04;
const TO_TEMP_KEY: u8 = 0x08;

/// Where the secret goes.
enum Target {
    Output,
    TempKey,
    Slot(usize),
}

pub(crate) fn temp_key(_: &Machine, packet: &Packet) -> TempKeyUse {
    if packet.p1 & KEY_IN_TEMP_KEY == 0 { TempKeyUse::None } else { TempKeyUse::Replaces }
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    let mode = matches!(packet.p1, 0x00 | 0x04 | 0x08 | 0x0C | 0x0E | 0x05 | 0x09 | 0x0D | 0x0F);
    require_legal(mode, Rule::Param1)?;
    let public = match packet.data.first_chunk() {
        Some(public) if packet.data.len() == 64 => public,
        _ => return Err(illegal(Rule::Length)),
    };
    let (key, target) = if packet.p1 & KEY_IN_TEMP_KEY == 0 {
        from_slot(machine, packet)?
    } else {
        from_temp_key(machine, packet)?
    };
    let encrypted = match target {
        Target::Output => output_encrypted(machine, packet)?,
        Target::TempKey | Target::Slot(_) => false,
    };
    // A point off the curve is UNVERIFIED, chip reference U16.
    let off_curve = match machine.readings.take(Alternative::BadPointIsEccFault) {
        true => Status::EccFault.into(),
        false => forbidden(Rule::SentPoint),
    };
    let Some(secret) = ecc::shared_secret(&key, public) else {
        if packet.p1 & KEY_IN_TEMP_KEY == 0 && machine.readings.take(Alternative::BadPointCounts) {
            machine.use_key(machine.slot(packet)?)?;
        }
        return Err(off_curve);
    };
    if packet.p1 & KEY_IN_TEMP_KEY == 0 {
        machine.use_key(machine.slot(packet)?)?;
    } else {
        machine.invalidate_temp_key();
    }
    match target {
        Target::Output if encrypted => return Ok(Reply::Data(machine.protect(&secret)?)),
        Target::Output => return Ok(Reply::Data(secret.to_vec())),
        // The flags are UNVERIFIED, chip reference U15.
        Target::TempKey => {
            let input = !machine.readings.take(Alternative::EcdhToTempKeyIsRandom);
            machine.registers.temp_key = TempKey::load(&secret, input);
        }
        Target::Slot(slot) => machine.eeprom.write(Zone::Slot(slot), 0, &secret),
    }
    Ok(Reply::Done)
}

/// The key of a slot. ReqRandom is not asked (chip reference 4.8).
fn from_slot(machine: &Machine, packet: &Packet) -> Result<(SecretKey, Target), Refused> {
    let slot = machine.slot(packet)?;
    machine.require_config_locked()?;
    // UNVERIFIED, chip reference U26.
    let usable = machine.eeprom.data_locked() || !machine.takes(Alternative::UnlockedEcdhRefused);
    require(usable, Rule::DataOpen)?;
    let key_config = machine.eeprom.key_config(slot);
    let config = machine.eeprom.slot_config(slot);
    require(key_config.private() && key_config.is_p256(), Rule::NotPrivate(slot))?;
    require(config.ecdh(), Rule::Ecdh(slot))?;
    let key = machine.private_key(slot)?;
    let swapped = machine.readings.take(Alternative::EcdhBit3Swapped);
    let target = match packet.p1 & TARGET {
        COMPATIBLE if config.ecdh_to_slot() == swapped => Target::Output,
        TO_SLOT if machine.readings.take(Alternative::EcdhToSlotUnknown) => {
            return Err(illegal(Rule::Param1));
        }
        TO_SLOT if !config.ecdh_to_slot() && machine.readings.take(Alternative::EcdhToSlotNeedsBit3) => {
            return Err(forbidden(Rule::EcdhToSlot(slot)));
        }
        // UNVERIFIED, chip reference U17. An odd slot has no next one: it would be its own target, which is
        // refused as it is private.
        COMPATIBLE | TO_SLOT => {
            if machine.readings.take(Alternative::NextSlotNeedsAlways) {
                machine.require_open_target(slot | 1)?;
            }
            machine.require_target(slot | 1)?;
            Target::Slot(slot | 1)
        }
        TO_TEMP_KEY => Target::TempKey,
        _ => {
            // UNVERIFIED, chip reference U18.
            let in_spite = machine.readings.take(Alternative::EcdhOutputInSpite);
            require(!config.ecdh_to_slot() || in_spite, Rule::EcdhToSlot(slot))?;
            Target::Output
        }
    };
    Ok((key, target))
}

/// The key that GenKey left in TempKey. p2 names the target slot, if there is one.
fn from_temp_key(machine: &Machine, packet: &Packet) -> Result<(SecretKey, Target), Refused> {
    let target = match packet.p1 & TARGET {
        TO_SLOT => Target::Slot(machine.slot(packet)?),
        other => {
            let ignored = machine.readings.take(Alternative::EcdhP2Ignored);
            require_legal(packet.p2 == 0 || ignored, Rule::Param2)?;
            if other == TO_TEMP_KEY { Target::TempKey } else { Target::Output }
        }
    };
    if let Target::Slot(slot) = target {
        machine.require_open_target(slot)?;
    }
    let key = ecc::private_key(&machine.registers.temp_key.private_key()?);
    let key = key.ok_or(forbidden(Rule::TempKeyScalar))?;
    Ok((key, target))
}

/// Whether the output is encrypted, if it is allowed at all. EcdhProt wins over p1.
fn output_encrypted(machine: &Machine, packet: &Packet) -> Result<bool, Refused> {
    let compatible = packet.p1 & (TARGET | KEY_IN_TEMP_KEY) == COMPATIBLE;
    let encrypted = match machine.eeprom.chip_options().ecdh_protection() {
        OutputProtection::Encrypted
            if compatible && machine.readings.take(Alternative::CompatibleEcdhIsClear) =>
        {
            false
        }
        OutputProtection::Encrypted
            if compatible && machine.readings.take(Alternative::CompatibleEcdhRefused) =>
        {
            return Err(forbidden(Rule::EcdhOutput));
        }
        OutputProtection::Clear => packet.p1 & ENCRYPTED != 0,
        OutputProtection::Encrypted => true,
        OutputProtection::Forbidden => return Err(forbidden(Rule::EcdhOutput)),
    };
    if encrypted {
        machine.io_key()?;
    }
    Ok(encrypted)
}
