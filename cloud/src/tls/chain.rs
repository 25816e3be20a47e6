//! Is this chain good? Every check of certificates is here, but for the proof that the server has the key.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{Cert, EndEntityCert, Error, KeyUsage, VerifiedPath};

use super::algorithms;
use super::certificate::{CertificateInfo, Contents, Timestamp};
use super::refusal::{CertificateRefusal, Usage};
use super::roots::Roots;

/// The chain that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chain {
    /// The server's certificate, then the one of its issuer, and so on; the root is not among them.
    pub certificates: Vec<CertificateInfo>,
    /// The pinned root that has issued the last of them.
    pub root: CertificateInfo,
}

impl fmt::Display for Chain {
    /// A line per certificate, the server's first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for certificate in &self.certificates {
            writeln!(f, "{certificate}")?;
        }
        write!(f, "{}, pinned", self.root)
    }
}

/// What the chain must lead from and to, and when.
pub(super) struct Demands<'a> {
    /// The server's name, as it was given,
    pub(super) text: &'a str,
    /// and as certificates have it.
    pub(super) name: ServerName<'a>,
    pub(super) roots: &'a Roots,
    /// Unix seconds.
    pub(super) now: u64,
}

/// Verifies what a server has shown: its own certificate first, then what may lead to a root.
pub(super) fn verify(
    shown: &[CertificateDer<'_>],
    demands: &Demands<'_>,
) -> Result<Chain, CertificateRefusal> {
    let Demands { name, roots, now, .. } = demands;
    let (own, others) = shown.split_first().ok_or(CertificateRefusal::Malformed)?;
    let contents: Vec<Contents> = shown
        .iter()
        .map(|der| Contents::parse(der))
        .collect::<Option<_>>()
        .ok_or(CertificateRefusal::Malformed)?;
    let explain = |error| explain(error, &contents, demands);
    // RFC 5280, section 6.1.4: certificates that an authority issued to itself do not count.
    let within_root = |path: &VerifiedPath<'_>| {
        let Some(limit) = roots.path_length(path.anchor()) else { return Ok(()) };
        let follows = |issuer: &Cert<'_>| issuer.subject() != issuer.issuer();
        match path.intermediate_certificates().filter(|issuer| follows(issuer)).count() {
            count if count > usize::from(limit) => Err(Error::PathLenConstraintViolated),
            _ => Ok(()),
        }
    };

    // Signatures up to a pinned root, dates, basicConstraints, path length, name constraints, extended key
    // usage, critical extensions.
    let server = EndEntityCert::try_from(own).map_err(explain)?;
    let path = server
        .verify_for_usage(
            algorithms::FOR_CERTIFICATES,
            &roots.anchors,
            others,
            UnixTime::since_unix_epoch(Duration::from_secs(*now)),
            KeyUsage::server_auth(),
            None,
            Some(&within_root),
        )
        .map_err(explain)?;
    server.verify_is_valid_for_subject_name(name).map_err(explain)?;

    // webpki looks neither at key usage nor at the dates of roots.
    let mut certificates = Vec::new();
    let own = contents.first().ok_or(CertificateRefusal::Malformed)?;
    require(own.signs, &own.info, Usage::SignHandshake)?;
    certificates.push(own.info.clone());
    for issuer in path.intermediate_certificates() {
        let issuer = Contents::parse(&issuer.der()).ok_or(CertificateRefusal::Malformed)?;
        require(issuer.signs_certificates, &issuer.info, Usage::SignCertificates)?;
        certificates.push(issuer.info);
    }
    let root = roots.info(path.anchor()).ok_or(CertificateRefusal::Malformed)?.clone();
    check_dates(&root, Timestamp(*now))?;
    Ok(Chain { certificates, root })
}

/// A key usage, if the certificate restricts it, must include this one.
fn require(
    allowed: Option<bool>,
    certificate: &CertificateInfo,
    usage: Usage,
) -> Result<(), CertificateRefusal> {
    match allowed {
        None | Some(true) => Ok(()),
        Some(false) => Err(CertificateRefusal::WrongUsage { subject: certificate.subject.clone(), usage }),
    }
}

fn check_dates(certificate: &CertificateInfo, now: Timestamp) -> Result<(), CertificateRefusal> {
    let subject = || certificate.subject.clone();
    if now > certificate.not_after {
        return Err(CertificateRefusal::Expired {
            subject: subject(),
            not_after: certificate.not_after,
            now,
        });
    }
    if now < certificate.not_before {
        let not_before = certificate.not_before;
        return Err(CertificateRefusal::NotYetValid { subject: subject(), not_before, now });
    }
    Ok(())
}

/// webpki's verdict with the names that belong to it.
fn explain(error: Error, shown: &[Contents], demands: &Demands<'_>) -> CertificateRefusal {
    let now = Timestamp(demands.now);
    let subject = |matches: &dyn Fn(&Contents) -> bool| {
        shown.iter().find(|each| matches(each)).map_or_else(String::new, |each| each.info.subject.clone())
    };
    let server = || subject(&|_| true);
    let self_signed = shown.first().is_some_and(|own| own.info.subject == own.info.issuer);
    match error {
        Error::UnknownIssuer | Error::CaUsedAsEndEntity if self_signed => {
            CertificateRefusal::SelfSigned { subject: server() }
        }
        Error::UnknownIssuer => CertificateRefusal::UnknownIssuer {
            issuer: end_of(shown),
            pinned: demands.roots.list().iter().map(|root| root.subject.clone()).collect(),
        },
        Error::CertExpired { not_after, .. } => {
            let not_after = Timestamp(not_after.as_secs());
            CertificateRefusal::Expired {
                subject: subject(&|each| each.info.not_after == not_after),
                not_after,
                now,
            }
        }
        Error::CertNotValidYet { not_before, .. } => {
            let not_before = Timestamp(not_before.as_secs());
            CertificateRefusal::NotYetValid {
                subject: subject(&|each| each.info.not_before == not_before),
                not_before,
                now,
            }
        }
        Error::CertNotValidForName(context) => {
            CertificateRefusal::OtherName { expected: demands.text.to_string(), names: context.presented }
        }
        Error::EndEntityUsedAsCa => {
            let own = server();
            CertificateRefusal::IssuerIsNoAuthority {
                issuer: subject(&|each| !each.authority && each.info.subject != own),
            }
        }
        Error::CaUsedAsEndEntity => {
            CertificateRefusal::WrongUsage { subject: server(), usage: Usage::EndEntity }
        }
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => {
            CertificateRefusal::WrongUsage { subject: server(), usage: Usage::Server }
        }
        Error::InvalidSignatureForPublicKey | Error::SignatureAlgorithmMismatch => {
            CertificateRefusal::BadSignature
        }
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            not_built_in(shown, demands.roots).unwrap_or(CertificateRefusal::UnsupportedAlgorithm)
        }
        Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => {
            CertificateRefusal::TooLong { shown: shown.len() }
        }
        Error::UnsupportedCriticalExtension => {
            let unknown = |each: &&Contents| each.unknown.is_some();
            match shown.iter().find(unknown).and_then(|each| Some((each, each.unknown?))) {
                Some((each, extension)) => CertificateRefusal::UnknownExtension {
                    subject: each.info.subject.clone(),
                    extension: extension.to_string(),
                },
                None => CertificateRefusal::Malformed,
            }
        }
        Error::NameConstraintViolation | Error::PathLenConstraintViolated => {
            CertificateRefusal::BeyondConstraints
        }
        _ => CertificateRefusal::Malformed,
    }
}

/// The first key, from the server's up to a pinned root's, that takes what is not built in.
fn not_built_in(shown: &[Contents], roots: &Roots) -> Option<CertificateRefusal> {
    let issuers =
        roots.list().iter().filter(|root| shown.iter().any(|each| each.info.issuer == root.subject));
    let mut keys = shown.iter().map(|each| &each.info).chain(issuers);
    keys.find_map(CertificateRefusal::not_built_in)
}

/// Who has issued the last certificate that can be reached from the server's.
fn end_of(shown: &[Contents]) -> String {
    let Some(mut last) = shown.first() else { return String::new() };
    // No chain is longer than what was shown, so a circle ends too.
    for _ in shown {
        match shown.iter().find(|each| each.info.subject == last.info.issuer) {
            Some(issuer) if issuer.info.subject != last.info.subject => last = issuer,
            _ => break,
        }
    }
    last.info.issuer.clone()
}
