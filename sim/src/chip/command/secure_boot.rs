//! SecureBoot (chip reference 5.17).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::ecc::{self, Verdict};
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::memory::config::{SecureBootConfig, SecureBootMode};
use crate::chip::memory::layout::{Zone, slot_len};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, illegal, require, require_legal};
use crate::chip::status::Status;
use crate::chip::wire::packet::Packet;

/// p1 bits 2:0.
const MODE: u8 = 0x07;
const FULL: u8 = 5;
const FULL_STORE: u8 = 6;
const FULL_COPY: u8 = 7;
/// p1 bit 6: no more SecureBoot until the supply was off.
const PROHIBIT: u8 = 0x40;
/// p1 bit 7: the digest comes encrypted, and a MAC is the answer.
const WITH_MAC: u8 = 0x80;
const RESERVED: u8 = 0x38;
const DIGEST: usize = 32;
const SIGNATURE: usize = 64;

pub(crate) fn temp_key(_: &Machine, packet: &Packet) -> TempKeyUse {
    if packet.p1 & WITH_MAC == 0 { TempKeyUse::None } else { TempKeyUse::Consumes }
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    let mode = packet.p1 & MODE;
    require_legal(packet.p1 & RESERVED == 0, Rule::Param1)?;
    require_legal(packet.p2 == 0, Rule::Param2)?;
    match mode {
        FULL | FULL_COPY => packet.data_len(DIGEST + SIGNATURE)?,
        FULL_STORE => packet.data_len(DIGEST)?,
        _ => return Err(illegal(Rule::Param1)),
    }
    machine.require_config_locked()?;
    require(machine.in_force(Alternative::UnlockedBoot), Rule::DataOpen)?;
    require(!machine.secure_boot_inhibited, Rule::BootInhibited)?;
    let config = machine.eeprom.secure_boot();
    // UNVERIFIED, chip reference U23.
    let disabled = config.mode() == SecureBootMode::Disabled;
    require_legal(!disabled || !machine.takes(Alternative::BootDisabledIllegal), Rule::BootDisabled)?;
    require(!disabled, Rule::BootDisabled)?;
    require(mode == FULL || config.mode() != SecureBootMode::FullBoth, Rule::BootMode)?;
    require_store(machine, config, mode)?;
    let session = session_key(machine, packet, config)?;
    let digest = digest(packet, session.as_ref());
    let signature = signature(machine, packet, config);
    let checked = match &signature {
        Some(signature) => verify(machine, config, &digest, signature),
        None if machine.slot_secret(config.store()) == digest => Ok(()),
        None => Err(Status::Miscompare.into()),
    };
    let prohibit = packet.p1 & PROHIBIT != 0;
    if checked.is_err() {
        machine.secure_boot_inhibited = prohibit && machine.takes(Alternative::BootMismatchProhibits);
    }
    checked?;

    if mode == FULL_COPY {
        // WriteConfig of the slot does not count.
        let stored =
            if config.mode() == SecureBootMode::FullDigest { &digest[..] } else { &packet.data[DIGEST..] };
        machine.eeprom.write(Zone::Slot(config.store()), 0, stored);
    }
    machine.latch |= config.persistent_enable();
    machine.secure_boot_inhibited = prohibit;
    let Some(session) = session else { return Ok(Reply::Done) };
    Ok(Reply::Data(mac(packet, &session, &digest, signature.as_ref()).to_vec()))
}

/// The slot can give what FullStore compares, and take what FullCopy stores.
fn require_store(machine: &Machine, config: SecureBootConfig, mode: u8) -> Result<(), Refused> {
    let slot = config.store();
    match mode {
        FULL_STORE => {
            let blank = machine.eeprom.slot(slot).iter().all(|byte| *byte == 0xFF);
            let refused = blank && machine.takes(Alternative::BootUnstoredForbidden);
            require(!refused, Rule::BootMode)?;
            require(!machine.eeprom.key_config(slot).private(), Rule::Private(slot))
        }
        FULL_COPY if machine.takes(Alternative::BootStoresIntoLocked) => Ok(()),
        FULL_COPY => {
            let needed = if config.mode() == SecureBootMode::FullDigest { DIGEST } else { SIGNATURE };
            require(slot_len(slot) >= needed, Rule::BootSize(slot))?;
            machine.require_target(slot)
        }
        _ => Ok(()),
    }
}

/// The key of the encrypted form, if it was asked for.
fn session_key(
    machine: &Machine,
    packet: &Packet,
    config: SecureBootConfig,
) -> Result<Option<[u8; 32]>, Refused> {
    if packet.p1 & WITH_MAC == 0 {
        return Ok(None);
    }
    let io_key = machine.io_key()?;
    let temp_key = &machine.registers.temp_key;
    require(!(config.random_nonce() && temp_key.input), Rule::BootNonce)?;
    Ok(Some(sha256(&[&io_key, &temp_key.lower()?])))
}

fn digest(packet: &Packet, session: Option<&[u8; 32]>) -> [u8; 32] {
    let mask = session.copied().unwrap_or_default();
    core::array::from_fn(|index| packet.data[index] ^ mask[index])
}

/// The signature to verify: sent or stored. None if the digest is compared with the stored one.
fn signature(machine: &Machine, packet: &Packet, config: SecureBootConfig) -> Option<[u8; SIGNATURE]> {
    match packet.p1 & MODE {
        FULL_STORE if config.mode() == SecureBootMode::FullDigest => None,
        // A slot that is too small for a signature holds none: what is there is not one.
        FULL_STORE => {
            Some(machine.eeprom.slot(config.store()).first_chunk().copied().unwrap_or([0; SIGNATURE]))
        }
        _ => packet.data[DIGEST..].first_chunk().copied(),
    }
}

/// The permissions of the public key are those of Verify(Stored) (UNVERIFIED, chip reference U23).
fn verify(
    machine: &mut Machine,
    config: SecureBootConfig,
    digest: &[u8; 32],
    signature: &[u8; SIGNATURE],
) -> Result<(), Refused> {
    let slot = config.public_key();
    if machine.takes(Alternative::BootIgnoresValidity) {
        machine.require_public(slot)?;
    } else {
        machine.require_validated(slot)?;
    }
    let public = match machine.takes(Alternative::BootIgnoresAuthorisation) {
        false => machine.use_valid_public_key(slot)?,
        true => machine.public_key(slot),
    };
    match ecc::verify(&public, digest, signature) {
        Verdict::Good => {
            if machine.takes(Alternative::BootAuthorises) {
                machine.registers.authorised = Some(slot);
            }
            Ok(())
        }
        Verdict::Bad | Verdict::OutOfRange => Err(Status::Miscompare.into()),
        Verdict::NoKey => Err(forbidden(Rule::StoredPoint(config.public_key()))),
    }
}

fn mac(
    packet: &Packet,
    session: &[u8; 32],
    digest: &[u8; 32],
    signature: Option<&[u8; SIGNATURE]>,
) -> [u8; 32] {
    let signature = signature.map_or(&[][..], |signature| signature);
    sha256(&[session, digest, signature, &packet.head()])
}
