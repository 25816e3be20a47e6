//! Encrypted reads and writes in one call (feature `host`; chip reference 5.14, 5.16, 5.23).

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{
    GenDig, NonceRandom, PrivWriteClear, PrivWriteEncrypted, RandomSource, ReadBlock, Seed, WriteEncrypted,
};
use crate::error::{Argument, Error};
use crate::host::{self, SharedKey};
use crate::irreversible::OldKeyIsLost;
use crate::memory::Block;
use crate::memory::Slot;
use crate::secret::Secret;
use crate::secret::stack::asynch::scrubbed;
use crate::serial::SerialNumber;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// A random Nonce: chip and host know TempKey.
    pub(super) async fn random_nonce(&mut self, num_in: &[u8; 20]) -> Result<Secret<32>, Error<I2C::Error>> {
        let nonce = NonceRandom { num_in, seed: Seed::Update, source: RandomSource::Generator };
        Ok(host::nonce(&self.execute(&nonce).await?, num_in, Seed::Update))
    }

    /// Nonce and GenDig: chip and host agree on TempKey.
    async fn agree(
        &mut self,
        shared: &SharedKey,
        num_in: &[u8; 20],
    ) -> Result<(SerialNumber, Secret<32>), Error<I2C::Error>> {
        let serial = self.serial_number().await?;
        let temp_key = self.random_nonce(num_in).await?;
        // With these bytes the digest is the same whether or not the slot's NoMac is set.
        let other_data = [0x15, 0x02, shared.slot.number(), 0x00];
        self.execute(&GenDig::SlotWithOtherData(shared.slot, &other_data)).await?;
        let temp_key = host::gen_dig_slot(&shared.key, shared.slot, &serial, &temp_key);
        Ok((serial, temp_key))
    }
}

/// # Encrypted storage
///
/// `num_in` is the host's share of the nonce: 20 bytes that are never the same twice. Then nobody can replay a recorded
/// answer **to the host**. Against a replay **to the chip** the key in its slot needs ReqRandom, which the builder's
/// storage keys have: without it an attacker on the bus loads the recorded nonce, and the chip writes the old bytes
/// again.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Writes 32 bytes of a slot, encrypted under the slot's write key. The last block of all slots but 8 is
    /// shorter: 4 bytes in slots 0 to 7, 8 in slots 9 to 15. What is behind must be zeros, as it is not kept.
    ///
    /// # Errors
    /// [`Argument::OutOfRange`] beyond the slot's [`blocks`](Slot::blocks), [`Argument::BeyondEnd`]. Status
    /// [`Execution`](crate::Status::Execution): the slot takes no encrypted writes, this is not its
    /// write key, or the key is another. Else as [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); the bytes may be written.
    #[doc(alias("atcab_write_enc", "atcab_write"))]
    pub async fn write_encrypted(
        &mut self,
        slot: Slot,
        block: u8,
        plaintext: &Secret<32>,
        write_key: &SharedKey,
        num_in: &[u8; 20],
    ) -> Result<(), Error<I2C::Error>> {
        let kept = slot.size().saturating_sub(32 * usize::from(block));
        let block = Block::data(slot, block).ok_or(Error::argument(Argument::OutOfRange))?;
        if plaintext.expose().iter().skip(kept).fold(0, |lost, byte| lost | byte) != 0 {
            return Err(Error::argument(Argument::BeyondEnd));
        }
        scrubbed(async || {
            self.session(async |chip| {
                let (serial, temp_key) = chip.agree(write_key, num_in).await?;
                let (ciphertext, mac) = host::encrypt_write(plaintext, block, &serial, &temp_key);
                chip.execute(&WriteEncrypted { block, ciphertext: &ciphertext, mac: &mac }).await
            })
            .await
        })
        .await
    }

    /// Reads 32 bytes of a slot, encrypted under the slot's read key.
    ///
    /// Nothing proves that the bytes come from the chip: a wrong key gives wrong bytes.
    ///
    /// # Errors
    /// As [`write_encrypted`](Self::write_encrypted), for reading.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcab_read_enc")]
    pub async fn read_encrypted(
        &mut self,
        slot: Slot,
        block: u8,
        read_key: &SharedKey,
        num_in: &[u8; 20],
    ) -> Result<Secret<32>, Error<I2C::Error>> {
        let block = Block::data(slot, block).ok_or(Error::argument(Argument::OutOfRange))?;
        let mut plaintext = Secret::room();
        scrubbed(async || {
            self.session(async |chip| {
                let (_, temp_key) = chip.agree(read_key, num_in).await?;
                let ciphertext = chip.execute(&ReadBlock(block)).await?;
                host::decrypt_read_into(&mut plaintext, &ciphertext, &temp_key);
                Ok::<_, Error<I2C::Error>>(())
            })
            .await
        })
        .await?;
        // Not moved: this one is wiped.
        Ok(plaintext.clone())
    }
}

/// # Importing private keys
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Writes a private key (big endian) into a slot in clear, which works between the two locks
    /// (chip reference 5.14). A key that the chip makes itself is never seen by anyone; prefer
    /// [`generate_key`](Self::generate_key).
    ///
    /// # Errors
    /// Status [`Execution`](crate::Status::Execution) at any other time, if the slot is no private
    /// key slot, or the key is no valid one. Else as [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); the key may be written.
    #[doc(alias = "atcab_priv_write")]
    pub async fn write_private_key(
        &mut self,
        slot: Slot,
        key: &Secret<32>,
        old: OldKeyIsLost,
    ) -> Result<(), Error<I2C::Error>> {
        scrubbed(async || self.execute(&PrivWriteClear { slot, key: key.expose(), old }).await).await
    }

    /// Writes a private key (big endian) into a slot, encrypted under the slot's write key.
    ///
    /// # Errors
    /// As [`write_encrypted`](Self::write_encrypted).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); the key may be written.
    #[doc(alias = "atcab_priv_write")]
    pub async fn write_private_key_encrypted(
        &mut self,
        slot: Slot,
        key: &Secret<32>,
        write_key: &SharedKey,
        num_in: &[u8; 20],
        old: OldKeyIsLost,
    ) -> Result<(), Error<I2C::Error>> {
        scrubbed(async || {
            self.session(async |chip| {
                let (serial, temp_key) = chip.agree(write_key, num_in).await?;
                let (ciphertext, mac) = host::encrypt_priv_write(key, slot, &serial, &temp_key);
                chip.execute(&PrivWriteEncrypted { slot, ciphertext: &ciphertext, mac: &mac, old }).await
            })
            .await
        })
        .await
    }
}
