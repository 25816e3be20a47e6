//! SHA-256 in the chip (chip reference 5.19).

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{Opcode, ShaEnd, ShaStart, ShaTarget, ShaUpdate};
use crate::error::{Argument, Error, ErrorKind};
use crate::rest::Rest;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// Bytes of one Update: the size that every chip of the family takes.
const BLOCK: usize = 64;

fn too_long<E>() -> Error<E> {
    Error::new(Opcode::Sha, ErrorKind::Argument(Argument::TooLong))
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// SHA-256 of a message; the digest also goes where `target` says.
    pub(super) async fn sha256(
        &mut self,
        message: &[u8],
        target: ShaTarget,
    ) -> Result<[u8; 32], Error<I2C::Error>> {
        self.execute(&ShaStart).await?;
        let (blocks, last) = message.as_chunks::<BLOCK>();
        for block in blocks {
            self.execute(&ShaUpdate::new(block).ok_or_else(too_long)?).await?;
        }
        self.execute(&ShaEnd::new(last, target).ok_or_else(too_long)?).await
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// SHA-256 of a message. Works in every lock state.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    pub async fn sha256(&mut self, message: &[u8]) -> Result<[u8; 32], Error<I2C::Error>> {
        self.session(async |chip| chip.sha256(message, ShaTarget::OutputOnly).await).await
    }

    /// SHA-256 of a stream. The stream has the chip to itself until it is finished or dropped;
    /// between two pieces the chip idles.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::with_blank_chip(1);
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let mut stream = chip.sha256_stream();
    /// stream.update(b"a").await?;
    /// stream.update(b"bc").await?;
    /// assert_eq!(stream.finish().await?[..4], [0xBA, 0x78, 0x16, 0xBF]);
    /// # Ok(()) }) }
    /// ```
    pub const fn sha256_stream(&mut self) -> Sha256<'_, I2C, D, W> {
        Sha256 { device: self, block: [0; BLOCK], filled: 0, state: State::Fresh }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing sent yet.
    Fresh,
    /// The chip holds a context.
    Started,
    /// A command failed or was cut off: the context can't be trusted.
    Broken,
}

/// A SHA-256 under way, from [`Atecc608::sha256_stream`].
pub struct Sha256<'a, I2C, D, W> {
    device: &'a mut Atecc608<I2C, D, W>,
    block: [u8; BLOCK],
    filled: usize,
    state: State,
}

impl<I2C, D, W> core::fmt::Debug for Sha256<'_, I2C, D, W> {
    // The block may hold a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sha256").field("state", &self.state).finish_non_exhaustive()
    }
}

impl<I2C, D, W> Drop for Sha256<'_, I2C, D, W> {
    fn drop(&mut self) {
        crate::frame::wipe(&mut self.block);
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Sha256<'_, I2C, D, W> {
    /// Adds bytes; full blocks of 64 go to the chip.
    ///
    /// # Errors
    /// As [`Atecc608::execute`]. After an error every further call fails with
    /// [`ErrorKind::Reset`]: start a new stream.
    ///
    /// # Cancel safety
    /// Cut off, the stream is broken like after an error.
    pub async fn update(&mut self, mut data: &[u8]) -> Result<(), Error<I2C::Error>> {
        let mut state = self.begin()?;
        let Self { device, block, filled, .. } = self;
        if *filled + data.len() >= BLOCK {
            device
                .session_then(Rest::Idle, async |chip| {
                    if state == State::Fresh {
                        chip.execute(&ShaStart).await?;
                        state = State::Started;
                    }
                    while *filled + data.len() >= BLOCK {
                        take(block, filled, &mut data);
                        chip.execute(&ShaUpdate::new(block).ok_or_else(too_long)?).await?;
                        *filled = 0;
                    }
                    Ok::<(), Error<I2C::Error>>(())
                })
                .await?;
            // Not idle is soon asleep, and the context gone.
            if !device.link.is_settled() {
                state = State::Broken;
            }
        }
        take(block, filled, &mut data);
        self.state = state;
        Ok(())
    }

    /// The digest of everything added.
    ///
    /// # Errors
    /// As [`Atecc608::execute`]; [`ErrorKind::Reset`] if the stream broke before.
    ///
    /// # Cancel safety
    /// As [`Atecc608::session`].
    pub async fn finish(mut self) -> Result<[u8; 32], Error<I2C::Error>> {
        let state = self.begin()?;
        let Self { device, block, filled, .. } = &mut self;
        device
            .session(async |chip| {
                if state == State::Fresh {
                    chip.execute(&ShaStart).await?;
                }
                let last = block.get(..*filled).unwrap_or_default();
                chip.execute(&ShaEnd::new(last, ShaTarget::OutputOnly).ok_or_else(too_long)?).await
            })
            .await
    }

    /// Marks the stream broken until the caller knows better.
    fn begin(&mut self) -> Result<State, Error<I2C::Error>> {
        match core::mem::replace(&mut self.state, State::Broken) {
            State::Broken => Err(Error::new(Opcode::Sha, ErrorKind::Reset)),
            state => Ok(state),
        }
    }
}

/// Moves bytes from the front of `data` into the block until it is full or they are used up.
fn take(block: &mut [u8; BLOCK], filled: &mut usize, data: &mut &[u8]) {
    let room = block.iter_mut().skip(*filled);
    let n = room.len().min(data.len());
    for (to, from) in room.zip(data.iter()) {
        *to = *from;
    }
    *filled += n;
    *data = data.get(n..).unwrap_or_default();
}
