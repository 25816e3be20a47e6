//! KDF, opcode 0x56 (chip reference 5.10).

use super::{Command, Encrypted};
use crate::memory::Slot;
use crate::secret::Secret;
use crate::wire::Request;

mod aead;
mod derivation;

pub use aead::{KdfAead, KdfAeadEncrypted};
pub use derivation::{Derivation, PrfKeyLen};

/// Longest message of PRF and HKDF, in bytes.
pub const KDF_MESSAGE_MAX: usize = 127;

/// The key that is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum KdfSource {
    /// TempKey.
    TempKey,
    /// Upper half of TempKey.
    TempKeyUpper,
    /// A slot.
    Slot(Slot),
    /// The alternate key buffer.
    AlternateKey,
}

/// Where a derived key goes that does not leave the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum KdfTarget {
    /// TempKey.
    TempKey,
    /// Upper half of TempKey.
    TempKeyUpper,
    /// A slot.
    Slot(Slot),
    /// The alternate key buffer.
    AlternateKey,
}

impl KdfTarget {
    /// Bits 4:2 of p1, high byte of p2.
    const fn code(self) -> (u8, u8) {
        match self {
            Self::TempKey => (0, 0),
            Self::TempKeyUpper => (1, 0),
            Self::Slot(slot) => (2, slot.number()),
            Self::AlternateKey => (3, 0),
        }
    }
}

/// Derives a key that stays inside.
#[doc(alias = "atcab_kdf")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfInside<'a> {
    /// The key.
    pub source: KdfSource,
    /// Where to.
    pub target: KdfTarget,
    /// How.
    pub derivation: Derivation<'a>,
}

impl Command for KdfInside<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let (target, slot) = self.target.code();
        self.derivation.request(self.source, target, slot)
    }
}

macro_rules! output {
    ($(#[$doc:meta])* $name:ident, $len:literal, $long:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name<'a> {
            source: KdfSource,
            derivation: Derivation<'a>,
        }

        impl<'a> $name<'a> {
            /// `None` if the derivation gives another number of bytes.
            #[must_use]
            pub const fn new(source: KdfSource, derivation: Derivation<'a>) -> Option<Self> {
                if derivation.long == $long { Some(Self { source, derivation }) } else { None }
            }
        }

        impl Command for $name<'_> {
                    type Response = Secret<$len>;
            fn request(&self) -> Request<'_> {
                self.derivation.request(self.source, 4, 0)
            }
        }
    };
}

output! {
    /// Derives 32 bytes and gives them out in clear (AES: 16 bytes, then zeros).
    #[doc(alias = "atcab_kdf")]
    KdfOutput, 32, false
}
output! {
    /// Derives 64 bytes and gives them out in clear.
    #[doc(alias = "atcab_kdf")]
    KdfOutput64, 64, true
}

macro_rules! encrypted {
    ($(#[$doc:meta])* $name:ident, $len:literal, $long:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name<'a> {
            source: KdfSource,
            derivation: Derivation<'a>,
        }

        impl<'a> $name<'a> {
            /// `None` if the derivation gives another number of bytes.
            #[must_use]
            pub const fn new(source: KdfSource, derivation: Derivation<'a>) -> Option<Self> {
                if derivation.long == $long { Some(Self { source, derivation }) } else { None }
            }
        }

        impl Command for $name<'_> {
                    type Response = Encrypted<$len>;
            fn request(&self) -> Request<'_> {
                self.derivation.request(self.source, 5, 0)
            }
        }
    };
}

encrypted! {
    /// Derives 32 bytes and gives them out encrypted with the I/O protection key.
    #[doc(alias = "atcab_kdf")]
    KdfEncrypted, 32, false
}
encrypted! {
    /// Derives 64 bytes and gives them out encrypted with the I/O protection key.
    #[doc(alias = "atcab_kdf")]
    KdfEncrypted64, 64, true
}

#[cfg(test)]
mod tests {
    use super::super::golden::sends;
    use super::*;
    use core::array::from_fn;

    const COUNTING: &str = "000102030405060708090A0B0C0D0E0F";

    #[test]
    fn golden() {
        let message: [u8; 16] = from_fn(|i| i as u8);
        let hkdf = KdfOutput::new(KdfSource::TempKey, Derivation::hkdf(&message).unwrap()).unwrap();
        sends(&hkdf, &std::format!("1B 56 50 00 00 02000010 {COUNTING} 66 4D"));
        // The reference's PRF and AES groups carry 0x1234 in fields that do not count.
        let prf = Derivation::prf64(PrfKeyLen::L32, &message).unwrap();
        let prf = KdfOutput64::new(KdfSource::TempKey, prf).unwrap();
        let request = prf.request();
        assert_eq!((request.p1, request.data()[0]), (0x10, &[0x01, 0x01, 0x00, 0x10][..]));
        let aes = KdfOutput::new(KdfSource::TempKey, Derivation::aes(0, &message).unwrap()).unwrap();
        assert_eq!((aes.request().p1, aes.request().data()[0]), (0x30, &[0; 4][..]));
    }

    #[test]
    fn sources_and_targets() {
        let derivation = Derivation::hkdf(&[1]).unwrap();
        let inside = |source, target| {
            let command = KdfInside { source, target, derivation };
            (command.request().p1, command.request().p2)
        };
        assert_eq!(inside(KdfSource::TempKey, KdfTarget::TempKey), (0x40, 0));
        assert_eq!(inside(KdfSource::TempKeyUpper, KdfTarget::TempKeyUpper), (0x45, 0));
        assert_eq!(inside(KdfSource::Slot(Slot::S3), KdfTarget::Slot(Slot::S5)), (0x4A, 0x0503));
        assert_eq!(inside(KdfSource::AlternateKey, KdfTarget::AlternateKey), (0x4F, 0));
        assert_eq!(KdfEncrypted::new(KdfSource::TempKey, derivation).unwrap().request().p1, 0x54);
        assert_eq!(Derivation::hkdf_iv(&[1]).unwrap().details[0], 3);
        assert_eq!(Derivation::hkdf_zero_key(&[1]).unwrap().details[0], 6);
    }

    #[test]
    fn what_does_not_fit_is_no_command() {
        assert!(Derivation::hkdf(&[0; 128]).is_none());
        assert!(Derivation::hkdf(&[0; 127]).is_some());
        assert!(Derivation::aes(4, &[0; 16]).is_none());
        let long = Derivation::prf64(PrfKeyLen::L64, &[1]).unwrap();
        assert!(KdfOutput::new(KdfSource::TempKey, long).is_none());
        assert!(KdfEncrypted64::new(KdfSource::TempKey, long).is_some());
    }

    #[test]
    fn messages_from_inside() {
        let command = |derivation| KdfOutput::new(KdfSource::Slot(Slot::S4), derivation).unwrap();
        // Details: location in bits 1:0, the slot in bits 11:8, the length in the last byte; as many
        // bytes follow, which do not count.
        let slot = command(Derivation::hkdf_of_slot(Slot::S9, 3).unwrap());
        sends(&slot, "0E 56 52 04 00 00 09 00 03 00 00 00 13 66");
        let short = command(Derivation::hkdf_of_temp_key());
        assert_eq!(short.request().data()[0], [0x01, 0, 0, 32]);
        assert_eq!(short.request().data()[1], [0; 32]);
        let long = command(Derivation::hkdf_of_temp_key64());
        assert_eq!((long.request().data()[0], long.request().data()[1].len()), (&[0x01, 0, 0, 64][..], 64));
        assert!(Derivation::hkdf_of_slot(Slot::S8, 127).is_some());
        assert!(Derivation::hkdf_of_slot(Slot::S8, 128).is_none());
    }
}
