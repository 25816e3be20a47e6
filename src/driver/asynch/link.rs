//! What moves bytes: does on the bus what a [`Transaction`] says.

use super::wake::Wake;
use crate::address::Address;
use crate::command::{Command, Response, Room, complete};
use crate::driver::low_power::LowPower;
use crate::driver::transaction::{ChipState, Kind, Part, Transaction};
use crate::error::{Error, ErrorKind};
use crate::wire::Request;
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
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Link<I2C, D, W> {
    pub(super) const fn new(i2c: I2C, delay: D, wake: W, address: Address) -> Self {
        Self { i2c, delay, wake, address, low_power: LowPower::Sleep, chip: ChipState::NOTHING }
    }

    /// Has one command executed.
    pub(super) async fn execute<C: Command>(
        &mut self,
        part: Part,
        command: &C,
    ) -> Result<C::Response, Error<I2C::Error>> {
        let request = complete(command);
        let mut room = <C::Response as Response>::Room::EMPTY;
        let len = self.go(part, &request, room.bytes()).await?;
        C::Response::read(&room, len.into()).ok_or(Error::new(request.opcode, ErrorKind::Response))
    }

    /// Goes through a part of a session. The result bytes go into `result`; how many they are comes back. Not generic
    /// over the command: firmware has it once.
    pub(super) async fn go(
        &mut self,
        part: Part,
        request: &Request<'_>,
        result: &mut [u8],
    ) -> Result<u8, Error<I2C::Error>> {
        let mut transaction = Transaction::new(part, self.low_power, request, &mut self.chip);
        let mut last = Ok(());
        loop {
            let now = self.wake.now_us();
            let action = transaction.next(last, now);
            if action.wait_us > 0 {
                self.delay.delay_us(action.wait_us).await;
            }
            let address = self.address.to_7bit();
            let bytes = &mut transaction.buffer;
            last = match action.kind {
                Kind::Pulse => self.wake.wake(&mut self.i2c, &mut self.delay).await,
                Kind::Write => self.i2c.write(address, bytes).await.map_err(ErrorKind::Bus),
                Kind::Read => self.i2c.read(address, bytes).await.map_err(ErrorKind::Bus),
                Kind::Done => break,
            };
        }
        transaction.result().map(|bytes| {
            result.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            bytes.len() as u8
        })
    }

    /// Wakes the chip for a session, or has it idle or sleep after one. Nothing is lost if it does not acknowledge the
    /// latter: the next operation sees to it.
    pub(super) fn turn(&mut self, part: Part) -> impl Future<Output = Result<u8, Error<I2C::Error>>> {
        self.go(part, &Request::NONE, &mut [])
    }
}
