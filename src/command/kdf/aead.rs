//! The PRF split in two: half stays in the chip, half comes out. UNVERIFIED, chip reference U51.

use super::{Derivation, KdfSource, KdfTarget, PrfKeyLen};
use crate::command::{Command, Encrypted};
use crate::secret::Secret;
use crate::wire::Request;

/// Bits 10:9 and 8 of the details: AEAD, which needs the long result.
const SPLIT: u8 = 0x03;

const fn split(key_len: PrfKeyLen, message: &[u8]) -> Option<Derivation<'_>> {
    Derivation::with_message(0x00, [key_len as u8, SPLIT, 0, 0], message)
}

/// TLS 1.2 PRF of 64 bytes: the first 32 go to a target inside, the other 32 come out in clear.
///
/// UNVERIFIED, chip reference U51: nobody public has used this mode.
#[doc(alias = "atcab_kdf")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfAead<'a> {
    source: KdfSource,
    target: KdfTarget,
    derivation: Derivation<'a>,
}

impl<'a> KdfAead<'a> {
    /// `None` if label and seed are longer than [`KDF_MESSAGE_MAX`](crate::command::KDF_MESSAGE_MAX).
    #[must_use]
    pub const fn new(
        source: KdfSource,
        target: KdfTarget,
        key_len: PrfKeyLen,
        message: &'a [u8],
    ) -> Option<Self> {
        match split(key_len, message) {
            Some(derivation) => Some(Self { source, target, derivation }),
            None => None,
        }
    }
}

impl Command for KdfAead<'_> {
    type Response = Secret<32>;
    fn request(&self) -> Request<'_> {
        let (target, slot) = self.target.code();
        self.derivation.request(self.source, target, slot)
    }
}

/// The same without a target inside: the first 32 bytes are lost, the other 32 come out encrypted with
/// the I/O protection key.
///
/// UNVERIFIED, chip reference U51.
#[doc(alias = "atcab_kdf")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfAeadEncrypted<'a> {
    source: KdfSource,
    derivation: Derivation<'a>,
}

impl<'a> KdfAeadEncrypted<'a> {
    /// `None` if label and seed are longer than [`KDF_MESSAGE_MAX`](crate::command::KDF_MESSAGE_MAX).
    #[must_use]
    pub const fn new(source: KdfSource, key_len: PrfKeyLen, message: &'a [u8]) -> Option<Self> {
        match split(key_len, message) {
            Some(derivation) => Some(Self { source, derivation }),
            None => None,
        }
    }
}

impl Command for KdfAeadEncrypted<'_> {
    type Response = Encrypted<32>;
    fn request(&self) -> Request<'_> {
        self.derivation.request(self.source, 5, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::golden::{group, receives, sends};
    use crate::memory::Slot;

    #[test]
    fn golden() {
        let key = PrfKeyLen::L32;
        let split = KdfAead::new(KdfSource::Slot(Slot::S4), KdfTarget::Slot(Slot::S13), key, &[0xA1; 2]);
        // PRF, slot to slot: mode 0A, p2 0D04; details 0x0200 | 0x0100 | 01, length in the last byte.
        sends(&split.unwrap(), "0D 56 0A 04 0D 01 03 00 02 A1 A1 1A E4");
        let other = receives(&split.unwrap(), &group(&"5C".repeat(32)));
        assert_eq!(other, Ok(Secret::new([0x5C; 32])));
        let encrypted = KdfAeadEncrypted::new(KdfSource::TempKey, key, &[0xA1; 2]).unwrap();
        assert_eq!((encrypted.request().p1, encrypted.request().p2), (0x14, 0));
        assert_eq!(encrypted.request().data()[0], [0x01, 0x03, 0x00, 0x02]);
        let answer = receives(&encrypted, &group(&("AB".repeat(32) + &"CD".repeat(32)))).unwrap();
        assert_eq!((answer.ciphertext, answer.nonce), ([0xAB; 32], [0xCD; 32]));
        assert!(KdfAead::new(KdfSource::TempKey, KdfTarget::TempKey, key, &[0; 128]).is_none());
    }
}
