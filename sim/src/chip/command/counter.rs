//! Counter (chip reference 5.3).

use super::{Answer, Reply};
use crate::chip::machine::Machine;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Rule, require, require_legal};
use crate::chip::wire::packet::Packet;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    require_legal(packet.p1 <= 1, Rule::Param1)?;
    require_legal(packet.p2 <= 1, Rule::Param2)?;
    let counter = usize::from(packet.p2);
    let value = if packet.p1 == 1 {
        // In every lock state. CountMatch limits keys, not this (UNVERIFIED, chip reference U13).
        let stops = counter == 0 && machine.readings.take(Alternative::CountMatchStopsCounter);
        require(!stops || machine.eeprom.uses_left(machine.readings), Rule::CounterEnd)?;
        machine.count(counter)?
    } else {
        machine.counter(counter)
    };
    Ok(Reply::Data(value.to_le_bytes().to_vec()))
}
