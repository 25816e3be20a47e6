//! From a client's certificate to an anchor.

use rustls::pki_types::CertificateDer;
use x509_parser::oid_registry::{OID_EC_P256, OID_NIST_EC_P384};
use x509_parser::prelude::{ASN1Time, FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::rule::{Off, Rule};
use super::trust::TrustStore;

/// How many certificates there may be from the client's to the root's.
const DEPTH_MAX: usize = 5;
/// Where the search ends, whatever is switched off.
const SEARCH_MAX: usize = 20;
/// How many days a client's certificate may be issued for.
const DAYS_MAX: i64 = 390;

/// A certificate and its bytes.
pub(super) struct Read<'a> {
    pub(super) der: &'a [u8],
    pub(super) certificate: X509Certificate<'a>,
}

pub(super) fn read(der: &[u8]) -> Result<Read<'_>, String> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(Read { der, certificate }),
        _ => Err("it is no certificate in DER".into()),
    }
}

/// What is demanded of the client's own certificate, at `now` in Unix seconds.
pub(super) fn client(own: &X509Certificate<'_>, now: u64, off: &Off) -> Result<(), String> {
    dates(own, now, off)?;
    let validity = own.validity();
    let days = (validity.not_after.timestamp() - validity.not_before.timestamp()).div_euclid(86_400);
    let exact = (validity.not_after.timestamp() - validity.not_before.timestamp()) % 86_400 == 0;
    if off.check(Rule::Lifetime, days > DAYS_MAX || days == DAYS_MAX && !exact) {
        return Err(format!("it is issued for more than {DAYS_MAX} days: {days}"));
    }
    if off.check(Rule::KeyType, !key(own)) {
        return Err("its key is neither RSA of 2048 to 4096 bits nor on P-256 or P-384".into());
    }
    let says_no = own.basic_constraints().ok().flatten().is_some_and(|constraints| !constraints.value.ca);
    if off.check(Rule::NoAuthority, !says_no) {
        return Err("it does not say CA:FALSE".into());
    }
    let usage = own.key_usage().ok().flatten();
    let both = usage.is_some_and(|usage| {
        usage.critical && usage.value.digital_signature() && usage.value.key_encipherment()
    });
    if off.check(Rule::KeyUsage, !both) {
        return Err("its key usage is not critical, or lacks digitalSignature or keyEncipherment".into());
    }
    Ok(())
}

fn key(own: &X509Certificate<'_>) -> bool {
    match own.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => (2048..=4096).contains(&key.key_size()),
        Ok(PublicKey::EC(_)) => {
            let curve = own.public_key().algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
            curve.is_some_and(|curve| curve == OID_EC_P256 || curve == OID_NIST_EC_P384)
        }
        _ => false,
    }
}

fn dates(certificate: &X509Certificate<'_>, now: u64, off: &Off) -> Result<(), String> {
    let now = i64::try_from(now).ok().and_then(|now| ASN1Time::from_timestamp(now).ok());
    let holds = now.is_some_and(|now| certificate.validity().is_valid_at(now));
    if off.check(Rule::Dates, !holds) {
        return Err(format!("{} holds from {} to {}", name(certificate), from(certificate), to(certificate)));
    }
    Ok(())
}

fn from(certificate: &X509Certificate<'_>) -> String {
    certificate.validity().not_before.to_string()
}

fn to(certificate: &X509Certificate<'_>) -> String {
    certificate.validity().not_after.to_string()
}

fn name(certificate: &X509Certificate<'_>) -> String {
    certificate.subject().to_string()
}

/// Looks for a way from the client's certificate to one of the anchors, over those that came with it and those of the
/// store.
pub(super) fn path(
    own: &Read<'_>,
    sent: &[CertificateDer<'_>],
    trust: &TrustStore,
    now: u64,
    off: &Off,
) -> Result<(), String> {
    let read_all = |all: &[CertificateDer<'_>]| -> Result<Vec<Vec<u8>>, String> {
        all.iter().map(|der| read(der).map(|_| der.to_vec())).collect()
    };
    let between = [read_all(sent)?, read_all(&trust.intermediates)?].concat();
    let anchors = read_all(&trust.anchors)?;
    let search = Search {
        between: between.iter().filter_map(|der| read(der).ok()).collect(),
        anchors: anchors.iter().filter_map(|der| read(der).ok()).collect(),
        now,
        off,
    };
    match search.up(own, 1) {
        // Nobody has signed; what those who have may not do is refused all the same.
        Err(Dead::End(_)) if !off.check(Rule::Path, true) => Ok(()),
        Err(Dead::End(why) | Dead::Refused(why)) => Err(why),
        Ok(()) => Ok(()),
    }
}

/// Why a way leads nowhere.
enum Dead {
    /// There is no issuer.
    End(String),
    /// There is one, who may not.
    Refused(String),
}

struct Search<'s> {
    between: Vec<Read<'s>>,
    anchors: Vec<Read<'s>>,
    now: u64,
    off: &'s Off,
}

impl Search<'_> {
    /// The way up from a certificate that is the `depth`-th.
    fn up(&self, below: &Read<'_>, depth: usize) -> Result<(), Dead> {
        let nobody = format!("nobody is trusted or was sent who has issued {}", name(&below.certificate));
        let mut why = Dead::End(nobody);
        for (issuer, is_anchor) in
            self.anchors.iter().map(|one| (one, true)).chain(self.between.iter().map(|one| (one, false)))
        {
            if issuer.der == below.der || !has_issued(issuer, below) {
                continue;
            }
            match self.may(issuer, depth) {
                Ok(()) if is_anchor => return Ok(()),
                Ok(()) if depth + 1 < SEARCH_MAX => match self.up(issuer, depth + 1) {
                    Ok(()) => return Ok(()),
                    Err(reason) => why = reason,
                },
                Ok(()) => why = Dead::Refused("the way up has no end".into()),
                Err(reason) => why = Dead::Refused(reason),
            }
        }
        Err(why)
    }

    /// Whether a certificate may have issued the `depth`-th.
    fn may(&self, issuer: &Read<'_>, depth: usize) -> Result<(), String> {
        let certificate = &issuer.certificate;
        if self.off.check(Rule::Depth, depth + 1 > DEPTH_MAX) {
            return Err(format!("there are more than {DEPTH_MAX} certificates up to {}", name(certificate)));
        }
        let constraints = certificate.basic_constraints().ok().flatten().map(|constraints| constraints.value);
        let length = constraints.and_then(|constraints| constraints.path_len_constraint);
        // Those between it and the client's.
        let long = length.is_some_and(|length| depth - 1 > length as usize);
        let usage = certificate.key_usage().ok().flatten();
        let signs = usage.is_none_or(|usage| usage.value.key_cert_sign());
        let authority = constraints.is_some_and(|constraints| constraints.ca) && signs && !long;
        if self.off.check(Rule::Authority, !authority) {
            return Err(format!(
                "{} may not issue certificates, or has too many below it",
                name(certificate)
            ));
        }
        dates(certificate, self.now, self.off)
    }
}

fn has_issued(issuer: &Read<'_>, below: &Read<'_>) -> bool {
    issuer.certificate.subject().as_raw() == below.certificate.issuer().as_raw()
        && below.certificate.verify_signature(Some(issuer.certificate.public_key())).is_ok()
}
