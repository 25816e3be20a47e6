//! What slots are for.

use crate::memory::Slot;
use core::fmt;
use core::str::FromStr;

/// What a slot is for. "Fixed" contents and keys are written or made between the locks, never after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Purpose {
    /// Nothing: closed to every command.
    Unused,
    /// A private key that signs digests; made once, its public key can be read. Fixed.
    SigningKey,
    /// The same, but GenKey may make a new key until the slot is locked.
    RenewableSigningKey,
    /// A signing key that signs so many digests in all, 1 to 2 097 150. Fixed. One per chip: there
    /// is one counter for all.
    LimitedKey {
        /// Number of signatures.
        uses: u32,
    },
    /// A private key for ECDH; the secret can be had in clear, unless
    /// [`results_inside`](super::Builder::results_inside) is said. In an even slot, the next must be unused or
    /// a private key: ECDH can write there. Fixed.
    AgreementKey,
    /// Secret data, read and written encrypted with the key in another slot.
    EncryptedStorage {
        /// A slot with [`Purpose::StorageKey`].
        key: Slot,
    },
    /// The key for [`Purpose::EncryptedStorage`]. Asks for random nonces, so that no recorded write can be
    /// played back. Give it no other job. Fixed.
    StorageKey,
    /// A secret that the host proves to know, by CheckMac over a random nonce, before a key said with
    /// [`authorised_by`](super::Builder::authorised_by) works once. Makes no MACs itself: they would authorise. Fixed.
    AuthorisationKey,
    /// A public key for Verify; slots 8 to 15. Fixed.
    PublicKey,
    /// The code signer's public key for SecureBoot, which keeps the digest of the image that was
    /// accepted last; slots 8 to 15. Fixed.
    SecureBootKey {
        /// A slot with [`Purpose::SecureBootDigest`].
        digest: Slot,
    },
    /// Where SecureBoot keeps the digest; nothing else writes or reads it.
    SecureBootDigest,
    /// Data that anyone may read and write, until the slot is locked.
    Data,
    /// Data that anyone may read. Fixed.
    FixedData,
    /// A certificate, compressed to the 72 bytes of slots 9 to 15; slot 8 has room for five. Anyone may read it. Fixed. Its
    /// signer's key beside it is a [`Purpose::PublicKey`], its own a [`Purpose::SigningKey`].
    Certificate,
    /// The same, but anyone may write another one until the slot is locked: for the key in a slot with
    /// [`Purpose::RenewableSigningKey`]. Also for its signer's public key: where anyone may write, it is no key for
    /// Verify, and counts only as far as a certificate vouches for it.
    RenewableCertificate,
    /// A secret that other keys come from, by GenDig or DeriveKey; it checks MACs and makes none. Whether KDF
    /// takes it is not known (UNVERIFIED, chip reference U20): for KDF use [`Purpose::MacKey`]. Fixed.
    ParentKey,
    /// The I/O protection key, which the host holds, too: encrypts and proves results on the bus. With it
    /// SecureBoot's proof asks for a random nonce. One per chip. Fixed.
    IoProtectionKey,
    /// AES-128 keys: two in slots 0 to 7, four in the others. Fixed.
    AesKey,
    /// A secret for MAC, CheckMac, HMAC, DeriveKey's parent and KDF. Fixed.
    MacKey,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unused => f.write_str("unused"),
            Self::SigningKey => f.write_str("signing key"),
            Self::RenewableSigningKey => f.write_str("renewable signing key"),
            Self::LimitedKey { uses } => write!(f, "limited key {uses}"),
            Self::AgreementKey => f.write_str("agreement key"),
            Self::EncryptedStorage { key } => write!(f, "encrypted storage under key {}", key.number()),
            Self::StorageKey => f.write_str("storage key"),
            Self::AuthorisationKey => f.write_str("authorisation key"),
            Self::PublicKey => f.write_str("public key"),
            Self::SecureBootKey { digest } => write!(f, "secure boot key with digest {}", digest.number()),
            Self::SecureBootDigest => f.write_str("secure boot digest"),
            Self::Data => f.write_str("data"),
            Self::FixedData => f.write_str("fixed data"),
            Self::Certificate => f.write_str("certificate"),
            Self::RenewableCertificate => f.write_str("renewable certificate"),
            Self::ParentKey => f.write_str("parent key"),
            Self::IoProtectionKey => f.write_str("I/O protection key"),
            Self::AesKey => f.write_str("AES key"),
            Self::MacKey => f.write_str("MAC key"),
        }
    }
}

/// The words are those of no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct UnknownPurpose;

impl fmt::Display for UnknownPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no such purpose; there are: unused, signing key, renewable signing key, limited key N, agreement \
             key, storage key, authorisation key, encrypted storage under key N, public key, secure boot key with digest N, secure \
             boot digest, data, fixed data, certificate, renewable certificate, parent key, I/O protection key, AES key, MAC key",
        )
    }
}

impl core::error::Error for UnknownPurpose {}

/// What [`Display`](fmt::Display) writes.
impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(words: &str) -> Result<Self, UnknownPurpose> {
        let fixed = [
            Self::Unused,
            Self::SigningKey,
            Self::RenewableSigningKey,
            Self::AgreementKey,
            Self::StorageKey,
            Self::AuthorisationKey,
            Self::PublicKey,
            Self::SecureBootDigest,
            Self::Data,
            Self::FixedData,
            Self::Certificate,
            Self::RenewableCertificate,
            Self::ParentKey,
            Self::IoProtectionKey,
            Self::AesKey,
            Self::MacKey,
        ];
        let slot = |number: &str| number.parse().ok().and_then(Slot::new).ok_or(UnknownPurpose);
        if let Some(uses) = words.strip_prefix("limited key ") {
            Ok(Self::LimitedKey { uses: uses.parse().map_err(|_| UnknownPurpose)? })
        } else if let Some(key) = words.strip_prefix("encrypted storage under key ") {
            Ok(Self::EncryptedStorage { key: slot(key)? })
        } else if let Some(digest) = words.strip_prefix("secure boot key with digest ") {
            Ok(Self::SecureBootKey { digest: slot(digest)? })
        } else {
            fixed.into_iter().find(|purpose| purpose.is_written(words)).ok_or(UnknownPurpose)
        }
    }
}

impl Purpose {
    fn is_written(self, words: &str) -> bool {
        let mut text = heapless::String::<32>::new();
        fmt::Write::write_fmt(&mut text, format_args!("{self}")).is_ok() && text == words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn read_as_written() {
        for purpose in [
            Purpose::Unused,
            Purpose::SigningKey,
            Purpose::RenewableSigningKey,
            Purpose::LimitedKey { uses: 100 },
            Purpose::AgreementKey,
            Purpose::EncryptedStorage { key: Slot::S4 },
            Purpose::StorageKey,
            Purpose::AuthorisationKey,
            Purpose::PublicKey,
            Purpose::SecureBootKey { digest: Slot::S12 },
            Purpose::SecureBootDigest,
            Purpose::Data,
            Purpose::FixedData,
            Purpose::Certificate,
            Purpose::RenewableCertificate,
            Purpose::ParentKey,
            Purpose::IoProtectionKey,
            Purpose::AesKey,
            Purpose::MacKey,
        ] {
            assert_eq!(purpose.to_string().parse(), Ok(purpose));
        }
        for words in ["", "key", "limited key", "limited key x", "encrypted storage under key 16"] {
            assert_eq!(words.parse::<Purpose>(), Err(UnknownPurpose), "{words:?}");
        }
    }
}
