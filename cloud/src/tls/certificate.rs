//! What a certificate says: for the summary of a chain, for explanations, and for its key usage.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use der::asn1::{AnyRef, BitStringRef, GeneralizedTime, ObjectIdentifier, OctetStringRef, UintRef, UtcTime};
use der::{DateTime, Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

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
    /// Of a SubjectPublicKeyInfo (RFC 5280, section 4.1).
    fn decode<'a>(reader: &mut impl Reader<'a>) -> der::Result<Self> {
        reader.sequence(|reader| {
            let (algorithm, parameters) = reader.sequence(|reader| {
                Ok((ObjectIdentifier::decode(reader)?, Option::<AnyRef<'_>>::decode(reader)?))
            })?;
            let key = BitStringRef::decode(reader)?;
            let curve = parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            Ok(match (algorithm, curve) {
                (EC_PUBLIC_KEY, Some(SECP256R1)) => Self::P256,
                (EC_PUBLIC_KEY, Some(SECP384R1)) => Self::P384,
                (RSA_ENCRYPTION, _) => key.as_bytes().and_then(modulus_bits).map_or(Self::Other, Self::Rsa),
                _ => Self::Other,
            })
        })
    }
}

/// The length of an RSA key's modulus.
fn modulus_bits(key: &[u8]) -> Option<usize> {
    let read = |reader: &mut der::NestedReader<'_, SliceReader<'_>>| {
        let modulus = UintRef::decode(reader)?;
        UintRef::decode(reader)?;
        let unused = modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize);
        Ok(modulus.as_bytes().len() * 8 - unused)
    };
    SliceReader::new(key).ok()?.sequence(read).ok()
}

/// The usual attributes of a name. A table of all takes 60 KB.
const ATTRIBUTES: [(ObjectIdentifier, &str); 6] = [
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
];

/// A name to be read by people, the most special part first.
fn name(name: &AnyRef<'_>) -> Option<String> {
    let mut parts = Vec::new();
    let mut sets = SliceReader::new(name.value()).ok()?;
    while !sets.is_finished() {
        let mut set = Vec::new();
        let mut members = SliceReader::new(AnyRef::decode(&mut sets).ok()?.value()).ok()?;
        while !members.is_finished() {
            let (oid, value) = members
                .sequence(|reader| Ok((ObjectIdentifier::decode(reader)?, AnyRef::decode(reader)?)))
                .ok()?;
            let attribute = ATTRIBUTES.iter().find(|(known, _)| *known == oid);
            let attribute = attribute.map_or_else(|| oid.to_string(), |(_, short)| (*short).to_string());
            // Bytes of a server's choice, on their way to a terminal.
            let value = String::from_utf8_lossy(value.value());
            let value = value.chars().map(|c| if c.is_control() || c == ',' { ' ' } else { c });
            set.push(attribute + "=" + &value.collect::<String>());
        }
        parts.splice(0..0, set);
    }
    Some(parts.join(","))
}

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
    /// How many authorities may follow, if it is limited.
    pub(super) path_length: Option<u8>,
    /// An extension that must not be ignored and is not known.
    pub(super) unknown: Option<ObjectIdentifier>,
}

const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");

/// The critical extensions that webpki knows: key usage, alternative names, basicConstraints, name constraints,
/// distribution points, extended key usage.
const KNOWN: [ObjectIdentifier; 6] = [
    KEY_USAGE,
    ObjectIdentifier::new_unwrap("2.5.29.17"),
    BASIC_CONSTRAINTS,
    ObjectIdentifier::new_unwrap("2.5.29.30"),
    ObjectIdentifier::new_unwrap("2.5.29.31"),
    ObjectIdentifier::new_unwrap("2.5.29.37"),
];

impl Contents {
    /// Reads a certificate in DER, field by field: with the crate `x509-cert`, which checks everything and copies it,
    /// it takes 20 KB of flash more.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let mut outer = SliceReader::new(AnyRef::from_der(der).ok()?.value()).ok()?;
        let mut fields = SliceReader::new(AnyRef::decode(&mut outer).ok()?.value()).ok()?;
        let mut next = || AnyRef::decode(&mut fields).ok();
        // The version is there from version 2 on; then serial number and signature algorithm.
        if next()?.tag() == context(0) {
            next()?;
        }
        next()?;
        let issuer = name(&next()?)?;
        let (not_before, not_after) =
            fields.sequence(|reader| Ok((timestamp(reader)?, timestamp(reader)?))).ok()?;
        let subject = name(&AnyRef::decode(&mut fields).ok()?)?;
        let key = KeyKind::decode(&mut fields).ok()?;
        let (mut usage, mut basic, mut unknown) = (None, None, None);
        while !fields.is_finished() {
            let field = AnyRef::decode(&mut fields).ok()?;
            if field.tag() != context(3) {
                continue;
            }
            let list = AnyRef::from_der(field.value()).ok()?;
            let mut extensions = SliceReader::new(list.value()).ok()?;
            while !extensions.is_finished() {
                let (id, critical, value) = extension(&mut extensions).ok()?;
                if critical && !KNOWN.contains(&id) {
                    unknown = unknown.or(Some(id));
                }
                match id {
                    KEY_USAGE => usage = Some(Usage::from_der(value)?),
                    BASIC_CONSTRAINTS => basic = Some(Basic::from_der(value)?),
                    _ => {}
                }
            }
        }
        Some(Self {
            info: CertificateInfo { subject, issuer, not_before, not_after, key },
            signs: usage.map(|usage| usage.0 & Usage::DIGITAL_SIGNATURE != 0),
            signs_certificates: usage.map(|usage| usage.0 & Usage::KEY_CERT_SIGN != 0),
            authority: basic.is_some_and(|basic| basic.authority),
            path_length: basic.and_then(|basic| basic.path_length),
            unknown,
        })
    }
}

/// The key usage's first eight bits, the first one highest (RFC 5280, section 4.2.1.3).
#[derive(Clone, Copy)]
struct Usage(u8);

impl Usage {
    const DIGITAL_SIGNATURE: u8 = 1 << 7;
    const KEY_CERT_SIGN: u8 = 1 << 2;

    fn from_der(der: &[u8]) -> Option<Self> {
        let bits = BitStringRef::from_der(der).ok()?;
        Some(Self(bits.raw_bytes().first().copied().unwrap_or_default()))
    }
}

/// BasicConstraints (RFC 5280, section 4.2.1.9).
#[derive(Clone, Copy)]
struct Basic {
    authority: bool,
    path_length: Option<u8>,
}

impl Basic {
    fn from_der(der: &[u8]) -> Option<Self> {
        let mut reader = SliceReader::new(der).ok()?;
        let basic = reader.sequence(|reader| {
            let authority = Option::<bool>::decode(reader)?.unwrap_or_default();
            Ok(Self { authority, path_length: Option::<u8>::decode(reader)? })
        });
        reader.finish(basic.ok()?).ok()
    }
}

/// An extension: what it is, whether it must not be ignored, and its value.
fn extension<'a>(reader: &mut impl Reader<'a>) -> der::Result<(ObjectIdentifier, bool, &'a [u8])> {
    reader.sequence(|reader| {
        let id = ObjectIdentifier::decode(reader)?;
        let critical = Option::<bool>::decode(reader)?.unwrap_or_default();
        Ok((id, critical, OctetStringRef::decode(reader)?.as_bytes()))
    })
}

/// A date in either form (RFC 5280, section 4.1.2.5).
fn timestamp<'a>(reader: &mut impl Reader<'a>) -> der::Result<Timestamp> {
    let since = match reader.peek_tag()? {
        Tag::UtcTime => UtcTime::decode(reader)?.to_unix_duration(),
        _ => GeneralizedTime::decode(reader)?.to_unix_duration(),
    };
    Ok(Timestamp(since.as_secs()))
}

/// The tag of a field that has a number.
const fn context(number: u8) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber::new(number) }
}
