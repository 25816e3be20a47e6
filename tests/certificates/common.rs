//! Templates from the published certificates, and a signer whose key is known.

use atecc608::x509::{DateTime, Field, P256, Parts, Place, SerialSource, Template, Unsigned, Verifier};
use atecc608::{PublicKey, SerialNumber, Signature};
use testkit::{known_public_key, published, sha256, sign_outside};

/// Fields of the device's certificate.
pub(crate) const DEVICE_FIELDS: &[Field<'static>] = &[
    Field::signer_id(Place::Issuer, "2C00"),
    Field::chip_serial(Place::Subject, "0123A23F29F9366A01"),
    Field::text(Place::AlternativeNames, "E8EB1B202027"),
];

/// Fields of the signer's certificate.
pub(crate) const SIGNER_FIELDS: &[Field<'static>] = &[Field::signer_id(Place::Subject, "2C00")];

/// Template 3 from the published device certificate.
pub(crate) fn device(example: &[u8]) -> Template<'_> {
    Template::new(example, 3, 0, SerialSource::PublicKeyHash).with_fields(DEVICE_FIELDS)
}

/// Template 1 from the published signer certificate.
pub(crate) fn signer(example: &[u8]) -> Template<'_> {
    Template::new(example, 1, 0, SerialSource::PublicKeyHash).with_fields(SIGNER_FIELDS)
}

const TEXTS: &[&[u8]] = &[published::MAC.as_bytes()];

/// The published device's parts.
pub(crate) fn device_parts() -> Parts<'static> {
    Parts::new(PublicKey::from_bytes(published::device_key()), PublicKey::from_bytes(published::signer_key()))
        .with_chip_serial(SerialNumber(published::SERIAL))
        .with_texts(TEXTS)
}

/// The published signer's parts.
pub(crate) fn signer_parts() -> Parts<'static> {
    Parts::new(PublicKey::from_bytes(published::signer_key()), PublicKey::from_bytes(published::root_key()))
}

/// Signed by the key that is known.
pub(crate) fn sign(message: &[u8]) -> Signature {
    let signature = sign_outside(&sha256(message));
    assert!(P256.verify(&known_public_key(), message, &signature));
    signature
}

/// The whole, signed by the key that is known.
pub(crate) fn finish(unsigned: Unsigned<'_>) -> (Vec<u8>, Signature) {
    let signature = sign(unsigned.message());
    (unsigned.finish(&signature).expect("room").to_vec(), signature)
}

/// An hour.
pub(crate) fn hour(year: u16, month: u8, day: u8, hour: u8) -> DateTime {
    DateTime::new(year, month, day, hour, 0, 0).expect("an hour")
}

/// A value in DER, whatever it is.
pub(crate) fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    let head = match len {
        0..0x80 => vec![tag, len as u8],
        0x80..0x100 => vec![tag, 0x81, len as u8],
        _ => vec![tag, 0x82, (len >> 8) as u8, len as u8],
    };
    [head, content.to_vec()].concat()
}

/// A SEQUENCE of these.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

/// A name with one attribute, 2.5.4.n.
pub(crate) fn name(number: u8, tag: u8, text: &str) -> Vec<u8> {
    let attribute = sequence(&[&der(0x06, &[0x55, 0x04, number]), &der(tag, text.as_bytes())]);
    sequence(&[&der(0x31, &attribute)])
}

/// An extension, 2.5.29.n.
pub(crate) fn extension(number: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der(0x01, &[0xFF]) } else { Vec::new() };
    sequence(&[&der(0x06, &[0x55, 0x1D, number]), &critical, &der(0x04, value)])
}

/// AlgorithmIdentifier of ecdsa-with-SHA256.
pub(crate) fn ecdsa() -> Vec<u8> {
    sequence(&[&der(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])])
}

/// The parts of a certificate, each of which a test can make wrong.
#[derive(Clone)]
pub(crate) struct Pieces {
    pub(crate) version: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) inner: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) validity: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) key: Vec<u8>,
    /// What stands behind the key.
    pub(crate) extensions: Vec<u8>,
    pub(crate) outer: Vec<u8>,
    /// `None`: signed by the key that is known.
    pub(crate) signature: Option<Vec<u8>>,
}

impl Pieces {
    /// Of a device, without extensions.
    pub(crate) fn new(key: &PublicKey) -> Self {
        Self {
            version: der(0xA0, &der(0x02, &[2])),
            serial: der(0x02, &[0x40, 1, 2, 3]),
            inner: ecdsa(),
            issuer: name(3, 0x0C, "Signer"),
            validity: sequence(&[&der(0x17, b"240101000000Z"), &der(0x18, b"20440101000000Z")]),
            subject: name(3, 0x0C, "device"),
            key: key.to_spki_der().to_vec(),
            extensions: Vec::new(),
            outer: ecdsa(),
            signature: None,
        }
    }

    pub(crate) fn with_extensions(mut self, extensions: &[Vec<u8>]) -> Self {
        self.extensions = der(0xA3, &der(0x30, &extensions.concat()));
        self
    }

    /// The certificate.
    pub(crate) fn der(&self) -> Vec<u8> {
        let Self { version, serial, inner, issuer, validity, subject, key, extensions, .. } = self;
        let tbs = sequence(&[version, serial, inner, issuer, validity, subject, key, extensions]);
        let signature = self.signature.clone().unwrap_or_else(|| {
            let signature: [u8; 64] = sign(&tbs).into();
            let [r, s] = [&signature[..32], &signature[32..]].map(|number| {
                let number: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
                let zero = if number[0] > 0x7F { vec![0] } else { Vec::new() };
                der(0x02, &[zero, number].concat())
            });
            der(0x03, &[vec![0], sequence(&[&r, &s])].concat())
        });
        sequence(&[&tbs, &self.outer, &signature])
    }
}
