//! Why a command was refused.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{Command, InfoKeyValid, InfoLatch, LatchAction};
use crate::diagnose::{Diagnosis, Rule, Seen, diagnose_request};
use crate::error::Error;
use crate::wire::Request;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// Asks for what a first diagnosis leaves open and can be chip.
    async fn diagnose(
        &mut self,
        request: &Request<'_>,
        mut seen: Seen,
    ) -> Result<Diagnosis, Error<I2C::Error>> {
        let zone = self.read_config().await?;
        let first = diagnose_request(&zone, &seen, request);
        for rule in first.candidates() {
            seen = match *rule {
                Rule::Latch { .. } => match self.execute(&InfoLatch(LatchAction::Read)).await {
                    Ok(latch) => seen.with_latch(latch),
                    // It has none.
                    Err(error) if error.status().is_some() => seen,
                    Err(error) => return Err(error),
                },
                Rule::NoKey { slot } | Rule::NotValidated { slot } | Rule::Validated { slot } => {
                    seen.with_key(slot, self.execute(&InfoKeyValid(slot)).await?)
                }
                _ => seen,
            };
        }
        Ok(diagnose_request(&zone, &seen, request))
    }
}

/// # Why a command was refused
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Why the chip refused a command with status 0x0F or 0x03, and what would do: see
    /// [`diagnose`](crate::diagnose). Reads configuration and locks, and where the answer hangs on them
    /// the persistent latch and whether keys are there. The command itself is not sent, nothing changes.
    ///
    /// `seen` is what the caller knows of the state that the command found; [`Seen::new`] if nothing.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::with_blank_chip(1);
    /// use atecc608::command::GenKeyPublic;
    /// use atecc608::diagnose::{Rule, Seen};
    /// use atecc608::Slot;
    ///
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let refused = chip.public_key(Slot::S0).await.unwrap_err();
    /// assert_eq!(refused.status(), Some(atecc608::Status::Execution));
    /// let why = chip.diagnose(&GenKeyPublic { slot: Slot::S0, digest: false }, Seen::new()).await?;
    /// assert_eq!(why.rule(), Some(Rule::ConfigUnlocked));
    /// println!("{refused}\n{why}");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    pub async fn diagnose<C: Command>(
        &mut self,
        command: &C,
        seen: Seen,
    ) -> Result<Diagnosis, Error<I2C::Error>> {
        let request = command.request();
        self.session(async |chip| chip.diagnose(&request, seen).await).await
    }
}
