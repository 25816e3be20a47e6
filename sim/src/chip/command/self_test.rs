//! SelfTest (chip reference 5.18).

use super::{Answer, Reply};
use crate::chip::machine::{ALL_TESTS, Machine};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Rule, require_legal};
use crate::chip::wire::packet::Packet;

/// Bit 1 names no test, but hosts send it (chip reference D14).
const TOLERATED: u8 = 0x02;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    let tolerated = if machine.readings.take(Alternative::SelfTestBit1Illegal) { 0 } else { TOLERATED };
    require_legal(packet.p1 & !(ALL_TESTS | tolerated) == 0, Rule::Param1)?;
    require_legal(packet.p2 == 0, Rule::Param2)?;
    let failed = match packet.p1 {
        0 => machine.registers.failed_tests,
        tests => machine.self_test(tests & ALL_TESTS),
    };
    Ok(Reply::Data(vec![failed]))
}
