//! The lines of a report.

use crate::manifest::Entry;
use crate::text::{as_hex, serial_from_hex, time_from_rfc3339};
use atecc608::SerialNumber;
use atecc608::x509::DateTime;
use base64ct::{Base64, Encoding};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A line: who did what, when, with which chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When, by the clock of the station.
    #[serde(serialize_with = "shown", deserialize_with = "time")]
    pub at: DateTime,
    /// The station.
    pub station: String,
    /// The person.
    pub operator: String,
    /// Which chip; `None` if it did not say, or it is about none.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "chip")]
    pub serial: Option<SerialNumber>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A run of the station begins.
    Opened(Opened),
    /// The chip is about to be changed for ever.
    Started(Started),
    /// A certificate was signed. Nobody has it yet.
    Issued(Issued),
    /// The chip is finished: what it should have was read back and verified, and it is locked.
    Done(Box<Done>),
    /// A chip that is done came again. Nothing was changed.
    Seen,
    /// Something failed. What is done in the chip stays so; it may come again.
    Failed(Failed),
    /// Nothing was changed: this is no chip for this station.
    Refused(Refused),
    /// It failed too often.
    GivenUp(GivenUp),
}

/// Who signs in this run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// What chips are made by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<String>,
    /// SHA-256 of the signer's certificate, if chips get certificates.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_hex::option")]
    pub signer_sha256: Option<[u8; 32]>,
    /// SHA-256 of the certificate of the key that signs the manifest, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_hex::option")]
    pub manifest_signer_sha256: Option<[u8; 32]>,
}

/// Which chip it is that is about to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The 4 bytes of its revision.
    #[serde(with = "as_hex")]
    pub revision: [u8; 4],
}

/// A certificate that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// X and Y of the chip's key.
    #[serde(with = "as_hex")]
    pub public_key: [u8; 64],
    /// The certificate as it is written to the chip.
    #[serde(with = "as_hex")]
    pub compressed: [u8; 72],
    /// The certificate in DER.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub certificate: Vec<u8>,
}

/// What a chip that is done has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The 4 bytes of its revision.
    #[serde(with = "as_hex")]
    pub revision: [u8; 4],
    /// CRC of the 128 bytes of its configuration, as the chip's Lock command computes it.
    pub configuration_crc: u16,
    /// X and Y of the chip's first key: the one with the certificate, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_hex::option")]
    pub public_key: Option<[u8; 64]>,
    /// All keys of the chip that the station knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<DoneKey>,
    /// The certificate as it stands in the chip.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_hex::option")]
    pub compressed: Option<[u8; 72]>,
    /// SHA-256 of the certificate's DER.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_hex::option")]
    pub certificate_sha256: Option<[u8; 32]>,
    /// The chip was found finished, and this report did not know of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub found: bool,
    /// The chip's entry of the manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Entry>,
}

/// A key of a chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneKey {
    /// Its slot.
    pub slot: u8,
    /// X and Y.
    #[serde(with = "as_hex")]
    pub public_key: [u8; 64],
}

/// What failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// At which step.
    pub step: String,
    /// Why.
    pub error: String,
}

/// Why a chip was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub reason: String,
}

/// When a chip is given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// So many times it failed.
    pub failures: u32,
}

// The parameter is what `serde` hands over.
fn is_false(value: &bool) -> bool {
    !*value
}

fn shown<S: Serializer>(time: &DateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    time_from_rfc3339(&text).ok_or_else(|| D::Error::custom("no time such as 2026-01-31T12:00:00Z"))
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Base64::encode_string(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    Base64::decode_vec(&String::deserialize(deserializer)?).map_err(|_| D::Error::custom("not base64"))
}

mod chip {
    use super::{Deserialize, Deserializer, SerialNumber, Serializer, serial_from_hex};
    use serde::de::Error;

    pub(super) fn serialize<S: Serializer>(
        serial: &Option<SerialNumber>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match serial {
            Some(serial) => serializer.collect_str(serial),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SerialNumber>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let serial = serial_from_hex(&text).ok_or_else(|| D::Error::custom("not 18 hexadecimal digits"))?;
        Ok(Some(serial))
    }
}
