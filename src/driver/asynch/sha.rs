//! SHA-256 in the chip (chip reference 5.19).

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{Command, HmacKey, ShaEnd, ShaHmacStart, ShaStart, ShaTarget, ShaUpdate};
use crate::driver::hash::{BLOCK, State, lost, take, too_long};
use crate::driver::transaction::Part;
use crate::error::Error;
use crate::memory::Slot;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// Bytes of one Update: the size that every chip of the family takes.
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
            self.execute(&ShaUpdate::new(block).ok_or_else(too_long)?).await.map_err(lost)?;
        }
        self.execute(&ShaEnd::new(last, target).ok_or_else(too_long)?).await.map_err(lost)
    }
}

/// # Hashes
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// SHA-256 of a message. Works in every lock state.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("atcab_sha", "atcab_hw_sha2_256"))]
    pub fn sha256(&mut self, message: &[u8]) -> impl Future<Output = Result<[u8; 32], Error<I2C::Error>>> {
        self.session(async move |chip| chip.sha256(message, ShaTarget::OutputOnly).await)
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
    #[doc(alias("atcab_sha_start", "atcab_hw_sha2_256_init"))]
    pub const fn sha256_stream(&mut self) -> Sha256<'_, I2C, D, W> {
        ShaStream::new(self, ShaStart)
    }
}

/// # HMAC of a stream
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// HMAC-SHA256 of a stream with the key in a slot. As [`sha256_stream`](Self::sha256_stream); the key
    /// is asked for with the first 64 bytes or at the end, and loses one use if its use is limited.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide/workbench.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = workbench();
    /// # use atecc608::Slot;
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let mut stream = chip.hmac_stream(Slot::S4);
    /// stream.update(b"one piece, ").await?;
    /// stream.update(b"another").await?;
    /// let mac = stream.finish().await?;
    /// assert_eq!(mac, chip.hmac(Slot::S4, b"one piece, another").await?);
    /// # Ok(()) }) }
    /// ```
    #[doc(alias = "atcab_sha_hmac_init")]
    pub const fn hmac_stream(&mut self, slot: Slot) -> HmacStream<'_, I2C, D, W> {
        ShaStream::new(self, ShaHmacStart(HmacKey::Slot(slot)))
    }
}

/// A SHA-256 under way, from [`Atecc608::sha256_stream`].
pub type Sha256<'a, I2C, D, W> = ShaStream<'a, I2C, D, W, ShaStart>;

/// An HMAC-SHA256 under way, from [`Atecc608::hmac_stream`].
pub type HmacStream<'a, I2C, D, W> = ShaStream<'a, I2C, D, W, ShaHmacStart>;

/// A digest under way that begins with the command `S`.
pub struct ShaStream<'a, I2C, D, W, S> {
    device: &'a mut Atecc608<I2C, D, W>,
    start: S,
    block: [u8; BLOCK],
    filled: usize,
    state: State,
}

impl<I2C, D, W, S> core::fmt::Debug for ShaStream<'_, I2C, D, W, S> {
    // The block may hold a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ShaStream").field("state", &self.state).finish_non_exhaustive()
    }
}

impl<I2C, D, W, S> Drop for ShaStream<'_, I2C, D, W, S> {
    fn drop(&mut self) {
        crate::secret::wipe(&mut self.block);
        if self.state == State::Started {
            // It idles with a context that nobody wants any more: the next operation sends it to sleep first.
            self.device.link.chip.in_low_power = false;
        }
    }
}

impl<'a, I2C, D, W, S> ShaStream<'a, I2C, D, W, S> {
    const fn new(device: &'a mut Atecc608<I2C, D, W>, start: S) -> Self {
        Self { device, start, block: [0; BLOCK], filled: 0, state: State::Fresh }
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, S: Command<Response = ()>> ShaStream<'_, I2C, D, W, S> {
    /// Adds bytes; full blocks of 64 go to the chip.
    ///
    /// # Errors
    /// As [`Atecc608::execute`]. After an error every further call fails with
    /// [`ErrorKind::Reset`](crate::ErrorKind::Reset): start a new stream.
    ///
    /// # Cancel safety
    /// Cut off, the stream is broken like after an error.
    #[doc(alias("atcab_sha_update", "atcab_sha_hmac_update"))]
    pub async fn update(&mut self, mut data: &[u8]) -> Result<(), Error<I2C::Error>> {
        let mut state = self.state.begin()?;
        let Self { device, start, block, filled, .. } = self;
        if *filled + data.len() >= BLOCK {
            let result = device
                .session_then(Part::Pause, async |chip| {
                    if state == State::Fresh {
                        chip.execute(start).await?;
                        state = State::Started;
                    }
                    while *filled + data.len() >= BLOCK {
                        take(block, filled, &mut data);
                        chip.execute(&ShaUpdate::new(block).ok_or_else(too_long)?).await.map_err(lost)?;
                        *filled = 0;
                    }
                    Ok::<(), Error<I2C::Error>>(())
                })
                .await;
            if result.is_err() {
                // See `drop`.
                device.link.chip.in_low_power = false;
                return result;
            }
            // Not idle is soon asleep, and the context gone.
            if !device.link.chip.in_low_power {
                state = State::Broken;
            }
        }
        take(block, filled, &mut data);
        self.state = state;
        Ok(())
    }

    /// The digest or MAC of everything added. Compare a MAC in constant time.
    ///
    /// # Errors
    /// As [`Atecc608::execute`]; [`ErrorKind::Reset`](crate::ErrorKind::Reset) if the stream broke before.
    ///
    /// # Cancel safety
    /// As [`Atecc608::session`].
    #[doc(alias("atcab_sha_end", "atcab_sha_hmac_finish"))]
    pub async fn finish(mut self) -> Result<[u8; 32], Error<I2C::Error>> {
        let state = self.state.begin()?;
        let Self { device, start, block, filled, .. } = &mut self;
        device
            .session(async |chip| {
                if state == State::Fresh {
                    chip.execute(start).await?;
                }
                let last = block.get(..*filled).unwrap_or_default();
                let end = ShaEnd::new(last, ShaTarget::OutputOnly).ok_or_else(too_long)?;
                chip.execute(&end).await.map_err(lost)
            })
            .await
    }
}
