//! What AWS looks at in a certificate.

use ring::digest;
use x509_parser::prelude::{FromDer, X509Certificate};

/// SHA-256 of it, in hexadecimal digits: what AWS calls it.
pub(super) fn id(der: &[u8]) -> String {
    digest::digest(&digest::SHA256, der).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn parse(der: &[u8]) -> Result<X509Certificate<'_>, String> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        Ok(_) => Err("the certificate has bytes after its end".into()),
        Err(error) => Err(format!("the certificate can't be read: {error}")),
    }
}

/// Whether it is signed in one of the ways that AWS takes (developer guide, "X.509 client certificates"). DSA is not
/// among them here: nothing else here knows it.
pub(super) fn has_good_signature_algorithm(certificate: &X509Certificate<'_>) -> bool {
    const RSA: &str = "1.2.840.113549.1.1.";
    const ECDSA: &str = "1.2.840.10045.4.3.";
    let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
    match (algorithm.strip_prefix(RSA), algorithm.strip_prefix(ECDSA)) {
        (Some(number), _) => ["11", "12", "13"].contains(&number),
        (_, Some(number)) => ["2", "3", "4"].contains(&number),
        _ => false,
    }
}

/// Whether `authority` signed it: by name and by signature.
pub(super) fn is_signed_by(certificate: &X509Certificate<'_>, authority: &X509Certificate<'_>) -> bool {
    certificate.issuer() == authority.subject()
        && certificate.verify_signature(Some(authority.public_key())).is_ok()
}
