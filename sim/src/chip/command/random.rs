//! Random (chip reference 5.15).

use super::{Answer, Reply};
use crate::chip::machine::{Machine, require_legal};
use crate::chip::packet::Packet;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    require_legal(packet.p1 <= 1 && packet.p2 == 0)?;
    Ok(Reply::Data(machine.random()?.to_vec()))
}
