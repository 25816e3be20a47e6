//! Slots and OTP, in clear.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{ReadBlock, ReadWord, WriteBlock, WriteWord};
use crate::error::{Argument, Error};
use crate::memory::Slot;
use crate::memory::span::{Access, Span, spans};
use crate::memory::{Block, Zone};
use crate::secret::wipe;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// The bytes where the plan says.
    pub(super) async fn read_spans(
        &mut self,
        plan: impl Iterator<Item = Span>,
        bytes: &mut [u8],
    ) -> Result<(), Error<I2C::Error>> {
        let mut rest = bytes;
        for span in plan {
            let mut block = [0; 32];
            match span.word {
                Some(word) => {
                    let bytes = self.execute(&ReadWord(word)).await?;
                    block.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
                }
                None => block = self.execute(&ReadBlock(span.block)).await?,
            }
            let (part, behind) =
                core::mem::take(&mut rest).split_at_mut_checked(span.len).unwrap_or_default();
            part.iter_mut().zip(block.iter().skip(span.skip)).for_each(|(to, from)| *to = *from);
            rest = behind;
            wipe(&mut block);
        }
        Ok(())
    }

    /// Writes the bytes where the plan says.
    pub(super) async fn write_spans(
        &mut self,
        plan: impl Iterator<Item = Span>,
        bytes: &[u8],
    ) -> Result<(), Error<I2C::Error>> {
        let mut rest = bytes;
        for span in plan {
            let (part, behind) = rest.split_at_checked(span.len).unwrap_or_default();
            rest = behind;
            match (span.word, part.first_chunk::<4>()) {
                (Some(word), Some(part)) => self.execute(&WriteWord(word, part)).await?,
                _ => {
                    let mut block = [0; 32];
                    block.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
                    let result = self.execute(&WriteBlock(span.block, &block)).await;
                    wipe(&mut block);
                    result?;
                }
            }
        }
        Ok(())
    }
}

/// # Storage
///
/// Slots in clear. Who may read and write them is in the configuration.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Reads `bytes.len()` bytes of a slot from any offset (chip reference 5.16).
    ///
    /// # Errors
    /// [`Argument::OutOfRange`] beyond the slot's [`size`](Slot::size). Status
    /// [`Execution`](crate::Status::Execution): the data zone is not locked yet, or the slot is
    /// secret. Else as [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("atcacert_read_device_loc", "atcacert_read_device_loc_ext"))]
    #[doc(alias("atcab_read_zone", "atcab_read_bytes_zone", "atcab_read_sig"))]
    pub async fn read_slot(
        &mut self,
        slot: Slot,
        offset: usize,
        bytes: &mut [u8],
    ) -> Result<(), Error<I2C::Error>> {
        let plan =
            spans(slot, offset, bytes.len(), Access::Read).ok_or(Error::argument(Argument::OutOfRange))?;
        self.session(async |chip| chip.read_spans(plan, bytes).await).await
    }

    /// Writes bytes to a slot in clear (chip reference 5.23).
    ///
    /// The chip writes words of 4 bytes, so offset and length must be multiples of 4 (the length
    /// may also reach exactly to the slot's end). Before the data zone is locked, and in slots
    /// whose WriteConfig is "unless validated" or that are secret (IsSecret), it writes whole blocks only:
    /// multiples of 32.
    ///
    /// A failure may leave some of the bytes written, from the front.
    ///
    /// # Errors
    /// [`Argument::OutOfRange`] beyond the slot's [`size`](Slot::size), [`Argument::Alignment`].
    /// Status [`Execution`](crate::Status::Execution): the configuration is not locked yet, the
    /// slot is locked or not writable in clear, or parts of blocks are not writable now. Else as
    /// [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); some of the bytes may be written.
    #[doc(alias("atcab_write_zone", "atcab_write_bytes_zone"))]
    pub async fn write_slot(
        &mut self,
        slot: Slot,
        offset: usize,
        bytes: &[u8],
    ) -> Result<(), Error<I2C::Error>> {
        if !offset.is_multiple_of(4) || !bytes.len().is_multiple_of(4) {
            return Err(Error::argument(Argument::Alignment));
        }
        let plan =
            spans(slot, offset, bytes.len(), Access::Write).ok_or(Error::argument(Argument::OutOfRange))?;
        self.session(async |chip| chip.write_spans(plan, bytes).await).await
    }
}

/// # The OTP zone
///
/// 64 bytes that the data lock makes final.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Reads the OTP zone, 64 bytes. Readable once the data zone is locked.
    ///
    /// # Errors
    /// Status [`Execution`](crate::Status::Execution) before that; else as
    /// [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcab_read_bytes_zone")]
    pub fn read_otp(&mut self) -> impl Future<Output = Result<[u8; 64], Error<I2C::Error>>> {
        self.session(async move |chip| {
            let mut otp = [0; 64];
            let (first, second) = otp.split_at_mut(32);
            for (block, part) in [(0, first), (1, second)] {
                let bytes = chip.execute(&ReadBlock(Block::at(Zone::Otp, block))).await?;
                part.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
            }
            Ok(otp)
        })
    }

    /// Writes the OTP zone, 64 bytes. Writable between the locking of the configuration and that
    /// of the data zone (chip reference 4.15).
    ///
    /// # Errors
    /// Status [`Execution`](crate::Status::Execution) at any other time; else as
    /// [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); the first half may be written.
    #[doc(alias = "atcab_write_bytes_zone")]
    pub fn write_otp(&mut self, bytes: &[u8; 64]) -> impl Future<Output = Result<(), Error<I2C::Error>>> {
        self.session(async move |chip| {
            let (halves, _) = bytes.as_chunks::<32>();
            for (block, half) in (0..).zip(halves) {
                chip.execute(&WriteBlock(Block::at(Zone::Otp, block), half)).await?;
            }
            Ok(())
        })
    }
}
