//! Several commands in one go.

use super::link::Link;
use super::wake::Wake;
use crate::command::Command;
use crate::driver::transaction::Part;
use crate::error::Error;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// The chip, awake, for a sequence of commands that build on each other (Nonce, then Sign).
///
/// From [`Atecc608::session`](super::Atecc608::session). When the watchdog's time runs
/// short, the session leaves the chip idle and wakes it again, which keeps TempKey, authorisations and SHA contexts.
pub struct Session<'a, I2C, D, W> {
    link: &'a mut Link<I2C, D, W>,
}

impl<I2C: core::fmt::Debug, D: core::fmt::Debug, W: core::fmt::Debug> core::fmt::Debug
    for Session<'_, I2C, D, W>
{
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Session").field("link", &self.link).finish_non_exhaustive()
    }
}

impl<'a, I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'a, I2C, D, W> {
    pub(super) const fn new(link: &'a mut Link<I2C, D, W>) -> Self {
        Self { link }
    }

    /// Runs one command.
    ///
    /// # Errors
    /// [`ErrorKind::Status`](crate::ErrorKind::Status) for what the chip refuses; [`ErrorKind::NoDevice`](crate::ErrorKind::NoDevice), [`ErrorKind::NotAwake`](crate::ErrorKind::NotAwake),
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), [`ErrorKind::Crc`](crate::ErrorKind::Crc) and [`ErrorKind::Bus`](crate::ErrorKind::Bus) for lines and supply;
    /// [`ErrorKind::Reset`](crate::ErrorKind::Reset) if the chip lost its state.
    ///
    /// # Cancel safety
    /// The command may have run, and what it changed in the chip is unknown: drop the session, too.
    pub fn execute<C: Command>(
        &mut self,
        command: &C,
    ) -> impl Future<Output = Result<C::Response, Error<I2C::Error>>> {
        self.link.execute(Part::Middle, command)
    }
}
