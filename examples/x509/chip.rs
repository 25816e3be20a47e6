//! Where the chip is: simulated, or where the person says.

use crate::Failure;
use crate::cli::Options;
use crate::report::Report;
use atecc608::blocking::Atecc608;
use atecc608_sim::hal::{SimDelay, SimI2c};

#[cfg(target_os = "linux")]
use {
    crate::{own, trust},
    atecc608::Address,
    atecc608_linux::{self as linux, Location, OpenError},
};

/// Whether a blank chip may be locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locking {
    /// It is simulated, or the user said so.
    Allowed,
    /// Nothing is written.
    Refused,
}

/// A simulated one, another each time.
pub(crate) fn blank() -> Atecc608<SimI2c, SimDelay> {
    testkit::demo::blank_chip().1
}

/// The chip there, which nobody else gets meanwhile.
#[cfg(target_os = "linux")]
pub(crate) fn at(location: &str, options: &Options) -> Result<Report, Failure> {
    let location: Location = location.parse()?;
    let default = if options.tng { Address::from_7bit(0x35) } else { Some(Address::DEFAULT) };
    let address = options.address.or(default).ok_or("no address")?;
    let real = matches!(location, Location::Device(_));
    let chip = linux::Options::new().address(address).open_location(location);
    let chip = chip.map_err(|error| match &error {
        OpenError::Bus(trouble) => {
            Failure::from(format!("{}\n  what to do: {}", trouble.cause(), trouble.advice()))
        }
        _ => error.into(),
    })?;
    let locking = if options.lock_chip_for_ever { Locking::Allowed } else { Locking::Refused };
    let done = chip.with(|chip| {
        let done = match (options.tng, real) {
            (false, _) => own::run(chip, locking),
            (true, true) => trust::run_real(chip),
            (true, false) => trust::run_demo(chip),
        };
        done.map_err(linux::Failure::Other)
    });
    done.map_err(|error| match error.trouble() {
        Some(trouble) => {
            let (cause, seen, help) = (trouble.cause(), error.failure(), trouble.advice());
            format!("{cause}\n  seen as: {seen}\n  what to do: {help}").into()
        }
        None => error.failure().to_string().into(),
    })
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn at(_: &str, _: &Options) -> Result<Report, Failure> {
    Err("--i2c works on Linux only".into())
}
