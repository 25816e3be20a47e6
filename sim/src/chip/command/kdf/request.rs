//! What a KDF command asks for.

use crate::chip::readings::{Alternative, Readings};
use crate::chip::rule::{Refused, Rule, illegal, require_legal};
use crate::chip::wire::packet::Packet;
use core::ops::Range;

/// The longest message.
const LONGEST: usize = 127;
const AES_BLOCK: usize = 16;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    TempKey,
    TempKeyUpper,
    Slot(usize),
    AlternateKey,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Target {
    TempKey,
    TempKeyUpper,
    Slot(usize),
    AlternateKey,
    Output,
    EncryptedOutput,
}

/// Where HKDF finds its message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Location {
    Slot(usize),
    TempKey,
    Input,
    /// The message sent, if it is one that makes an IV.
    Iv,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Algorithm {
    Prf {
        key_len: usize,
        /// The result has 64 bytes, else 32.
        long: bool,
        /// Half of the result goes to the target, half out.
        aead: bool,
    },
    Aes {
        /// Which 16 bytes of the source are the key.
        index: usize,
    },
    Hkdf {
        message: Location,
        zero_key: bool,
    },
}

pub(super) struct Request {
    pub(super) algorithm: Algorithm,
    pub(super) target: Target,
    pub(super) message: Vec<u8>,
    /// Bits of details that are set and mean nothing.
    pub(super) meaningless_bits: u32,
    details: [u8; 4],
    source: Source,
}

impl Request {
    /// Takes parameters and details apart; what is illegal in every state is a parse error.
    pub(super) fn decode(packet: &Packet, readings: Readings) -> Result<Request, Refused> {
        let [source_slot, target_slot] = packet.p2.to_le_bytes().map(usize::from);
        let source = match packet.p1 & 3 {
            0 => Source::TempKey,
            1 => Source::TempKeyUpper,
            2 => Source::Slot(source_slot),
            _ => Source::AlternateKey,
        };
        let target = match packet.p1 >> 2 & 7 {
            0 => Target::TempKey,
            1 => Target::TempKeyUpper,
            2 => Target::Slot(target_slot),
            3 => Target::AlternateKey,
            4 => Target::Output,
            5 => Target::EncryptedOutput,
            _ => return Err(illegal(Rule::Param1)),
        };
        let (sent, message) = packet.data.split_first_chunk().ok_or(illegal(Rule::Length))?;
        let details = u32::from_le_bytes(*sent);
        let low = details as usize & 3;
        let algorithm = match packet.p1 >> 5 {
            0 => prf(details, readings)?,
            1 => Algorithm::Aes { index: low },
            2 => {
                let message = match low {
                    0 if readings.take(Alternative::KdfMessageSlotInTarget) => {
                        Location::Slot(target_slot & 0xF)
                    }
                    0 => Location::Slot((details >> 8) as usize & 0xF),
                    1 => Location::TempKey,
                    2 => Location::Input,
                    _ => Location::Iv,
                };
                Algorithm::Hkdf { message, zero_key: details & 4 != 0 }
            }
            _ => return Err(illegal(Rule::Param1)),
        };
        let length = match algorithm {
            Algorithm::Aes { .. } => AES_BLOCK,
            Algorithm::Prf { .. } | Algorithm::Hkdf { .. } => (details >> 24) as usize,
        };
        let told = message.len() == length || readings.take(Alternative::KdfLengthIgnored);
        let short = length <= LONGEST || readings.take(Alternative::KdfLengthBeyond);
        require_legal(told && short, Rule::Length)?;
        let meaning: u32 = match algorithm {
            Algorithm::Prf { .. } => 0xFF00_0703,
            Algorithm::Aes { .. } => 0x0000_0003,
            Algorithm::Hkdf { .. } => 0xFF00_FF07,
        };
        let meaningless_bits = details & !meaning;
        Ok(Request { algorithm, target, message: message.to_vec(), meaningless_bits, details: *sent, source })
    }

    /// Everything behind the parameters.
    pub(super) fn details_and_message(&self) -> Vec<u8> {
        [&self.details[..], &self.message].concat()
    }

    /// The source that p1 names, whether it is looked at or not.
    pub(super) fn named_source(&self) -> Source {
        self.source
    }

    /// None if a key of zeros takes its place.
    pub(super) fn source(&self) -> Option<Source> {
        let zero = matches!(self.algorithm, Algorithm::Hkdf { zero_key: true, .. });
        (!zero).then_some(self.source)
    }

    /// The source's slot where a key of zeros takes its place.
    pub(super) fn ignored_slot(&self) -> Option<usize> {
        match self.source {
            Source::Slot(slot) if self.source().is_none() => Some(slot & 0xF),
            _ => None,
        }
    }

    /// The IV special function.
    pub(super) fn is_iv(&self) -> bool {
        matches!(self.algorithm, Algorithm::Hkdf { message: Location::Iv, .. })
    }

    /// Which bytes of the source are the key.
    pub(super) fn key_range(&self) -> Range<usize> {
        match self.algorithm {
            Algorithm::Prf { key_len, .. } => 0..key_len,
            Algorithm::Aes { index } => AES_BLOCK * index..AES_BLOCK * (index + 1),
            Algorithm::Hkdf { .. } => 0..32,
        }
    }

    pub(super) fn aead(&self) -> bool {
        matches!(self.algorithm, Algorithm::Prf { aead: true, .. })
    }

    /// Bytes for the target.
    pub(super) fn target_len(&self) -> usize {
        let long = matches!(self.algorithm, Algorithm::Prf { long: true, aead: false, .. });
        if long { 64 } else { 32 }
    }

    /// Something leaves the chip.
    pub(super) fn has_output(&self) -> bool {
        self.aead() || matches!(self.target, Target::Output | Target::EncryptedOutput)
    }

    /// The slot that holds the message, if one does.
    pub(super) fn message_slot(&self) -> Option<usize> {
        match self.algorithm {
            Algorithm::Hkdf { message: Location::Slot(slot), .. } => Some(slot),
            _ => None,
        }
    }
}

/// AEAD needs the long result to be split (UNVERIFIED, chip reference U51).
fn prf(details: u32, readings: Readings) -> Result<Algorithm, Refused> {
    let long = details >> 8 & 1 == 1;
    let aead = match details >> 9 & 3 {
        0 => false,
        1 => true,
        _ => return Err(illegal(Rule::Param1)),
    };
    require_legal(long || !aead || readings.take(Alternative::KdfAeadShort), Rule::Param1)?;
    Ok(Algorithm::Prf { key_len: 16 * (details as usize % 4 + 1), long, aead })
}
