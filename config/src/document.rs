//! A configuration as TOML says it.

mod file;
mod places;

use crate::error::{Error, ErrorKind};
use crate::preset::Preset;
use atecc608::Slot;
use atecc608::config::build::{Builder, Purpose};
use atecc608::config::{ConfigZone, SIZE};
use file::File;
pub(crate) use file::bytes as file_bytes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::str::FromStr;

/// A configuration as TOML says it: where it starts from, and bytes of your own on top. Read with
/// [`parse`](str::parse), written with `{}`; with `serde` it can be part of a larger document.
///
/// ```
/// use atecc608::config::{ConfigZone, preset};
/// use atecc608_config::Document;
///
/// let document: Document = "preset = \"gcp\"\n[bytes]\n16 = 0x6A".parse()?;
/// let zone = document.zone(&ConfigZone::from_bytes(preset::FACTORY))?;
/// assert_eq!(zone.i2c_address().unwrap().to_7bit(), 0x35);
/// assert_eq!(document.to_string().parse::<Document>()?, document);
/// # Ok::<(), atecc608_config::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "File", into = "File")]
#[non_exhaustive]
pub struct Document {
    /// Where it starts from.
    pub start: Start,
    /// Bytes on top, by their offsets (0 to 127).
    pub bytes: BTreeMap<u8, u8>,
}

/// Where a configuration starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// `config`: all its bytes.
    Config(ConfigZone),
    /// `config`: its bytes without the chip's own 16.
    Template([u8; 112]),
    /// `preset`: one of the driver's.
    Preset(Preset),
    /// `slots`: what each slot is for.
    Slots {
        /// Slots that are not named are closed.
        purposes: BTreeMap<Slot, Purpose>,
        /// Slots whose use another one authorises.
        authorised_by: BTreeMap<Slot, Slot>,
        /// Results of ECDH and KDF never leave the chip.
        results_inside: bool,
    },
}

impl Document {
    /// With no bytes on top.
    #[must_use]
    pub const fn new(start: Start) -> Self {
        Self { start, bytes: BTreeMap::new() }
    }

    /// The configuration for this chip. Its own bytes are taken from it unless all 128 are given.
    ///
    /// # Errors
    /// [`ErrorKind::Build`], if purposes do not go together; [`ErrorKind::Offset`], if a byte is none.
    pub fn zone(&self, chip: &ConfigZone) -> Result<ConfigZone, Error> {
        let mut zone = match &self.start {
            Start::Config(zone) => *zone,
            Start::Template(bytes) => {
                let mut zone = *chip.as_bytes();
                zone[SIZE - bytes.len()..].copy_from_slice(bytes);
                ConfigZone::from_bytes(zone)
            }
            Start::Preset(preset) => preset.zone(chip),
            Start::Slots { purposes, authorised_by, results_inside } => {
                let mut builder = Builder::new(chip);
                if *results_inside {
                    builder = builder.results_inside();
                }
                for (slot, purpose) in purposes {
                    builder = builder.slot(*slot, *purpose);
                }
                for (slot, key) in authorised_by {
                    builder = builder.authorised_by(*slot, *key);
                }
                builder.build().map_err(ErrorKind::Build)?
            }
        };
        for (offset, value) in &self.bytes {
            if usize::from(*offset) >= SIZE {
                return Err(ErrorKind::Offset(offset.to_string()).into());
            }
            zone.set_byte(*offset, *value);
        }
        Ok(zone)
    }

    /// The line of an error of [`zone`](Self::zone) in the text that this was read from.
    pub(crate) fn place(text: &str, kind: &ErrorKind) -> Option<usize> {
        places::line(text, kind)
    }
}

impl From<ConfigZone> for Document {
    fn from(zone: ConfigZone) -> Self {
        Self::new(Start::Config(zone))
    }
}

/// From TOML.
impl FromStr for Document {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| places::line_at(text, span.start));
            Error::new(line, ErrorKind::Toml(error))
        })?;
        Self::try_from(file).map_err(|error| places::placed(text, error))
    }
}

/// As TOML.
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.start {
            Start::Config(zone) => writeln!(f, "config = \"\"\"\n{}\"\"\"", rows(zone.as_bytes()))?,
            Start::Template(bytes) => writeln!(f, "config = \"\"\"\n{}\"\"\"", rows(bytes))?,
            Start::Preset(preset) => writeln!(f, "preset = \"{preset}\"")?,
            Start::Slots { purposes, authorised_by, results_inside } => {
                if *results_inside {
                    writeln!(f, "results_inside = true\n")?;
                }
                writeln!(f, "[slots]")?;
                for (slot, purpose) in purposes {
                    writeln!(f, "{} = \"{purpose}\"", slot.number())?;
                }
                if !authorised_by.is_empty() {
                    writeln!(f, "\n[authorised_by]")?;
                }
                for (slot, key) in authorised_by {
                    writeln!(f, "{} = {}", slot.number(), key.number())?;
                }
            }
        }
        if !self.bytes.is_empty() {
            writeln!(f, "\n[bytes]")?;
        }
        for (offset, value) in &self.bytes {
            writeln!(f, "{offset} = {value:#04X}")?;
        }
        Ok(())
    }
}

/// Words of 4 bytes, which nobody takes for decimal numbers, 16 bytes a row.
fn rows(bytes: &[u8]) -> String {
    let mut text = String::new();
    for row in bytes.chunks(16) {
        for (index, word) in row.chunks(4).enumerate() {
            let digits: String = word.iter().map(|byte| format!("{byte:02x}")).collect();
            let _ = write!(text, "{}{digits}", if index == 0 { "" } else { " " });
        }
        text.push('\n');
    }
    text
}
