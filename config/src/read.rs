//! Configurations from files, text and bytes.

use crate::document::{Document, file_bytes};
use crate::error::{Error, ErrorKind};
use crate::forms;
use atecc608::config::ConfigZone;
use std::path::Path;

/// From TOML ([`Document`]). Bytes that are not given are those of `chip`.
///
/// ```
/// use atecc608::config::{ConfigZone, preset};
///
/// let chip = ConfigZone::from_bytes(preset::FACTORY);
/// let error = atecc608_config::from_toml("[slots]\n0 = \"signing key\"\n3 = \"public key\"", &chip).unwrap_err();
/// assert_eq!(error.to_string(), "line 3: slot 3 is too small for a public key: use 8 to 15");
/// ```
///
/// # Errors
/// [`Error`], with the line.
pub fn from_toml(text: &str, chip: &ConfigZone) -> Result<ConfigZone, Error> {
    let document: Document = text.parse()?;
    document.zone(chip).map_err(|error| error.at(|kind| Document::place(text, kind)))
}

/// From bytes in any of the [`forms`].
///
/// # Errors
/// [`ErrorKind::Unreadable`], with the line.
pub fn from_text(text: &str, chip: &ConfigZone) -> Result<ConfigZone, Error> {
    from_bytes(&forms::read(text)?, chip)
}

/// From what a file holds: text in any of the [`forms`], or the bytes themselves.
///
/// # Errors
/// [`ErrorKind::Unreadable`], with the line, where there are lines.
pub fn from_slice(contents: &[u8], chip: &ConfigZone) -> Result<ConfigZone, Error> {
    match forms::decode(contents) {
        Some(text) => from_text(&text, chip),
        None => from_bytes(contents, chip),
    }
}

/// From a file: TOML if its name ends so, else [`from_slice`].
///
/// # Errors
/// As these, or [`ErrorKind::Io`]. The error does not name the file.
pub fn from_file(path: impl AsRef<Path>, chip: &ConfigZone) -> Result<ConfigZone, Error> {
    let path = path.as_ref();
    let contents = std::fs::read(path).map_err(ErrorKind::Io)?;
    let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    match forms::decode(&contents) {
        Some(text) if is_toml => from_toml(&text, chip),
        _ => from_slice(&contents, chip),
    }
}

fn from_bytes(bytes: &[u8], chip: &ConfigZone) -> Result<ConfigZone, Error> {
    Document::new(file_bytes(bytes)?).zone(chip)
}
