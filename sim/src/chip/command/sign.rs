//! Sign (chip reference 5.21).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::ecc;
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, require, require_legal};
use crate::chip::wire::packet::Packet;

/// p1 bits.
const EXTERNAL: u8 = 0x80;
const WITH_SERIAL: u8 = 0x40;
const FROM_DIGEST_BUFFER: u8 = 0x20;
const RESERVED: u8 = 0x1E;
const OTHER_FORM: u8 = 0xD0;

/// The form of p1 that one source prints, where that is legal (chip reference D15).
fn is_other_form(machine: &Machine, packet: &Packet) -> bool {
    packet.p1 == OTHER_FORM && machine.readings.take(Alternative::SignD0Buffer)
}

fn uses_digest_buffer(machine: &Machine, packet: &Packet) -> bool {
    let told = packet.p1 & EXTERNAL != 0 && packet.p1 & FROM_DIGEST_BUFFER != 0;
    told || is_other_form(machine, packet)
}

pub(crate) fn temp_key(machine: &Machine, packet: &Packet) -> TempKeyUse {
    if uses_digest_buffer(machine, packet) { TempKeyUse::None } else { TempKeyUse::Consumes }
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    require_legal(packet.p1 & RESERVED == 0 || is_other_form(machine, packet), Rule::Param1)?;
    let slot = machine.slot(packet)?;
    let external = packet.p1 & EXTERNAL != 0;

    machine.require_config_locked()?;
    require(external || machine.eeprom.data_locked(), Rule::DataOpen)?;
    machine.require_private(slot)?;
    let config = machine.eeprom.slot_config(slot);
    if external {
        require(config.external_sign(), Rule::ExternalSign(slot))?;
    } else {
        require(config.internal_sign(), Rule::InternalSign(slot))?;
    }
    let key = machine.private_key(slot)?;
    let digest = match (external, uses_digest_buffer(machine, packet)) {
        (false, _) => internal_digest(machine, packet)?,
        (true, false) => machine.registers.temp_key.lower()?,
        (true, true) => machine.registers.digest.lower()?,
    };
    machine.require_latch(slot)?;
    machine.require_use_left(slot)?;
    machine.authorise(slot)?;
    machine.require_healthy_rng()?;
    machine.count_use(slot)?;
    if uses_digest_buffer(machine, packet) && machine.readings.take(Alternative::DigestBufferUsedUp) {
        machine.registers.digest.clear();
    }
    Ok(Reply::Data(ecc::sign(&key, &digest, &mut machine.rng).to_vec()))
}

/// Hash of the message that tells where TempKey came from.
fn internal_digest(machine: &Machine, packet: &Packet) -> Result<[u8; 32], Refused> {
    let temp_key = &machine.registers.temp_key;
    let value = temp_key.lower()?;
    require(temp_key.gen_dig || temp_key.gen_key, Rule::TempKeyOrigin)?;
    let source = temp_key.key_id;
    let eeprom = &machine.eeprom;
    let mut serial = machine.serial();
    if packet.p1 & WITH_SERIAL == 0 {
        serial[2..8].fill(0);
    }
    Ok(sha256(&[
        &value,
        &packet.head(),
        &eeprom.slot_config(source).bytes(),
        &eeprom.key_config(source).bytes(),
        &[temp_key.flags(), 0, 0, serial[8]],
        &serial[4..8],
        &serial[..4],
        &[u8::from(!eeprom.slot_locked(source)), u8::from(machine.is_validated(source)), 0],
    ]))
}
