//! PrivWrite (chip reference 5.14).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::ecc;
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::memory::layout::Zone;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, require, require_legal};
use crate::chip::wire::packet::Packet;

/// p1 for "encrypted".
const ENCRYPTED: u8 = 0x40;
/// Pad bytes and key.
const PAD: usize = 4;
const KEY: usize = PAD + 32;
const KEY_AND_MAC: usize = KEY + 32;

pub(crate) fn temp_key(_: &Machine, _: &Packet) -> TempKeyUse {
    TempKeyUse::Consumes
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    let encrypted = packet.p1 == ENCRYPTED;
    require_legal(encrypted || packet.p1 == 0, Rule::Param1)?;
    // A key in the clear needs no MAC (UNVERIFIED, chip reference U27).
    let length = packet.data.len();
    let without_mac = !encrypted && !machine.readings.take(Alternative::PrivWriteNeedsMac);
    require_legal(length == KEY_AND_MAC || length == KEY && without_mac, Rule::Length)?;
    let slot = machine.slot(packet)?;
    machine.require_config_locked()?;
    machine.require_private(slot)?;
    machine.require_slot_unlocked(slot)?;
    let config = machine.eeprom.slot_config(slot);
    let enabled = encrypted && config.priv_write_enabled();
    require(!machine.eeprom.data_locked() || enabled, Rule::PrivWrite(slot))?;
    let plain = if encrypted { decrypt(machine, packet, slot)? } else { packet.data[..KEY].to_vec() };
    // UNVERIFIED, chip reference U27.
    let any_scalar = machine.readings.take(Alternative::PrivWriteTakesAnyScalar);
    require(any_scalar || ecc::private_key(&plain[PAD..]).is_some(), Rule::SentScalar)?;
    let zeros = plain[..PAD].iter().all(|byte| *byte == 0);
    require(zeros || !machine.readings.take(Alternative::PrivWritePadIsZero), Rule::SentScalar)?;
    machine.eeprom.write(Zone::Slot(slot), PAD, &plain[PAD..]);
    Ok(Reply::Done)
}

/// Takes pad and key out of the encrypted form. A wrong MAC is an execution error (UNVERIFIED, chip
/// reference U3). Before the data lock any TempKey will do.
fn decrypt(machine: &Machine, packet: &Packet, slot: usize) -> Result<Vec<u8>, Refused> {
    let temp_key = &machine.registers.temp_key;
    let key = temp_key.lower()?;
    let write_key = machine.eeprom.slot_config(slot).write_key();
    let right = temp_key.gen_dig && temp_key.key_id == write_key;
    require(!machine.eeprom.data_locked() || right, Rule::WriteKey(slot))?;
    machine.require_encrypting()?;
    let (cipher, mac) = packet.data.split_at(KEY);
    let mask = key.into_iter().chain(sha256(&[&key]));
    let plain: Vec<u8> = cipher.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    let (serial_8, serial_0) = machine.serial_parts();
    let expected = sha256(&[&key, &packet.head(), &serial_8, &serial_0, &[0; 21], &plain]);
    machine.require_mac(expected == mac)?;
    Ok(plain)
}
