//! Pinned roots: built-in ones by name, others by file.

use rustls_pki_types::CertificateDer;
use std::path::Path;

/// Built-in roots: what the clouds' servers chain to. From Debian's ca-certificates.
const BUILT_IN: [(&str, &[u8]); 4] = [
    ("GTS R4", include_bytes!("../../../../cloud/roots/gts-root-r4.der")),
    ("GTS R3", include_bytes!("../../../../cloud/roots/gts-root-r3.der")),
    ("GTS R1", include_bytes!("../../../../cloud/roots/gts-root-r1.der")),
    ("DigiCert ECC P384 G5", include_bytes!("../../../../cloud/roots/digicert-tls-ecc-p384-root-g5.der")),
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
    let bytes = std::fs::read(folder.join(name)).map_err(|error| {
        format!("{name:?} is no built-in root ({}) and can't be read as a file: {error}", built_in())
    })?;
    let ders = match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => pem_certificates(text)
            .map_err(|error| format!("{name:?} is damaged: a certificate in it is no PEM ({error})"))?,
        _ => vec![bytes],
    };
    for der in &ders {
        webpki::anchor_from_trusted_cert(&CertificateDer::from(der.as_slice()))
            .map_err(|error| format!("{name:?} holds no certificate that can be a root: {error}"))?;
    }
    Ok(ders)
}

fn pem_certificates(text: &str) -> Result<Vec<Vec<u8>>, pem_rfc7468::Error> {
    const END: &str = "-----END CERTIFICATE-----";
    let mut ders = Vec::new();
    for part in text.split_inclusive(END) {
        if let Some(start) = part.find("-----BEGIN CERTIFICATE-----") {
            let block = part.get(start..).unwrap_or_default();
            ders.push(pem_rfc7468::decode_vec(block.as_bytes())?.1);
        }
    }
    Ok(ders)
}
