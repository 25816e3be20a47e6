//! Write (chip reference 5.23).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::machine::Machine;
use crate::chip::machine::policy::NOT_VALIDATED;
use crate::chip::memory::config::WriteMode;
use crate::chip::memory::layout::{BLOCK, Place, WORD, Zone};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, illegal, require, require_legal};
use crate::chip::wire::packet::Packet;

/// p1 bit 6.
const ENCRYPTED: u8 = 0x40;
/// Data with its MAC.
const BLOCK_AND_MAC: usize = BLOCK + 32;

fn place(machine: &Machine, packet: &Packet) -> Result<Place, Refused> {
    let block = packet.p1 & 0x80 != 0;
    require_legal(packet.p1 & 0x3C == 0, Rule::Param1)?;
    let fits = match packet.data.len() {
        WORD => !block,
        BLOCK | BLOCK_AND_MAC => block,
        _ => false,
    };
    require_legal(fits, Rule::Length)?;
    machine.decode(packet.p1 & 3, packet.p2, block)
}

pub(crate) fn temp_key(machine: &Machine, packet: &Packet) -> TempKeyUse {
    match place(machine, packet) {
        Ok(place) if is_encrypted(machine, packet, place.zone) => TempKeyUse::Consumes,
        _ => TempKeyUse::None,
    }
}

/// With the data zone locked, WriteConfig says whether a slot takes encrypted data, else p1 bit 6 does.
fn is_encrypted(machine: &Machine, packet: &Packet, zone: Zone) -> bool {
    match zone {
        Zone::Config => false,
        Zone::Slot(slot) if machine.eeprom.data_locked() => {
            machine.eeprom.slot_config(slot).write_mode() == WriteMode::Encrypt
        }
        Zone::Otp | Zone::Slot(_) => packet.p1 & ENCRYPTED != 0,
    }
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    let place = place(machine, packet)?;
    match place.zone {
        Zone::Config => {
            require(!machine.eeprom.config_locked(), Rule::ConfigSealed)?;
            if !config_writable(packet, place) {
                return protected(machine, packet, place);
            }
        }
        // Encrypted as well as clear (UNVERIFIED, chip reference U28).
        Zone::Otp => {
            machine.require_config_locked()?;
            let closed = machine.readings.take(Alternative::NoOtpWrite)
                || packet.p1 & ENCRYPTED != 0 && machine.readings.take(Alternative::NoEncryptedOtpWrite);
            require(!machine.eeprom.data_locked() && !closed, Rule::DataSealed)?;
            require(place.block, Rule::WriteOtpWord)?;
        }
        Zone::Slot(slot) => slot_writable(machine, packet, place, slot)?,
    }
    // A MAC without need or a need without MAC (UNVERIFIED, chip reference 5.23).
    let encrypted = is_encrypted(machine, packet, place.zone);
    let with_mac = packet.data.len() == BLOCK_AND_MAC;
    require(with_mac || !encrypted, Rule::WriteMacMissing)?;
    require(encrypted || !with_mac, Rule::WriteMacUnasked)?;
    let plain = if encrypted { decrypt(machine, packet, place.zone)? } else { packet.data.clone() };

    machine.eeprom.write(place.zone, place.offset, &plain);
    if let Zone::Slot(slot) = place.zone
        && machine.needs_validation(slot)
    {
        machine.set_validity(slot, NOT_VALIDATED);
    }
    Ok(Reply::Done)
}

/// Serial number, revision and lock bytes cannot be written, nor blocks that contain them (UNVERIFIED,
/// chip reference U46).
fn config_writable(packet: &Packet, place: Place) -> bool {
    let writable = if place.block {
        matches!(place.offset / BLOCK, 1 | 3)
    } else {
        matches!(place.offset / WORD, 4..=20 | 22..=31)
    };
    writable && packet.p1 & ENCRYPTED == 0
}

/// The same on other readings: the write is refused as illegal, or does what it may.
fn protected(machine: &mut Machine, packet: &Packet, place: Place) -> Answer {
    if machine.readings.take(Alternative::ProtectedBytesIllegal) {
        return Err(illegal(Rule::ProtectedBytes));
    }
    let skips = machine.readings.take(Alternative::ProtectedBytesSkipped);
    require(skips && packet.p1 & ENCRYPTED == 0, Rule::ProtectedBytes)?;
    for (offset, byte) in place.range().zip(&packet.data) {
        if matches!(offset, 16..=83 | 88..=127) {
            machine.eeprom.write(Zone::Config, offset, &[*byte]);
        }
    }
    Ok(Reply::Done)
}

fn slot_writable(machine: &Machine, packet: &Packet, place: Place, slot: usize) -> Result<(), Refused> {
    machine.require_config_locked()?;
    require(!machine.eeprom.key_config(slot).private(), Rule::Private(slot))?;
    machine.require_slot_unlocked(slot)?;
    if !machine.eeprom.data_locked() {
        return require(place.block, Rule::WriteUnlockedWord(slot));
    }
    let config = machine.eeprom.slot_config(slot);
    if machine.readings.take(Alternative::LatchStopsWrite) {
        machine.require_latch(slot)?;
    }
    match config.write_mode() {
        WriteMode::Always => {
            require(place.block || !config.is_secret(), Rule::WriteSecretWord(slot))?;
            require(place.block || packet.p1 & ENCRYPTED == 0, Rule::WriteEncryptedWord(slot))
        }
        WriteMode::PubInvalid => {
            require(place.block, Rule::WriteWord(slot))?;
            require(!machine.is_validated(slot), Rule::WriteValidated(slot))
        }
        WriteMode::Encrypt => encrypted_writable(machine, place, slot),
        WriteMode::Never => Err(forbidden(Rule::WriteNever(slot))),
    }
}

/// ReqAuth and PersistentDisable do not count (UNVERIFIED, chip reference U42); a block of which the slot keeps less
/// is taken, too (UNVERIFIED, chip reference U55).
fn encrypted_writable(machine: &Machine, place: Place, slot: usize) -> Result<(), Refused> {
    if machine.takes(Alternative::EncryptedWriteAsksLatch) {
        machine.require_latch(slot)?;
    }
    if machine.takes(Alternative::EncryptedWriteAsksAuthorisation) {
        machine.require_authorised(slot)?;
    }
    let whole = place.range().len() == BLOCK || !machine.takes(Alternative::LastBlockWriteRefused);
    require(place.block && whole, Rule::WriteWord(slot))
}

/// Takes the plain data out of an encrypted write. A wrong MAC is an execution error (UNVERIFIED, chip
/// reference U3), TempKey need not be random (UNVERIFIED, chip reference U29).
fn decrypt(machine: &Machine, packet: &Packet, zone: Zone) -> Result<Vec<u8>, Refused> {
    let temp_key = &machine.registers.temp_key;
    let key = temp_key.lower()?;
    if let Zone::Slot(slot) = zone
        && machine.eeprom.data_locked()
    {
        let write_key = machine.eeprom.slot_config(slot).write_key();
        require(temp_key.gen_dig && temp_key.key_id == write_key, Rule::WriteKey(slot))?;
        let random = machine.readings.take(Alternative::EncryptedWriteNeedsRandom);
        require(!(random && temp_key.input), Rule::WriteKey(slot))?;
        let bit_6 = machine.readings.take(Alternative::EncryptedWriteNeedsBit6);
        require(!bit_6 || packet.p1 & ENCRYPTED != 0, Rule::WriteMacUnasked)?;
    }
    machine.require_encrypting()?;
    let (cipher, mac) = packet.data.split_at(BLOCK);
    let plain: Vec<u8> = cipher.iter().zip(key).map(|(byte, key)| byte ^ key).collect();
    let mut head = packet.head();
    if machine.readings.take(Alternative::EncryptedWriteHashesC2) {
        head[1] |= ENCRYPTED;
    }
    machine.require_mac(machine.command_digest(&key, &head, &plain) == mac)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::machine::registers::TempKey;
    use crate::chip::memory::eeprom::Eeprom;
    use crate::chip::status::Status;

    /// G of chip reference 7.4.
    const KEY: [u8; 32] = [
        0x16, 0xDF, 0x61, 0x40, 0x85, 0xA5, 0x1F, 0x2A, 0x5C, 0x8C, 0xBB, 0x4A, 0x4F, 0x01, 0x4B, 0xCB, 0xBF,
        0xF5, 0xDB, 0x21, 0xF4, 0x24, 0x17, 0x1E, 0x19, 0x44, 0x68, 0xFB, 0xE9, 0x7F, 0x37, 0x81,
    ];
    /// Its MAC of the encrypted write with p1 82.
    const MAC_82: [u8; 32] = [
        0xF7, 0x23, 0xDF, 0xF2, 0x26, 0x4B, 0x04, 0x74, 0x86, 0x9A, 0x31, 0xCB, 0x89, 0x3A, 0x94, 0x9F, 0x60,
        0x31, 0xAA, 0x7D, 0x48, 0xA9, 0x34, 0xE1, 0x4D, 0xA0, 0xE7, 0xB1, 0x3E, 0x05, 0x02, 0x94,
    ];

    /// Slot 3 takes encrypted writes with key 4; the chip is locked and has done a GenDig with slot 4.
    fn machine() -> Machine {
        let mut eeprom = Eeprom::blank(1);
        let mut config = *eeprom.config();
        config[..4].copy_from_slice(&[0x01, 0x23, 0x45, 0xE1]);
        config[26..28].copy_from_slice(&[0xC4, 0x44]);
        config[86..88].fill(0);
        eeprom.set_config(&config);
        let mut machine = Machine::new(eeprom);
        machine.registers.temp_key = TempKey { gen_dig: true, key_id: 4, ..TempKey::load(&KEY, true) };
        machine
    }

    fn write(machine: &mut Machine, mac: &[u8; 32]) -> Option<Status> {
        let mut data: Vec<u8> = (0x80..0xA0).zip(KEY).map(|(plain, key): (u8, u8)| plain ^ key).collect();
        data.extend(mac);
        super::super::execute(machine, &Packet { opcode: 0x12, p1: 0x82, p2: 0x0018, data })
            .err()
            .map(|refused| refused.status)
    }

    #[test]
    fn encrypted_write() {
        let mut machine = machine();
        assert_eq!(write(&mut machine, &MAC_82), None);
        assert_eq!(machine.eeprom.slot(3)[..32], (0x80..0xA0).collect::<Vec<u8>>());
        assert!(!machine.registers.temp_key.valid);
    }

    #[test]
    fn every_flag_and_the_mac_count() {
        let spoil: [fn(&mut TempKey); 4] = [
            |temp_key| temp_key.valid = false,
            |temp_key| temp_key.gen_dig = false,
            |temp_key| temp_key.key_id = 5,
            |temp_key| temp_key.private_key = true,
        ];
        for (case, spoil) in spoil.into_iter().enumerate() {
            let mut machine = machine();
            spoil(&mut machine.registers.temp_key);
            assert_eq!(write(&mut machine, &MAC_82), Some(Status::Execution), "case {case}");
        }
        let mut machine = machine();
        let mut wrong = MAC_82;
        wrong[31] ^= 1;
        assert_eq!(write(&mut machine, &wrong), Some(Status::Execution));
        assert_eq!(machine.eeprom.slot(3), [0xFF; 36]);
    }
}
