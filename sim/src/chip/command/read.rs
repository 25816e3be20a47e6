//! Read (chip reference 5.16).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::machine::Machine;
use crate::chip::memory::layout::{BLOCK, Place, WORD, Zone};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, require, require_legal};
use crate::chip::wire::packet::Packet;

fn place(machine: &Machine, packet: &Packet) -> Result<Place, Refused> {
    packet.no_data()?;
    require_legal(packet.p1 & 0x7C == 0, Rule::Param1)?;
    machine.decode(packet.p1 & 3, packet.p2, packet.p1 & 0x80 != 0)
}

pub(crate) fn temp_key(machine: &Machine, packet: &Packet) -> TempKeyUse {
    match place(machine, packet) {
        Ok(Place { zone: Zone::Slot(slot), .. }) if is_encrypted(machine, slot) => TempKeyUse::Consumes,
        _ => TempKeyUse::None,
    }
}

/// EncryptRead without IsSecret counts as encrypted, too (UNVERIFIED, chip reference U6).
fn is_encrypted(machine: &Machine, slot: usize) -> bool {
    let config = machine.eeprom.slot_config(slot);
    let open = !config.is_secret() && machine.readings.take(Alternative::EncryptReadNeedsSecret);
    machine.eeprom.data_locked()
        && !machine.eeprom.key_config(slot).private()
        && config.encrypt_read()
        && !open
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    let place = place(machine, packet)?;
    let mask = match place.zone {
        Zone::Config => None,
        Zone::Otp => {
            machine.require_config_locked()?;
            require(machine.eeprom.data_locked(), Rule::DataOpen)?;
            None
        }
        Zone::Slot(slot) => slot_mask(machine, slot, place)?,
    };
    let mut bytes = machine.eeprom.zone(place.zone)[place.range()].to_vec();
    // What a slot's last block lacks reads as zero (chip reference 4.2).
    bytes.resize(if place.block { BLOCK } else { WORD }, 0);
    for (byte, mask) in bytes.iter_mut().zip(mask.iter().flatten()) {
        *byte ^= mask;
    }
    Ok(Reply::Data(bytes))
}

/// What to encrypt a slot's bytes with, if its policy lets them out at all (chip reference 4.5). ReqAuth and
/// PersistentDisable do not count (UNVERIFIED, chip reference U42).
fn slot_mask(machine: &Machine, slot: usize, place: Place) -> Result<Option<[u8; 32]>, Refused> {
    machine.require_config_locked()?;
    require(machine.eeprom.data_locked(), Rule::DataOpen)?;
    require(!machine.eeprom.key_config(slot).private(), Rule::Private(slot))?;
    if machine.takes(Alternative::ReadAsksLatch) {
        machine.require_latch(slot)?;
    }
    if machine.takes(Alternative::ReadAsksAuthorisation) {
        machine.require_authorised(slot)?;
    }
    let config = machine.eeprom.slot_config(slot);
    if !is_encrypted(machine, slot) {
        require(!config.is_secret(), Rule::ReadSecret(slot))?;
        return Ok(None);
    }
    let temp_key = &machine.registers.temp_key;
    let mask = temp_key.lower()?;
    require(place.block, Rule::ReadEncryptedWord(slot))?;
    // UNVERIFIED, chip reference U55.
    let whole = place.range().len() == BLOCK || !machine.takes(Alternative::LastBlockReadRefused);
    require(whole, Rule::ReadEncryptedWord(slot))?;
    require(temp_key.gen_dig && temp_key.key_id == config.read_key(), Rule::ReadKey(slot))?;
    require(!temp_key.input, Rule::ReadNonce(slot))?;
    machine.require_encrypting()?;
    Ok(Some(mask))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::machine::registers::TempKey;
    use crate::chip::memory::eeprom::Eeprom;
    use crate::chip::rule::forbidden;

    /// Slot 3 of a factory configuration (encrypted, ReadKey 4), locked, after a GenDig with slot 4.
    fn machine() -> Machine {
        let mut eeprom = Eeprom::blank(1);
        let mut config = *eeprom.config();
        config[86..88].fill(0);
        eeprom.set_config(&config);
        eeprom.set_slot(3, &[0x33; 36]);
        let mut machine = Machine::new(eeprom);
        machine.registers.temp_key =
            TempKey { gen_dig: true, key_id: 4, ..TempKey::load(&[0x0F; 32], false) };
        machine
    }

    fn read(machine: &mut Machine, p1: u8, p2: u16) -> Result<Vec<u8>, Refused> {
        let packet = Packet { opcode: 0x02, p1, p2, data: Vec::new() };
        match super::super::execute(machine, &packet)? {
            Reply::Data(data) => Ok(data),
            Reply::Done => Ok(Vec::new()),
        }
    }

    #[test]
    fn encrypted_read() {
        let mut machine = machine();
        assert_eq!(read(&mut machine, 0x82, 0x0018), Ok(vec![0x3C; 32]));
        assert!(!machine.registers.temp_key.valid);
    }

    /// What is missing at the end of the slot is zero before it is encrypted.
    #[test]
    fn encrypted_read_of_the_last_block() {
        let expected = [&[0x3C; 4][..], &[0x0F; 28]].concat();
        assert_eq!(read(&mut machine(), 0x82, 0x0118), Ok(expected));
    }

    #[test]
    fn every_flag_counts() {
        type Spoil = fn(&mut TempKey);
        let spoil: [(Spoil, Rule); 5] = [
            (|temp_key| temp_key.valid = false, Rule::TempKey),
            (|temp_key| temp_key.gen_dig = false, Rule::ReadKey(3)),
            (|temp_key| temp_key.key_id = 5, Rule::ReadKey(3)),
            (|temp_key| temp_key.input = true, Rule::ReadNonce(3)),
            (|temp_key| temp_key.private_key = true, Rule::TempKey),
        ];
        for (case, (spoil, rule)) in spoil.into_iter().enumerate() {
            let mut machine = machine();
            spoil(&mut machine.registers.temp_key);
            assert_eq!(read(&mut machine, 0x82, 0x0018), Err(forbidden(rule)), "case {case}");
        }
        assert_eq!(read(&mut machine(), 0x02, 0x0018), Err(forbidden(Rule::ReadEncryptedWord(3))), "a word");
    }
}
