//! A chip written down as TOML, to start from and to look at.
//!
//! ```
//! let description = r#"
//!     seed = 7
//!     serial = "0123456789abcdefee"
//!     config_locked = true
//!
//!     [slot.0]
//!     config = "8720"
//!     key = "3300"
//!     private_key = "878f0ab6a526d7111c26e6170810796e7b33007f832b8d64467ed6f870537a19"
//!
//!     [slot.8]
//!     data = "68656c6c6f"
//! "#;
//! let eeprom = atecc608_sim::description::parse(description)?;
//! assert_eq!(eeprom.slot(8)[..5], *b"hello");
//! // What is dumped describes the same chip.
//! let again = atecc608_sim::description::parse(&atecc608_sim::description::dump(&eeprom))?;
//! assert_eq!((again.config(), again.slot(0)), (eeprom.config(), eeprom.slot(0)));
//! # Ok::<(), atecc608_sim::description::DescriptionError>(())
//! ```
//!
//! | Member | Meaning | Unless given |
//! |---|---|---|
//! | `seed` | what serial number and random numbers are made from | 0 |
//! | `config` | all 128 bytes of the configuration zone | the factory's |
//! | `serial` | 9 bytes | made from the seed |
//! | `revision` | 4 bytes, for instance `"00006003"` | `00006002` |
//! | `config_locked`, `data_locked` | the locks | as `config` says |
//! | `otp` | up to 64 bytes | 0xFF |
//! | `slot.N.config`, `slot.N.key` | SlotConfig and KeyConfig, 2 bytes in the order of the zone | as `config` says |
//! | `slot.N.data` | first bytes of the slot | 0xFF |
//! | `slot.N.private_key` | 32 bytes, big endian | none |
//! | `slot.N.public_key` | 64 bytes, X then Y; slots 8 to 15 | none |
//! | `slot.N.known_public_key` | 64 bytes, X then Y: of a private key that nobody wrote down ([`Eeprom::set_known_public_key`]); in place of `data`, `private_key` and `public_key` | none |
//!
//! Bytes are hexadecimal digits; white space between them is ignored. A dump holds every secret of
//! the chip, and not the state of its random number generator.

use crate::chip::crypto::ecc;
use crate::chip::{Chip, Eeprom};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Description {
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config_locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_locked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otp: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    slot: BTreeMap<String, Slot>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_public_key: Option<String>,
}

/// Why a description describes no chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescriptionError(String);

impl fmt::Display for DescriptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chip description: {}", self.0.trim_end())
    }
}

impl std::error::Error for DescriptionError {}

fn wrong<T>(text: impl fmt::Display) -> Result<T, DescriptionError> {
    Err(DescriptionError(text.to_string()))
}

/// Bytes of hexadecimal digits.
fn bytes(name: &str, text: &str) -> Result<Vec<u8>, DescriptionError> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    match digits.as_deref().map(<[u8]>::as_chunks::<2>) {
        Some((pairs, [])) => Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect()),
        _ => wrong(format_args!("{name} is not pairs of hexadecimal digits")),
    }
}

/// The same, so many.
fn exactly<const N: usize>(name: &str, text: &str) -> Result<[u8; N], DescriptionError> {
    let bytes = bytes(name, text)?;
    let len = bytes.len();
    bytes.try_into().or_else(|_| wrong(format_args!("{name} has {len} bytes instead of {N}")))
}

/// The same, so many at most.
fn at_most(name: &str, text: &str, max: usize) -> Result<Vec<u8>, DescriptionError> {
    let bytes = bytes(name, text)?;
    if bytes.len() > max {
        return wrong(format_args!("{name} has {} bytes, {max} is the most", bytes.len()));
    }
    Ok(bytes)
}

/// The memory of the chip that is described.
///
/// # Errors
/// [`DescriptionError`] says which member is wrong.
pub fn parse(text: &str) -> Result<Eeprom, DescriptionError> {
    let description: Description = toml::from_str(text).or_else(wrong)?;
    let mut eeprom = Chip::blank(description.seed.unwrap_or(0)).eeprom().clone();
    let mut config = *eeprom.config();
    if let Some(text) = &description.config {
        config = exactly("config", text)?;
    }
    if let Some(text) = &description.serial {
        let serial: [u8; 9] = exactly("serial", text)?;
        config[..4].copy_from_slice(&serial[..4]);
        config[8..13].copy_from_slice(&serial[4..]);
    }
    if let Some(text) = &description.revision {
        config[4..8].copy_from_slice(&exactly::<4>("revision", text)?);
    }
    for (offset, locked) in [(86, description.data_locked), (87, description.config_locked)] {
        if let Some(locked) = locked {
            config[offset] = if locked { 0x00 } else { 0x55 };
        }
    }
    if let Some(text) = &description.otp {
        let mut otp = [0xFF; 64];
        let given = at_most("otp", text, otp.len())?;
        otp[..given.len()].copy_from_slice(&given);
        eeprom.set_otp(&otp);
    }
    for (name, slot) in &description.slot {
        let Some(number) = name.parse::<usize>().ok().filter(|number| *number < 16) else {
            return wrong(format_args!("there is no slot {name}"));
        };
        let member = |member: &str| format!("slot.{name}.{member}");
        for (text, part, offset) in [(&slot.config, "config", 20), (&slot.key, "key", 96)] {
            if let Some(text) = text {
                config[offset + 2 * number..][..2].copy_from_slice(&exactly::<2>(&member(part), text)?);
            }
        }
        if let Some(text) = &slot.data {
            eeprom.set_slot(number, &at_most(&member("data"), text, eeprom.slot(number).len())?);
        }
        if let Some(text) = &slot.private_key {
            eeprom.set_private_key(number, &exactly(&member("private_key"), text)?);
        }
        if let Some(text) = &slot.public_key {
            if number < 8 {
                return wrong(format_args!(
                    "{} does not fit: slots 8 to 15 are large enough",
                    member("public_key")
                ));
            }
            eeprom.set_public_key(number, &exactly(&member("public_key"), text)?);
        }
        if let Some(text) = &slot.known_public_key {
            if slot.data.is_some() || slot.private_key.is_some() || slot.public_key.is_some() {
                return wrong(format_args!(
                    "{} says that nothing else of the slot's contents is known, yet there is more",
                    member("known_public_key")
                ));
            }
            let key = exactly(&member("known_public_key"), text)?;
            if !ecc::is_point(&key) {
                return wrong(format_args!("{} is no point of P-256", member("known_public_key")));
            }
            eeprom.set_known_public_key(number, &key);
        }
    }
    eeprom.set_config(&config);
    Ok(eeprom)
}

/// The description of a chip's memory, secrets included.
#[must_use]
pub fn dump(eeprom: &Eeprom) -> String {
    let used = |bytes: &[u8]| bytes.iter().any(|byte| *byte != 0xFF).then(|| hex(bytes));
    let slot = (0..16)
        .filter_map(|number| {
            let known_public_key = eeprom.known_public_key(number).map(|key| hex(key));
            let data = used(eeprom.slot(number));
            let said = data.is_some() || known_public_key.is_some();
            said.then(|| (number.to_string(), Slot { data, known_public_key, ..Slot::default() }))
        })
        .collect();
    let description = Description {
        config: Some(hex(eeprom.config())),
        otp: used(eeprom.otp()),
        slot,
        ..Description::default()
    };
    // Text and tables of text can always be written.
    toml::to_string(&description).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    #[test]
    fn every_member_counts() {
        let eeprom = parse(
            "seed = 3\nrevision = '00006003'\nserial = '01 23 45 67 89 ab cd ef ee'\ndata_locked = true\n\
             otp = 'aabb'\n[slot.11]\nconfig = '0f0f'\nkey = '3000'\npublic_key = '55' ",
        );
        assert!(eeprom.unwrap_err().to_string().contains("slot.11.public_key has 1 bytes instead of 64"));
        let eeprom = parse(
            "seed = 3\nrevision = '00006003'\nserial = '01 23 45 67 89 ab cd ef ee'\ndata_locked = true\n\
             otp = 'aabb'\n[slot.11]\nconfig = '0f0e'\nkey = '3000'\ndata = 'a5'",
        )
        .unwrap();
        let config = eeprom.config();
        assert_eq!(config[..13], [0x01, 0x23, 0x45, 0x67, 0, 0, 0x60, 3, 0x89, 0xab, 0xcd, 0xef, 0xee]);
        assert_eq!((config[86], config[87]), (0x00, 0x55));
        assert_eq!((&config[42..44], &config[118..120]), (&[0x0F, 0x0E][..], &[0x30, 0x00][..]));
        assert_eq!(eeprom.otp()[..3], [0xAA, 0xBB, 0xFF]);
        assert_eq!(eeprom.slot(11)[..2], [0xA5, 0xFF]);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("[slot.16]\n", "no slot 16"),
            ("[slot.x]\n", "no slot x"),
            ("serial = '01'", "serial has 1 bytes instead of 9"),
            ("config = 'zz'", "config is not pairs"),
            ("config = '012'", "config is not pairs"),
            ("colour = 1", "colour"),
            (
                "[slot.3]\ndata = 'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF'",
                "36",
            ),
            ("[slot.7]\npublic_key = '00'", "slots 8 to 15"),
            ("[slot.0]\nknown_public_key = '00'", "slot.0.known_public_key has 1 bytes instead of 64"),
            ("[slot.0]\nknown_public_key = '00'\ndata = '01'", "nothing else of the slot's contents"),
            (
                "[slot.0]\nknown_public_key = '0000000000000000000000000000000000000000000000000000000000000000\
              0000000000000000000000000000000000000000000000000000000000000000'",
                "no point of P-256",
            ),
            ("otp =", "chip description"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn a_dump_describes_the_same_chip() {
        let mut eeprom = Chip::blank(9).eeprom().clone();
        eeprom.set_private_key(0, &[0x11; 32]);
        eeprom.set_public_key(15, &[0x22; 64]);
        eeprom.set_otp(&[0x33; 64]);
        let point = Preset::TngTlsPublished.eeprom(0);
        eeprom.set_known_public_key(2, point.known_public_key(0).unwrap());
        let text = dump(&eeprom);
        let again = parse(&text).unwrap();
        assert_eq!((again.config(), again.otp()), (eeprom.config(), eeprom.otp()));
        assert!((0..16).all(|slot| again.slot(slot) == eeprom.slot(slot)));
        assert_eq!(again.known_public_key(2), point.known_public_key(0));
        assert!(!text.contains("slot.3"), "blank slots are left out");
    }
}
