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

use crate::wire::nack::{is_nack, may_be_nack};
use crate::wire::{Opcode, Status, Transfer};
use core::fmt;
use embedded_hal::i2c::{Error, ErrorKind, ErrorType, NoAcknowledgeSource, Operation};

/// Something that happened on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A transfer that the chip acknowledged.
    Done {
        /// The 7-bit address.
        address: u8,
        /// What was transferred.
        transfer: Transfer,
        /// The command whose answer it is.
        command: Option<Opcode>,
        /// The same command as before, to which no answer came, or one that it was not executed.
        again: bool,
    },
    /// A write that failed.
    Failed {
        /// The 7-bit address.
        address: u8,
        /// What was to be written.
        transfer: Transfer,
        /// What the HAL says.
        error: ErrorKind,
        /// As for [`Done`](Self::Done).
        again: bool,
    },
    /// Reads that failed, one after the other. A chip that is busy or asleep does not acknowledge.
    Silent {
        /// The 7-bit address.
        address: u8,
        /// The command whose answer was asked for.
        command: Option<Opcode>,
        /// What the HAL said.
        error: ErrorKind,
        /// How many.
        polls: u16,
        /// It answered then: it was busy.
        answered: bool,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Done { address, transfer, command, again } => {
                write!(f, "0x{address:02X} ")?;
                if let Some(command) = command {
                    write!(f, "{command}: ")?;
                }
                write!(f, "{transfer}{}", once_more(again))
            }
            Self::Failed { address, transfer, error, again } => {
                write!(f, "0x{address:02X} {transfer}{}: {}", once_more(again), name(error))
            }
            Self::Silent { address, command, error, polls, answered } => {
                write!(f, "0x{address:02X} ")?;
                if let Some(command) = command {
                    write!(f, "{command}: ")?;
                }
                let (what, plural) = (silence(error, answered), if polls == 1 { "" } else { "s" });
                write!(f, "{what}, {polls} poll{plural}")?;
                if is_nack(&error) { Ok(()) } else { write!(f, ": {}", name(error)) }
            }
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Event {
    fn format(&self, f: defmt::Formatter<'_>) {
        match *self {
            Self::Done { address, transfer, command, again } => {
                defmt::write!(f, "{=u8:#04X} ", address);
                if let Some(command) = command {
                    defmt::write!(f, "{=str}: ", command.name());
                }
                defmt::write!(f, "{}{=str}", transfer, once_more(again));
            }
            Self::Failed { address, transfer, error, again } => {
                let (again, error) = (once_more(again), name(error));
                defmt::write!(f, "{=u8:#04X} {}{=str}: {=str}", address, transfer, again, error);
            }
            Self::Silent { address, command, error, polls, answered } => {
                defmt::write!(f, "{=u8:#04X} ", address);
                if let Some(command) = command {
                    defmt::write!(f, "{=str}: ", command.name());
                }
                let (what, plural) = (silence(error, answered), if polls == 1 { "" } else { "s" });
                defmt::write!(f, "{=str}, {=u16} poll{=str}", what, polls, plural);
                if !is_nack(&error) {
                    defmt::write!(f, ": {=str}", name(error));
                }
            }
        }
    }
}

const fn once_more(again: bool) -> &'static str {
    if again { ", again" } else { "" }
}

fn silence(error: ErrorKind, answered: bool) -> &'static str {
    match answered {
        _ if !may_be_nack(&error) => "failed",
        true => "busy",
        false => "no answer",
    }
}

const fn name(error: ErrorKind) -> &'static str {
    match error {
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data) => "a byte was not acknowledged",
        ErrorKind::NoAcknowledge(_) => "not acknowledged",
        ErrorKind::ArbitrationLoss => "arbitration lost",
        ErrorKind::Overrun => "overrun",
        ErrorKind::Bus => "bus error",
        _ => "failed",
    }
}

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
        Self { i2c, teller: Teller { sink, sent: None, polls: None } }
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

/// What is remembered from one transfer to the next.
#[derive(Debug)]
struct Teller<S> {
    sink: S,
    /// A command that was not answered, or with a status that it was not executed.
    sent: Option<Sent>,
    /// Reads that failed, not told yet.
    polls: Option<Polls>,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    command: Transfer,
    opcode: Opcode,
}

#[derive(Debug, Clone, Copy)]
struct Polls {
    address: u8,
    error: ErrorKind,
    number: u16,
}

impl<S: Sink> Teller<S> {
    /// Polls whose end was waited for.
    fn flush(&mut self, answered: bool) {
        if let Some(Polls { address, error, number: polls }) = self.polls.take() {
            let command = self.sent.map(|sent| sent.opcode);
            self.sink.event(Event::Silent { address, command, error, polls, answered });
        }
    }

    fn wrote<E: Error>(&mut self, address: u8, bytes: &[u8], result: &Result<(), E>) {
        self.flush(false);
        let transfer = Transfer::of_write(address, bytes);
        let again = self.sent.is_some_and(|sent| sent.command == transfer);
        match transfer {
            Transfer::Command { opcode, .. } => self.sent = Some(Sent { command: transfer, opcode }),
            // What comes next begins anew.
            Transfer::Sleep => self.sent = None,
            _ => {}
        }
        self.sink.event(match result {
            // Nobody has address 0: only another error is news.
            Err(error) if transfer != Transfer::WakePulse || !is_nack(error) => {
                Event::Failed { address, transfer, error: error.kind(), again }
            }
            _ => Event::Done { address, transfer, command: None, again },
        });
    }

    fn read<E: Error>(&mut self, address: u8, bytes: &[u8], result: &Result<(), E>) {
        if let Err(error) = result {
            let error = error.kind();
            match &mut self.polls {
                Some(polls) if polls.address == address && polls.error == error => {
                    polls.number = polls.number.saturating_add(1);
                }
                _ => {
                    self.flush(false);
                    self.polls = Some(Polls { address, error, number: 1 });
                }
            }
            return;
        }
        self.flush(true);
        let command = self.sent.map(|sent| sent.opcode);
        let transfer = Transfer::of_read(command, bytes);
        match transfer {
            // It was not executed, or will be read again: the same command next is the same once more.
            Transfer::Status(Status::Communication | Status::Watchdog | Status::AfterWake)
            | Transfer::Damaged(_) => {}
            _ => self.sent = None,
        }
        self.sink.event(Event::Done { address, transfer, command, again: false });
    }

    fn transferred<E: Error>(&mut self, address: u8, operations: &[Operation<'_>], result: &Result<(), E>) {
        for operation in operations {
            match operation {
                Operation::Write(bytes) => self.wrote(address, bytes, result),
                Operation::Read(bytes) => self.read(address, bytes, result),
            }
        }
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
