//! Verify (chip reference 5.22).

use super::{Answer, Reply, TempKeyUse};
use crate::chip::crypto::ecc::{self, Verdict};
use crate::chip::crypto::sha256::sha256;
use crate::chip::machine::Machine;
use crate::chip::machine::policy::{NOT_VALIDATED, VALIDATED};
use crate::chip::machine::registers::Certificate;
use crate::chip::memory::config::at;
use crate::chip::memory::layout::Zone;
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, illegal, require, require_legal};
use crate::chip::status::Status;
use crate::chip::wire::packet::Packet;

/// p1 bits.
const WITH_MAC: u8 = 0x80;
const FROM_DIGEST_BUFFER: u8 = 0x20;
const RESERVED: u8 = 0x58;
/// p2 of Verify(External) for the only curve.
const CURVE_P256: u16 = 4;

pub(crate) fn temp_key(_: &Machine, packet: &Packet) -> TempKeyUse {
    if packet.p1 & FROM_DIGEST_BUFFER != 0 { TempKeyUse::None } else { TempKeyUse::Consumes }
}

pub(crate) fn run(machine: &mut Machine, packet: &Packet) -> Answer {
    require_legal(packet.p1 & RESERVED == 0, Rule::Param1)?;
    match packet.p1 & 7 {
        0 => stored(machine, packet),
        1 => validate_external(machine, packet),
        2 => external(machine, packet),
        3 => validate(machine, packet, VALIDATED),
        7 => validate(machine, packet, NOT_VALIDATED),
        _ => Err(illegal(Rule::Param1)),
    }
}

fn external(machine: &Machine, packet: &Packet) -> Answer {
    packet.data_len(128)?;
    require_legal(packet.p2 == CURVE_P256, Rule::Param2)?;
    // It works before the config lock (UNVERIFIED, chip reference U25).
    if machine.readings.take(Alternative::OpenVerifyRefused) {
        machine.require_config_locked()?;
    }
    let message = message(machine, packet)?;
    let mac = mac(machine, packet, &message)?;
    let public = packet.data.last_chunk().ok_or(illegal(Rule::Length))?;
    check(machine, public, &message, packet, Rule::SentPoint)?;
    Ok(answer(mac))
}

fn stored(machine: &mut Machine, packet: &Packet) -> Answer {
    packet.data_len(64)?;
    let slot = machine.slot(packet)?;
    let message = message(machine, packet)?;
    // A ReqRandom key takes no message from the digest buffer (chip reference 4.8).
    let from_buffer = packet.p1 & FROM_DIGEST_BUFFER != 0;
    let random = machine.eeprom.data_locked() && machine.eeprom.key_config(slot).req_random();
    require(!(from_buffer && random), Rule::DigestBufferNonce(slot))?;
    let mac = mac(machine, packet, &message)?;
    let uses = machine.eeprom.counter_bytes();
    let public = machine.use_public_key(slot)?;
    let checked = check(machine, &public, &message, packet, Rule::StoredPoint(slot));
    if checked.is_err() && machine.takes(Alternative::VerifyMismatchUncounted) {
        machine.eeprom.write(Zone::Config, at::COUNTERS, &uses);
    }
    checked?;
    machine.registers.authorised = Some(slot);
    Ok(answer(mac))
}

/// Validate and Invalidate.
fn validate(machine: &mut Machine, packet: &Packet, validity: u8) -> Answer {
    packet.data_len(83)?;
    require_legal(packet.p1 & FROM_DIGEST_BUFFER == 0, Rule::Param1)?;
    let target = machine.slot(packet)?;
    let other = &packet.data[64..];
    machine.require_config_locked()?;
    require(machine.needs_validation(target), Rule::NotValidatable(target))?;
    let key = machine.eeprom.key_config(target);
    require(machine.eeprom.config()[at::X509_FORMAT + key.x509_id()] == 0, Rule::X509Format(target))?;
    require(other[17] & 1 == u8::from(validity == NOT_VALIDATED), Rule::ValidityFlag)?;

    let temp_key = &machine.registers.temp_key;
    let value = temp_key.lower()?;
    require(temp_key.gen_key && temp_key.key_id == target, Rule::TempKeyDigest(target))?;
    let (serial_8, serial_0) = machine.serial_parts();
    let message =
        sha256(&[&value, &[0x41], &other[..10], &serial_8, &other[10..14], &serial_0, &other[14..]]);
    validate_with_parent(machine, packet, target, &message, validity)
}

/// A certificate's signature validates the key that SHA(Public) put into it. Its hash is in TempKey.
fn validate_external(machine: &mut Machine, packet: &Packet) -> Answer {
    // Either length (chip reference D13).
    let fits = match packet.data.len() {
        64 => !machine.takes(Alternative::ValidateExternalLongOnly),
        128 => !machine.takes(Alternative::ValidateExternalShortOnly),
        _ => false,
    };
    require_legal(fits, Rule::Length)?;
    let from_buffer = packet.p1 & FROM_DIGEST_BUFFER != 0;
    let without_mac = packet.p1 & WITH_MAC == 0 || !machine.takes(Alternative::ValidateExternalWithoutMac);
    let buffer_taken = !from_buffer || machine.takes(Alternative::ValidateExternalFromBuffer);
    require_legal(without_mac && buffer_taken, Rule::Param1)?;
    let target = machine.slot(packet)?;
    machine.require_config_locked()?;
    require(machine.needs_validation(target), Rule::NotValidatable(target))?;
    let format = machine.eeprom.config()[at::X509_FORMAT + machine.eeprom.key_config(target).x509_id()];
    let message = message(machine, packet)?;
    let registers = &machine.registers;
    let certificate = if from_buffer { registers.digest.certificate } else { registers.temp_key.certificate };
    let certificate = certificate.ok_or(forbidden(Rule::Certificate(target)))?;
    // No certificate has the zero blocks of "no format".
    let (blocks, position) = (u32::from(format >> 4), u32::from(format & 0xF));
    require(certificate == Certificate { slot: target, position, blocks }, Rule::Certificate(target))?;
    validate_with_parent(machine, packet, target, &message, VALIDATED)
}

/// The key in the target's ReadKey slot signed the message.
fn validate_with_parent(
    machine: &mut Machine,
    packet: &Packet,
    target: usize,
    message: &[u8; 32],
    validity: u8,
) -> Answer {
    let mac = mac(machine, packet, message)?;
    let parent = machine.eeprom.slot_config(target).read_key();
    let public = machine.use_public_key(parent)?;
    check(machine, &public, message, packet, Rule::StoredPoint(parent))?;
    machine.set_validity(target, validity);
    Ok(answer(mac))
}

fn message(machine: &Machine, packet: &Packet) -> Result<[u8; 32], Refused> {
    if packet.p1 & FROM_DIGEST_BUFFER != 0 {
        machine.registers.digest.lower()
    } else {
        machine.registers.temp_key.lower()
    }
}

/// Numbers out of range make a bad signature, a stored point off the curve an execution error (UNVERIFIED, chip
/// reference U49).
fn check(
    machine: &Machine,
    public: &[u8; 64],
    message: &[u8; 32],
    packet: &Packet,
    no_point: Rule,
) -> Result<(), Refused> {
    let signature = packet.data.first_chunk().ok_or(illegal(Rule::Length))?;
    let stored = matches!(no_point, Rule::StoredPoint(_));
    match ecc::verify(public, message, signature) {
        Verdict::Good => Ok(()),
        Verdict::OutOfRange if machine.takes(Alternative::SignatureRangeForbidden) => {
            Err(forbidden(Rule::SentScalar))
        }
        Verdict::NoKey if !stored || !machine.takes(Alternative::StoredPointMiscompare) => {
            Err(forbidden(no_point))
        }
        Verdict::Bad | Verdict::OutOfRange | Verdict::NoKey => Err(Status::Miscompare.into()),
    }
}

/// The MAC that tells the host that a success was not forged on the bus, if it was asked for. A digest
/// buffer that is too short is an execution error (UNVERIFIED, chip reference U49).
fn mac(machine: &Machine, packet: &Packet, message: &[u8; 32]) -> Result<Option<[u8; 32]>, Refused> {
    if packet.p1 & WITH_MAC == 0 {
        return Ok(None);
    }
    let io_key = machine.io_key()?;
    let buffer = &machine.registers.digest;
    let nonce = match packet.p1 & FROM_DIGEST_BUFFER {
        0 => buffer.lower(),
        _ if machine.takes(Alternative::VerifyMacOfShortBuffer) => buffer.upper_or_zeros(),
        _ => buffer.upper(),
    }?;
    Ok(Some(mac_of(&io_key, message, &nonce, packet)))
}

fn mac_of(io_key: &[u8; 32], message: &[u8; 32], nonce: &[u8; 32], packet: &Packet) -> [u8; 32] {
    sha256(&[io_key, message, nonce, &packet.data[..64], &packet.head()])
}

fn answer(mac: Option<[u8; 32]>) -> Reply {
    mac.map_or(Reply::Done, |mac| Reply::Data(mac.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(from: u8) -> [u8; 32] {
        core::array::from_fn(|index| from + index as u8)
    }

    /// Rows of chip reference 7.4. Their signature is no real one, so no chip would answer with these.
    #[test]
    fn mac_rows_of_7_4() {
        let pattern: [u8; 32] = core::array::from_fn(|index| if index % 4 < 2 { 0xFF } else { 0 });
        let numbers: Vec<u8> = (0..20).collect();
        let temp_key = sha256(&[&pattern, &numbers, &[0x16, 0, 0]]);
        let (c, pt) = (counting(0x40), counting(0x80));
        let rows = [
            (0xA2, 4, c, pt, "F76EF621AB24CF477AFBBBB22BCC056628FEBED06B230228C9684C1381EBDA9F"),
            (0x82, 4, temp_key, c, "7636EA7F0FD5C598BACDC2F06BEF875257A84CB51CEECAAA7C6E3DAB37CA20E6"),
            (0x80, 11, temp_key, c, "B009FB66DF87130E400946D0C0F1BE44A6F8615A5139FD35B2EE4298C522AE39"),
        ];
        for (p1, p2, message, nonce, expected) in rows {
            let packet = Packet { opcode: 0x45, p1, p2, data: (0..64).collect() };
            let mac = mac_of(&counting(0x20), &message, &nonce, &packet);
            let mac: String = mac.iter().map(|byte| format!("{byte:02X}")).collect();
            assert_eq!(mac, expected, "p1 {p1:02X}");
        }
    }
}
