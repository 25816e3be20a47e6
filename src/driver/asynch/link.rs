//! What moves bytes: does on the bus what a [`Transaction`] says.

use super::wake::Wake;
use crate::address::Address;
use crate::driver::low_power::LowPower;
use crate::driver::transaction::{Action, ChipState, Part, Transaction};
use crate::error::{Error, ErrorKind};
use crate::wire::Request;
use crate::wire::frame::Scratch;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

#[derive(Debug)]
pub(super) struct Link<I2C, D, W> {
    pub(super) i2c: I2C,
    pub(super) delay: D,
    pub(super) wake: W,
    pub(super) address: Address,
    /// How the chip is left.
    pub(super) low_power: LowPower,
    pub(super) chip: ChipState,
    /// How many result bytes the last command gave.
    pub(super) len: u8,
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Link<I2C, D, W> {
    pub(super) const fn new(i2c: I2C, delay: D, wake: W, address: Address) -> Self {
        Self { i2c, delay, wake, address, low_power: LowPower::Sleep, chip: ChipState::NOTHING, len: 0 }
    }

    /// Goes through a part of a session. The result bytes go into `result`, their number into `len`. Not generic
    /// over the command: firmware has it once.
    pub(super) async fn go(
        &mut self,
        part: Part,
        request: &Request<'_>,
        result: &mut [u8],
    ) -> Result<(), Error<I2C::Error>> {
        let mut scratch = Scratch::new();
        let mut transaction = Transaction::new(part, self.low_power, request, result);
        let mut last = Ok(());
        loop {
            let now = self.wake.now_us();
            let Some(action) = transaction.next(&mut self.chip, &mut scratch.0, last, now) else { break };
            let us = core::mem::take(&mut self.chip.wait_us);
            if us > 0 {
                self.delay.delay_us(us).await;
            }
            let address = self.address.to_7bit();
            last = match action {
                Action::Pulse => self.wake.wake(&mut self.i2c, &mut self.delay).await,
                Action::Write => self.i2c.write(address, &scratch.0).await.map_err(ErrorKind::Bus),
                Action::Read => self.i2c.read(address, &mut scratch.0).await.map_err(ErrorKind::Bus),
            };
        }
        self.len = transaction.len;
        transaction.outcome
    }

    /// Wakes the chip for a session, or has it idle or sleep after one. Nothing is lost if it does not hear the
    /// latter: the next operation sees to it.
    pub(super) fn turn(&mut self, part: Part) -> impl Future<Output = Result<(), Error<I2C::Error>>> {
        self.go(part, &Request::NONE, &mut [])
    }
}
