//! Configurations as text and bytes.
//!
//! TOML, one of the three, and bytes of your own on top:
//!
//! ```toml
//! preset = "gcp"           # or config = "0123 45e1 …", or the table below
//! results_inside = true    # with [slots]: results of ECDH and KDF stay in the chip
//! [slots]                  # purposes; slots that are not named are closed
//! 0 = "signing key"
//! 4 = "storage key"
//! 8 = "encrypted storage under key 4"
//! [bytes]
//! 16 = 0x6A
//! ```

use atecc608::Slot;
use atecc608::config::build::Builder;
use atecc608::config::{ConfigZone, SIZE, preset};
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::forms;

/// Bytes at the front that belong to the chip.
const OWN: usize = 16;

/// 128 bytes, or 112 without the chip's own.
pub(crate) fn binary(bytes: &[u8], chip: &ConfigZone) -> Result<ConfigZone, String> {
    forms::whole(bytes)?;
    let mut zone = *chip.as_bytes();
    match bytes.len() {
        SIZE => zone.copy_from_slice(bytes),
        112 => zone[OWN..].copy_from_slice(bytes),
        other => {
            return Err(format!("a configuration has 128 bytes (or 112 without the first 16), not {other}"));
        }
    }
    Ok(ConfigZone::from_bytes(zone))
}

/// Bytes in any form in which people write them.
pub(crate) fn text(text: &str, chip: &ConfigZone) -> Result<ConfigZone, String> {
    binary(&forms::read(text).map_err(|unreadable| unreadable.to_string())?, chip)
}

/// A preset with the chip's own bytes.
pub(crate) fn preset(name: &str, chip: &ConfigZone) -> Result<ConfigZone, String> {
    match name.to_ascii_lowercase().as_str() {
        "factory" => Ok(preset::on_chip(&preset::FACTORY, chip)),
        "tngtls" => Ok(preset::on_chip(&preset::TNGTLS, chip)),
        "tflxtls" => Ok(preset::on_chip(&preset::TFLXTLS, chip)),
        "gcp" => Ok(preset::gcp_device(chip)),
        _ => Err(format!("no preset {name:?}; there are factory, tngtls, tflxtls, gcp")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    config: Option<String>,
    preset: Option<String>,
    slots: Option<BTreeMap<String, String>>,
    #[serde(default)]
    results_inside: bool,
    #[serde(default)]
    bytes: BTreeMap<String, u8>,
}

pub(crate) fn toml(text: &str, chip: &ConfigZone) -> Result<ConfigZone, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut zone = match (&file.config, &file.preset, &file.slots) {
        (Some(digits), None, None) => self::text(digits, chip)?,
        (None, Some(name), None) => preset(name, chip)?,
        (None, None, Some(slots)) => built(slots, file.results_inside, chip)?,
        _ => return Err("name one of config, preset and slots".into()),
    };
    for (offset, value) in &file.bytes {
        let known = offset.parse().ok().filter(|offset| *offset < SIZE as u8);
        zone.set_byte(known.ok_or_else(|| format!("no byte {offset:?}: 0 to 127"))?, *value);
    }
    Ok(zone)
}

fn built(slots: &BTreeMap<String, String>, inside: bool, chip: &ConfigZone) -> Result<ConfigZone, String> {
    let mut builder = Builder::new(chip);
    if inside {
        builder = builder.results_inside();
    }
    for (number, words) in slots {
        let slot =
            number.parse().ok().and_then(Slot::new).ok_or_else(|| format!("no slot {number:?}: 0 to 15"))?;
        let purpose = words.parse().map_err(|error| format!("{slot}, {words:?}: {error}"))?;
        builder = builder.slot(slot, purpose);
    }
    builder.build().map_err(|error| error.to_string())
}
