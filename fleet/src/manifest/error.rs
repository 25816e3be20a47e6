//! Why a manifest, or an entry of one, is not taken.

use crate::chain::ChainError;
use std::fmt;

/// A manifest, or an entry of one, is not taken. `{}` begins with the entry, where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManifestError {
    /// Which entry of the array, counted from 0.
    pub entry: Option<usize>,
    /// What is wrong with it.
    pub kind: ManifestErrorKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestErrorKind {
    /// More bytes than are read: so many at most.
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The most that is taken.
        most: usize,
    },
    /// No JSON, or not the members that there have to be. The reader's words, with line and column.
    Json {
        /// What was read.
        what: &'static str,
        /// What the reader says.
        error: String,
    },
    /// A member has a value that it can't have.
    Member {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The protected header names this algorithm, and ES256 alone is taken.
    Algorithm(String),
    /// The protected header names extensions that have to be understood (`crit`), and none is.
    Critical,
    /// `kid` and `x5t#S256` are those of none of the signing certificates that are trusted.
    UnknownSigner,
    /// `kid` is that of another key than the certificate has which `x5t#S256` names.
    KeyId,
    /// The signature is not one of the signing certificate's key over these bytes.
    Signature,
    /// The unsigned `uniqueId` is another than the signed one.
    UniqueId,
    /// The first certificate of a key is one of another key. The key's `kid` (slot).
    KeyOfCertificate(u8),
    /// The certificates of a key lead to no root that is trusted. The key's `kid` (slot).
    Chain(u8, ChainError),
    /// Another entry has the same serial number: this one.
    Twice(usize),
    /// What signs did not: its words.
    NotSigned(String),
}

impl ManifestErrorKind {
    pub(super) const fn member(name: &'static str, why: &'static str) -> Self {
        Self::Member { name, why }
    }

    pub(super) fn json(what: &'static str, error: &serde_json::Error) -> Self {
        Self::Json { what, error: error.to_string() }
    }
}

impl From<ManifestErrorKind> for ManifestError {
    fn from(kind: ManifestErrorKind) -> Self {
        Self { entry: None, kind }
    }
}

impl ManifestError {
    /// The same with its place.
    pub(super) const fn of(entry: usize, kind: ManifestErrorKind) -> Self {
        Self { entry: Some(entry), kind }
    }
}

impl fmt::Display for ManifestErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { what, most } => {
                write!(f, "{what} is larger than the {most} bytes that are read")
            }
            Self::Json { what, error } => write!(f, "{what} can't be read: {error}"),
            Self::Member { name, why } => write!(f, "member {name}: {why}"),
            Self::Algorithm(name) => write!(f, "signed by algorithm {name:?}; only ES256 is taken"),
            Self::Critical => f.write_str("the header demands extensions (crit), and none is known here"),
            Self::UnknownSigner => f.write_str(
                "kid and x5t#S256 name none of the signing certificates that are trusted: get the signer's \
                 certificate from who made the manifest, by another way than the manifest came",
            ),
            Self::KeyId => f.write_str("kid and x5t#S256 name different signing certificates"),
            Self::Signature => {
                f.write_str("the signature does not fit: these bytes were changed, or signed by another key")
            }
            Self::UniqueId => f.write_str("the unsigned uniqueId is another than the signed one"),
            Self::KeyOfCertificate(slot) => {
                write!(f, "key {slot}: the first certificate is for another key")
            }
            Self::Chain(slot, error) => write!(f, "key {slot}: {error}"),
            Self::Twice(other) => write!(f, "has the serial number of entry {other}"),
            Self::NotSigned(error) => write!(f, "was not signed: {error}"),
        }
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry {
            Some(entry) => write!(f, "entry {entry}: {}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}

impl std::error::Error for ManifestError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ManifestErrorKind::Chain(_, error) => Some(error),
            _ => None,
        }
    }
}
