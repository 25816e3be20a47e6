//! SHA-256 in the chip (chip reference 5.19).

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{Command, HmacKey, ShaEnd, ShaHmacStart, ShaStart, ShaTarget, ShaUpdate};
use crate::driver::hash::{BLOCK, State, lost, take, too_long};
use crate::driver::transaction::Part;
use crate::error::Error;
use crate::memory::Slot;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// Bytes of one Update: the size that every chip of the family takes.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// SHA-256 of a message; the digest also goes where `target` says.
    pub(super) fn sha256(
        &mut self,
        message: &[u8],
        target: ShaTarget,
    ) -> Result<[u8; 32], Error<I2C::Error>> {
        self.execute(&ShaStart)?;
        let (blocks, last) = message.as_chunks::<BLOCK>();
        for block in blocks {
            self.execute(&ShaUpdate::new(block).ok_or_else(too_long)?).map_err(lost)?;
        }
        self.execute(&ShaEnd::new(last, target).ok_or_else(too_long)?).map_err(lost)
    }
}

/// # Hashes
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// SHA-256 of a message. Works in every lock state.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    #[doc(alias("atcab_sha", "atcab_hw_sha2_256"))]
    pub fn sha256(&mut self, message: &[u8]) -> Result<[u8; 32], Error<I2C::Error>> {
        self.session(move |chip| chip.sha256(message, ShaTarget::OutputOnly))
    }

    /// SHA-256 of a stream. The stream has the chip to itself until it is finished or dropped;
    /// between two pieces the chip idles.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { ({
    /// # let bus = atecc608_sim::Bus::with_blank_chip(1);
    /// let mut chip = atecc608::blocking::Atecc608::new(bus.i2c(), bus.delay());
    /// let mut stream = chip.sha256_stream();
    /// stream.update(b"a")?;
    /// stream.update(b"bc")?;
    /// assert_eq!(stream.finish()?[..4], [0xBA, 0x78, 0x16, 0xBF]);
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
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { ({
    /// # let bus = workbench();
    /// # use atecc608::Slot;
    /// let mut chip = atecc608::blocking::Atecc608::new(bus.i2c(), bus.delay());
    /// let mut stream = chip.hmac_stream(Slot::S4);
    /// stream.update(b"one piece, ")?;
    /// stream.update(b"another")?;
    /// let mac = stream.finish()?;
    /// assert_eq!(mac, chip.hmac(Slot::S4, b"one piece, another")?);
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
    #[doc(alias("atcab_sha_update", "atcab_sha_hmac_update"))]
    pub fn update(&mut self, mut data: &[u8]) -> Result<(), Error<I2C::Error>> {
        let mut state = self.state.begin()?;
        let Self { device, start, block, filled, .. } = self;
        if *filled + data.len() >= BLOCK {
            let result = device.session_then(Part::Pause, |chip| {
                if state == State::Fresh {
                    chip.execute(start)?;
                    state = State::Started;
                }
                while *filled + data.len() >= BLOCK {
                    take(block, filled, &mut data);
                    chip.execute(&ShaUpdate::new(block).ok_or_else(too_long)?).map_err(lost)?;
                    *filled = 0;
                }
                Ok::<(), Error<I2C::Error>>(())
            });
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
    #[doc(alias("atcab_sha_end", "atcab_sha_hmac_finish"))]
    pub fn finish(mut self) -> Result<[u8; 32], Error<I2C::Error>> {
        let state = self.state.begin()?;
        let Self { device, start, block, filled, .. } = &mut self;
        device.session(|chip| {
            if state == State::Fresh {
                chip.execute(start)?;
            }
            let last = block.get(..*filled).unwrap_or_default();
            let end = ShaEnd::new(last, ShaTarget::OutputOnly).ok_or_else(too_long)?;
            chip.execute(&end).map_err(lost)
        })
    }
}
