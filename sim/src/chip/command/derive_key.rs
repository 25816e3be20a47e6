//! DeriveKey (chip reference 5.4).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::memory::layout::Zone;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, require, require_legal};
use crate::chip::wire::packet::Packet;

pub(crate) fn temp_key(_: &Machine, _: &Packet) -> TempKeyUse {
    TempKeyUse::Consumes
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    require_legal(packet.p1 & !0x04 == 0, Rule::Param1)?;
    require_legal(matches!(packet.data.len(), 0 | 32), Rule::Length)?;
    let target = machine.slot(packet)?;
    machine.require_config_locked()?;
    machine.require_target(target)?;
    let config = machine.eeprom.slot_config(target);
    require(config.derive_enabled(), Rule::Derive(target))?;
    // A MAC that is not asked for is not looked at; without one that is, see U50 of the chip reference
    // (UNVERIFIED).
    let without = packet.data.is_empty() && machine.takes(Alternative::DeriveMacOptional);
    let needs_mac = config.derive_needs_mac() && !without;
    require(!needs_mac || !packet.data.is_empty(), Rule::DeriveMacPresence(target))?;
    let temp_key = machine.registers.temp_key.lower_from(packet.p1)?;
    machine.require_encrypting()?;

    let parent = config.write_key();
    let source = if config.derive_from_parent() { parent } else { target };
    machine.require_random(source)?;
    let keys = if needs_mac { vec![source, parent] } else { vec![source] };
    use_keys(machine, &keys, target)?;
    if needs_mac {
        // UNVERIFIED, chip reference U3.
        let right = mac(machine, packet, parent) == packet.data[..];
        if !right && machine.readings.take(Alternative::WrongDeriveMacCounts) {
            machine.count_use(parent)?;
        }
        machine.require_mac(right)?;
    }
    if keys.contains(&parent) && parent != target {
        machine.count_use(parent)?;
    }
    let key = machine.command_digest(&machine.slot_secret(source), &packet.head(), &temp_key);
    machine.eeprom.write(Zone::Slot(target), 0, &key);
    Ok(Reply::Done)
}

/// The permissions of all keys. A use of the target is neither limited nor counted.
fn use_keys(machine: &mut Machine, keys: &[usize], target: usize) -> Result<(), Refused> {
    for key in keys {
        let private = machine.eeprom.key_config(*key).private();
        require(!private || machine.readings.take(Alternative::DeriveFromPrivate), Rule::Private(*key))?;
        machine.require_latch(*key)?;
        if *key != target {
            machine.require_use_left(*key)?;
        }
    }
    let free = |key: &&usize| **key != target || !machine.readings.take(Alternative::DeriveKeyFreeTarget);
    let asked: Vec<usize> = keys.iter().filter(free).copied().collect();
    if machine.readings.take(Alternative::DeriveOneAuthorisationEach) {
        return asked.iter().try_for_each(|key| machine.authorise(*key));
    }
    machine.authorise_all(&asked)
}

fn mac(machine: &Machine, packet: &Packet, parent: usize) -> [u8; 32] {
    let (serial_8, serial_0) = machine.serial_parts();
    sha256(&[&machine.slot_secret(parent), &packet.head(), &serial_8, &serial_0])
}
