//! The keys of the TOML form, not yet looked at.

use super::{Document, Start};
use crate::error::{Error, ErrorKind};
use crate::forms;
use atecc608::Slot;
use atecc608::config::{ConfigZone, SIZE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preset: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    results_inside: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    slots: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    authorised_by: BTreeMap<String, u8>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    bytes: BTreeMap<String, u8>,
}

fn slot(number: &str) -> Result<Slot, ErrorKind> {
    number.parse().ok().and_then(Slot::new).ok_or_else(|| ErrorKind::Slot(number.to_owned()))
}

impl TryFrom<File> for Document {
    type Error = Error;

    fn try_from(file: File) -> Result<Self, Error> {
        let with_slots = file.results_inside || !file.authorised_by.is_empty();
        let start = match (file.config, file.preset, file.slots) {
            (Some(_), None, None) | (None, Some(_), None) if with_slots => {
                return Err(ErrorKind::WithoutSlots.into());
            }
            (Some(text), None, None) => bytes(&forms::read(&text)?)?,
            (None, Some(name), None) => Start::Preset(name.parse().map_err(ErrorKind::Preset)?),
            (None, None, Some(words)) => {
                let mut purposes = BTreeMap::new();
                for (number, words) in words {
                    let slot = slot(&number)?;
                    let purpose = words.parse();
                    let purpose = purpose.map_err(|error| ErrorKind::Purpose(slot.number(), words, error))?;
                    purposes.insert(slot, purpose);
                }
                let mut authorised_by = BTreeMap::new();
                for (number, key) in file.authorised_by {
                    let key = Slot::new(key).ok_or_else(|| ErrorKind::Slot(key.to_string()))?;
                    authorised_by.insert(slot(&number)?, key);
                }
                Start::Slots { purposes, authorised_by, results_inside: file.results_inside }
            }
            _ => return Err(ErrorKind::Start.into()),
        };
        let mut bytes = BTreeMap::new();
        for (offset, value) in file.bytes {
            let known = offset.parse().ok().filter(|offset| usize::from(*offset) < SIZE);
            bytes.insert(known.ok_or(ErrorKind::Offset(offset))?, value);
        }
        Ok(Document { start, bytes })
    }
}

/// 128 bytes, or 112 without the chip's own.
pub(crate) fn bytes(bytes: &[u8]) -> Result<Start, Error> {
    forms::checked(bytes)?;
    Ok(match (bytes.try_into(), bytes.try_into()) {
        (Ok(zone), _) => Start::Config(ConfigZone::from_bytes(zone)),
        (_, Ok(template)) => Start::Template(template),
        _ => return Err(ErrorKind::Start.into()),
    })
}

impl From<Document> for File {
    fn from(document: Document) -> File {
        let bytes = document.bytes.into_iter().map(|(offset, value)| (offset.to_string(), value)).collect();
        let mut file = File { bytes, ..File::default() };
        let number = |slot: Slot| slot.number().to_string();
        match document.start {
            Start::Config(zone) => file.config = Some(super::rows(zone.as_bytes())),
            Start::Template(bytes) => file.config = Some(super::rows(&bytes)),
            Start::Preset(preset) => file.preset = Some(preset.to_string()),
            Start::Slots { purposes, authorised_by, results_inside } => {
                let words = purposes.into_iter().map(|(slot, purpose)| (number(slot), purpose.to_string()));
                file.slots = Some(words.collect());
                let keys = authorised_by.into_iter().map(|(slot, key)| (number(slot), key.number()));
                file.authorised_by = keys.collect();
                file.results_inside = results_inside;
            }
        }
        file
    }
}
