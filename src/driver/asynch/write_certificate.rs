//! Certificates and signers' keys into slots.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::WriteBlock;
use crate::config::DataContents;
use crate::driver::certificate::{blocks, write_plan};
use crate::error::{Argument, Error};
#[cfg(feature = "host")]
use crate::host::SharedKey;
use crate::memory::Slot;
#[cfg(feature = "host")]
use crate::secret::Secret;
use crate::x509::{Compressed, SlotBytes, SlotPlace, Stored};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// Whole blocks, as the chip wants them before the data lock.
    pub(super) async fn write_blocks(
        &mut self,
        contents: &DataContents<'_>,
        places: impl Iterator<Item = (SlotPlace, [u8; SlotPlace::LEN])> + Clone,
        texts: impl Iterator<Item = SlotBytes> + Clone,
    ) -> Result<(), Error<I2C::Error>> {
        for (place, block) in blocks(contents, places, texts) {
            self.execute(&WriteBlock(place, &block)).await?;
        }
        Ok(())
    }

    /// Whether slot 8 is written in whole blocks only.
    async fn shares_blocks(&mut self, places: &[(SlotPlace, Stored<'_>)]) -> Result<bool, Error<I2C::Error>> {
        let in_slot_8 = places.iter().any(|(place, _)| place.slot() == Slot::S8);
        Ok(in_slot_8 && !self.lock_state().await?.data)
    }

    /// Each place on its own.
    async fn write_apart<'a>(
        &mut self,
        places: impl Iterator<Item = &'a (SlotPlace, Stored<'a>)>,
    ) -> Result<(), Error<I2C::Error>> {
        for (place, stored) in places {
            self.write_spans(write_plan(*place), &stored.to_bytes()).await?;
        }
        Ok(())
    }
}

/// # Writing certificates
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Writes a compressed certificate, 72 bytes, before the data lock and after it (chip reference 4.16, 5.23).
    /// In slot 8, once the data zone is locked, nothing beside it is touched.
    ///
    /// A failure may leave a part of the bytes written: [`read_certificate`](Self::read_certificate) then says
    /// that it does not verify. Write again.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = testkit::fleet::enrolled_chip();
    /// # let compressed = *testkit::fleet::SIGNER_CERTIFICATE;
    /// use atecc608::x509::SlotPlace;
    ///
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// chip.write_certificate(SlotPlace::S13, &compressed).await?;
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Argument::SharedBlock`]: in slot 8, and the data zone is not locked yet; take
    /// [`write_places`](Self::write_places). Status [`Execution`](crate::Status::Execution): the configuration is not locked
    /// yet, the slot is locked or not writable in clear. Else as [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a part may be written. Write again.
    #[doc(alias = "atcacert_write_cert_ext")]
    #[doc(alias = "atcacert_write_cert")]
    pub async fn write_certificate(
        &mut self,
        place: SlotPlace,
        certificate: &Compressed,
    ) -> Result<(), Error<I2C::Error>> {
        let places = [(place, Stored::Certificate(certificate))];
        self.session(async |chip| {
            if chip.shares_blocks(&places).await? {
                return Err(Error::argument(Argument::SharedBlock));
            }
            chip.write_apart(places.iter()).await
        })
        .await
    }

    /// Writes certificates and signers' keys, any number, in one session.
    ///
    /// Before the data lock the chip writes whole blocks of 32 bytes, which places in slot 8 share. So **all that slot 8
    /// is to hold must be given at once then: what lies in blocks that these places touch, and is not
    /// given, becomes 0xFF**. Once the data zone is locked, nothing beside the places is touched. Of two contents for one
    /// place the later stays.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = testkit::fleet::enrolled_chip();
    /// # let (signer_key, compressed) = (*testkit::fleet::SIGNER_KEY, *testkit::fleet::SIGNER_CERTIFICATE);
    /// use atecc608::x509::{SlotPlace, Stored};
    ///
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// chip.write_places(&[
    ///     (SlotPlace::S8[0], Stored::Key(&signer_key)),
    ///     (SlotPlace::S8[1], Stored::Certificate(&compressed)),
    /// ])
    /// .await?;
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`write_certificate`](Self::write_certificate), but for slot 8.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a part may be written. Write again.
    #[doc(alias = "atcacert_write_cert")]
    pub async fn write_places(
        &mut self,
        contents: &[(SlotPlace, Stored<'_>)],
    ) -> Result<(), Error<I2C::Error>> {
        self.session(async |chip| {
            let shared = chip.shares_blocks(contents).await?;
            let in_slot_8 = |(place, _): &&(SlotPlace, Stored<'_>)| place.slot() == Slot::S8;
            if shared {
                let places = contents.iter().filter(in_slot_8);
                let bytes = places.map(|(place, stored)| (*place, stored.to_bytes()));
                chip.write_blocks(&DataContents::BLANK, bytes, core::iter::empty()).await?;
            }
            chip.write_apart(contents.iter().filter(|place| !(shared && in_slot_8(place)))).await
        })
        .await
    }

    /// Writes a compressed certificate encrypted under the slot's write key, for slots 9 to 15 with encrypted writes. A nonce
    /// of the host's for each of its three blocks, as [`write_encrypted`](Self::write_encrypted) asks for it.
    ///
    /// The last block, of which the slot keeps 8 bytes, is written first: if the chip does not take it once the data zone
    /// is locked, which is not known (UNVERIFIED, chip reference U55), nothing was changed.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = testkit::fleet::enrolled_chip();
    /// # let compressed = *testkit::fleet::SIGNER_CERTIFICATE;
    /// use atecc608::x509::SlotPlace;
    /// use atecc608::{Secret, Slot, asynch::SharedKey};
    ///
    /// # let fresh = [[1; 20], [2; 20], [3; 20]];
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let write_key = SharedKey { slot: Slot::S4, key: Secret::new([0x44; 32]) };
    /// let result = chip.write_certificate_encrypted(SlotPlace::S13, &compressed, &write_key, &fresh).await;
    /// assert!(result.is_err(), "not a slot with encrypted writes");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Argument::SharedBlock`] for slot 8. Else as [`write_encrypted`](Self::write_encrypted).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a part may be written. Write again.
    #[cfg(feature = "host")]
    #[doc(alias = "atcacert_write_cert")]
    pub async fn write_certificate_encrypted(
        &mut self,
        place: SlotPlace,
        certificate: &Compressed,
        write_key: &SharedKey,
        num_in: &[[u8; 20]; 3],
    ) -> Result<(), Error<I2C::Error>> {
        if place.slot() == Slot::S8 {
            return Err(Error::argument(Argument::SharedBlock));
        }
        for (number, nonce) in (0..3u8).zip(num_in).rev() {
            let mut block = [0; 32];
            let bytes = certificate.as_bytes().iter().skip(32 * usize::from(number));
            block.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            self.write_encrypted(place.slot(), number, &Secret::new(block), write_key, nonce).await?;
        }
        Ok(())
    }
}
