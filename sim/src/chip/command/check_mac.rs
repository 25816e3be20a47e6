//! CheckMac (chip reference 5.2).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::machine::registers::TempKey;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, require, require_legal};
use crate::chip::status::Status;
use crate::chip::wire::packet::Packet;

/// p1 bits.
const SECOND_IS_TEMP_KEY: u8 = 0x01;
const FIRST_IS_TEMP_KEY: u8 = 0x02;
const USES_TEMP_KEY: u8 = SECOND_IS_TEMP_KEY | FIRST_IS_TEMP_KEY;
/// ClientChal, ClientResp and OtherData.
const DATA: usize = 32 + 32 + 13;

/// TempKey does not outlive it, used or not, unless another value is copied there.
pub(crate) fn temp_key(_: &Machine, _: &Packet) -> TempKeyUse {
    TempKeyUse::Replaces
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    // Both blocks from TempKey is taken, too (UNVERIFIED, chip reference U40); a SourceFlag without
    // TempKey is not.
    let legal = match packet.p1 {
        3 | 7 => !machine.readings.take(Alternative::CheckMacOfTempKeyParse),
        4 => machine.readings.take(Alternative::CheckMacFlagTaken),
        p1 => p1 <= 7,
    };
    require_legal(legal, Rule::Param1)?;
    packet.data_len(DATA)?;
    let slot = machine.slot(packet)?;
    // Nor does it work without slot key before the lock; that is a guess.
    if packet.p1 & FIRST_IS_TEMP_KEY == 0 || !machine.readings.take(Alternative::OpenCheckMac) {
        machine.require_config_locked()?;
    }
    let temp_key = match packet.p1 & USES_TEMP_KEY {
        0 => [0; 32],
        _ => machine.registers.temp_key.lower_from(packet.p1)?,
    };
    let key_from_slot = packet.p1 & FIRST_IS_TEMP_KEY == 0;
    let before = machine.eeprom.clone();
    let first = if key_from_slot { slot_key(machine, slot)? } else { temp_key };
    let (challenge, rest) = packet.data.split_at(32);
    let (response, other) = rest.split_at(32);
    let second = if packet.p1 & SECOND_IS_TEMP_KEY == 0 { challenge } else { &temp_key };
    if mac(machine, &first, second, other) != response {
        if machine.readings.take(Alternative::MismatchIsNoUse) {
            machine.eeprom = before;
        }
        return Err(Status::Miscompare.into());
    }

    // A challenge that was sent along does not authorise: else an answer could be stored and played back, which
    // ReqRandom is there to prevent (UNVERIFIED, chip reference U11).
    let fresh = packet.p1 & SECOND_IS_TEMP_KEY != 0 || machine.readings.challenge_authorises;
    let temp_key_too = !key_from_slot && machine.readings.take(Alternative::TempKeyAuthorises);
    if key_from_slot && fresh || temp_key_too {
        machine.registers.authorised = Some(slot);
    }
    let spared = packet.p1 & USES_TEMP_KEY == 0 && machine.readings.take(Alternative::CheckMacSparesTempKey);
    if !spared {
        machine.registers.temp_key = copied(machine, packet.p1, slot).unwrap_or(TempKey::invalid());
    }
    Ok(Reply::Done)
}

fn slot_key(machine: &mut Machine, slot: usize) -> Result<[u8; 32], Refused> {
    require(!machine.eeprom.key_config(slot).private(), Rule::Private(slot))?;
    machine.require_random(slot)?;
    machine.use_key(slot)?;
    Ok(machine.slot_secret(slot))
}

fn mac(machine: &Machine, first: &[u8], second: &[u8], other: &[u8]) -> [u8; 32] {
    let (serial_8, serial_0) = machine.serial_parts();
    sha256(&[
        first,
        second,
        &other[..4],
        &[0; 8],
        &other[4..7],
        &serial_8,
        &other[7..11],
        &serial_0,
        &other[11..],
    ])
}

/// The secret that the right response lets into TempKey: ReadKey of its slot is all that is asked.
fn copied(machine: &Machine, p1: u8, slot: usize) -> Option<TempKey> {
    let target = slot | 1;
    let private = machine.eeprom.key_config(target).private();
    let kept = private && machine.readings.take(Alternative::CopyNotPrivate)
        || machine.eeprom.slot_locked(target) && machine.readings.take(Alternative::CopyNotLocked);
    let copy = !kept && matches!(p1, 0x01 | 0x05) && machine.eeprom.slot_config(target).read_key() == 0;
    copy.then(|| TempKey::load(&machine.slot_secret(target), true))
}
