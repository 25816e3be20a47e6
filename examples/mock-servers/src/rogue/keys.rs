//! The key schedule (RFC 8446, section 7.1) and the protection of records (section 5.2).

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use p256_013::ecdh::EphemeralSecret;
use p256_013::elliptic_curve::rand_core::OsRng;
use p256_013::{EncodedPoint, PublicKey};
use sha2_010::{Digest, Sha256};

/// The server's part of the key exchange.
pub(super) struct Share(EphemeralSecret);

impl Share {
    pub(super) fn new() -> Self {
        Self(EphemeralSecret::random(&mut OsRng))
    }

    pub(super) fn public(&self) -> Vec<u8> {
        EncodedPoint::from(self.0.public_key()).as_bytes().to_vec()
    }

    pub(super) fn shared(&self, theirs: &[u8]) -> Option<Vec<u8>> {
        let theirs = PublicKey::from_sec1_bytes(theirs).ok()?;
        Some(self.0.diffie_hellman(&theirs).raw_secret_bytes().to_vec())
    }
}

fn expand<const N: usize>(secret: &[u8; 32], label: &[u8], context: &[u8]) -> [u8; N] {
    let label = [b"tls13 ", label].concat();
    let (length, of_label, of_context) = (N as u16, label.len() as u8, context.len() as u8);
    let info = [&length.to_be_bytes()[..], &[of_label], &label, &[of_context], context].concat();
    let mut out = [0; N];
    Hkdf::<Sha256>::from_prk(secret)
        .and_then(|hkdf| hkdf.expand(&info, &mut out).map_err(|_| hkdf::InvalidPrkLength))
        .expect("these lengths are always in order");
    out
}

fn extract(salt: &[u8; 32], secret: &[u8]) -> [u8; 32] {
    Hkdf::<Sha256>::extract(Some(salt), secret).0.into()
}

fn derived(secret: &[u8; 32]) -> [u8; 32] {
    expand(secret, b"derived", &Sha256::digest([]))
}

/// The secret that keys are derived from at the moment.
pub(super) struct Schedule([u8; 32]);

impl Schedule {
    pub(super) fn handshake(shared: &[u8]) -> Self {
        Self(extract(&derived(&extract(&[0; 32], &[0; 32])), shared))
    }

    pub(super) fn master(&mut self) {
        self.0 = extract(&derived(&self.0), &[0; 32]);
    }

    pub(super) fn keys(&self, label: &[u8], transcript: &Sha256) -> Keys {
        let secret = expand(&self.0, label, &transcript.clone().finalize());
        Keys { secret, count: 0 }
    }
}

/// The keys of one direction.
pub(super) struct Keys {
    secret: [u8; 32],
    count: u64,
}

impl Keys {
    fn next(&mut self) -> (Aes128Gcm, [u8; 12]) {
        let mut nonce: [u8; 12] = expand(&self.secret, b"iv", &[]);
        for (byte, count) in nonce[4..].iter_mut().zip(self.count.to_be_bytes()) {
            *byte ^= count;
        }
        self.count += 1;
        let key: [u8; 16] = expand(&self.secret, b"key", &[]);
        (Aes128Gcm::new(&key.into()), nonce)
    }

    /// A record of this type.
    pub(super) fn seal(&mut self, kind: u8, content: &[u8]) -> Vec<u8> {
        self.seal_bare(&[content, &[kind]].concat())
    }

    /// A record of just these bytes, which should have a type at their end.
    pub(super) fn seal_bare(&mut self, inner: &[u8]) -> Vec<u8> {
        let [high, low] = ((inner.len() + 16) as u16).to_be_bytes();
        let header = [23, 3, 3, high, low];
        let (cipher, nonce) = self.next();
        let payload = Payload { msg: inner, aad: &header };
        let sealed = cipher.encrypt(&nonce.into(), payload).expect("memory");
        [&header[..], &sealed].concat()
    }

    /// What a record holds, with its type at the end.
    pub(super) fn open(&mut self, header: &[u8; 5], body: Vec<u8>) -> Option<Vec<u8>> {
        let (cipher, nonce) = self.next();
        cipher.decrypt(&nonce.into(), Payload { msg: &body, aad: header }).ok()
    }

    /// The content of a Finished message.
    pub(super) fn finished(&self, transcript: &Sha256) -> [u8; 32] {
        let key: [u8; 32] = expand(&self.secret, b"finished", &[]);
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).expect("any length is good");
        mac.update(&transcript.clone().finalize());
        mac.finalize().into_bytes().into()
    }
}
