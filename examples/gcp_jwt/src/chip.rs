//! The chip: in this program, or behind a bus of this machine.

use atecc608::Address;
use atecc608::blocking::Atecc608;
use atecc608_sim::hal::{SimDelay, SimI2c};
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip, ChipId};
use demo::Failure;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

/// Has the chip kept, after a step that changed it.
pub(crate) type Keep<'a> = &'a mut dyn FnMut() -> Result<(), Failure>;

/// A chip that can be used for one session after the other.
pub(crate) trait Sessions {
    type I2c: I2c;
    type Delay: DelayNs;

    /// One session; between two others may have the chip.
    fn session<R>(
        &mut self,
        work: impl FnOnce(&mut Atecc608<Self::I2c, Self::Delay>, Keep<'_>) -> Result<R, Failure>,
    ) -> Result<R, Failure>;
}

/// A simulated chip, and the file it is kept in.
#[derive(Debug)]
pub(crate) struct Simulated {
    chip: Atecc608<SimI2c, SimDelay>,
    pub(crate) address: Address,
    bus: Bus,
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
        let address = bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().config()[16]);
        let address = Address::from_config_byte(address).unwrap_or_default();
        let chip = Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
        Ok(Self { chip, address, bus, file })
    }
}

impl Sessions for Simulated {
    type I2c = SimI2c;
    type Delay = SimDelay;

    fn session<R>(
        &mut self,
        work: impl FnOnce(&mut Atecc608<SimI2c, SimDelay>, Keep<'_>) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let Self { chip, bus, file, .. } = self;
        work(chip, &mut || {
            let Some(file) = file else { return Ok(()) };
            bus.with_chip(ChipId::FIRST, |chip| file.keep(chip.eeprom())).map_err(|error| {
                Failure::new(
                    "the simulated chip could not be kept",
                    error,
                    "give --state a file in a folder that can be written to; the old file is unchanged",
                )
            })
        })
    }
}

#[cfg(target_os = "linux")]
pub(crate) use shared::open;

/// Chips that other programs use, too.
#[cfg(target_os = "linux")]
mod shared {
    use super::{Address, Atecc608, Failure, Keep, Sessions};
    use atecc608_linux::{AnyBus, AnyDelay, ChipError, OpenError, Options, SharedChip};

    /// The chip at this location, at the address given or the first of the usual ones where one answers.
    pub(crate) fn open(location: &str, address: Option<Address>) -> Result<SharedChip, Failure> {
        let options = address.map_or_else(Options::new, |address| Options::new().address(address));
        let chip = options.open(location).map_err(|error| match &error {
            OpenError::Bus(trouble) => {
                let tried = format_args!("the I2C bus {location} could not be opened").to_string();
                Failure::new(tried, trouble.cause(), trouble.advice())
            }
            OpenError::Chip(error) => of_chip(format!("the chip was looked for on {location}"), error),
            OpenError::NoChip { addresses, error } => {
                let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                of_chip(format!("the chip was looked for at {}", addresses.join(", ")), error)
            }
            _ => Failure::new(
                format_args!("the chip's bus {location} could not be opened"),
                &error,
                "give --bus another location, or make this one available",
            ),
        })?;
        // At an address that is given nothing was sent yet.
        match chip.with(|chip| chip.revision()) {
            Ok(_) => Ok(chip),
            Err(error) => Err(of_chip(format!("the chip was looked for at {}", chip.address()), &error)),
        }
    }

    fn of_chip(tried: String, error: &ChipError) -> Failure {
        let failure = Failure::new(
            format_args!("{tried}, and that failed"),
            error.failure(),
            "check chip, wiring, supply and --address; then run again: what is done already is found",
        );
        explained(failure, error)
    }

    /// With what the kernel has to say about it.
    fn explained(failure: Failure, error: &ChipError) -> Failure {
        match error.trouble() {
            Some(trouble) => failure.explained(trouble.cause(), trouble.advice()),
            None => failure,
        }
    }

    impl Sessions for SharedChip {
        type I2c = AnyBus;
        type Delay = AnyDelay;

        fn session<R>(
            &mut self,
            work: impl FnOnce(&mut Atecc608<AnyBus, AnyDelay>, Keep<'_>) -> Result<R, Failure>,
        ) -> Result<R, Failure> {
            let mut failed = None;
            let result = self.with(|chip| {
                work(chip, &mut || Ok(())).map_err(|failure| {
                    let text = failure.to_string();
                    failed = Some(failure);
                    atecc608_linux::Failure::Other(text.into())
                })
            });
            result.map_err(|error| match failed {
                Some(failure) => explained(failure, &error),
                None => of_chip(String::from("a session with the chip was begun"), &error),
            })
        }
    }
}
