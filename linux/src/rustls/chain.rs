//! A key and its certificates: whether they belong together is seen before a server sees it.

use ::rustls::pki_types::CertificateDer;
use ::rustls::sign::CertifiedKey;
use atecc608::PublicKey;
use atecc608::x509::{self, Certificate, KeyId};
use std::fmt;
use std::sync::Arc;

use super::ChipKey;

/// The key with its chain: its own certificate first, then that of the signer, then whoever is above. The root may be
/// left out, as whoever trusts it has it. One certificate will do where the server knows the signer.
///
/// Nothing is verified but that they belong together: the first is for this key, and each is issued by the next one
/// (names, and key identifiers where there are). Whether the signatures are right and the dates good is the server's
/// to say; [`SharedChip::read_chain`](crate::SharedChip::read_chain) gives only certificates whose signatures are.
///
/// # Errors
///
/// [`ChainError`], with the place in the chain.
pub fn certified_key(
    key: ChipKey,
    chain: impl IntoIterator<Item = impl Into<CertificateDer<'static>>>,
) -> Result<CertifiedKey, ChainError> {
    let chain: Vec<CertificateDer<'static>> = chain.into_iter().map(Into::into).collect();
    check(&key.public_key(), &chain)?;
    Ok(CertifiedKey::new(chain, Arc::new(key)))
}

/// Certificates that are no chain, or not this key's. They are counted from 1, as in a PEM file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainError {
    /// There is no certificate.
    Empty,
    /// One of them can't be read.
    Certificate {
        /// Which.
        number: usize,
        /// Why not.
        why: x509::Error,
    },
    /// None of them is for the chip's key.
    OtherKey {
        /// The chip's, by its key identifier.
        chip: KeyId,
        /// The first certificate's, if it is a P-256 key.
        certificate: Option<KeyId>,
    },
    /// The first is not for the chip's key, but another one is.
    NotFirst {
        /// Which.
        number: usize,
    },
    /// One of them was not issued by the next one.
    Order {
        /// Which.
        number: usize,
        /// That which issued it, if it is there.
        issuer: Option<usize>,
    },
}

fn check(key: &PublicKey, chain: &[CertificateDer<'static>]) -> Result<(), ChainError> {
    let parsed = chain.iter().enumerate().map(|(index, der)| {
        Certificate::parse(der).map_err(|why| ChainError::Certificate { number: index + 1, why })
    });
    let parsed = parsed.collect::<Result<Vec<_>, _>>()?;
    let own = parsed.first().ok_or(ChainError::Empty)?;
    let is_own = |certificate: &Certificate<'_>| certificate.public_key() == Ok(*key);
    if !is_own(own) {
        return Err(match parsed.iter().position(is_own) {
            Some(index) => ChainError::NotFirst { number: index + 1 },
            None => ChainError::OtherKey {
                chip: key.key_id(),
                certificate: own.public_key().ok().map(|key| key.key_id()),
            },
        });
    }
    for (index, pair) in parsed.windows(2).enumerate() {
        if let [issued, next] = pair
            && !has_issued(next, issued)
        {
            let issuer = parsed.iter().position(|other| has_issued(other, issued));
            return Err(ChainError::Order { number: index + 1, issuer: issuer.map(|index| index + 1) });
        }
    }
    Ok(())
}

/// Whether the one says so of the other.
fn has_issued(issuer: &Certificate<'_>, issued: &Certificate<'_>) -> bool {
    let same_key = match (issued.authority_key_id(), issuer.subject_key_id()) {
        (Some(authority), Some(subject)) => authority == subject,
        _ => true,
    };
    issued.issuer() == issuer.subject() && same_key
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "the chain is empty: the device's own certificate has to be there, and comes first",
            ),
            Self::Certificate { number, why } => write!(f, "certificate {number} of the chain: {why}"),
            Self::OtherKey { chip, certificate } => {
                f.write_str("the certificate is for another key than the one in the chip's slot")?;
                match certificate {
                    Some(certificate) => write!(f, " (key id {certificate}, the chip's is {chip})")?,
                    None => write!(f, " (it is no P-256 key; the chip's key id is {chip})")?,
                }
                f.write_str(
                    ". See that it is this chip's certificate and the right slot, and that no new key was made in the \
                     slot since it was issued",
                )
            }
            Self::NotFirst { number } => write!(
                f,
                "certificate {number} of the chain is the one for the chip's key: it has to come first, those of its \
                 issuers after it"
            ),
            Self::Order { number, issuer } => {
                write!(f, "certificate {number} of the chain was not issued by certificate {}", number + 1)?;
                match issuer {
                    Some(issuer) if issuer == number => {
                        f.write_str(": it is a root, which comes last, and nothing comes after it")
                    }
                    Some(issuer) => write!(f, ", but by certificate {issuer}, which has to come next"),
                    None => f.write_str(": each has to be followed by its issuer's, and only by that"),
                }
            }
        }
    }
}

impl std::error::Error for ChainError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Certificate { why, .. } => Some(why),
            _ => None,
        }
    }
}
