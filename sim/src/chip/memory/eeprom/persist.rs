//! The EEPROM as bytes to keep in a file.

use super::known;
use super::{DATA_SIZE, Eeprom};
use crate::chip::crypto::sha256::sha256;
use core::fmt;

const MAGIC: &[u8; 8] = b"ATECC608";
/// Of a chip whose private keys are all known, or not there.
const PLAIN: u8 = 1;
/// The same, and public keys that are all that is known.
const WITH_KNOWN: u8 = 2;
const HEAD: usize = MAGIC.len() + 1;
const CONTENTS: usize = 128 + 64 + DATA_SIZE + 32;
const CHECK: usize = 32;

/// Why bytes are no saved [`Eeprom`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum EepromError {
    /// They do not start as a saved EEPROM does.
    NotAnEeprom,
    /// They are of another version of this crate, which the number tells.
    Version(u8),
    /// There are too few or too many of them.
    Length(usize),
    /// They were changed since they were saved: their check sum is wrong.
    Damaged,
}

impl fmt::Display for EepromError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EepromError::NotAnEeprom => write!(f, "not a saved EEPROM"),
            EepromError::Version(version) => {
                write!(f, "saved EEPROM of version {version}, this reads {PLAIN} and {WITH_KNOWN}")
            }
            EepromError::Length(length) => {
                let plain = HEAD + CONTENTS + CHECK;
                write!(f, "a saved EEPROM has {plain} bytes, more with known public keys, not {length}")
            }
            EepromError::Damaged => write!(f, "saved EEPROM is damaged: wrong check sum"),
        }
    }
}

impl core::error::Error for EepromError {}

impl Eeprom {
    /// The contents to keep across runs, with a check sum. They include every key in the clear.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + CONTENTS + CHECK);
        bytes.extend_from_slice(MAGIC);
        bytes.push(if self.known.is_empty() { PLAIN } else { WITH_KNOWN });
        bytes.extend_from_slice(&self.config);
        bytes.extend_from_slice(&self.otp);
        bytes.extend_from_slice(&self.data);
        bytes.extend_from_slice(&self.seed);
        known::put(&self.known, &mut bytes);
        let check = sha256(&[&bytes]);
        bytes.extend_from_slice(&check);
        bytes
    }

    /// The inverse of [`Eeprom::to_bytes`].
    ///
    /// # Errors
    /// If `bytes` are not what [`Eeprom::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Eeprom, EepromError> {
        let Some(tail) = bytes.strip_prefix(MAGIC) else { return Err(EepromError::NotAnEeprom) };
        let with_known = match tail.first() {
            None => return Err(EepromError::Length(bytes.len())),
            Some(&PLAIN) => false,
            Some(&WITH_KNOWN) => true,
            Some(&version) => return Err(EepromError::Version(version)),
        };
        let all = bytes.len().checked_sub(HEAD + CONTENTS + CHECK);
        let known_len = all.filter(|more| with_known && known::fits(*more) || *more == 0);
        let Some(known_len) = known_len else { return Err(EepromError::Length(bytes.len())) };
        let (saved, check) = bytes.split_at(HEAD + CONTENTS + known_len);
        if sha256(&[saved]) != check {
            return Err(EepromError::Damaged);
        }
        let mut contents = &saved[HEAD..];
        Ok(Eeprom {
            config: take(&mut contents),
            otp: take(&mut contents),
            data: take(&mut contents),
            seed: take(&mut contents),
            known: known::take(contents).ok_or(EepromError::Damaged)?,
            generation: 0,
        })
    }
}

/// The next `N` bytes. The caller has checked the length of the whole.
fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let mut taken = [0; N];
    let (head, tail) = bytes.split_at(N);
    taken.copy_from_slice(head);
    *bytes = tail;
    taken
}
