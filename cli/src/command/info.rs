//! `atecc info`.

use std::fmt;

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;

/// The chip: model, serial number, locks. [changes nothing]
#[derive(Debug, Args)]
pub struct Info {}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    bus: String,
    address: String,
    revision: String,
    serial: String,
    config_locked: bool,
    data_locked: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lock = |locked| if locked { "locked" } else { "open" };
        writeln!(f, "chip          {} at {} on {}", self.revision, self.address, self.bus)?;
        writeln!(f, "serial number {}", self.serial)?;
        writeln!(f, "configuration {}", lock(self.config_locked))?;
        write!(f, "data and OTP  {}", lock(self.data_locked))
    }
}

impl Info {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let (bus, chip) = (app.bus()?, app.chip()?);
        let (revision, serial, locks) =
            app.ask("the chip was asked what it is", |chip| -> Result<_, atecc608_linux::Failure> {
                Ok((chip.revision()?, chip.serial_number()?, chip.lock_state()?))
            })?;
        app.answer(&Answer {
            bus,
            address: chip.address().to_string(),
            revision: revision.to_string(),
            serial: serial.to_string(),
            config_locked: locks.config,
            data_locked: locks.data,
        })
    }
}
