//! A chip for a whole program.

mod operations;
mod options;
mod session;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use atecc608::Address;
use atecc608::blocking::Atecc608;

use crate::bus::{AnyBus, AnyDelay, State, Traffic};
use crate::device::Watch;
use crate::error::OpenError;
use crate::gate::Gate;
use crate::location::Location;
pub use options::Options;
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
    gate: Gate<Inner>,
    wait: Duration,
    location: Location,
    address: Address,
    watch: Option<Watch>,
    bus: Arc<State>,
    #[cfg(feature = "sim")]
    simulated: Option<atecc608_sim::Bus>,
}

/// # Opening
impl SharedChip {
    /// Opens a chip at a [`Location`]: `/dev/i2c-1`, `sim:`, `sim:FILE`, `sim:PRESET`, `tcp:HOST:PORT`. If an address is
    /// given nothing is sent yet, so the chip need not be there. If not it is looked for, which takes 0.3 s for each
    /// address where there is none ([`Options::address`]).
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(location: &str, address: Option<Address>) -> Result<Self, OpenError> {
        Options::at(address).open(location)
    }

    /// The chip at this address of a simulated bus, for tests that take the chip out, let something go wrong or look at
    /// what went over the bus. Two that are made so for one chip do not take turns; clone one.
    #[cfg(feature = "sim")]
    #[must_use]
    pub fn on_simulator(bus: &atecc608_sim::Bus, address: Address) -> Self {
        Options::new()
            .address(address)
            .simulated(crate::simulator::Simulator::given(bus.clone()), Location::Simulator)
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

    /// What went over the bus since this handle or the one that it was cloned from was opened.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.shared.bus.traffic()
    }

    /// The bus of a simulated chip of this program: its time, and what went over it.
    #[cfg(feature = "sim")]
    #[must_use]
    pub fn simulated_bus(&self) -> Option<&atecc608_sim::Bus> {
        self.shared.simulated.as_ref()
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
