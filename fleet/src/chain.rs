//! Certificates that lead to a root.

use atecc608::PublicKey;
use atecc608::x509::{Certificate, Error, KeyUsage, Oid, P256};
use std::fmt;

/// The roots that are trusted.
///
/// What is asked of a chain: each certificate is signed by the key of the next and names it as its issuer; each issuer
/// is a CA that may sign certificates, with room for the path below it; no critical extension is unknown; the last is
/// one of the roots, byte for byte, or signed by one. **Dates are not asked for**: a manifest tells what was made, and
/// may be read when it has ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roots {
    ders: Vec<Vec<u8>>,
}

/// Certificates lead to no root. Certificates are counted from 0, the device's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainError {
    /// There is no certificate.
    Empty,
    /// So many certificates, or bytes in one of them, are not read: 8, 4096.
    TooLarge,
    /// This one can't be read.
    Certificate(usize, Error),
    /// This one has a critical extension that is not known here.
    CriticalExtension(usize),
    /// This one names another issuer than the one behind it.
    Issuer(usize),
    /// The signature of this one is not by the key of the one behind it.
    Signature(usize),
    /// This one is no CA, or may not sign certificates, or not so many below it.
    NoAuthority(usize),
    /// This one is the last, and is neither a trusted root nor signed by one.
    UnknownRoot(usize),
    /// The certificate of a key that signs manifests has to have a subject key id.
    NoKeyId,
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no certificate"),
            Self::TooLarge => f.write_str("more than 8 certificates, or one of more than 4096 bytes"),
            Self::Certificate(index, error) => write!(f, "certificate {index}: {error}"),
            Self::CriticalExtension(index) => {
                write!(f, "certificate {index} has a critical extension that is not known here")
            }
            Self::Issuer(index) => {
                write!(f, "certificate {index} names another issuer than the certificate behind it")
            }
            Self::Signature(index) => {
                write!(f, "the signature of certificate {index} is not by the key of the one behind it")
            }
            Self::NoAuthority(index) => {
                write!(f, "certificate {index} is not one of a CA that may sign those before it")
            }
            Self::UnknownRoot(index) => {
                write!(f, "certificate {index} is the last, and neither a trusted root nor signed by one")
            }
            Self::NoKeyId => f.write_str("the certificate has no subject key id"),
        }
    }
}

impl std::error::Error for ChainError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Certificate(_, error) => Some(error),
            _ => None,
        }
    }
}

/// The most certificates.
const MAX_LEN: usize = 8;
/// The most bytes of a certificate.
const MAX_DER: usize = 4096;

impl Roots {
    /// None: nothing leads to one.
    #[must_use]
    pub const fn new() -> Self {
        Self { ders: Vec::new() }
    }

    /// One more, in DER.
    ///
    /// # Errors
    ///
    /// [`ChainError::TooLarge`], [`ChainError::Certificate`].
    pub fn add(&mut self, der: &[u8]) -> Result<(), ChainError> {
        parse(0, der)?;
        self.ders.push(der.to_vec());
        Ok(())
    }

    /// The key of the first of these certificates, which lead to one of the roots; see [`Roots`].
    ///
    /// # Errors
    ///
    /// Where they do not.
    pub fn verify<D: AsRef<[u8]>>(&self, chain: &[D]) -> Result<PublicKey, ChainError> {
        if chain.len() > MAX_LEN {
            return Err(ChainError::TooLarge);
        }
        let (first, rest) = chain.split_first().ok_or(ChainError::Empty)?;
        let first = parse(0, first.as_ref())?;
        let key = first.public_key().map_err(|error| ChainError::Certificate(0, error))?;
        let (mut last, mut index) = (first, 0);
        for der in rest {
            let issuer = parse(index + 1, der.as_ref())?;
            issued(&last, index, &issuer)?;
            (last, index) = (issuer, index + 1);
        }
        if self.ders.iter().any(|root| root == last.der()) {
            return Ok(key);
        }
        // Of several roots with the name, the one counts that signed.
        let mut error = ChainError::UnknownRoot(index);
        for root in &self.ders {
            let root = parse(index + 1, root)?;
            match issued(&last, index, &root) {
                Ok(()) => return Ok(key),
                Err(ChainError::Issuer(_)) => {}
                Err(other) => error = other,
            }
        }
        Err(error)
    }
}

impl<D: AsRef<[u8]>> FromIterator<D> for Roots {
    /// Of what can be read as a certificate; the others are left out.
    fn from_iter<T: IntoIterator<Item = D>>(ders: T) -> Self {
        let mut roots = Self::new();
        for der in ders {
            let _ = roots.add(der.as_ref());
        }
        roots
    }
}

fn parse(index: usize, der: &[u8]) -> Result<Certificate<'_>, ChainError> {
    if der.len() > MAX_DER {
        return Err(ChainError::TooLarge);
    }
    let certificate = Certificate::parse(der).map_err(|error| ChainError::Certificate(index, error))?;
    if certificate.extensions().any(|extension| extension.critical && !KNOWN.contains(&extension.oid)) {
        return Err(ChainError::CriticalExtension(index));
    }
    Ok(certificate)
}

/// Extensions that are known here.
const KNOWN: [Oid<'static>; 4] =
    [Oid::KEY_USAGE, Oid::ALTERNATIVE_NAMES, Oid::BASIC_CONSTRAINTS, Oid::EXTENDED_KEY_USAGE];

/// That `subject`, which has this place, was issued by `issuer`.
fn issued(subject: &Certificate<'_>, index: usize, issuer: &Certificate<'_>) -> Result<(), ChainError> {
    if subject.issuer() != issuer.subject() {
        return Err(ChainError::Issuer(index));
    }
    let key = issuer.public_key().map_err(|error| ChainError::Certificate(index + 1, error))?;
    if subject.verify(&key, &P256).is_err() {
        return Err(ChainError::Signature(index));
    }
    // Below it are the device's certificate, which does not count, and `index` CAs (RFC 5280 4.2.1.9).
    let is_ca = issuer.basic_constraints().is_some_and(|constraints| {
        constraints.ca && constraints.path_len.is_none_or(|most| usize::from(most) >= index)
    });
    // Microchip's root has no key usage.
    let may_sign = issuer.key_usage().is_none_or(|usage| usage.contains(KeyUsage::KEY_CERT_SIGN));
    if is_ca && may_sign { Ok(()) } else { Err(ChainError::NoAuthority(index + 1)) }
}
