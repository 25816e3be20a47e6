//! Requests.

use super::failure::Failure;
use atecc608::x509::{Attribute, AttributeType, Csr, ExtendedKeyUsage, GeneralName, KeyUsage, Name};
use serde::Deserialize;

/// Who asks for what, with the key of which slot.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    pub(crate) slot: u8,
    subject: Vec<(String, String)>,
    #[serde(default)]
    dns: Vec<String>,
    #[serde(default)]
    uri: Vec<String>,
    #[serde(default)]
    client: bool,
}

impl Request {
    /// It borrows from here.
    pub(crate) fn with<T>(&self, then: impl FnOnce(&Csr<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let attributes = self.subject.iter().map(attribute).collect::<Result<Vec<_>, _>>()?;
        let dns = self.dns.iter().map(|name| GeneralName::Dns(name));
        let names: Vec<_> = dns.chain(self.uri.iter().map(|uri| GeneralName::Uri(uri))).collect();
        let mut csr = Csr::new(Name::Attributes(&attributes)).with_alternative_names(&names);
        if self.client {
            csr = csr
                .with_key_usage(KeyUsage::DIGITAL_SIGNATURE)
                .with_extended_key_usage(ExtendedKeyUsage::CLIENT_AUTH);
        }
        then(&csr)
    }
}

fn attribute((kind, value): &(String, String)) -> Result<Attribute<'_>, Failure> {
    let kind = match kind.as_str() {
        "CN" => AttributeType::CommonName,
        "O" => AttributeType::Organization,
        "OU" => AttributeType::OrganizationalUnit,
        "C" => AttributeType::Country,
        other => return Err(Failure::misuse(format_args!("no attribute {other} here"))),
    };
    Ok(Attribute { kind, value })
}
