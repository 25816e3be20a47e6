//! A device whose key is in a simulated chip.

use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, Slot, asynch, blocking};
use atecc608_sim::chip::Eeprom;
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use atecc608_sim::{Bus, Chip, ChipId};
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, Operation};
use mock_servers::pki::{Holder, Request};

/// Where the key is.
pub(crate) const SLOT: Slot = Slot::S0;

/// A provisioned chip on its bus, and the certificate of its key.
pub(crate) struct ChipDevice {
    pub(crate) bus: Bus,
    pub(crate) certificate: Vec<u8>,
    memory: Eeprom,
}

impl ChipDevice {
    pub(crate) fn new(authority: &Holder) -> Self {
        let bus = Bus::with_blank_chip(1);
        let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
        let wanted = preset::gcp_device(&chip.read_config().unwrap());
        chip.write_config(&wanted).unwrap();
        chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
        let (public, _) = chip.ensure_key(SLOT).unwrap();
        chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();
        let certificate =
            authority.certify(&Request::device("device-1"), &public.to_sec1()).unwrap().to_vec();
        let memory = bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone());
        Self { bus, certificate, memory }
    }

    /// Puts the same chip back, whatever became of it.
    pub(crate) fn put_back(&self) {
        self.bus.replace(ChipId::FIRST, Chip::with_eeprom(self.memory.clone()));
    }

    pub(crate) fn blocking(&self) -> blocking::Atecc608<SimI2c, SimDelay> {
        blocking::Atecc608::new(self.bus.i2c(), self.bus.delay())
    }

    pub(crate) fn asynch(&self) -> asynch::Atecc608<SimI2c, SimDelay> {
        asynch::Atecc608::new(self.bus.i2c().yielding(), self.bus.delay().yielding())
    }

    /// A bus on which something goes wrong at the transaction of this number, the first being 1.
    pub(crate) fn trouble(&self, at: u64, trouble: Trouble) -> Troubled {
        Troubled { inner: self.bus.i2c(), left: at, trouble }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The chip is pulled out, and stays away.
    PulledOut,
    /// The chip loses its supply for a moment.
    PowerCut,
    /// The peripheral reports this from now on, and nothing reaches the chip.
    Dead(ErrorKind),
    /// The transaction happens, and is reported as failed this once.
    Once(ErrorKind),
}

/// An I2C peripheral with a [`Trouble`].
pub(crate) struct Troubled {
    inner: SimI2c,
    /// Transactions up to it.
    left: u64,
    trouble: Trouble,
}

impl Troubled {
    fn run(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        let left = self.left;
        self.left = left.saturating_sub(1);
        if left > 1 {
            return self.inner.transaction(address, operations);
        }
        match self.trouble {
            Trouble::PulledOut if left == 1 => drop(self.inner.bus().remove(ChipId::FIRST)),
            Trouble::PowerCut if left == 1 => self.inner.bus().power_cycle(),
            Trouble::Dead(kind) => return Err(I2cError::new(kind)),
            Trouble::Once(kind) if left == 1 => {
                let _ = self.inner.transaction(address, operations);
                return Err(I2cError::new(kind));
            }
            _ => {}
        }
        self.inner.transaction(address, operations)
    }
}

impl ErrorType for Troubled {
    type Error = I2cError;
}

impl I2c for Troubled {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        self.run(address, operations)
    }
}

impl embedded_hal_async::i2c::I2c for Troubled {
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        self.run(address, operations)
    }
}
