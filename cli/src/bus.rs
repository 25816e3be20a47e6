//! Where the chip is: what `--bus` says, or what is found.

mod found;
mod kept;

use std::path::PathBuf;

use atecc608::Address;
use atecc608_linux::{Adapter, Location, Options, SharedChip};

pub(crate) use kept::state_file;

use crate::cli::Global;
use crate::failure::{Failure, Kind};

/// What `--bus` takes.
pub(crate) const FORMS: &str = "write the device file of an I2C bus (/dev/i2c-1), sim (a chip in software that is kept), \
                                sim:FILE (the same in this file), sim:PRESET (a new one each time: sim:tngtls), sim: (a new \
                                blank one each time), or tcp:HOST:PORT (`atecc sim serve`)";

/// A bus, and how the user calls it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) location: Location,
}

impl Place {
    /// What `--bus` says; without it, the only I2C bus of this machine that can have a chip.
    pub(crate) fn of(bus: Option<&str>) -> Result<Self, Failure> {
        match bus {
            None => found::only(&atecc608_linux::adapters()).map(Self::device),
            Some(text) => Self::named(text),
        }
    }

    pub(crate) fn device(device: PathBuf) -> Self {
        Self { name: device.display().to_string(), location: Location::Device(device) }
    }

    fn named(text: &str) -> Result<Self, Failure> {
        let location = match text {
            "sim" => Location::SimulatorFile(kept_file()?),
            text => text.parse().map_err(|error: atecc608_linux::LocationError| {
                Failure::new(Kind::Usage, format!("--bus names {text:?}"), error.why(), FORMS)
            })?,
        };
        Ok(Self { name: text.to_owned(), location })
    }

    /// The chip, which has to be there if no address is given.
    pub(crate) fn open(&self, global: &Global) -> Result<SharedChip, Failure> {
        self.open_at(global.address, global)
    }

    pub(crate) fn open_at(&self, address: Option<Address>, global: &Global) -> Result<SharedChip, Failure> {
        let mut options = Options::new();
        if let Some(address) = address {
            options = options.address(address);
        }
        if let Some(bytes) = global.max_write {
            options = options.max_write(bytes.into());
        }
        options.open_location(self.location.clone()).map_err(|error| Failure::of_open(&self.name, &error))
    }

    /// Whether no real chip can be behind it. A connection may lead to one.
    pub(crate) fn is_simulated(location: &Location) -> bool {
        matches!(location, Location::Simulator | Location::SimulatorFile(_) | Location::Preset(_))
    }
}

/// The file of the chip of `--bus sim`.
fn kept_file() -> Result<PathBuf, Failure> {
    kept::state_file("chip", "name the simulated chip's file: --bus sim:FILE")
}

/// The file of the chip of `--bus sim` or `--bus sim:FILE`; `None` for others.
pub(crate) fn kept(bus: Option<&str>) -> Result<Option<PathBuf>, Failure> {
    match bus {
        None => kept_file().map(Some),
        Some(text) => Ok(match Place::named(text)?.location {
            Location::SimulatorFile(file) => Some(file),
            _ => None,
        }),
    }
}

/// That this machine has no bus that can have a chip.
pub(crate) fn no_bus(adapters: &[Adapter]) -> Failure {
    found::none(adapters)
}

/// `--address`.
pub(crate) fn address(text: &str) -> Result<Address, String> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
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

/// Where `--address` had the chip looked for, for whom it did not answer.
pub(crate) fn asked_at(address: Address) -> String {
    let number = address.to_7bit();
    // 60 is what data sheets and i2cdetect call 0x60.
    let meant = u8::from_str_radix(&number.to_string(), 16).ok().and_then(Address::from_7bit);
    match meant.filter(|meant| Address::USUAL.contains(meant)) {
        Some(meant) => format!(
            "--address says {address}, which is {number} without 0x; if {meant} is meant, write --address {meant}"
        ),
        None => format!("--address says {address}: leave it out, and the usual addresses are tried"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_bus_is_told_the_forms_of_this_program() {
        let failure = Place::of(Some("i2c-1")).unwrap_err();
        let text = failure.to_string();
        assert_eq!(failure.kind(), Kind::Usage);
        for part in
            ["--bus names \"i2c-1\"", "a device file is written with its folder", "sim (a chip in software"]
        {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(Place::of(Some("sim:")).unwrap().location, Location::Simulator);
        assert!(matches!(Place::of(Some("sim")).unwrap().location, Location::SimulatorFile(_)));
    }

    #[test]
    fn addresses_are_read_in_both_notations() {
        assert_eq!(address("0x35").unwrap().to_7bit(), 0x35);
        assert_eq!(address("96").unwrap(), Address::DEFAULT);
        assert_eq!(address("0xC0").unwrap_err(), "this is the 8-bit form; the 7-bit address is 0x60");
        assert_eq!(address("0X35").unwrap().to_7bit(), 0x35);
        assert_eq!(address("7").unwrap_err(), "a 7-bit address is 0x08 to 0x77");
        assert!(address("sixty").unwrap_err().contains("no number"));
    }

    #[test]
    fn an_address_that_lacks_its_0x_is_noticed() {
        let said = |text| asked_at(address(text).unwrap());
        assert!(said("60").starts_with("--address says 0x3c, which is 60 without 0x; if 0x60 is meant"));
        assert!(said("36").ends_with("write --address 0x36"));
        for given in ["0x60", "96", "0x35", "99"] {
            assert!(said(given).contains("leave it out"), "{given}");
        }
    }
}
