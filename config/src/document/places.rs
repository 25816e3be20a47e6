//! Lines of what is wrong in a TOML text. Looked for only when something is.

use crate::error::{Error, ErrorKind};
use atecc608::config::build::BuildError;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// The keys that can be wrong, with their places.
#[derive(Deserialize)]
struct Places {
    config: Option<Spanned<Value>>,
    preset: Option<Spanned<Value>>,
    #[serde(default)]
    slots: BTreeMap<String, Spanned<Value>>,
    #[serde(default)]
    authorised_by: BTreeMap<String, Spanned<Value>>,
    #[serde(default)]
    bytes: BTreeMap<String, Spanned<Value>>,
}

/// The error with its line.
pub(super) fn placed(text: &str, error: Error) -> Error {
    match error.kind() {
        // Its lines are those of the string.
        ErrorKind::Unreadable(unreadable) => match first_line_of_config(text) {
            Some(first) => unreadable.clone().below(first).into(),
            None => error,
        },
        _ => error.at(|kind| line(text, kind)),
    }
}

/// The line, counted from 1, of a byte of the text.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}

fn first_line_of_config(text: &str) -> Option<usize> {
    let start = toml::from_str::<Places>(text).ok()?.config?.span().start;
    let rest = text.get(start..)?;
    // A line break after three quotes is none of the string's.
    let quotes = rest.strip_prefix("\"\"\"").or_else(|| rest.strip_prefix("'''"));
    let below = quotes.is_some_and(|rest| rest.starts_with('\n') || rest.starts_with("\r\n"));
    Some(line_at(text, start) + usize::from(below))
}

/// Where in the text this is.
pub(super) fn line(text: &str, kind: &ErrorKind) -> Option<usize> {
    let places = toml::from_str::<Places>(text).ok()?;
    let slot = |slot: &atecc608::Slot| places.slots.get(&slot.number().to_string());
    let place = match kind {
        ErrorKind::Preset(_) => places.preset.as_ref(),
        ErrorKind::Purpose(slot, ..) => places.slots.get(&slot.to_string()),
        ErrorKind::Slot(number) => {
            let key = places.slots.get(number).or_else(|| places.authorised_by.get(number));
            let is_value = |place: &&Spanned<Value>| {
                place.get_ref().as_integer().is_some_and(|key| key.to_string() == *number)
            };
            key.or_else(|| places.authorised_by.values().find(is_value))
        }
        ErrorKind::Offset(offset) => places.bytes.get(offset),
        ErrorKind::Build(error) => match error {
            BuildError::NoAuthorisationKey { slot, .. } | BuildError::NotAuthorised { slot } => {
                places.authorised_by.get(&slot.number().to_string())
            }
            BuildError::NoStorageKey { slot: place, .. }
            | BuildError::NoDigestSlot { slot: place, .. }
            | BuildError::TooSmall { slot: place }
            | BuildError::TooSmallForCertificate { slot: place }
            | BuildError::SecondOne { slot: place }
            | BuildError::NoAes { slot: place }
            | BuildError::BehindAgreementKey { slot: place }
            | BuildError::ResultReadable { slot: place } => slot(place),
            // There is one limited key.
            BuildError::TooManyUses | BuildError::TooFewUses => places
                .slots
                .values()
                .find(|place| place.get_ref().as_str().is_some_and(|words| words.starts_with("limited key"))),
            _ => None,
        },
        _ => None,
    };
    place.map(|place| line_at(text, place.span().start))
}
