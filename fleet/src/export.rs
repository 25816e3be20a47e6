//! Devices of a manifest for those who register them: PEM files, CSV, JSON lines.
//!
//! Take [`Devices`](crate::manifest::Devices), which were verified. AWS takes each device's certificate (without a CA)
//! and calls it by its SHA-256; Azure knows devices by SHA-1 or SHA-256 of the certificate; mosquitto and others take
//! the common name.

use crate::chain::ChainError;
use crate::manifest::Device;
use crate::text::hex;
use atecc608::x509::{Certificate, Error, PemLabel};
use serde::Serialize;

/// A device as one line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The chip's serial number, 18 lower-case hexadecimal digits.
    pub serial: String,
    /// The same in upper case, as things are named at AWS.
    pub thing: String,
    /// The common name of its certificate.
    pub common_name: String,
    /// The certificate's serial number.
    pub certificate_serial: String,
    /// The first second of the certificate.
    pub not_before: String,
    /// The last second of the certificate.
    pub not_after: String,
    /// SHA-256 of the certificate.
    pub sha256: String,
    /// SHA-1 of the certificate.
    pub sha1: String,
    /// The subject key id.
    pub subject_key_id: String,
    /// X and Y.
    pub public_key: String,
}

impl Row {
    /// Of a device with a certificate; `None` if it has none.
    ///
    /// # Errors
    ///
    /// [`ChainError::Certificate`]: the certificate can't be read. That of a verified device can.
    pub fn new(device: &Device) -> Result<Option<Self>, ChainError> {
        let Some((key, der)) = device.certified().and_then(|key| Some((key, key.certificates.first()?)))
        else {
            return Ok(None);
        };
        let unreadable = |error| ChainError::Certificate(0, error);
        let certificate = Certificate::parse(der).map_err(unreadable)?;
        // A 29 February that its year has not can't be shown.
        let (not_before, not_after) = match certificate.validity() {
            Ok(validity) => (validity.not_before.to_string(), validity.not_after.to_string()),
            Err(_) => (String::new(), String::new()),
        };
        let serial = device.serial.to_string();
        Ok(Some(Self {
            thing: serial.to_uppercase(),
            serial,
            common_name: certificate.common_name().unwrap_or_default().to_owned(),
            certificate_serial: hex(certificate.serial()),
            not_before,
            not_after,
            sha256: hex(&certificate.sha256()),
            sha1: hex(&certificate.sha1()),
            subject_key_id: certificate.subject_key_id().map(hex).unwrap_or_default(),
            public_key: hex(key.public_key.as_bytes()),
        }))
    }

    const HEAD: [&'static str; 10] = [
        "serial",
        "thing",
        "common_name",
        "certificate_serial",
        "not_before",
        "not_after",
        "sha256",
        "sha1",
        "subject_key_id",
        "public_key",
    ];

    fn fields(&self) -> [&str; 10] {
        [
            &self.serial,
            &self.thing,
            &self.common_name,
            &self.certificate_serial,
            &self.not_before,
            &self.not_after,
            &self.sha256,
            &self.sha1,
            &self.subject_key_id,
            &self.public_key,
        ]
    }
}

/// The device's certificate and those behind it, one after the other as PEM: what TLS clients are given. Without the
/// root if `with_root` is `false` and the last is signed by itself. Empty if it has none.
///
/// # Errors
///
/// [`ChainError::Certificate`]: one can't be read.
pub fn pem_chain(device: &Device, with_root: bool) -> Result<String, ChainError> {
    let Some(key) = device.certified() else { return Ok(String::new()) };
    let mut text = String::new();
    for (index, der) in key.certificates.iter().enumerate() {
        let unreadable = |error| ChainError::Certificate(index, error);
        let certificate = Certificate::parse(der).map_err(unreadable)?;
        let is_root = index > 0 && certificate.issuer() == certificate.subject();
        if with_root || !is_root {
            text.push_str(&certificate_pem(der).map_err(unreadable)?);
        }
    }
    Ok(text)
}

/// A certificate as PEM.
///
/// # Errors
///
/// None but for sizes that no certificate has.
pub fn certificate_pem(der: &[u8]) -> Result<String, Error> {
    let mut buffer = vec![0; PemLabel::Certificate.pem_len(der.len())];
    Ok(PemLabel::Certificate.encode(der, &mut buffer)?.to_owned())
}

/// A certificate from PEM.
///
/// # Errors
///
/// If it is none.
pub fn certificate_der(pem: &str) -> Result<Vec<u8>, Error> {
    let mut buffer = vec![0; pem.len()];
    let der = PemLabel::Certificate.decode(pem.as_bytes(), &mut buffer)?.to_vec();
    Certificate::parse(&der)?;
    Ok(der)
}

/// All devices with a certificate as CSV (RFC 4180), with a head.
///
/// # Errors
///
/// As [`Row::new`].
pub fn csv<'d>(devices: impl IntoIterator<Item = &'d Device>) -> Result<String, ChainError> {
    let mut text = Row::HEAD.join(",") + "\r\n";
    for device in devices {
        let Some(row) = Row::new(device)? else { continue };
        let fields: Vec<String> = row.fields().into_iter().map(field).collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    Ok(text)
}

/// In quotes where it must be.
fn field(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// All devices with a certificate as JSON, an object a line.
///
/// # Errors
///
/// As [`Row::new`].
pub fn json_lines<'d>(devices: impl IntoIterator<Item = &'d Device>) -> Result<String, ChainError> {
    let mut text = String::new();
    for device in devices {
        let Some(row) = Row::new(device)? else { continue };
        // Strings alone: it can't fail.
        text.push_str(&serde_json::to_string(&row).unwrap_or_default());
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes() {
        assert_eq!(field("plain"), "plain");
        assert_eq!(field("a,b"), "\"a,b\"");
        assert_eq!(field("say \"x\"\n"), "\"say \"\"x\"\"\n\"");
    }
}
