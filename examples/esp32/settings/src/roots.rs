//! Pinned roots: built-in ones by name, others by file.

use crate::pem;
use rustls_pki_types::CertificateDer;
use std::path::Path;

/// Built-in roots: what the clouds' servers chain to. From Debian's ca-certificates.
const BUILT_IN: [(&str, &[u8]); 6] = [
    ("GTS R4", include_bytes!("../../../../cloud/roots/gts-root-r4.der")),
    ("GTS R3", include_bytes!("../../../../cloud/roots/gts-root-r3.der")),
    ("GTS R1", include_bytes!("../../../../cloud/roots/gts-root-r1.der")),
    ("DigiCert ECC P384 G5", include_bytes!("../../../../cloud/roots/digicert-tls-ecc-p384-root-g5.der")),
    ("Amazon Root CA 3", include_bytes!("../../../../cloud/roots/amazon-root-ca-3.der")),
    ("Amazon Root CA 1", include_bytes!("../../../../cloud/roots/amazon-root-ca-1.der")),
];

/// The names that are files, not built-in roots.
pub(crate) fn files(names: &[String]) -> impl Iterator<Item = &String> {
    names.iter().filter(|name| !BUILT_IN.iter().any(|(built_in, _)| built_in == name))
}

/// The certificates named, as DER.
pub(crate) fn read(folder: &Path, names: &[String]) -> Result<Vec<Vec<u8>>, String> {
    if names.is_empty() {
        return Err(format!("names no root, so no server would be trusted; built in are {}", built_in()));
    }
    let mut roots = Vec::new();
    for name in names {
        match BUILT_IN.iter().find(|(built_in, _)| built_in == name) {
            Some((_, der)) => roots.push(der.to_vec()),
            None => roots.extend(from_file(folder, name)?),
        }
    }
    Ok(roots)
}

fn built_in() -> String {
    BUILT_IN.map(|(name, _)| format!("{name:?}")).join(", ")
}

/// One DER certificate, or the PEM certificates of a file.
fn from_file(folder: &Path, name: &str) -> Result<Vec<Vec<u8>>, String> {
    let ders = pem::certificates(folder, name)
        .map_err(|problem| format!("{name:?} is no built-in root ({}) and {problem}", built_in()))?;
    for der in &ders {
        webpki::anchor_from_trusted_cert(&CertificateDer::from(der.as_slice()))
            .map_err(|error| format!("{name:?} holds no certificate that can be a root: {error}"))?;
    }
    Ok(ders)
}
