//! Info (chip reference 5.9).

use super::{Answer, Reply};
use crate::chip::machine::Machine;
use crate::chip::memory::config::at;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, illegal, require, require_legal};
use crate::chip::wire::packet::Packet;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    let mut bytes = match packet.p1 {
        0 => revision(machine, packet)?,
        1 => [u8::from(key_valid(machine, machine.slot(packet)?)), 0, 0, 0],
        2 => state(machine, packet)?,
        3 => return gpio(packet),
        4 => latch(machine, packet.p2)?,
        _ => return Err(illegal(Rule::Param1)),
    };
    // The order of bytes is what sources disagree about (chip reference D18).
    if packet.p1 != 0 && machine.readings.take(Alternative::InfoMostSignificantFirst) {
        bytes.reverse();
    }
    Ok(Reply::Data(bytes.to_vec()))
}

fn revision(machine: &Machine, packet: &Packet) -> Result<[u8; 4], Refused> {
    require_legal(packet.p2 == 0, Rule::Param2)?;
    let config = machine.eeprom.config();
    Ok([config[4], config[5], config[6], config[7]])
}

/// A public key that needs no validation has no validity to report.
fn key_valid(machine: &Machine, slot: usize) -> bool {
    let key = machine.eeprom.key_config(slot);
    if key.private() { key.is_p256() && machine.has_private_key(slot) } else { machine.is_validated(slot) }
}

fn state(machine: &Machine, packet: &Packet) -> Result<[u8; 4], Refused> {
    require_legal(packet.p2 == 0, Rule::Param2)?;
    let registers = &machine.registers;
    // AuthKeyID is always below 16.
    let authorised = registers.authorised.map_or(0, |slot| (slot as u8) << 3 | 4);
    // Bits 1:0 told of the random number generator's seed once (chip reference D21).
    let seed = if machine.readings.take(Alternative::InfoRngBits) { 3 } else { 0 };
    Ok([registers.temp_key.flags(), u8::from(registers.temp_key.valid) << 7 | authorised | seed, 0, 0])
}

/// There is no GPIO on an I2C part.
fn gpio(packet: &Packet) -> Answer {
    require_legal(matches!(packet.p2, 0 | 2 | 3), Rule::Param2)?;
    Err(forbidden(Rule::Gpio))
}

/// Reads, clears or sets the persistent latch. Clearing needs no authorisation, and setting does not use
/// it up (UNVERIFIED, chip reference U24).
fn latch(machine: &mut Machine, p2: u16) -> Result<[u8; 4], Refused> {
    require_legal(matches!(p2, 0 | 2 | 3), Rule::Param2)?;
    if p2 == 0 {
        return Ok([u8::from(machine.latch), 0, 0, 0]);
    }
    let config = machine.eeprom.config();
    let permission = config[at::VOLATILE_KEY];
    require(permission & 0x80 != 0, Rule::LatchPermission)?;
    // SecureBoot sets it, so Info may not.
    require(p2 != 3 || !machine.eeprom.secure_boot().persistent_enable(), Rule::LatchBoot)?;
    if p2 == 3 || machine.takes(Alternative::LatchClearAsksAuthorisation) {
        let key = usize::from(permission & 0xF);
        require(machine.registers.authorised == Some(key), Rule::LatchAuthorise(key))?;
    }
    if p2 == 3 && machine.takes(Alternative::LatchSetUsesAuthorisation) {
        machine.registers.authorised = None;
    }
    machine.latch = p2 == 3;
    Ok([0; 4])
}
