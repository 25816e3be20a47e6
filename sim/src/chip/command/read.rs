//! Read (chip reference 5.16).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::layout::{BLOCK, Place, WORD, Zone};
use crate::chip::machine::{Machine, require, require_legal};
use crate::chip::packet::Packet;
use crate::chip::status::Status;

fn place(packet: &Packet) -> Result<Place, Status> {
    packet.no_data()?;
    require_legal(packet.p1 & 0x7C == 0)?;
    Place::decode(packet.p1 & 3, packet.p2, packet.p1 & 0x80 != 0)
}

pub(crate) fn temp_key(machine: &Machine, packet: &Packet) -> TempKeyUse {
    match place(packet) {
        Ok(Place { zone: Zone::Slot(slot), .. }) if is_encrypted(machine, slot) => TempKeyUse::Consumes,
        _ => TempKeyUse::None,
    }
}

/// EncryptRead without IsSecret counts as encrypted, too (UNVERIFIED, chip reference U6).
fn is_encrypted(machine: &Machine, slot: usize) -> bool {
    machine.eeprom.data_locked()
        && !machine.eeprom.key_config(slot).private()
        && machine.eeprom.slot_config(slot).encrypt_read()
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    let place = place(packet)?;
    let mask = match place.zone {
        Zone::Config => None,
        Zone::Otp => {
            require(machine.eeprom.config_locked() && machine.eeprom.data_locked())?;
            None
        }
        Zone::Slot(slot) => slot_mask(machine, slot, place.block)?,
    };
    let mut bytes = machine.eeprom.zone(place.zone)[place.range()].to_vec();
    // What a slot's last block lacks reads as zero (chip reference 4.2).
    bytes.resize(if place.block { BLOCK } else { WORD }, 0);
    for (byte, mask) in bytes.iter_mut().zip(mask.iter().flatten()) {
        *byte ^= mask;
    }
    Ok(Reply::Data(bytes))
}

/// What to encrypt a slot's bytes with, if its policy lets them out at all (chip reference 4.5).
fn slot_mask(machine: &Machine, slot: usize, block: bool) -> Result<Option<[u8; 32]>, Status> {
    require(machine.eeprom.config_locked() && machine.eeprom.data_locked())?;
    require(!machine.eeprom.key_config(slot).private())?;
    let config = machine.eeprom.slot_config(slot);
    if !is_encrypted(machine, slot) {
        require(!config.is_secret())?;
        return Ok(None);
    }
    let temp_key = &machine.registers.temp_key;
    let mask = temp_key.lower()?;
    require(block && temp_key.gen_dig && temp_key.key_id == config.read_key() && !temp_key.input)?;
    Ok(Some(mask))
}
