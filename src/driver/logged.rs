//! A bus that tells what goes over it.
//!
//! [`Logged`] stands between the driver and its I2C, blocking or async, and tells each transfer with its meaning:
//! commands by name, status bytes, wake pulses, missing acknowledges, what is done again. Polls of a chip at work are counted
//! and told as one line. Data is never told, only its length: it may be secret.
//!
//! With feature `log` or `defmt` the lines go to that logger; without, to a closure or any other [`Sink`]:
//!
//! ```
//! use atecc608::blocking::Atecc608;
//! use atecc608::logged::Logged;
//! # use atecc608_sim::Bus;
//! # let bus = Bus::with_blank_chip(1);
//! # let (i2c, delay) = (bus.i2c(), bus.delay());
//!
//! let i2c = Logged::new(i2c, |event| println!("{event}"));
//! let mut chip = Atecc608::new(i2c, delay);
//! chip.revision()?;
//! # Ok::<(), atecc608::Error<atecc608_sim::hal::I2cError>>(())
//! ```
//!
//! prints for a new chip, of which the driver knows nothing yet:
//!
//! ```text
//! 0x60 sleep: not acknowledged
//! 0x00 wake pulse
//! 0x60 status AfterWake (0x11)
//! 0x60 sleep
//! 0x00 wake pulse
//! 0x60 Info p1 0x00 p2 0x0000
//! 0x60 Info: busy, 9 polls
//! 0x60 Info: 4 bytes
//! 0x60 sleep
//! ```
//!
//! A pulse by a pin ([`SdaPulse`](crate::blocking::SdaPulse)) is no transfer and not told. Nor is a transfer whose future
//! is dropped.

mod event;
mod teller;

use embedded_hal::i2c::{ErrorType, Operation};
pub use event::Event;
use teller::Teller;

/// Where events go. Closures are sinks.
pub trait Sink {
    /// Takes an event.
    fn event(&mut self, event: Event);
}

impl<F: FnMut(Event)> Sink for F {
    fn event(&mut self, event: Event) {
        self(event);
    }
}

/// The `log` crate: level `debug`, target `atecc608`.
#[cfg(feature = "log")]
#[cfg_attr(docsrs, doc(cfg(feature = "log")))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ToLog;

#[cfg(feature = "log")]
impl Sink for ToLog {
    fn event(&mut self, event: Event) {
        log::debug!(target: "atecc608", "{event}");
    }
}

/// `defmt`, level `debug`.
#[cfg(feature = "defmt")]
#[cfg_attr(docsrs, doc(cfg(feature = "defmt")))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ToDefmt;

#[cfg(feature = "defmt")]
impl Sink for ToDefmt {
    fn event(&mut self, event: Event) {
        defmt::debug!("{}", event);
    }
}

/// An I2C bus, blocking or async, that tells what goes over it. Wrap the one that the driver gets, not one that others use.
#[derive(Debug)]
pub struct Logged<I2C, S> {
    i2c: I2C,
    teller: Teller<S>,
}

impl<I2C, S: Sink> Logged<I2C, S> {
    /// The same bus, which tells `sink`.
    #[must_use]
    pub const fn new(i2c: I2C, sink: S) -> Self {
        Self { i2c, teller: Teller::new(sink) }
    }

    /// The bus, for instance to change its clock.
    pub const fn bus_mut(&mut self) -> &mut I2C {
        &mut self.i2c
    }

    /// Tells what is not told yet, and gives the bus back.
    pub fn release(mut self) -> I2C {
        self.teller.flush(false);
        self.i2c
    }
}

#[cfg(feature = "log")]
impl<I2C> Logged<I2C, ToLog> {
    /// The same bus, which tells the `log` crate.
    #[must_use]
    pub const fn with_log(i2c: I2C) -> Self {
        Self::new(i2c, ToLog)
    }
}

#[cfg(feature = "defmt")]
impl<I2C> Logged<I2C, ToDefmt> {
    /// The same bus, which tells `defmt`.
    #[must_use]
    pub const fn with_defmt(i2c: I2C) -> Self {
        Self::new(i2c, ToDefmt)
    }
}

impl<I2C: ErrorType, S> ErrorType for Logged<I2C, S> {
    type Error = I2C::Error;
}

impl<I2C: embedded_hal::i2c::I2c, S: Sink> embedded_hal::i2c::I2c for Logged<I2C, S> {
    fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), I2C::Error> {
        let result = self.i2c.read(address, read);
        self.teller.read(address, read, &result);
        result
    }

    fn write(&mut self, address: u8, write: &[u8]) -> Result<(), I2C::Error> {
        let result = self.i2c.write(address, write);
        self.teller.wrote(address, write, &result);
        result
    }

    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2C::Error> {
        let result = self.i2c.transaction(address, operations);
        self.teller.transferred(address, operations, &result);
        result
    }
}

impl<I2C: embedded_hal_async::i2c::I2c, S: Sink> embedded_hal_async::i2c::I2c for Logged<I2C, S> {
    async fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), I2C::Error> {
        let result = self.i2c.read(address, read).await;
        self.teller.read(address, read, &result);
        result
    }

    async fn write(&mut self, address: u8, write: &[u8]) -> Result<(), I2C::Error> {
        let result = self.i2c.write(address, write).await;
        self.teller.wrote(address, write, &result);
        result
    }

    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2C::Error> {
        let result = self.i2c.transaction(address, operations).await;
        self.teller.transferred(address, operations, &result);
        result
    }
}
