//! A chip for a whole program.

mod operations;
mod session;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use atecc608::Address;
use atecc608::blocking::Atecc608;

use crate::bus::{AnyBus, AnyDelay};
use crate::device::{self, Watch};
use crate::error::OpenError;
use crate::gate::Gate;
use crate::location::Location;
use crate::lock::{self, ChipLock};
use crate::machine;
#[cfg(feature = "sim")]
use crate::{simulator::Simulator, tcp::TcpBus};
use session::Inner;

/// The driver on the bus of a [`SharedChip`]: all operations.
pub type Chip = Atecc608<AnyBus, AnyDelay>;

/// A chip that threads and processes share: clones are handles to the same chip.
///
/// Every operation is one session, in which nobody else uses the chip: no thread with this handle, and no process
/// with one of its own. It waits for the session before, 10 s at most ([`Options::wait`]). When it is over the chip
/// sleeps, whatever happened.
///
/// ```
/// # #[cfg(feature = "sim")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use atecc608::Slot;
/// use atecc608_linux::SharedChip;
///
/// // On a Raspberry Pi: "/dev/i2c-1".
/// let chip = SharedChip::open("sim:tngtls", None)?;
/// let key = chip.public_key(Slot::S0)?;
/// let worker = std::thread::spawn({
///     let chip = chip.clone();
///     move || chip.sign_digest(Slot::S0, &[7; 32])
/// });
/// let signature = worker.join().expect("no panic")?;
/// chip.verify(&key, &[7; 32], &signature)?;
/// # Ok(()) }
/// # #[cfg(not(feature = "sim"))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct SharedChip {
    shared: Arc<Shared>,
}

struct Shared {
    gate: Gate<Box<Inner>>,
    wait: Duration,
    location: Location,
    address: Address,
    watch: Option<Watch>,
}

/// How a [`SharedChip`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    address: Option<Address>,
    wait: Duration,
    locks: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { address: None, wait: Duration::from_secs(10), locks: None }
    }
}

impl Options {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the chip answers. If none is given it is 0x60, and for a simulated chip of this program what its
    /// configuration says.
    #[must_use]
    pub fn address(mut self, address: Address) -> Self {
        self.address = Some(address);
        self
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

    /// Opens the chip. Nothing is sent yet, so it need not be there.
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
        let address = self.address.unwrap_or_default();
        match &location {
            Location::Device(device) => {
                let (bus, watch) = device::open(device, address.to_7bit())?;
                let lock = self.lock(lock::directory(), &device_lock(device, address))?;
                let inner = Inner::new(AnyBus::linux(bus, address.to_7bit()), address, Some(lock));
                Ok(self.shared(inner, location, address, Some(watch)))
            }
            #[cfg(feature = "sim")]
            Location::Simulator => Ok(self.simulated(Simulator::blank(), location)),
            #[cfg(feature = "sim")]
            Location::Preset(preset) => Ok(self.simulated(Simulator::preset(*preset), location)),
            #[cfg(feature = "sim")]
            Location::SimulatorFile(path) => {
                let simulator = Simulator::file(path).map_err(OpenError::State)?;
                Ok(self.simulated(simulator, location))
            }
            #[cfg(feature = "sim")]
            Location::Tcp(place) => {
                let bus = TcpBus::connect(place).map_err(OpenError::Tcp)?;
                let name = format!("atecc608-{}-{:02x}", place.replace(['/', ':'], "-"), address.to_7bit());
                let lock = self.lock(std::env::temp_dir(), &name)?;
                let inner = Inner::new(AnyBus::tcp(bus, address.to_7bit()), address, Some(lock));
                Ok(self.shared(inner, location, address, None))
            }
        }
    }

    fn lock(&self, usual: PathBuf, name: &str) -> Result<ChipLock, OpenError> {
        Ok(ChipLock::open(self.locks.as_ref().unwrap_or(&usual), name, self.wait)?)
    }

    /// A chip of this program needs no lock: no other process can reach it.
    #[cfg(feature = "sim")]
    fn simulated(&self, simulator: Simulator, location: Location) -> SharedChip {
        let address = self.address.or_else(|| simulator.address()).unwrap_or_default();
        let bus = AnyBus::simulator(&simulator.bus, address.to_7bit());
        let mut inner = Inner::new(bus, address, None);
        inner.simulator = Some(simulator);
        self.shared(inner, location, address, None)
    }

    fn shared(&self, inner: Inner, location: Location, address: Address, watch: Option<Watch>) -> SharedChip {
        let shared = Shared { gate: Gate::new(Box::new(inner)), wait: self.wait, location, address, watch };
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

/// # Opening
impl SharedChip {
    /// Opens a chip at a [`Location`]: `/dev/i2c-1`, `sim:`, `sim:FILE`, `sim:PRESET`, `tcp:HOST:PORT`. Nothing is sent
    /// yet, so it need not be there. [`Options`] says more, and what it means if no address is given.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(location: &str, address: Option<Address>) -> Result<Self, OpenError> {
        Options { address, ..Options::default() }.open(location)
    }

    /// The chip at this address of a simulated bus, for tests that take the chip out, let something go wrong or look at
    /// what went over the bus.
    #[cfg(feature = "sim")]
    #[must_use]
    pub fn on_simulator(bus: &atecc608_sim::Bus, address: Address) -> Self {
        Options::new().address(address).simulated(Simulator::given(bus.clone()), Location::Simulator)
    }

    /// Where it is.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.shared.location
    }

    /// At which address.
    #[must_use]
    pub fn address(&self) -> Address {
        self.shared.address
    }

    /// What the user should know although everything works: how the chip is woken, if the adapter refuses the usual way.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        self.shared.watch.as_ref().and_then(Watch::note)
    }
}

impl fmt::Debug for SharedChip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedChip")
            .field("location", &self.shared.location)
            .field("address", &self.shared.address)
            .finish_non_exhaustive()
    }
}
