//! Certificates in files.

use std::path::Path;

/// One DER certificate, or the PEM certificates of a file. What is wrong goes on from the file's name.
pub(crate) fn certificates(folder: &Path, name: &str) -> Result<Vec<Vec<u8>>, String> {
    let bytes =
        std::fs::read(folder.join(name)).map_err(|error| format!("can't be read as a file: {error}"))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => {
            decode(text).map_err(|error| format!("is damaged: a certificate in it is no PEM ({error})"))
        }
        _ => Ok(vec![bytes]),
    }
}

fn decode(text: &str) -> Result<Vec<Vec<u8>>, pem_rfc7468::Error> {
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
