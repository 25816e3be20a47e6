//! The chip: simulated, or real on a Linux I2C bus.

use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip, ChipId};
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use crate::failure::Failure;

/// A simulated chip, and the file it is kept in.
#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) bus: Bus,
    file: Option<StateFile>,
}

impl Simulated {
    /// A blank chip, or the one in the file.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        // A new chip each time: nobody should find this key by running the program again.
        let seed = RandomState::new().hash_one(());
        let bus = Bus::new();
        let file = match path {
            None => {
                bus.add(Chip::blank(seed));
                None
            }
            Some(path) => {
                let (file, chip) = StateFile::lock(path)
                    .and_then(|mut file| file.chip(seed).map(|chip| (file, chip)))
                    .map_err(|error| {
                        Failure::new(
                            format_args!("the simulated chip could not be taken from {}", path.display()),
                            error,
                            "give --state a file that this program or atecc608-sim has made, or a new name",
                        )
                    })?;
                bus.add(chip);
                Some(file)
            }
        };
        Ok(Self { bus, file })
    }

    /// Writes the chip's EEPROM to its file, if it has one.
    pub(crate) fn keep(&mut self) -> Result<(), Failure> {
        let Some(file) = &mut self.file else { return Ok(()) };
        self.bus.with_chip(ChipId::FIRST, |chip| file.keep(chip.eeprom())).map_err(|error| {
            Failure::new(
                "the simulated chip could not be kept",
                error,
                "give --state a file in a folder that can be written to; the old file is unchanged",
            )
        })
    }
}

/// A Linux I2C bus and a delay.
#[cfg(target_os = "linux")]
pub(crate) fn open_real(
    device: &Path,
) -> Result<(linux_embedded_hal::I2cdev, linux_embedded_hal::Delay), Failure> {
    let i2c = linux_embedded_hal::I2cdev::new(device).map_err(|error| {
        Failure::new(
            format_args!("the I2C bus {} could not be opened", device.display()),
            error,
            "list the buses with `ls /dev/i2c-*`; if there are none, switch I2C on and load the module \
             i2c-dev; if permission is denied, join the group i2c",
        )
    })?;
    Ok((i2c, linux_embedded_hal::Delay))
}
