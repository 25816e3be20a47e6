//! AES (chip reference 5.1).

use super::{Answer, Reply};
use crate::chip::machine::Machine;
use crate::chip::memory::config::at;
use crate::chip::memory::layout::{SLOTS, slot_len};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, illegal, require, require_legal};
use crate::chip::wire::packet::Packet;
use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

/// Bytes of a key and of a block.
const BLOCK: usize = 16;
/// p1 bits 2:0.
const MODE: u8 = 0x07;
const ENCRYPT: u8 = 0;
const DECRYPT: u8 = 1;
const GFM: u8 = 3;
/// p1 bits that have to be zero, but for GFM.
const RESERVED: u8 = 0x38;
/// p2 for "TempKey is the key".
const KEY_IN_TEMP_KEY: u16 = 0xFFFF;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    if packet.p1 & MODE != GFM || !machine.readings.take(Alternative::GfmWithoutAes) {
        require_aes(machine)?;
    }
    // Without a slot it works before the config lock (UNVERIFIED, chip reference U25).
    let slot = packet.p1 & MODE != GFM && packet.p2 != KEY_IN_TEMP_KEY;
    if !slot && machine.readings.take(Alternative::OpenAesRefused) {
        machine.require_config_locked()?;
    }
    match packet.p1 & MODE {
        GFM => return multiply(packet),
        ENCRYPT | DECRYPT => require_legal(packet.p1 & RESERVED == 0, Rule::Param1)?,
        _ => return Err(illegal(Rule::Param1)),
    }
    packet.data_len(BLOCK)?;
    let index = usize::from(packet.p1 >> 6);
    let key = if packet.p2 == KEY_IN_TEMP_KEY {
        temp_key(machine, index)?
    } else {
        slot_key(machine, packet.p2, index)?
    };
    let mut block = [0; BLOCK];
    block.copy_from_slice(&packet.data);
    let result = if packet.p1 & MODE == ENCRYPT { encrypt(key, block) } else { decrypt(key, block) };
    Ok(Reply::Data(result.to_vec()))
}

/// A part without AES takes nothing that has to do with it (chip reference D20).
pub(crate) fn require_aes(machine: &Machine) -> Result<(), Refused> {
    require_legal(machine.eeprom.config()[at::AES_ENABLE] & 1 == 1, Rule::NoAes)
}

/// One block, as KDF needs it, too.
pub(crate) fn encrypt(key: [u8; BLOCK], plain: [u8; BLOCK]) -> [u8; BLOCK] {
    let mut block = plain.into();
    Aes128::new(&key.into()).encrypt_block(&mut block);
    block.into()
}

fn decrypt(key: [u8; BLOCK], cipher: [u8; BLOCK]) -> [u8; BLOCK] {
    let mut block = cipher.into();
    Aes128::new(&key.into()).decrypt_block(&mut block);
    block.into()
}

fn temp_key(machine: &Machine, index: usize) -> Result<[u8; BLOCK], Refused> {
    // Which bytes are a key is what sources disagree about (chip reference D19).
    require_legal(index == 0 || !machine.readings.take(Alternative::AesOnlyFirst), Rule::Param1)?;
    let index = if machine.readings.take(Alternative::AesAlwaysFirst) { 0 } else { index };
    let temp_key = &machine.registers.temp_key;
    let mut value = [0; 64];
    match index {
        0 | 1 => value[..32].copy_from_slice(&temp_key.lower()?),
        _ if machine.readings.take(Alternative::AesUpperStays) => {
            temp_key.lower()?;
            value = temp_key.value;
        }
        _ => value = temp_key.whole()?,
    }
    Ok(value.as_chunks().0[index])
}

fn slot_key(machine: &mut Machine, key_id: u16, index: usize) -> Result<[u8; BLOCK], Refused> {
    let slot = usize::from(key_id);
    // The statuses are chip reference D20.
    if machine.readings.take(Alternative::AesKeyIdRefused) {
        require(slot < SLOTS, Rule::Param2)?;
    }
    require_legal(slot < SLOTS, Rule::Param2)?;
    if machine.readings.take(Alternative::AesOpenSlotRefused) {
        machine.require_config_locked()?;
    }
    require_legal(machine.eeprom.config_locked(), Rule::ConfigOpen)?;
    if BLOCK * (index + 1) > slot_len(slot) {
        // UNVERIFIED, chip reference D20.
        let status = if machine.takes(Alternative::AesBlockForbidden) { forbidden } else { illegal };
        return Err(status(Rule::PastEnd(slot)));
    }
    let data_locked = machine.eeprom.data_locked();
    require(data_locked || !machine.takes(Alternative::UnlockedAesRefused), Rule::DataOpen)?;
    require_type(machine, slot)?;
    machine.use_key(slot)?;
    Ok(machine.eeprom.slot(slot).as_chunks().0[index])
}

/// The slot is one for AES. KeyType counts before the data lock, too (UNVERIFIED, chip reference U26).
fn require_type(machine: &Machine, slot: usize) -> Result<(), Refused> {
    let key = machine.eeprom.key_config(slot);
    let any = !machine.eeprom.data_locked() && machine.takes(Alternative::UnlockedAesAnyType);
    if !key.is_aes() && !any {
        let status = if machine.takes(Alternative::AesTypeIllegal) { illegal } else { forbidden };
        return Err(status(Rule::NotAes(slot)));
    }
    require(!key.private() || machine.takes(Alternative::AesTakesPrivate), Rule::Private(slot))
}

/// The multiplication of GCM: H and the input are polynomials over GF(2), bit 0 being the highest of byte 0.
fn multiply(packet: &Packet) -> Answer {
    packet.data_len(2 * BLOCK)?;
    let (factors, _) = packet.data.as_chunks::<BLOCK>();
    let (h, input) = (u128::from_be_bytes(factors[0]), u128::from_be_bytes(factors[1]));
    let mut product = 0;
    let mut shifted = h;
    for bit in (0..u128::BITS).rev() {
        if input >> bit & 1 == 1 {
            product ^= shifted;
        }
        let carry = shifted & 1;
        shifted >>= 1;
        if carry == 1 {
            shifted ^= 0xE1 << 120;
        }
    }
    Ok(Reply::Data(product.to_be_bytes().to_vec()))
}
