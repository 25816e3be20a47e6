//! How a chip is opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use atecc608::Address;

use super::session::Inner;
use super::{Shared, SharedChip};
use crate::bus::AnyBus;
use crate::device::{self, Watch};
use crate::error::OpenError;
use crate::gate::Gate;
use crate::location::Location;
use crate::lock::{self, ChipLock};
use crate::machine;
#[cfg(feature = "sim")]
use crate::{simulator::Simulator, tcp::TcpBus};

/// How a [`SharedChip`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    address: Option<Address>,
    wait: Duration,
    locks: Option<PathBuf>,
    max_write: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { address: None, wait: Duration::from_secs(10), locks: None, max_write: None }
    }
}

impl Options {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the chip answers. If none is given, the first of [`Address::USUAL`] at which one does; and for a simulated
    /// chip of this program what its configuration says.
    #[must_use]
    pub fn address(mut self, address: Address) -> Self {
        self.address = Some(address);
        self
    }

    /// With the address, if there is one.
    pub(super) fn at(address: Option<Address>) -> Self {
        Self { address, ..Self::default() }
    }

    /// How long an operation waits for the session before it, in this and in other processes: 10 s if nothing else is said. A signature takes 70 ms.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The folder with the locks, `/run/lock` if none is given. All programs that use a chip have to use the same one.
    #[must_use]
    pub fn locks(mut self, folder: impl Into<PathBuf>) -> Self {
        self.locks = Some(folder.into());
        self
    }

    /// The longest write in bytes that the adapter of an I2C bus takes: longer commands go in pieces. If none is given, the
    /// limits of adapters that are known by their name (CP2112, CP2615) or by their refusal are kept.
    #[must_use]
    pub fn max_write(mut self, bytes: usize) -> Self {
        self.max_write = Some(bytes);
        self
    }

    /// Opens the chip. If an address was given nothing is sent yet, so the chip need not be there.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(&self, location: &str) -> Result<SharedChip, OpenError> {
        self.open_location(location.parse()?)
    }

    /// The same for a location that is parsed.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_location(&self, location: Location) -> Result<SharedChip, OpenError> {
        match &location {
            Location::Device(device) => self.at_address(|address| self.device(&location, device, address)),
            #[cfg(feature = "sim")]
            Location::Tcp(place) => self.at_address(|address| self.tcp(&location, place, address)),
            #[cfg(feature = "sim")]
            Location::Simulator => Ok(self.simulated(Simulator::blank(), location)),
            #[cfg(feature = "sim")]
            Location::Preset(preset) => Ok(self.simulated(Simulator::preset(*preset), location)),
            #[cfg(feature = "sim")]
            Location::SimulatorFile(path) => {
                let simulator = Simulator::file(path).map_err(OpenError::State)?;
                Ok(self.simulated(simulator, location))
            }
        }
    }

    /// At the address that is given, or at the first of the usual ones where a chip answers.
    fn at_address(
        &self,
        open: impl Fn(Address) -> Result<SharedChip, OpenError>,
    ) -> Result<SharedChip, OpenError> {
        if let Some(address) = self.address {
            return open(address);
        }
        let look = |address| {
            let chip = open(address)?;
            match chip.identify() {
                Ok(_) => Ok(Ok(chip)),
                Err(error) if error.is_absent() => Ok(Err(error)),
                Err(error) => Err(OpenError::Chip(error)),
            }
        };
        let [first, others @ ..] = Address::USUAL;
        let error = match look(first)? {
            Ok(chip) => return Ok(chip),
            Err(error) => error,
        };
        for address in others {
            if let Ok(chip) = look(address)? {
                return Ok(chip);
            }
        }
        Err(OpenError::NoChip { addresses: Address::USUAL.to_vec(), error })
    }

    fn device(&self, location: &Location, device: &Path, address: Address) -> Result<SharedChip, OpenError> {
        let (bus, watch) = device::open(device, address.to_7bit())?;
        let bus = match self.max_write {
            Some(bytes) => bus.with_max_write(bytes),
            None => bus,
        };
        let lock = self.lock(lock::directory(), &device_lock(device, address), false)?;
        let inner = Inner::new(AnyBus::linux(bus, address.to_7bit()), address, Some(lock));
        Ok(self.shared(inner, location.clone(), address, Some(watch)))
    }

    #[cfg(feature = "sim")]
    fn tcp(&self, location: &Location, place: &str, address: Address) -> Result<SharedChip, OpenError> {
        let bus = TcpBus::connect(place).map_err(OpenError::Tcp)?;
        let server = bus.peer().map_or_else(|| place.into(), |peer| peer.to_string());
        let name = format!("atecc608-{}-{:02x}", server.replace(['/', ':'], "-"), address.to_7bit());
        let lock = self.lock(std::env::temp_dir(), &name, true)?;
        let inner = Inner::new(AnyBus::tcp(bus, address.to_7bit()), address, Some(lock));
        Ok(self.shared(inner, location.clone(), address, None))
    }

    fn lock(&self, usual: PathBuf, name: &str, temporary: bool) -> Result<ChipLock, OpenError> {
        Ok(ChipLock::open(self.locks.as_ref().unwrap_or(&usual), name, temporary)?)
    }

    /// A chip of this program needs no lock: no other process can reach it.
    #[cfg(feature = "sim")]
    pub(super) fn simulated(&self, simulator: Simulator, location: Location) -> SharedChip {
        let address = self.address.or_else(|| simulator.address()).unwrap_or_default();
        let bus = AnyBus::simulator(&simulator, address.to_7bit());
        let mut inner = Inner::new(bus, address, None);
        inner.simulator = Some(simulator);
        self.shared(inner, location, address, None)
    }

    fn shared(&self, inner: Inner, location: Location, address: Address, watch: Option<Watch>) -> SharedChip {
        let shared = Shared {
            wait: self.wait,
            location,
            address,
            watch,
            bus: inner.bus(),
            #[cfg(feature = "sim")]
            simulated: inner.simulator.as_ref().map(|simulator| simulator.bus.clone()),
            gate: Gate::new(inner),
        };
        SharedChip { shared: Arc::new(shared) }
    }
}

/// The name of the lock of a chip on a bus of this machine, `i2c-1-60`.
fn device_lock(device: &Path, address: Address) -> String {
    // One lock, whatever link the bus was opened by.
    let device = device.canonicalize().unwrap_or_else(|_| device.to_owned());
    let bus = match machine::number(&device) {
        Some(number) => format!("i2c-{number}"),
        None => device.to_string_lossy().trim_start_matches('/').replace('/', "-"),
    };
    format!("{bus}-{:02x}", address.to_7bit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix};

    #[test]
    fn one_lock_for_all_names_of_a_bus() {
        let folder = tempfile::tempdir().unwrap();
        let (bus, link) = (folder.path().join("i2c-7"), folder.path().join("secure-element"));
        fs::write(&bus, "").unwrap();
        unix::fs::symlink(&bus, &link).unwrap();
        let address = Address::from_7bit(0x35).unwrap();
        assert_eq!(device_lock(&bus, address), "i2c-7-35");
        assert_eq!(device_lock(&link, address), "i2c-7-35");
        assert_eq!(device_lock(Path::new("/dev/other"), address), "dev-other-35");
    }
}
