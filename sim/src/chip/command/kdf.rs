//! KDF (chip reference 5.10): what is asked for, whether it may be, and where the result goes.

mod algorithm;
mod request;

use super::{Answer, Reply};
use crate::chip::machine::Machine;
use crate::chip::memory::config::OutputProtection;
use crate::chip::memory::layout::{SLOTS, Zone, slot_len};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, require, require_legal};
use crate::chip::wire::packet::Packet;
use request::{Algorithm, Location, Request, Source, Target};

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    let mut request = Request::decode(packet, machine.readings)?;
    require_meaning(machine, &request)?;
    if let Algorithm::Aes { .. } = request.algorithm {
        super::aes::require_aes(machine)?;
    }
    let sizes = require_sizes(&request);
    if sizes.is_err() && machine.readings.take(Alternative::KdfSizesRefused) {
        return Err(forbidden(Rule::KdfKeyRange));
    }
    sizes?;
    require_open(machine)?;
    if let Algorithm::Aes { .. } = request.algorithm {
        require(machine.eeprom.chip_options().kdf_aes_enabled(), Rule::KdfAes)?;
    }
    if machine.takes(Alternative::KdfEncryptsItself) {
        encrypt_itself(machine, &mut request);
    }
    require_target(machine, &request)?;
    let message = message(machine, &request)?;
    require_output(machine, &request)?;
    let key = source(machine, &request)?;
    let result = algorithm::run(&request.algorithm, &key, &message);
    deliver(machine, &request, &result)
}

/// Bits of details that mean nothing are ignored. That is a guess.
fn require_meaning(machine: &Machine, request: &Request) -> Result<(), Refused> {
    let strict = machine.readings.take(Alternative::KdfDetailsIllegal);
    require_legal(request.meaningless_bits == 0 || !strict, Rule::Param1)
}

/// Without slots it works before the config lock (UNVERIFIED, chip reference U25).
fn require_open(machine: &Machine) -> Result<(), Refused> {
    let locked = machine.eeprom.config_locked();
    require(locked || !machine.readings.take(Alternative::OpenKdfRefused), Rule::ConfigOpen)?;
    require_legal(locked || !machine.readings.take(Alternative::OpenKdfIllegal), Rule::ConfigOpen)
}

/// The reading where KdfProt 1 asks for no mode (chip reference U9).
fn encrypt_itself(machine: &Machine, request: &mut Request) {
    let protected = machine.eeprom.chip_options().kdf_protection() == OutputProtection::Encrypted;
    if protected && request.target == Target::Output && !request.is_iv() {
        request.target = Target::EncryptedOutput;
    }
}

/// Sizes that no state of the chip makes fit.
fn require_sizes(request: &Request) -> Result<(), Refused> {
    if let Some(source) = request.source() {
        let (available, rule) = match source {
            Source::TempKey => (64, Rule::KdfKeyRange),
            Source::TempKeyUpper | Source::AlternateKey => (32, Rule::KdfKeyRange),
            Source::Slot(slot) => {
                require_legal(slot < SLOTS, Rule::Param2)?;
                (slot_len(slot), Rule::PastEnd(slot))
            }
        };
        require_legal(request.key_range().end <= available, rule)?;
    }
    if let Target::Slot(slot) = request.target {
        require_legal(slot < SLOTS, Rule::Param2)?;
        require_legal(request.target_len() <= slot_len(slot), Rule::KdfTargetRange)?;
    }
    if let Some(slot) = request.message_slot() {
        require_legal(request.message.len() <= slot_len(slot), Rule::KdfMessageRange(slot))?;
    }
    let too_long =
        matches!(request.target, Target::TempKeyUpper | Target::AlternateKey) && request.target_len() > 32;
    require_legal(!too_long, Rule::KdfTargetRange)
}

/// Slots take no part before the config lock (UNVERIFIED, chip reference U25).
fn require_target(machine: &Machine, request: &Request) -> Result<(), Refused> {
    let Target::Slot(slot) = request.target else { return Ok(()) };
    machine.require_config_locked()?;
    machine.require_open_target(slot)
}

/// Whether the result may leave the chip as it was asked for.
fn require_output(machine: &Machine, request: &Request) -> Result<(), Refused> {
    let encrypted = request.target == Target::EncryptedOutput;
    if encrypted {
        machine.io_key()?;
    }
    // IVs may always be seen (UNVERIFIED, chip reference U22).
    let iv = request.is_iv() && !machine.takes(Alternative::KdfIvObeysProtection);
    let options = machine.eeprom.chip_options();
    let open = options.kdf_protection_invalid() && machine.readings.take(Alternative::KdfProt3IsClear);
    let allowed = match options.kdf_protection() {
        _ if open => true,
        _ if iv || !request.has_output() => true,
        OutputProtection::Clear => true,
        // Clear output is not encrypted instead (UNVERIFIED, chip reference U9).
        OutputProtection::Encrypted => encrypted,
        OutputProtection::Forbidden => false,
    };
    require(allowed, Rule::KdfOutput)
}

/// The message, which HKDF may take from inside the chip (UNVERIFIED, chip reference U21).
fn message(machine: &mut Machine, request: &Request) -> Result<Vec<u8>, Refused> {
    let sent = &request.message;
    let Algorithm::Hkdf { message: location, .. } = request.algorithm else { return Ok(sent.clone()) };
    match location {
        Location::Input => Ok(sent.clone()),
        Location::Iv => {
            let (at, iv) = machine.eeprom.kdf_iv();
            let behind = machine.readings.take(Alternative::KdfIvBehindDetails);
            let searched = if behind { request.details_and_message() } else { sent.clone() };
            let long = searched.len() >= at + iv.len() || !machine.takes(Alternative::KdfIvShortIllegal);
            require_legal(long, Rule::KdfIv)?;
            require(searched.get(at..at + iv.len()) == Some(&iv), Rule::KdfIv)?;
            Ok(sent.clone())
        }
        Location::TempKey if sent.len() == 64 => Ok(machine.registers.temp_key.whole()?.to_vec()),
        Location::TempKey => {
            let value = machine.registers.temp_key.lower()?;
            let by_length = machine.takes(Alternative::KdfMessageTempKeyLength);
            Ok(value[..if by_length { sent.len().min(32) } else { 32 }].to_vec())
        }
        Location::Slot(slot) => {
            machine.require_config_locked()?;
            require(!machine.eeprom.key_config(slot).private(), Rule::Private(slot))?;
            if machine.takes(Alternative::KdfMessageAsksLatch) {
                machine.require_latch(slot)?;
            }
            let whole = machine.takes(Alternative::KdfMessageSlotWhole);
            Ok(machine.eeprom.slot(slot)[..if whole { 32 } else { sent.len() }].to_vec())
        }
    }
}

/// The key. ReqRandom and NoMac are not asked (UNVERIFIED, chip reference U20).
fn source(machine: &mut Machine, request: &Request) -> Result<Vec<u8>, Refused> {
    let range = request.key_range();
    // ReqAuth of a message counts as that of a key (UNVERIFIED).
    let message_slot = request.message_slot().filter(|_| !machine.takes(Alternative::KdfMessageUnguarded));
    let registers = &machine.registers;
    let Some(source) = request.source() else {
        if machine.readings.take(Alternative::KdfZeroKeyLooks) {
            require_valid(machine, request)?;
        }
        authorise(machine, message_slot)?;
        if let Some(slot) =
            request.ignored_slot().filter(|_| machine.takes(Alternative::KdfZeroKeyUsesSource))
        {
            machine.use_key(slot)?;
        }
        return Ok(vec![0; 32]);
    };
    let key = match source {
        Source::TempKey if range.end > 32 => registers.temp_key.whole()?[range].to_vec(),
        Source::TempKey => registers.temp_key.lower()?[range].to_vec(),
        Source::TempKeyUpper => registers.temp_key.upper()?[range].to_vec(),
        Source::AlternateKey => {
            let key = registers.alternate_key.ok_or(forbidden(Rule::AlternateKey))?;
            if machine.readings.take(Alternative::AlternateKeyUsedUp) {
                machine.registers.alternate_key = None;
            }
            key[range].to_vec()
        }
        Source::Slot(slot) => {
            machine.require_config_locked()?;
            let config = machine.eeprom.key_config(slot);
            let aes = matches!(request.algorithm, Algorithm::Aes { .. });
            // HKDF and PRF take any type, AES one only, as its own command (UNVERIFIED, chip reference U52).
            require(!config.private(), Rule::Private(slot))?;
            let any = machine.takes(Alternative::KdfAesAnyType);
            require(!aes || any || config.is_aes(), Rule::NotAes(slot))?;
            let narrow = machine.takes(Alternative::KdfAsksShaKey);
            require(aes || !narrow || config.is_sha(), Rule::NotAes(slot))?;
            require_asked(machine, slot)?;
            machine.require_use_left(slot)?;
            let slots: Vec<usize> = [slot].into_iter().chain(message_slot).collect();
            machine.authorise_all(&slots)?;
            machine.count_use(slot)?;
            return Ok(machine.eeprom.slot(slot)[range].to_vec());
        }
    };
    authorise(machine, message_slot)?;
    Ok(key)
}

/// Whether the register is valid that the key would come from if it did not have to be zero.
fn require_valid(machine: &Machine, request: &Request) -> Result<(), Refused> {
    let registers = &machine.registers;
    match request.named_source() {
        Source::TempKey => registers.temp_key.lower().map(|_| ()),
        Source::TempKeyUpper => registers.temp_key.upper().map(|_| ()),
        Source::AlternateKey => require(registers.alternate_key.is_some(), Rule::AlternateKey),
        Source::Slot(_) => Ok(()),
    }
}

/// Whether the chip takes the slot as a key now.
fn require_asked(machine: &Machine, slot: usize) -> Result<(), Refused> {
    let data_locked = machine.eeprom.data_locked();
    // UNVERIFIED, chip reference U26.
    require(data_locked || !machine.takes(Alternative::UnlockedKdfRefused), Rule::DataOpen)?;
    if machine.takes(Alternative::KdfAsksRandom) {
        machine.require_random(slot)?;
    }
    let no_mac = data_locked && machine.eeprom.slot_config(slot).no_mac();
    require(!no_mac || !machine.takes(Alternative::KdfAsksNoMac), Rule::NoMac(slot))?;
    if machine.takes(Alternative::KdfIgnoresLatch) { Ok(()) } else { machine.require_latch(slot) }
}

fn authorise(machine: &mut Machine, slot: Option<usize>) -> Result<(), Refused> {
    slot.map_or(Ok(()), |slot| machine.authorise(slot))
}

fn deliver(machine: &mut Machine, request: &Request, result: &[u8]) -> Answer {
    let (kept, output) = result.split_at(if request.aead() { 32 } else { result.len() });
    let other_lost = machine.readings.take(Alternative::KdfOtherHalfLost);
    let temp_key = &mut machine.registers.temp_key;
    match request.target {
        Target::TempKey => {
            temp_key.derive(kept);
            temp_key.long &= kept.len() == 64 || !other_lost;
            // Other readings of U15.
            temp_key.input |= machine.readings.take(Alternative::KdfToTempKeyIsInput);
            temp_key.input &= !machine.readings.take(Alternative::KdfToTempKeyIsRandom);
        }
        Target::TempKeyUpper => {
            temp_key.load_upper(kept);
            temp_key.valid &= !other_lost;
        }
        Target::AlternateKey => machine.registers.alternate_key = kept.first_chunk().copied(),
        Target::Slot(slot) => machine.eeprom.write(Zone::Slot(slot), 0, kept),
        Target::Output | Target::EncryptedOutput => {}
    }
    // With AEAD the second half is the output, whatever the target (UNVERIFIED, chip reference U51).
    let whole = machine.takes(Alternative::KdfAeadWhole);
    let output = match request.aead() {
        true if whole => result,
        true => output,
        false => kept,
    };
    match request.target {
        Target::EncryptedOutput => Ok(Reply::Data(machine.protect(output)?)),
        _ if request.has_output() => Ok(Reply::Data(output.to_vec())),
        _ => Ok(Reply::Done),
    }
}
