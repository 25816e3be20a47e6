//! UpdateExtra (chip reference 5.20).

use super::{Answer, Reply};
use crate::chip::machine::Machine;
use crate::chip::memory::config::at;
use crate::chip::memory::layout::Zone;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, illegal, require, require_legal};
use crate::chip::wire::packet::Packet;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    match packet.p1 {
        0 => write_once(machine, packet.p2, at::USER_EXTRA)?,
        1 => write_once(machine, packet.p2, at::USER_EXTRA_ADD)?,
        2 | 3 => use_up(machine, machine.slot(packet)?)?,
        _ => return Err(illegal(Rule::Param1)),
    }
    Ok(Reply::Done)
}

fn write_once(machine: &mut Machine, p2: u16, offset: usize) -> Result<(), Refused> {
    let [value, high] = p2.to_le_bytes();
    require_legal(high == 0, Rule::Param2)?;
    let again = machine.readings.take(Alternative::UpdateExtraAgain);
    require(again || machine.eeprom.config()[offset] == 0, Rule::ExtraByte)?;
    machine.eeprom.write(Zone::Config, offset, &[value]);
    Ok(())
}

/// Consumes a use of a limited-use slot, in every lock state, as it was asked for.
fn use_up(machine: &mut Machine, slot: usize) -> Result<(), Refused> {
    if machine.eeprom.slot_config(slot).limited_use() {
        require(machine.eeprom.uses_left(machine.readings), Rule::UsesLeft(slot))?;
        machine.count(0)?;
    }
    Ok(())
}
