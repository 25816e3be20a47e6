//! What a certificate says: for the summary of a chain, for explanations, and for its key usage.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{DateTime, Decode, Reader, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A point in time, in Unix seconds; shown as a date in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub u64);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_unix_duration(Duration::from_secs(self.0)) {
            Ok(date) => write!(
                f,
                "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
                date.year(),
                date.month(),
                date.day(),
                date.hour(),
                date.minutes(),
                date.seconds()
            ),
            Err(_) => write!(f, "Unix second {}", self.0),
        }
    }
}

/// The kind of a certificate's public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// RSA, with the modulus' length in bits.
    Rsa(usize),
    /// None of these.
    Other,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::P256 => f.write_str("P-256"),
            Self::P384 => f.write_str("P-384"),
            Self::Rsa(bits) => write!(f, "RSA-{bits}"),
            Self::Other => f.write_str("another kind of key"),
        }
    }
}

impl KeyKind {
    fn of(key: &SubjectPublicKeyInfoOwned) -> Self {
        let curve =
            key.algorithm.parameters.as_ref().and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
        match (key.algorithm.oid, curve) {
            (EC_PUBLIC_KEY, Some(SECP256R1)) => Self::P256,
            (EC_PUBLIC_KEY, Some(SECP384R1)) => Self::P384,
            (RSA_ENCRYPTION, _) => {
                key.subject_public_key.as_bytes().and_then(modulus_bits).map_or(Self::Other, Self::Rsa)
            }
            _ => Self::Other,
        }
    }
}

/// The length of an RSA key's modulus.
fn modulus_bits(key: &[u8]) -> Option<usize> {
    let read = |reader: &mut x509_cert::der::NestedReader<'_, SliceReader<'_>>| {
        let modulus = UintRef::decode(reader)?;
        UintRef::decode(reader)?;
        let unused = modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize);
        Ok(modulus.as_bytes().len() * 8 - unused)
    };
    SliceReader::new(key).ok()?.sequence(read).ok()
}

/// The usual attributes of a name. `x509-cert` can name all, with a table of 60 KB.
const ATTRIBUTES: [(ObjectIdentifier, &str); 6] = [
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
];

/// A name to be read by people, the most special part first.
fn name(name: &Name) -> String {
    let parts = name.0.iter().rev().flat_map(|part| part.0.iter());
    let parts: Vec<String> = parts
        .map(|part| {
            let attribute = ATTRIBUTES.iter().find(|(oid, _)| *oid == part.oid);
            let attribute = attribute.map_or_else(|| part.oid.to_string(), |(_, short)| (*short).to_string());
            // Bytes of a server's choice, on their way to a terminal.
            let value = String::from_utf8_lossy(part.value.value());
            let value = value.chars().map(|c| if c.is_control() || c == ',' { ' ' } else { c });
            attribute + "=" + &value.collect::<String>()
        })
        .collect();
    parts.join(",")
}

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInfo {
    /// The name of whom it is for, as in `CN=WE2,O=Google Trust Services,C=US`.
    pub subject: String,
    /// The name of who issued it.
    pub issuer: String,
    /// Valid from here,
    pub not_before: Timestamp,
    /// to here.
    pub not_after: Timestamp,
    /// The public key.
    pub key: KeyKind,
}

impl fmt::Display for CertificateInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.subject.is_empty() { "(no name)" } else { &self.subject };
        write!(f, "{name} ({}), {} to {}", self.key, self.not_before, self.not_after)
    }
}

/// A certificate's contents as far as they are looked at here; webpki looks at the rest.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) info: CertificateInfo,
    /// Whether the key may sign handshakes; `None` if the certificate does not restrict its use.
    pub(super) signs: Option<bool>,
    /// Whether the key may sign certificates; `None` if the certificate does not restrict its use.
    pub(super) signs_certificates: Option<bool>,
    /// Whether it is an authority's.
    pub(super) authority: bool,
}

impl Contents {
    /// Reads a certificate in DER.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let certificate = CertificateInner::<Raw>::from_der(der).ok()?.tbs_certificate;
        let usage = certificate.get::<KeyUsage>().ok()?.map(|(_, usage)| usage);
        let basic = certificate.get::<BasicConstraints>().ok()?.map(|(_, basic)| basic);
        Some(Self {
            info: CertificateInfo {
                subject: name(&certificate.subject),
                issuer: name(&certificate.issuer),
                not_before: Timestamp(certificate.validity.not_before.to_unix_duration().as_secs()),
                not_after: Timestamp(certificate.validity.not_after.to_unix_duration().as_secs()),
                key: KeyKind::of(&certificate.subject_public_key_info),
            },
            signs: usage.map(|usage| usage.digital_signature()),
            signs_certificates: usage.map(|usage| usage.key_cert_sign()),
            authority: basic.is_some_and(|basic| basic.ca),
        })
    }
}
