//! Where the chip is: simulated, or on a Linux I2C bus.

use crate::Failure;
use crate::cli::Options;
use crate::report::Report;
use atecc608::blocking::Atecc608;
use atecc608_sim::hal::{SimDelay, SimI2c};
use std::path::Path;

#[cfg(target_os = "linux")]
use {crate::own, crate::trust, atecc608::Address, atecc608_linux as linux};

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

/// The chip on the bus.
#[cfg(target_os = "linux")]
pub(crate) fn on_linux(device: &Path, options: &Options) -> Result<Report, Failure> {
    let default = if options.tng { Address::from_7bit(0x35) } else { Some(Address::DEFAULT) };
    let address = options.address.or(default).ok_or("no address")?;
    let (i2c, watch) = linux::open(device, address.to_7bit())
        .map_err(|trouble| format!("{}\n  what to do: {}", trouble.cause(), trouble.advice()))?;
    let chip = Atecc608::new(i2c, linux::Delay).with_address(address);
    let locking = if options.lock_chip_for_ever { Locking::Allowed } else { Locking::Refused };
    let done = if options.tng { trust::run_on(chip) } else { own::run(chip, locking) };
    done.map_err(|error| match watch.trouble() {
        Some(trouble) => {
            format!("{}\n  seen as: {error}\n  what to do: {}", trouble.cause(), trouble.advice()).into()
        }
        None => error,
    })
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn on_linux(_: &Path, _: &Options) -> Result<Report, Failure> {
    Err("--i2c works on Linux only".into())
}
