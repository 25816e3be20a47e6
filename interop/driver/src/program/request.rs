//! What can be asked.

use super::hex::Hex;
use super::{chip, csr, dates, sas, template};
use serde::Deserialize;

/// A line.
#[derive(Debug, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub(crate) enum Request {
    /// The bytes of a compressed certificate that hold its dates.
    EncodeDates(dates::Encode),
    /// The dates of a compressed certificate.
    DecodeDates(dates::Decode),
    /// SHA-1 of a public key.
    KeyId { key: Hex },
    /// A serial number by its rule.
    Serial(template::Serial),
    /// A template.
    Define(template::Define),
    /// What is signed of a new certificate.
    Issue(template::Issue),
    /// From a certificate to 72 bytes.
    Compress(template::Compress),
    /// From 72 bytes to a certificate.
    Rebuild(template::Rebuild),
    /// What a certificate says.
    Parse { certificate: Hex },
    /// A request, signed by the chip.
    SignCsr(csr::Request),
    /// The configuration for certificates, and keys.
    Configure,
    /// Certificates and keys onto the chip.
    Write(chip::Write),
    /// A certificate from the chip.
    Read(chip::Read),
    /// A signature.
    Sign { slot: u8, digest: Hex },
    /// How long a template's certificates are at most.
    MaxLen { template: String },
    /// What a Trust&GO chip is, and has.
    Trust { root: Option<Hex> },
    /// What is known of Microchip's root.
    Root,
    /// A token for Azure, by the HMAC of a simulated chip.
    Sas(sas::Request),
    /// The key of a device of an enrollment group of Azure's.
    Derive { group_key: String, registration_id: String },
}
