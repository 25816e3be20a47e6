//! Random (chip reference 5.15).

use super::{Answer, Reply};
use crate::chip::machine::Machine;
use crate::chip::rule::{Rule, require_legal};
use crate::chip::wire::packet::Packet;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    require_legal(packet.p1 <= 1, Rule::Param1)?;
    require_legal(packet.p2 == 0, Rule::Param2)?;
    Ok(Reply::Data(machine.random()?.to_vec()))
}
