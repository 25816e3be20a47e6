//! Nonce (chip reference 5.13).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::machine::registers::TempKey;
use crate::chip::readings::SecondNonce;
use crate::chip::rule::{Rule, illegal, require_legal};
use crate::chip::wire::packet::Packet;

/// p2 for "hash TempKey instead of a random number".
const FROM_TEMP_KEY: u16 = 0x8000;
/// p1 bits 7:6.
const TARGET: u8 = 0xC0;

pub(crate) fn temp_key(_: &Machine, packet: &Packet) -> TempKeyUse {
    if packet.p1 & TARGET == 0 { TempKeyUse::Replaces } else { TempKeyUse::None }
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    match packet.p1 {
        0x00 | 0x01 => return random(machine, packet),
        0x03 | 0x43 | 0x83 => packet.data_len(32)?,
        0x23 | 0x63 => packet.data_len(64)?,
        _ => return Err(illegal(Rule::Param1)),
    }
    require_legal(packet.p2 == 0, Rule::Param2)?;
    let registers = &mut machine.registers;
    match packet.p1 & TARGET {
        0x00 => registers.temp_key = TempKey::load(&packet.data, true),
        0x40 => registers.digest.load(&packet.data),
        _ => registers.alternate_key = packet.data.first_chunk().copied(),
    }
    Ok(Reply::Done)
}

fn random(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.data_len(20)?;
    require_legal(packet.p2 == 0 || packet.p2 == FROM_TEMP_KEY, Rule::Param2)?;
    let [low, _] = packet.p2.to_le_bytes();
    let tail = [packet.opcode, packet.p1, low];
    if packet.p2 == FROM_TEMP_KEY {
        let value = sha256(&[&machine.registers.temp_key.lower()?, &packet.data, &tail]);
        let temp_key = &mut machine.registers.temp_key;
        temp_key.replace(&value);
        // UNVERIFIED, chip reference D4.
        match machine.readings.second_nonce {
            SecondNonce::Keeps => {}
            SecondNonce::BecomesRandom => temp_key.input = false,
            SecondNonce::Forgets => *temp_key = TempKey::load(&value, temp_key.input),
        }
        return Ok(Reply::Data(value.to_vec()));
    }
    let random = machine.random()?;
    let value = sha256(&[&random, &packet.data, &tail]);
    machine.registers.temp_key = TempKey::load(&value, false);
    Ok(Reply::Data(random.to_vec()))
}
