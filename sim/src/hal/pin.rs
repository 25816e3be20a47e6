//! SDA as a pin.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, OutputPin};

use crate::bus::Bus;

/// SDA as an open-drain output: low pulls the line down, high lets go of it. Whether a pulse wakes a chip
/// is the chip's to decide (chip reference 1.3).
#[derive(Debug)]
pub struct SdaPin {
    bus: Bus,
}

impl Bus {
    /// SDA as an open-drain output pin, for wake pulses.
    #[must_use]
    pub fn sda_pin(&self) -> SdaPin {
        SdaPin { bus: self.clone() }
    }
}

impl ErrorType for SdaPin {
    type Error = Infallible;
}

impl OutputPin for SdaPin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.bus.pull_sda_low();
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.bus.release_sda();
        Ok(())
    }
}
