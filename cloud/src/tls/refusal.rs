//! Why a server's certificates were refused.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::certificate::{CertificateInfo, KeyKind, Timestamp};

/// Why a server's certificates, or its proof to have their key, were refused. No application data was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateRefusal {
    /// The certificate is for other names.
    OtherName {
        /// The name that the server was to have.
        expected: String,
        /// The names that its certificate has.
        names: Vec<String>,
    },
    /// A certificate of the chain, or the pinned root, has expired.
    Expired {
        /// Whose it is.
        subject: String,
        /// When it expired.
        not_after: Timestamp,
        /// The time by this device's clock.
        now: Timestamp,
    },
    /// A certificate of the chain, or the pinned root, is not valid yet.
    NotYetValid {
        /// Whose it is.
        subject: String,
        /// When it will be valid.
        not_before: Timestamp,
        /// The time by this device's clock.
        now: Timestamp,
    },
    /// No pinned root has issued the chain.
    UnknownIssuer {
        /// Who has issued its last certificate.
        issuer: String,
        /// The names of the pinned roots.
        pinned: Vec<String>,
    },
    /// The server has issued its certificate itself.
    SelfSigned {
        /// Whose it is.
        subject: String,
    },
    /// A certificate was issued by somebody whose own certificate says that he is no authority (CA:FALSE).
    IssuerIsNoAuthority {
        /// Who is no authority.
        issuer: String,
    },
    /// A certificate is used for something it is not for.
    WrongUsage {
        /// Whose it is.
        subject: String,
        /// What it is not for.
        usage: Usage,
    },
    /// A certificate's signature is not by the one named as its issuer.
    BadSignature,
    /// The handshake is not signed with the key of the server's certificate: the server does not have it.
    BadHandshakeSignature,
    /// A key of a kind that takes a feature of this crate which is not on.
    NotBuiltIn {
        /// Whose key it is.
        subject: String,
        /// Of which kind.
        key: KeyKind,
        /// The feature that is needed.
        feature: &'static str,
    },
    /// A key or signature of a kind that is not known here.
    UnsupportedAlgorithm,
    /// More authorities stand between the server and the root, or the chain takes more work, than is allowed.
    TooLong {
        /// Certificates that the server sent.
        shown: usize,
    },
    /// A certificate has an extension that must not be ignored, and is not known here.
    UnknownExtension {
        /// Whose it is.
        subject: String,
        /// The extension's number.
        extension: String,
    },
    /// An authority has gone beyond the names or the depth it may issue for.
    BeyondConstraints,
    /// The certificates are not X.509.
    Malformed,
    /// The server sent certificates or its proof out of order.
    OutOfOrder,
}

/// What a certificate would have to be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Usage {
    /// Being a TLS server (extended key usage `serverAuth`).
    Server,
    /// Signing a handshake (key usage `digitalSignature`).
    SignHandshake,
    /// Issuing certificates (key usage `keyCertSign`).
    SignCertificates,
    /// Being anything but an authority: it is one (CA:TRUE), and not for a server.
    EndEntity,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "a TLS server; its extended key usage lacks serverAuth",
            Self::SignHandshake => "signing handshakes; its key usage lacks digitalSignature",
            Self::SignCertificates => "issuing certificates; its key usage lacks keyCertSign",
            Self::EndEntity => "a server; it is an authority's (CA:TRUE)",
        })
    }
}

/// Names, separated by commas.
struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        self.0.iter().enumerate().try_for_each(|(index, name)| {
            f.write_str(if index == 0 { "" } else { "; " })?;
            f.write_str(name)
        })
    }
}

impl CertificateRefusal {
    /// If this crate was built without what the certificate's key takes.
    pub(super) fn not_built_in(certificate: &CertificateInfo) -> Option<Self> {
        let feature = match certificate.key {
            KeyKind::Rsa(_) if !cfg!(any(feature = "rsa", feature = "rsa-ring")) => "rsa",
            KeyKind::P384 if !cfg!(feature = "p384") => "p384",
            _ => return None,
        };
        Some(Self::NotBuiltIn { subject: certificate.subject.clone(), key: certificate.key, feature })
    }
}

impl fmt::Display for CertificateRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherName { expected, names } => write!(
                f,
                "the server's certificate is not for {expected}; its names are: {}; is the host name right, and \
                 does its address lead to that server?",
                List(names)
            ),
            Self::Expired { subject, not_after, now } => write!(
                f,
                "the certificate of {subject} expired on {not_after}, and this device's clock says {now}; if the \
                 clock is right, the server must renew it, or, if it is a pinned root, the device needs a new one"
            ),
            Self::NotYetValid { subject, not_before, now } => write!(
                f,
                "the certificate of {subject} is valid from {not_before}, and this device's clock says {now}; is \
                 the clock set?"
            ),
            Self::UnknownIssuer { issuer, pinned } => write!(
                f,
                "the server's chain ends at {issuer}, which is not a pinned root (those are: {}); if this is \
                 the right server, pin that root",
                List(pinned)
            ),
            Self::SelfSigned { subject } => write!(
                f,
                "the server's certificate, {subject}, is signed by itself, so anybody could have made it; the \
                 server needs one from an authority whose root is pinned"
            ),
            Self::IssuerIsNoAuthority { issuer } => write!(
                f,
                "the chain has a certificate issued by {issuer}, which is no authority (CA:FALSE); this is how \
                 a false server would look"
            ),
            Self::WrongUsage { subject, usage } => {
                write!(f, "the certificate of {subject} is not for {usage}")
            }
            Self::BadSignature => f.write_str(
                "a certificate's signature is not by the issuer it names; it was changed, or a pinned root has \
                 the right name and another key",
            ),
            Self::BadHandshakeSignature => f.write_str(
                "the handshake is not signed with the key of the server's certificate; the server shows a \
                 certificate that is not its own",
            ),
            Self::NotBuiltIn { subject, key, feature } => write!(
                f,
                "the certificate of {subject} has a key of kind {key}, which this program is built without; build it with \
                 --features {feature}, or give the server a certificate with a P-256 key"
            ),
            Self::UnsupportedAlgorithm => f.write_str(
                "the server's chain uses a kind of key or signature that is not known here (known are ECDSA on P-256 \
                 and P-384, and RSA of 2048 to 4096 bits, all with SHA-2)",
            ),
            Self::TooLong { shown } => write!(
                f,
                "the server's chain is too long: of the {shown} certificates that it sent more than 6 authorities \
                 lead to the root, or too many have the same name"
            ),
            Self::UnknownExtension { subject, extension } => write!(
                f,
                "the certificate of {subject} has the critical extension {extension}, which is not known here and \
                 must not be ignored; the server needs a certificate without it"
            ),
            Self::BeyondConstraints => {
                f.write_str("an authority of the server's chain has issued beyond its constraints")
            }
            Self::Malformed => f.write_str("the server's certificates can't be read as X.509"),
            Self::OutOfOrder => {
                f.write_str("the server sent its certificate or its proof twice, or the proof first")
            }
        }
    }
}

impl core::error::Error for CertificateRefusal {}
