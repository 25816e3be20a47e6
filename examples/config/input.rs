//! Files, presets and chips.

use atecc608::Address;
use atecc608::config::{ConfigZone, preset};
#[cfg(target_os = "linux")]
use std::io::Write;
use std::path::Path;

use crate::cli::{Present, Source, Wanted};
#[cfg(target_os = "linux")]
use atecc608_linux as linux;

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
fn from_chip(device: &Path, address: Address) -> Result<ConfigZone, String> {
    let (i2c, watch) = linux::open(device, address.to_7bit())
        .map_err(|trouble| format!("{}\n  what to do: {}", trouble.cause(), trouble.advice()))?;
    let mut chip = atecc608::blocking::Atecc608::new(i2c, linux::Delay).with_address(address);
    let zone = chip.read_config().map_err(|error| match watch.trouble() {
        Some(trouble) => {
            format!("{}\n  seen as: {error}\n  what to do: {}", trouble.cause(), trouble.advice())
        }
        None => format!("{}: {error}", device.display()),
    })?;
    if let Some(note) = watch.note() {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
    Ok(zone)
}

#[cfg(not(target_os = "linux"))]
fn from_chip(_: &Path, _: Address) -> Result<ConfigZone, String> {
    Err("--i2c works on Linux only".into())
}
