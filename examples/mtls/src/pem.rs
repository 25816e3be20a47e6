//! Certificates as PEM, and files of them.

use atecc608::x509::PemLabel;
use demo::Failure;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::fmt::Display;
use std::path::Path;

/// A certificate as PEM.
pub(crate) fn certificate(der: &[u8]) -> Result<String, Failure> {
    let mut text = vec![0; PemLabel::Certificate.pem_len(der.len())];
    let encoded = PemLabel::Certificate.encode(der, &mut text).map(str::to_owned);
    encoded.map_err(|error| Failure::new("a certificate was written as PEM", error, "report this as a bug"))
}

/// PEM has this somewhere; before it may stand what people write.
const BEGIN: &[u8] = b"-----BEGIN";

/// The certificates in a file, PEM or one in DER; `option` is what names it.
pub(crate) fn certificates(file: &Path, option: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let failed = |cause: &dyn Display| {
        Failure::new(
            format_args!("certificates were read from {}", file.display()),
            cause,
            format_args!("give {option} a file with certificates in PEM, or one in DER"),
        )
    };
    let bytes = std::fs::read(file).map_err(|error| failed(&error))?;
    if !bytes.windows(BEGIN.len()).any(|part| part == BEGIN) {
        // A certificate is a SEQUENCE.
        return match bytes.first() {
            Some(0x30) => Ok(vec![bytes.into()]),
            _ => Err(failed(&"it is neither PEM nor DER")),
        };
    }
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(failed(&"there is no certificate in it")),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(failed(&error)),
    }
}
