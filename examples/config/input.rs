//! Files, presets and chips.

use atecc608::Address;
use atecc608::config::{ConfigZone, preset};
#[cfg(target_os = "linux")]
use std::io::Write;
use std::path::Path;

use crate::cli::{Present, Source, Wanted};
#[cfg(target_os = "linux")]
use atecc608_linux::{ChipError, OpenError, SharedChip};

/// A configuration on its own.
pub(crate) fn read(source: &Source) -> Result<ConfigZone, String> {
    let blank = ConfigZone::from_bytes(preset::FACTORY);
    match (&source.file, &source.preset, &source.i2c) {
        (Some(file), ..) => from_file(file, &blank),
        (_, Some(name), _) => Ok(name.zone(&blank)),
        (_, _, Some(device)) => from_chip(device, source.address),
        _ => Err("name a file, --preset or --i2c".into()),
    }
}

/// What a chip holds.
pub(crate) fn present(present: &Present) -> Result<ConfigZone, String> {
    let blank = ConfigZone::from_bytes(preset::FACTORY);
    match (&present.present, &present.i2c) {
        (Some(file), _) => from_file(file, &blank),
        (_, Some(device)) => from_chip(device, present.address),
        _ => Ok(blank),
    }
}

/// What it should hold: as given, and with the chip's own bytes.
pub(crate) fn wanted(wanted: &Wanted, present: &ConfigZone) -> Result<(ConfigZone, ConfigZone), String> {
    match (&wanted.file, &wanted.preset) {
        (Some(file), _) => {
            let given = from_file(file, present)?;
            Ok((given, preset::on_chip(given.as_bytes(), present)))
        }
        (_, Some(name)) => Ok((name.zone(present), name.zone(present))),
        _ => Err("name a file or --preset".into()),
    }
}

fn from_file(path: &Path, chip: &ConfigZone) -> Result<ConfigZone, String> {
    atecc608_config::from_file(path, chip).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(target_os = "linux")]
fn from_chip(location: &str, address: Option<Address>) -> Result<ConfigZone, String> {
    let chip = SharedChip::open(location, address).map_err(|error| match &error {
        OpenError::Bus(trouble) => format!("{}\n  what to do: {}", trouble.cause(), trouble.advice()),
        OpenError::NoChip { error, .. } | OpenError::Chip(error) => explained(error),
        other => other.to_string(),
    })?;
    let zone = chip.with(|chip| chip.read_config()).map_err(|error| explained(&error))?;
    if let Some(note) = chip.note() {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
    Ok(zone)
}

#[cfg(target_os = "linux")]
fn explained(error: &ChipError) -> String {
    match error.trouble() {
        Some(trouble) => {
            let (cause, seen, help) = (trouble.cause(), error.failure(), trouble.advice());
            format!("{cause}\n  seen as: {seen}\n  what to do: {help}")
        }
        None => error.to_string(),
    }
}

#[cfg(not(target_os = "linux"))]
fn from_chip(_: &str, _: Option<Address>) -> Result<ConfigZone, String> {
    Err("--i2c works on Linux only".into())
}
