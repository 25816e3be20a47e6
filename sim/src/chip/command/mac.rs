//! MAC (chip reference 5.12).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, require, require_legal};
use crate::chip::wire::packet::Packet;

/// p1 bits.
const SECOND_IS_TEMP_KEY: u8 = 0x01;
const FIRST_IS_TEMP_KEY: u8 = 0x02;
const USES_TEMP_KEY: u8 = SECOND_IS_TEMP_KEY | FIRST_IS_TEMP_KEY;
const SOURCE_FLAG: u8 = 0x04;
const WITH_SERIAL: u8 = 0x40;

pub(crate) fn temp_key(_: &Machine, packet: &Packet) -> TempKeyUse {
    if packet.p1 & USES_TEMP_KEY == 0 { TempKeyUse::None } else { TempKeyUse::Consumes }
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    require_legal(packet.p1 & !(USES_TEMP_KEY | SOURCE_FLAG | WITH_SERIAL) == 0, Rule::Param1)?;
    packet.data_len(if packet.p1 & SECOND_IS_TEMP_KEY == 0 { 32 } else { 0 })?;
    let uses = packet.p1 & USES_TEMP_KEY;
    let flag_alone = uses == 0 && packet.p1 & SOURCE_FLAG != 0;
    require_legal(!flag_alone || !machine.readings.take(Alternative::MacFlagIllegal), Rule::Param1)?;
    let slot = machine.slot(packet)?;
    // Nor does a MAC without slot key work before the lock; that is a guess.
    if uses & FIRST_IS_TEMP_KEY == 0 || !machine.readings.take(Alternative::OpenMac) {
        machine.require_config_locked()?;
    }
    if uses & FIRST_IS_TEMP_KEY == 0 && machine.readings.take(Alternative::UseCountedFirst) {
        machine.count_early(slot);
    }
    let temp_key = match uses {
        0 => [0; 32],
        _ => {
            let asked =
                machine.eeprom.data_locked() || !machine.readings.take(Alternative::NoMacFlagUnlocked);
            require(!(asked && machine.registers.temp_key.no_mac), Rule::TempKeyNoMac)?;
            machine.registers.temp_key.lower_from(packet.p1)?
        }
    };
    // With both blocks from elsewhere the slot is only a number in the message.
    let first = if packet.p1 & FIRST_IS_TEMP_KEY == 0 { slot_key(machine, slot)? } else { temp_key };
    let second = if packet.p1 & SECOND_IS_TEMP_KEY == 0 { &packet.data[..] } else { &temp_key };

    let mut serial = machine.serial();
    if packet.p1 & WITH_SERIAL == 0 {
        serial[2..8].fill(0);
    }
    Ok(Reply::Data(
        sha256(&[&first, second, &packet.head(), &[0; 11], &serial[8..], &serial[4..8], &serial[..4]])
            .to_vec(),
    ))
}

fn slot_key(machine: &mut Machine, slot: usize) -> Result<[u8; 32], Refused> {
    require(!machine.eeprom.key_config(slot).private(), Rule::Private(slot))?;
    let no_mac = machine.eeprom.slot_config(slot).no_mac();
    require(!machine.in_force(Alternative::UnlockedNoMac) || !no_mac, Rule::NoMac(slot))?;
    machine.require_random(slot)?;
    machine.use_key(slot)?;
    Ok(machine.slot_secret(slot))
}
