//! KDF, opcode 0x56 (chip reference 5.10).

use super::{Command, Encrypted, Opcode, Reply, Request, array, nothing};
use crate::slot::Slot;

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

/// Length of the PRF's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum PrfKeyLen {
    /// 16 bytes.
    L16 = 0,
    /// 32 bytes.
    L32 = 1,
    /// 48 bytes.
    L48 = 2,
    /// 64 bytes.
    L64 = 3,
}

/// A key derivation: algorithm and message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Derivation<'a> {
    algorithm: u8,
    details: [u8; 4],
    message: &'a [u8],
    /// PRF with 64 bytes of output.
    long: bool,
}

opaque_debug!(Derivation<'_>);

impl<'a> Derivation<'a> {
    const fn with_message(algorithm: u8, mut details: [u8; 4], message: &'a [u8]) -> Option<Self> {
        if message.len() > KDF_MESSAGE_MAX {
            return None;
        }
        // The length sits in the last of the four bytes (chip reference D24).
        details[3] = message.len() as u8;
        Some(Self { algorithm, details, message, long: false })
    }

    /// TLS 1.2 PRF (P_SHA256) of label and seed, 32 bytes; `None` above [`KDF_MESSAGE_MAX`].
    #[must_use]
    pub const fn prf32(key_len: PrfKeyLen, message: &'a [u8]) -> Option<Self> {
        Self::with_message(0x00, [key_len as u8, 0x00, 0, 0], message)
    }

    /// The same with 64 bytes of output, which fill both halves of TempKey.
    #[must_use]
    pub const fn prf64(key_len: PrfKeyLen, message: &'a [u8]) -> Option<Self> {
        match Self::with_message(0x00, [key_len as u8, 0x01, 0, 0], message) {
            Some(derivation) => Some(Self { long: true, ..derivation }),
            None => None,
        }
    }

    /// AES-128 of a 16-byte message with 16-byte key `index` (0 to 3) of the source; `None` beyond.
    #[must_use]
    pub const fn aes(index: u8, message: &'a [u8; 16]) -> Option<Self> {
        if index > 3 {
            return None;
        }
        Some(Self { algorithm: 0x20, details: [index, 0, 0, 0], message, long: false })
    }

    /// HMAC-SHA256 of the message: HKDF-Extract, or a round of HKDF-Expand if the message ends in
    /// info and 0x01. `None` above [`KDF_MESSAGE_MAX`].
    #[must_use]
    pub const fn hkdf(message: &'a [u8]) -> Option<Self> {
        Self::with_message(0x40, [0x02, 0, 0, 0], message)
    }

    /// The same with a key of 32 zero bytes in place of the source.
    #[must_use]
    pub const fn hkdf_zero_key(message: &'a [u8]) -> Option<Self> {
        Self::with_message(0x40, [0x06, 0, 0, 0], message)
    }

    /// HKDF of a message that must hold the two bytes of the configuration's KdfIvStr at its
    /// KdfIvLoc: for initialisation vectors.
    #[must_use]
    pub const fn hkdf_iv(message: &'a [u8]) -> Option<Self> {
        Self::with_message(0x40, [0x03, 0, 0, 0], message)
    }

    /// Whether it gives 64 bytes instead of 32.
    #[must_use]
    pub const fn is_long(&self) -> bool {
        self.long
    }

    fn request(&self, source: KdfSource, target: u8, target_slot: u8, reply: Reply) -> Request<'_> {
        let (source, source_slot) = match source {
            KdfSource::TempKey => (0, 0),
            KdfSource::TempKeyUpper => (1, 0),
            KdfSource::Slot(slot) => (2, slot.number()),
            KdfSource::AlternateKey => (3, 0),
        };
        let p1 = self.algorithm | target << 2 | source;
        let p2 = u16::from_le_bytes([source_slot, target_slot]);
        Request::with_data(Opcode::Kdf, p1, p2, [&self.details, self.message, &[]], reply)
    }
}

/// Derives a key that stays inside.
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
        let (target, slot) = match self.target {
            KdfTarget::TempKey => (0, 0),
            KdfTarget::TempKeyUpper => (1, 0),
            KdfTarget::Slot(slot) => (2, slot.number()),
            KdfTarget::AlternateKey => (3, 0),
        };
        self.derivation.request(self.source, target, slot, Reply::Status)
    }
    fn parse(result: &[u8]) -> Option<()> {
        nothing(result)
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
            type Response = [u8; $len];
            fn request(&self) -> Request<'_> {
                self.derivation.request(self.source, 4, 0, Reply::Data($len))
            }
            fn parse(result: &[u8]) -> Option<[u8; $len]> {
                array(result)
            }
        }
    };
}

output! {
    /// Derives 32 bytes and gives them out in clear (AES: 16 bytes, then zeros).
    KdfOutput, 32, false
}
output! {
    /// Derives 64 bytes and gives them out in clear.
    KdfOutput64, 64, true
}

macro_rules! encrypted {
    ($(#[$doc:meta])* $name:ident, $len:literal, $long:literal, $reply:literal) => {
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
                self.derivation.request(self.source, 5, 0, Reply::Data($reply))
            }
            fn parse(result: &[u8]) -> Option<Encrypted<$len>> {
                Encrypted::parse(result)
            }
        }
    };
}

encrypted! {
    /// Derives 32 bytes and gives them out encrypted with the I/O protection key.
    KdfEncrypted, 32, false, 64
}
encrypted! {
    /// Derives 64 bytes and gives them out encrypted with the I/O protection key.
    KdfEncrypted64, 64, true, 96
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
        assert_eq!((request.p1, request.data[0]), (0x10, &[0x01, 0x01, 0x00, 0x10][..]));
        let aes = KdfOutput::new(KdfSource::TempKey, Derivation::aes(0, &message).unwrap()).unwrap();
        assert_eq!((aes.request().p1, aes.request().data[0]), (0x30, &[0; 4][..]));
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
}
