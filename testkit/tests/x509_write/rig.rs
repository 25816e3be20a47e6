//! Chips that are ready to sign.

use atecc608::irreversible::{NoMoreConfigWrites, OldKeyIsLost};
use atecc608::{PublicKey, Slot, asynch, blocking, config::preset};
use atecc608_sim::Bus;
use atecc608_sim::hal::{SimDelay, SimI2c};

/// A chip on a bus of its own, with a key in slot 0.
pub(crate) struct Device {
    bus: Bus,
    pub(crate) key: PublicKey,
}

impl Device {
    /// The chip with this serial number and key.
    pub(crate) fn new(seed: u64) -> Result<Self, crate::Failure> {
        let bus = Bus::with_blank_chip(seed);
        let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
        let wanted = preset::gcp_device(&chip.read_config()?);
        let plan = chip.plan(&wanted)?;
        chip.commit(&plan, NoMoreConfigWrites)?;
        let key = chip.generate_key(Slot::S0, OldKeyIsLost)?;
        Ok(Self { bus, key })
    }

    pub(crate) fn blocking(&self) -> blocking::Atecc608<SimI2c, SimDelay> {
        blocking::Atecc608::new(self.bus.i2c(), self.bus.delay())
    }

    pub(crate) fn asynch(&self) -> asynch::Atecc608<SimI2c, SimDelay> {
        asynch::Atecc608::new(self.bus.i2c(), self.bus.delay())
    }
}
