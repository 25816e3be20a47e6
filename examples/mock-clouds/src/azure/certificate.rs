//! Certificates, as Azure looks at them: thumbprints, who signed, until when.

use ring::digest;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{ASN1Time, FromDer, X509Certificate};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// SHA-256 of a certificate, in upper-case hexadecimal digits.
pub fn thumbprint(der: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, der).as_ref())
}

/// SHA-1 of a certificate, in the same way: IoT Hub takes either.
pub fn thumbprint_sha1(der: &[u8]) -> String {
    hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der).as_ref())
}

fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate)
}

/// Whether `der` is signed with the key of `issuer` and names it.
pub(super) fn is_signed_by(der: &[u8], issuer: &[u8]) -> bool {
    let (Some(certificate), Some(issuer)) = (parse(der), parse(issuer)) else { return false };
    certificate.issuer() == issuer.subject()
        && certificate.verify_signature(Some(issuer.public_key())).is_ok()
}

/// Whether the certificates shown lead, one by one, to `authority`, which is shown or not.
pub(super) fn leads_to(shown: &[CertificateDer<'_>], authority: &[u8]) -> bool {
    for (at, own) in shown.iter().enumerate() {
        if at > 0 && own.as_ref() == authority {
            return true;
        }
        if is_signed_by(own, authority) {
            return true;
        }
        if !shown.get(at + 1).is_some_and(|next| is_signed_by(own, next)) {
            return false;
        }
    }
    false
}

/// Whether a certificate is valid at a time, in Unix seconds.
pub(super) fn is_valid_at(der: &[u8], now: u64) -> bool {
    let time = i64::try_from(now).ok().and_then(|now| ASN1Time::from_timestamp(now).ok());
    parse(der).zip(time).is_some_and(|(certificate, time)| certificate.validity().is_valid_at(time))
}
