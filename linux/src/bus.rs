//! The buses that a chip can be on, as one type.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{Error, ErrorKind, ErrorType, I2c, Operation, SevenBitAddress};
use linux_embedded_hal::I2CError;

use crate::device;
#[cfg(feature = "sim")]
use crate::simulator::{Kept, Simulator};
#[cfg(feature = "sim")]
use crate::tcp;
use crate::trouble::errno_name;
#[cfg(feature = "sim")]
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};

/// The word address that puts the chip to sleep (chip reference 2.1).
const SLEEP: u8 = 0x01;

/// The bus of a [`SharedChip`](crate::SharedChip), which makes it.
#[derive(Debug)]
pub struct AnyBus {
    kind: Kind,
    /// The chip's.
    address: u8,
    state: Arc<State>,
}

/// What is to be known of a bus while the driver owns it.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// The chip acknowledged that it shall sleep, and has been left alone since.
    asleep: AtomicBool,
    /// A session has begun, and nothing was sent in it.
    begun: AtomicBool,
    bytes: AtomicU64,
    transfers: AtomicU64,
    unanswered: AtomicU64,
}

/// What went over the bus of a [`SharedChip`](crate::SharedChip) since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Bytes of transfers that went well, address bytes included.
    pub bytes: u64,
    /// Transfers that went well.
    pub transfers: u64,
    /// Transfers that the chip, or the bus, did not take: wake pulses, and questions while a command runs.
    pub unanswered: u64,
}

impl State {
    /// Whether the chip acknowledged that it shall sleep, and has been left alone since.
    pub(crate) fn asleep(&self) -> bool {
        self.asleep.load(Ordering::Relaxed)
    }

    /// What went over the bus so far.
    pub(crate) fn traffic(&self) -> Traffic {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Traffic {
            bytes: count(&self.bytes),
            transfers: count(&self.transfers),
            unanswered: count(&self.unanswered),
        }
    }

    fn count(&self, operations: &[Operation<'_>], went: bool) {
        if !went {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let (mut bytes, mut reads) = (0, None);
        for operation in operations {
            let (read, length) = match operation {
                Operation::Write(bytes) => (false, bytes.len()),
                Operation::Read(bytes) => (true, bytes.len()),
            };
            // The address is sent again when the direction changes.
            bytes += length + usize::from(reads.replace(read) != Some(read));
        }
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.transfers.fetch_add(1, Ordering::Relaxed);
    }

    /// Somebody else may have used the chip meanwhile.
    pub(crate) fn forget(&self) {
        self.asleep.store(false, Ordering::Relaxed);
    }

    /// Whether anything was sent since the session began.
    pub(crate) fn used(&self) -> bool {
        !self.begun.load(Ordering::Relaxed)
    }

    /// A session begins: what was wrong in the last one may be over.
    pub(crate) fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
    }
}

#[derive(Debug)]
enum Kind {
    Linux(device::Bus),
    #[cfg(feature = "sim")]
    Simulator(SimI2c, Option<Kept>),
    #[cfg(feature = "sim")]
    Tcp(tcp::TcpBus),
}

/// The delay that belongs to an [`AnyBus`]: of this machine, or of the simulated time.
pub struct AnyDelay(DelayKind);

enum DelayKind {
    Linux(linux_embedded_hal::Delay),
    #[cfg(feature = "sim")]
    Simulator(SimDelay),
    #[cfg(feature = "sim")]
    Tcp(tcp::TcpDelay),
}

/// What a bus reports.
#[derive(Debug)]
#[non_exhaustive]
pub enum BusError {
    /// The kernel's error.
    Linux(I2CError),
    /// The simulated bus.
    #[cfg(feature = "sim")]
    Simulator(I2cError),
    /// The simulated bus behind a connection, or the connection.
    #[cfg(feature = "sim")]
    Tcp(tcp::TcpError),
}

impl AnyBus {
    fn new(kind: Kind, address: u8) -> Self {
        Self { kind, address, state: Arc::default() }
    }

    pub(crate) fn linux(bus: device::Bus, address: u8) -> (Self, AnyDelay) {
        let delay = DelayKind::Linux(linux_embedded_hal::Delay);
        (Self::new(Kind::Linux(bus), address), AnyDelay(delay))
    }

    #[cfg(feature = "sim")]
    pub(crate) fn simulator(simulator: &Simulator, address: u8) -> (Self, AnyDelay) {
        let delay = DelayKind::Simulator(simulator.bus.delay());
        let kind = Kind::Simulator(simulator.bus.i2c(), simulator.kept.clone());
        (Self::new(kind, address), AnyDelay(delay))
    }

    #[cfg(feature = "sim")]
    pub(crate) fn tcp(bus: tcp::TcpBus, address: u8) -> (Self, AnyDelay) {
        let delay = DelayKind::Tcp(bus.delay());
        (Self::new(Kind::Tcp(bus), address), AnyDelay(delay))
    }

    pub(crate) fn state(&self) -> Arc<State> {
        Arc::clone(&self.state)
    }

    fn begin(&mut self) {
        match &mut self.kind {
            Kind::Linux(bus) => bus.begin(),
            #[cfg(feature = "sim")]
            Kind::Simulator(..) => {}
            #[cfg(feature = "sim")]
            Kind::Tcp(bus) => bus.begin(),
        }
    }

    /// Tells the chip to sleep. Whether it heard it is in the state.
    pub(crate) fn sleep(&mut self) {
        self.write(self.address, &[SLEEP]).ok();
    }
}

impl ErrorType for AnyBus {
    type Error = BusError;
}

impl I2c for AnyBus {
    fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), BusError> {
        if self.state.begun.swap(false, Ordering::Relaxed) {
            self.begin();
        }
        let to_sleep = address == self.address && matches!(operations, [Operation::Write([SLEEP])]);
        let result = match &mut self.kind {
            Kind::Linux(bus) => bus.transaction(address, operations).map_err(BusError::Linux),
            #[cfg(feature = "sim")]
            Kind::Simulator(bus, kept) => {
                let result = I2c::transaction(bus, address, operations).map_err(BusError::Simulator);
                // What a chip has done stays done when this program is killed in the middle of a session. That it can't
                // be kept is said at its end.
                kept.as_ref().map(Kept::keep);
                result
            }
            #[cfg(feature = "sim")]
            Kind::Tcp(bus) => bus.transaction(address, operations).map_err(BusError::Tcp),
        };
        self.state.count(operations, result.is_ok());
        self.state.asleep.store(to_sleep && result.is_ok(), Ordering::Relaxed);
        result
    }
}

impl AnyDelay {
    /// The time that passes on this bus, in nanoseconds since whenever; of a bus behind a connection, what was waited.
    pub(crate) fn clock(&self) -> Box<dyn FnMut() -> u64> {
        match &self.0 {
            DelayKind::Linux(_) => {
                let start = Instant::now();
                Box::new(move || u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX))
            }
            #[cfg(feature = "sim")]
            DelayKind::Simulator(delay) => {
                let bus = delay.bus().clone();
                Box::new(move || bus.now())
            }
            #[cfg(feature = "sim")]
            DelayKind::Tcp(delay) => delay.clock(),
        }
    }
}

impl fmt::Debug for AnyDelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyDelay").finish_non_exhaustive()
    }
}

impl DelayNs for AnyDelay {
    fn delay_ns(&mut self, ns: u32) {
        match &mut self.0 {
            DelayKind::Linux(delay) => delay.delay_ns(ns),
            #[cfg(feature = "sim")]
            DelayKind::Simulator(delay) => DelayNs::delay_ns(delay, ns),
            #[cfg(feature = "sim")]
            DelayKind::Tcp(delay) => delay.delay_ns(ns),
        }
    }

    fn delay_us(&mut self, us: u32) {
        match &mut self.0 {
            DelayKind::Linux(delay) => delay.delay_us(us),
            #[cfg(feature = "sim")]
            DelayKind::Simulator(delay) => DelayNs::delay_us(delay, us),
            #[cfg(feature = "sim")]
            DelayKind::Tcp(delay) => delay.delay_us(us),
        }
    }
}

impl BusError {
    /// What it is called where it comes from: the kernel's errno, or what the simulated bus saw.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Linux(error) => errno_name(device::errno(error.inner())),
            #[cfg(feature = "sim")]
            other => format!("{:?}", other.kind()),
        }
    }
}

impl Error for BusError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Linux(error) => error.kind(),
            #[cfg(feature = "sim")]
            Self::Simulator(error) => error.kind(),
            #[cfg(feature = "sim")]
            Self::Tcp(error) => error.kind(),
        }
    }
}

impl fmt::Display for BusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linux(error) => fmt::Display::fmt(error, f),
            #[cfg(feature = "sim")]
            Self::Simulator(error) => fmt::Display::fmt(error, f),
            #[cfg(feature = "sim")]
            Self::Tcp(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for BusError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Linux(error) => error.source(),
            #[cfg(feature = "sim")]
            Self::Simulator(error) => error.source(),
            #[cfg(feature = "sim")]
            Self::Tcp(error) => error.source(),
        }
    }
}
