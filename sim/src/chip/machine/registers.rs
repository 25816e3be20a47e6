//! The volatile registers (chip reference 5.0.1).

use crate::chip::crypto::sha256::{Running, RunningHmac};
use crate::chip::rule::{Refused, Rule, forbidden};

/// TempKey and its flags.
#[derive(Clone)]
pub(crate) struct TempKey {
    pub(crate) value: [u8; 64],
    pub(crate) valid: bool,
    /// The upper 32 bytes are valid, too.
    pub(crate) long: bool,
    /// SourceFlag: set for values the outside chose, clear for those with a random part.
    pub(crate) input: bool,
    pub(crate) key_id: usize,
    pub(crate) gen_dig: bool,
    pub(crate) gen_key: bool,
    pub(crate) no_mac: bool,
    /// GenKey left a private key here, for ECDH alone (UNVERIFIED, chip reference 5.7).
    pub(crate) private_key: bool,
    /// The value is the hash of a certificate with one of the chip's own public keys in it, for
    /// Verify(ValidateExternal).
    pub(crate) certificate: Option<Certificate>,
}

/// What SHA knows of a message that SHA(Public) put a key into (UNVERIFIED, chip reference 5.19).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Certificate {
    /// The public key's slot.
    pub(crate) slot: usize,
    /// How many whole 64-byte blocks were in front of the key.
    pub(crate) position: u32,
    /// How many 64-byte blocks the message has, padding included.
    pub(crate) blocks: u32,
}

impl TempKey {
    /// Valid for nothing.
    pub(crate) const fn invalid() -> TempKey {
        TempKey {
            value: [0; 64],
            valid: false,
            long: false,
            input: false,
            key_id: 0,
            gen_dig: false,
            gen_key: false,
            no_mac: false,
            private_key: false,
            certificate: None,
        }
    }

    /// A new value with all other flags clear. It has 32 or 64 bytes.
    pub(crate) fn load(value: &[u8], input: bool) -> TempKey {
        let mut new = TempKey { valid: true, long: value.len() == 64, input, ..TempKey::invalid() };
        new.value[..value.len()].copy_from_slice(value);
        new
    }

    /// Replaces the value and keeps the flags, as GenKey's digest and the second form of Nonce do.
    pub(crate) fn replace(&mut self, value: &[u8; 32]) {
        self.value = [0; 64];
        self.value[..32].copy_from_slice(value);
        self.long = false;
        self.certificate = None;
    }

    /// KDF's result of 32 or 64 bytes; a result of 32 leaves the upper half alone. SourceFlag stays
    /// (UNVERIFIED, chip reference U15).
    pub(crate) fn derive(&mut self, value: &[u8]) {
        let upper = half(&self.value, 1);
        let long = self.long;
        *self = TempKey::load(value, self.input);
        if long && value.len() == 32 {
            self.load_upper(&upper);
        }
    }

    /// Fills the upper half and leaves the rest alone.
    pub(crate) fn load_upper(&mut self, value: &[u8]) {
        self.value[32..].copy_from_slice(value);
        self.long = true;
    }

    /// The lower 32 bytes, for every use except ECDH with a private key.
    pub(crate) fn lower(&self) -> Result<[u8; 32], Refused> {
        if !self.valid || self.private_key {
            return Err(forbidden(Rule::TempKey));
        }
        Ok(half(&self.value, 0))
    }

    /// The upper 32 bytes.
    pub(crate) fn upper(&self) -> Result<[u8; 32], Refused> {
        if self.long { Ok(half(&self.value, 1)) } else { Err(forbidden(Rule::UpperHalf)) }
    }

    /// All 64 bytes.
    pub(crate) fn whole(&self) -> Result<[u8; 64], Refused> {
        self.lower()?;
        self.upper()?;
        Ok(self.value)
    }

    /// The private key that GenKey left here.
    pub(crate) fn private_key(&self) -> Result<[u8; 32], Refused> {
        let usable = self.valid && self.private_key;
        if usable { Ok(half(&self.value, 0)) } else { Err(forbidden(Rule::TempKeyPrivate)) }
    }

    /// The lower 32 bytes for a command whose p1 bit 2 has to tell SourceFlag.
    pub(crate) fn lower_from(&self, p1: u8) -> Result<[u8; 32], Refused> {
        if (p1 & 4 != 0) == self.input { self.lower() } else { Err(forbidden(Rule::TempKeySource)) }
    }

    /// The flags as Info and Sign(Internal) show them (chip reference 5.9, 5.21).
    pub(crate) fn flags(&self) -> u8 {
        u8::from(self.no_mac) << 7
            | u8::from(self.gen_key) << 6
            | u8::from(self.gen_dig) << 5
            | u8::from(self.input) << 4
            // Always below 16.
            | self.key_id as u8
    }
}

fn half(value: &[u8; 64], index: usize) -> [u8; 32] {
    let mut half = [0; 32];
    half.copy_from_slice(&value[32 * index..][..32]);
    half
}

/// The message digest buffer.
#[derive(Clone)]
pub(crate) struct MessageDigest {
    value: [u8; 64],
    /// 0, 32 or 64.
    valid: usize,
    /// As that of TempKey. No command looks at it by default (UNVERIFIED, chip reference 5.22).
    pub(crate) certificate: Option<Certificate>,
}

impl MessageDigest {
    const fn invalid() -> MessageDigest {
        MessageDigest { value: [0; 64], valid: 0, certificate: None }
    }

    /// Takes 32 or 64 bytes.
    pub(crate) fn load(&mut self, value: &[u8]) {
        *self = MessageDigest::invalid();
        self.value[..value.len()].copy_from_slice(value);
        self.valid = value.len();
    }

    pub(crate) fn clear(&mut self) {
        *self = MessageDigest::invalid();
    }

    pub(crate) fn lower(&self) -> Result<[u8; 32], Refused> {
        if self.valid == 0 { Err(forbidden(Rule::DigestBuffer)) } else { Ok(half(&self.value, 0)) }
    }

    /// The upper half, which is zero if 32 bytes were loaded.
    pub(crate) fn upper_or_zeros(&self) -> Result<[u8; 32], Refused> {
        self.lower()?;
        Ok(half(&self.value, 1))
    }

    pub(crate) fn upper(&self) -> Result<[u8; 32], Refused> {
        if self.valid < 64 { Err(forbidden(Rule::UpperHalf)) } else { Ok(half(&self.value, 1)) }
    }
}

/// What the SHA command is in the middle of.
#[derive(Clone)]
pub(crate) enum ShaContext {
    None,
    Hash {
        running: Running,
        /// Slot and position of the key that SHA(Public) inserted.
        inserted: Option<(usize, u32)>,
    },
    Hmac(RunningHmac),
}

/// Everything that sleep and the watchdog wipe and idle keeps (chip reference 1.8).
pub(crate) struct Registers {
    pub(crate) temp_key: TempKey,
    pub(crate) digest: MessageDigest,
    /// The alternate key buffer.
    pub(crate) alternate_key: Option<[u8; 32]>,
    pub(crate) sha: ShaContext,
    /// AuthKeyID while AuthValid is set.
    pub(crate) authorised: Option<usize>,
    /// The failed self tests, as bits of SelfTest's mode.
    pub(crate) failed_tests: u8,
}

impl Registers {
    pub(crate) const fn new() -> Registers {
        Registers {
            temp_key: TempKey::invalid(),
            digest: MessageDigest::invalid(),
            alternate_key: None,
            sha: ShaContext::None,
            authorised: None,
            failed_tests: 0,
        }
    }
}
