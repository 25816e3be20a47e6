//! The cipher suite as embedded-tls is given it: AES-128-GCM that looks at what it has decrypted.
//!
//! An alert during the handshake reaches it as a Certificate message of one entry, which is no certificate: so the
//! verifier hears of it.
//!
//! embedded-tls 0.19 panics on records that decrypt to nothing, and after the handshake on every handshake
//! message but a session ticket, and does not say which alert a server sent. So what arrives after the
//! handshake reaches it as application data, whatever it is, with the true type as last byte; for
//! [`Secured`](super::Secured) to look at. Which records those are is told by [`Wire`](super::record::Wire),
//! in the record's version: embedded-tls does not look at it, and the real one is fixed.

use aes_gcm::aead::{self, AeadCore, AeadInPlace, Buffer, KeyInit, KeySizeUser};
use aes_gcm::{Aes128Gcm, Key, Nonce, Tag};
use embedded_tls::{Aes128GcmSha256, TlsCipherSuite};

/// The content type of application data (RFC 8446, section 5.1).
pub(super) const APPLICATION_DATA: u8 = 23;

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// The one entry of the message that stands for an alert: this, and the alert's number.
const ALERT_ENTRY: u8 = 0xA1;

/// A Certificate message with [`ALERT_ENTRY`], and its type. It is no longer than the alert with its tag.
const fn alert_message(alert: u8) -> [u8; 16] {
    [11, 0, 0, 11, 0, 0, 0, 7, 0, 0, 2, ALERT_ENTRY, alert, 0, 0, HANDSHAKE]
}

/// The alert that a certificate stands for.
pub(super) const fn alert_of(certificate: &[u8]) -> Option<u8> {
    match certificate {
        [ALERT_ENTRY, alert] => Some(*alert),
        _ => None,
    }
}

/// The version of every encrypted record.
pub(super) const VERSION: [u8; 2] = [3, 3];

/// Stands instead of [`VERSION`] in records that arrive after the handshake.
pub(super) const AFTER_HANDSHAKE: [u8; 2] = [0xAF, 0xFE];

/// TLS_AES_128_GCM_SHA256.
pub(super) struct Suite;

impl TlsCipherSuite for Suite {
    const CODE_POINT: u16 = Aes128GcmSha256::CODE_POINT;
    type Cipher = Cipher;
    type KeyLen = <Aes128GcmSha256 as TlsCipherSuite>::KeyLen;
    type IvLen = <Aes128GcmSha256 as TlsCipherSuite>::IvLen;
    type Hash = <Aes128GcmSha256 as TlsCipherSuite>::Hash;
    type LabelBufferSize = <Aes128GcmSha256 as TlsCipherSuite>::LabelBufferSize;
}

/// AES-128-GCM; its key is wiped when it is dropped, which is after each record.
pub(super) struct Cipher(Aes128Gcm);

impl KeySizeUser for Cipher {
    type KeySize = <Aes128Gcm as KeySizeUser>::KeySize;
}

impl KeyInit for Cipher {
    fn new(key: &Key<Self>) -> Self {
        Self(Aes128Gcm::new(key))
    }
}

impl AeadCore for Cipher {
    type NonceSize = <Aes128Gcm as AeadCore>::NonceSize;
    type TagSize = <Aes128Gcm as AeadCore>::TagSize;
    type CiphertextOverhead = <Aes128Gcm as AeadCore>::CiphertextOverhead;
}

impl AeadInPlace for Cipher {
    fn encrypt_in_place_detached(
        &self,
        nonce: &Nonce<Self::NonceSize>,
        header: &[u8],
        buffer: &mut [u8],
    ) -> aead::Result<Tag> {
        self.0.encrypt_in_place_detached(nonce, header, buffer)
    }

    fn decrypt_in_place_detached(
        &self,
        nonce: &Nonce<Self::NonceSize>,
        header: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> aead::Result<()> {
        self.0.decrypt_in_place_detached(nonce, header, buffer, tag)
    }

    fn decrypt_in_place(
        &self,
        nonce: &Nonce<Self::NonceSize>,
        header: &[u8],
        record: &mut dyn Buffer,
    ) -> aead::Result<()> {
        let &[kind, major, minor, high, low] = header else { return Err(aead::Error) };
        let [real_major, real_minor] = VERSION;
        self.0.decrypt_in_place(nonce, &[kind, real_major, real_minor, high, low], record)?;
        // The type is the last byte that is not padding (RFC 8446, section 5.4); there must be one.
        let end = record.as_ref().iter().rposition(|byte| *byte != 0).ok_or(aead::Error)?;
        record.truncate(end + 1);
        if [major, minor] == AFTER_HANDSHAKE {
            // The tag has left room.
            record.extend_from_slice(&[APPLICATION_DATA])?;
        } else if let &[_, alert, ALERT] = record.as_ref() {
            record.truncate(0);
            record.extend_from_slice(&alert_message(alert))?;
        }
        Ok(())
    }
}
