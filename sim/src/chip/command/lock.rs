//! Lock (chip reference 5.11).

use super::{Answer, Reply};
use crate::chip::machine::Machine;
use crate::chip::memory::config::at;
use crate::chip::memory::eeprom::Eeprom;
use crate::chip::memory::layout::{SLOTS, Zone};
use crate::chip::rule::{Rule, require, require_legal};
use crate::chip::wire::crc::crc16;
use crate::chip::wire::packet::Packet;

/// p1 bit 7: p2 is not compared with the CRC of the contents.
const WITHOUT_CRC: u8 = 0x80;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    let target = packet.p1 & !WITHOUT_CRC;
    require_legal(matches!(target, 0 | 1) || target & 0x43 == 2, Rule::Param1)?;
    match target {
        0 => zone(machine, packet, at::LOCK_CONFIG, config_crc),
        1 => {
            machine.require_config_locked()?;
            zone(machine, packet, at::LOCK_VALUE, data_crc)
        }
        slot => lock_slot(machine, usize::from(slot >> 2)),
    }
}

fn zone(machine: &mut Machine, packet: &Packet, lock_byte: usize, crc: fn(&Eeprom) -> u16) -> Answer {
    match lock_byte {
        at::LOCK_CONFIG => require(!machine.eeprom.config_locked(), Rule::ConfigSealed)?,
        _ => require(!machine.eeprom.data_locked(), Rule::DataSealed)?,
    }
    require(packet.p1 & WITHOUT_CRC != 0 || packet.p2 == crc(&machine.eeprom), Rule::Checksum)?;
    machine.eeprom.write(Zone::Config, lock_byte, &[0]);
    Ok(Reply::Done)
}

fn config_crc(eeprom: &Eeprom) -> u16 {
    crc16(eeprom.config())
}

/// All slots but those of private keys, then OTP.
fn data_crc(eeprom: &Eeprom) -> u16 {
    let readable = (0..SLOTS).filter(|slot| !eeprom.key_config(*slot).private());
    crc16(readable.flat_map(|slot| eeprom.slot(slot)).chain(eeprom.otp()))
}

fn lock_slot(machine: &mut Machine, slot: usize) -> Answer {
    machine.require_config_locked()?;
    require(machine.eeprom.key_config(slot).lockable(), Rule::NotSealable(slot))?;
    machine.require_slot_unlocked(slot)?;
    machine.eeprom.lock_slot(slot);
    Ok(Reply::Done)
}
