//! The chip: simulated, or real on a Linux I2C bus.

#[cfg(target_os = "linux")]
use atecc608::Address;
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip, ChipId};
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

#[cfg(target_os = "linux")]
use atecc608_linux as linux;
use demo::Failure;

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

/// A Linux I2C bus, a delay, and someone who knows what the kernel says about the bus.
#[cfg(target_os = "linux")]
pub(crate) fn open_real(
    device: &Path,
    address: Address,
) -> Result<(linux::Bus, linux::Delay, linux::Watch), Failure> {
    let (bus, watch) = linux::open(device, address.to_7bit()).map_err(|trouble| {
        Failure::new(
            format_args!("the I2C bus {} could not be opened for {address}", device.display()),
            trouble.cause(),
            trouble.advice(),
        )
    })?;
    Ok((bus, linux::Delay, watch))
}
