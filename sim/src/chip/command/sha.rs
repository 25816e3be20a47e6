//! SHA (chip reference 5.19).

use super::{Answer, Reply};
use crate::chip::crypto::sha256::{Running, RunningHmac};
use crate::chip::machine::Machine;
use crate::chip::machine::registers::{Certificate, ShaContext, TempKey};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, illegal, require, require_legal};
use crate::chip::wire::packet::Packet;

/// Mode that adds a piece of a message.
const UPDATE: u8 = 1;
/// Longest piece of a message.
const PIECE: usize = 64;
/// Bytes of a block of SHA-256.
const BLOCK: u32 = 64;
/// What the padding adds to a message at least, less one.
const PADDING: u32 = 8;
/// How much longer a context is on another reading: its total has eight bytes.
const LONGER: usize = 4;
/// p2 for "TempKey is the key".
const KEY_IN_TEMP_KEY: u16 = 0xFFFF;

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    let (mode, target) = (packet.p1 & 0x07, packet.p1 >> 6);
    require_legal(packet.p1 & 0x38 == 0 && (target == 0 || mode == 2), Rule::Param1)?;
    match mode {
        0 => {
            packet.no_data()?;
            require_legal(packet.p2 == 0, Rule::Param2)?;
            machine.registers.sha = ShaContext::Hash { running: Running::new(), inserted: None };
            Ok(Reply::Done)
        }
        UPDATE => {
            update(machine, packet)?;
            Ok(Reply::Done)
        }
        2 => end(machine, packet, target),
        3 => public(machine, packet),
        4 => hmac_start(machine, packet),
        6 => read_context(machine, packet),
        7 => write_context(machine, packet),
        _ => Err(illegal(Rule::Param1)),
    }
}

/// Adds the public key of a slot and remembers where, for Verify(ValidateExternal). No permission but the
/// kind of slot is asked, as the key is no secret; an HMAC takes none.
fn public(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    let slot = machine.slot(packet)?;
    machine.require_config_locked()?;
    machine.require_public(slot)?;
    let readings = machine.readings;
    if readings.take(Alternative::ShaPublicAsksAuthorisation) {
        machine.authorise(slot)?;
    }
    let key = machine.public_key(slot);
    match &mut machine.registers.sha {
        ShaContext::Hash { running, inserted } => {
            let aligned = running.total().is_multiple_of(BLOCK);
            require(aligned || !readings.take(Alternative::ShaPublicAligned), Rule::Sha)?;
            if inserted.is_none() || !readings.take(Alternative::ShaPublicFirstCounts) {
                *inserted = Some((slot, running.total() / BLOCK));
            }
            running.update(&key);
        }
        ShaContext::Hmac(running) if readings.take(Alternative::ShaPublicInHmac) => running.update(&key),
        ShaContext::None | ShaContext::Hmac(_) => return Err(forbidden(Rule::Sha)),
    }
    Ok(Reply::Done)
}

/// Adds a piece of any length, none included (UNVERIFIED, chip reference U31). p2 says the length.
fn update(machine: &mut Machine, packet: &Packet) -> Result<(), Refused> {
    let (told, length) = (usize::from(packet.p2), packet.data.len());
    // Update also takes "a whole block", for a piece that is shorter: what came counts.
    let update = packet.p1 & 0x07 == UPDATE;
    let block = update && told == PIECE;
    require_legal(length <= PIECE && (told == length || block), Rule::Length)?;
    let takes = |alternative| machine.readings.take(alternative);
    let nothing = update && length == 0 && takes(Alternative::ShaUpdateNothingIllegal);
    let all = !update && length == PIECE && takes(Alternative::ShaEndBlockIllegal);
    require_legal(!nothing && !all, Rule::Length)?;
    begin(machine);
    match &mut machine.registers.sha {
        // UNVERIFIED, chip reference U32.
        ShaContext::None if machine.readings.take(Alternative::ShaStartlessIllegal) => {
            return Err(illegal(Rule::Sha));
        }
        ShaContext::None => return Err(forbidden(Rule::Sha)),
        ShaContext::Hash { running, .. } => running.update(&packet.data),
        ShaContext::Hmac(running) => running.update(&packet.data),
    }
    Ok(())
}

/// On another reading a message needs no Start.
fn begin(machine: &mut Machine) {
    let begins = machine.readings.take(Alternative::ShaStartlessBegins);
    if begins && matches!(machine.registers.sha, ShaContext::None) {
        machine.registers.sha = ShaContext::Hash { running: Running::new(), inserted: None };
    }
}

fn end(machine: &mut Machine, packet: &Packet, target: u8) -> Answer {
    require_legal(target != 2, Rule::Param1)?;
    update(machine, packet)?;
    let (digest, certificate) = match core::mem::replace(&mut machine.registers.sha, ShaContext::None) {
        ShaContext::None => return Err(forbidden(Rule::Sha)),
        ShaContext::Hash { running, inserted } => {
            let certificate = inserted.map(|(slot, position)| Certificate {
                slot,
                position: position + u32::from(machine.takes(Alternative::X509FromOne)),
                blocks: match machine.takes(Alternative::X509Unpadded) {
                    false => (running.total() + PADDING) / BLOCK + 1,
                    true => running.total().div_ceil(BLOCK),
                },
            });
            (running.finish(), certificate)
        }
        ShaContext::Hmac(running) => (running.finish(), None),
    };
    let input = !machine.readings.take(Alternative::ShaToTempKeyIsRandom);
    match target {
        // The flags are UNVERIFIED, chip reference U15.
        0 => machine.registers.temp_key = TempKey { certificate, ..TempKey::load(&digest, input) },
        1 => {
            machine.registers.digest.load(&digest);
            machine.registers.digest.certificate = certificate;
        }
        _ => {}
    }
    Ok(Reply::Data(digest.to_vec()))
}

fn hmac_start(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    let key = if packet.p2 == KEY_IN_TEMP_KEY {
        let any = !machine.eeprom.data_locked() && machine.takes(Alternative::UnlockedHmacNoMacFlag);
        require(any || !machine.registers.temp_key.no_mac, Rule::TempKeyNoMac)?;
        machine.registers.temp_key.lower()?
    } else {
        slot_key(machine, machine.slot(packet)?)?
    };
    machine.registers.sha = ShaContext::Hmac(RunningHmac::new(&key));
    Ok(Reply::Done)
}

fn slot_key(machine: &mut Machine, slot: usize) -> Result<[u8; 32], Refused> {
    machine.require_config_locked()?;
    // UNVERIFIED, chip reference U26.
    let usable = machine.eeprom.data_locked() || !machine.takes(Alternative::UnlockedHmacRefused);
    require(usable, Rule::DataOpen)?;
    // Any type, as with MAC and CheckMac (UNVERIFIED, chip reference U52).
    let key = machine.eeprom.key_config(slot);
    require(!key.private(), Rule::Private(slot))?;
    require(key.is_sha() || !machine.takes(Alternative::HmacAsksShaKey), Rule::NotAes(slot))?;
    let no_mac = machine.eeprom.slot_config(slot).no_mac();
    require(!machine.in_force(Alternative::UnlockedNoMac) || !no_mac, Rule::NoMac(slot))?;
    machine.require_random(slot)?;
    if !machine.takes(Alternative::HmacIgnoresLatch) {
        machine.require_latch(slot)?;
    }
    machine.require_use_left(slot)?;
    machine.authorise(slot)?;
    machine.count_use(slot)?;
    Ok(machine.slot_secret(slot))
}

fn read_context(machine: &Machine, packet: &Packet) -> Answer {
    packet.no_data()?;
    require_legal(packet.p2 == 0, Rule::Param2)?;
    match &machine.registers.sha {
        ShaContext::Hash { running, .. } => Ok(Reply::Data(context(machine, running))),
        ShaContext::None | ShaContext::Hmac(_) => Err(forbidden(Rule::Sha)),
    }
}

/// The size is what sources disagree about (chip reference D2).
fn context(machine: &Machine, running: &Running) -> Vec<u8> {
    let mut context = running.to_context();
    if machine.readings.take(Alternative::ShaContextLonger) {
        context.splice(4..4, [0; LONGER]);
    }
    context
}

/// No Start has to be in front (chip reference D26).
fn write_context(machine: &mut Machine, packet: &Packet) -> Answer {
    require_legal(usize::from(packet.p2) == packet.data.len(), Rule::Length)?;
    let mut context = packet.data.clone();
    if machine.readings.take(Alternative::ShaContextLonger) {
        require_legal(context.len() >= 40, Rule::HashState)?;
        context.drain(4..4 + LONGER);
    }
    let running = Running::from_context(&context).ok_or(illegal(Rule::HashState))?;
    let started = !matches!(machine.registers.sha, ShaContext::None);
    require(started || !machine.readings.take(Alternative::ShaContextNeedsStart), Rule::Sha)?;
    let inserted = match machine.registers.sha {
        ShaContext::Hash { inserted, .. } if machine.takes(Alternative::ShaContextKeepsKey) => inserted,
        _ => None,
    };
    machine.registers.sha = ShaContext::Hash { running, inserted };
    Ok(Reply::Done)
}
