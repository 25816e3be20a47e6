//! What attribute mappings and conditions may ask of a certificate.

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value, json};
use x509_parser::prelude::{GeneralName, X509Certificate, X509Name};
use x509_parser::x509::AttributeTypeAndValue;

/// The names of Google's page: `subject.dn.cn`, `subject.dn.o`, `subject.dn.ou`, the same of the issuer, `san.dns`,
/// `san.uri`, `serialNumberHex`, `sha256Fingerprint`. What the certificate has not is not there.
pub(super) fn of(der: &[u8], certificate: &X509Certificate<'_>) -> Value {
    let mut san = Map::new();
    if let Ok(Some(names)) = certificate.subject_alternative_name() {
        for name in &names.value.general_names {
            // The first of each kind.
            match name {
                GeneralName::DNSName(text) => san.entry("dns").or_insert_with(|| json!(text)),
                GeneralName::URI(text) => san.entry("uri").or_insert_with(|| json!(text)),
                _ => continue,
            };
        }
    }
    let fingerprint = ring::digest::digest(&ring::digest::SHA256, der);
    let serial: String = certificate.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "subject": {"dn": name(certificate.subject())},
        "issuer": {"dn": name(certificate.issuer())},
        "san": san,
        "serialNumberHex": serial,
        "sha256Fingerprint": Base64::encode_string(fingerprint.as_ref()),
    })
}

fn name(name: &X509Name<'_>) -> Value {
    fn last<'a>(of: impl Iterator<Item = &'a AttributeTypeAndValue<'a>>) -> Option<&'a str> {
        of.last()?.as_str().ok()
    }
    let mut names = Map::new();
    for (key, value) in [
        ("cn", last(name.iter_common_name())),
        ("o", last(name.iter_organization())),
        ("ou", last(name.iter_organizational_unit())),
    ] {
        if let Some(value) = value {
            names.insert(key.to_owned(), json!(value));
        }
    }
    names.into()
}
