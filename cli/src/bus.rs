//! From `--bus` and `--address` to a chip.

use std::env;
use std::fs;
use std::path::PathBuf;

use atecc608::Address;
use atecc608_linux::{Location, Options, SharedChip};

use crate::failure::{Failure, Kind};

/// Opens the chip.
pub(crate) fn open(bus: Option<&str>, address: Option<Address>) -> Result<SharedChip, Failure> {
    let location = match bus {
        None => found()?,
        Some("sim" | "sim:") => Location::SimulatorFile(kept()?),
        Some(text) => text.parse().map_err(|error| {
            Failure::new(
                Kind::Usage,
                format!("the bus {text} was named"),
                error,
                "`atecc help` has the forms",
            )
        })?,
    };
    let mut options = Options::new();
    if let Some(address) = address {
        options = options.address(address);
    }
    let name = location.to_string();
    options.open_location(location).map_err(|error| Failure::of_open(&name, &error))
}

/// The only I2C bus of this machine.
fn found() -> Result<Location, Failure> {
    let mut buses: Vec<PathBuf> = fs::read_dir("/dev")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("i2c-")))
        .collect();
    buses.sort();
    let tried = "a bus was looked for, as --bus names none";
    match buses.as_slice() {
        [bus] => Ok(Location::Device(bus.clone())),
        [] => Err(Failure::new(
            Kind::Bus,
            tried,
            "this machine has no I2C bus (/dev/i2c-*)",
            "enable it (`sudo raspi-config` on a Raspberry Pi, `sudo modprobe i2c-dev` elsewhere); without a chip: --bus sim",
        )),
        several => {
            let names: Vec<String> = several.iter().map(|bus| bus.display().to_string()).collect();
            let cause = format!("this machine has several: {}", names.join(", "));
            Err(Failure::new(
                Kind::Usage,
                tried,
                cause,
                "`atecc scan` looks at all; then name one with --bus",
            ))
        }
    }
}

/// Where the chip of `--bus sim` is kept.
fn kept() -> Result<PathBuf, Failure> {
    let state = match (env::var_os("XDG_STATE_HOME"), env::var_os("HOME")) {
        (Some(state), _) if !state.is_empty() => PathBuf::from(state),
        (_, Some(home)) => PathBuf::from(home).join(".local/state"),
        _ => {
            return Err(Failure::new(
                Kind::Usage,
                "the simulated chip was looked for",
                "neither XDG_STATE_HOME nor HOME is set",
                "name its file: --bus sim:FILE",
            ));
        }
    };
    let folder = state.join("atecc608");
    fs::create_dir_all(&folder).map_err(|error| {
        let tried = format!("the folder {} was made", folder.display());
        Failure::new(Kind::File, tried, error, "name the simulated chip's file: --bus sim:FILE")
    })?;
    Ok(folder.join("chip"))
}

/// `--address`.
pub(crate) fn address(text: &str) -> Result<Address, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let number = number.map_err(|_| String::from("no number; the chip's default is 0x60"))?;
    match (Address::from_7bit(number), Address::meant_by_8bit(number)) {
        (Some(address), _) => Ok(address),
        (None, Some(meant)) => Err(format!("this is the 8-bit form; the 7-bit address is {meant}")),
        (None, None) => Err("a 7-bit address is 0x08 to 0x77".into()),
    }
}
