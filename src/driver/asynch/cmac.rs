//! CMAC on the chip's block cipher (NIST SP 800-38B; chip reference 5.1).

use super::aes::{Block, xor};
use super::session::Session;
use super::sha::take;
use super::wake::Wake;
use crate::command::AesKey;
use crate::error::{Error, ErrorKind};
use crate::secret::wipe;
use crate::wire::Opcode;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// Multiplication by x in the field of CMAC (NIST SP 800-38B).
fn double(block: Block) -> Block {
    let value = u128::from_be_bytes(block);
    let carry = if value >> 127 == 1 { 0x87 } else { 0 };
    (value << 1 ^ carry).to_be_bytes()
}

/// # CMAC
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// CMAC of a message; of a stream: [`Cmac`]. Compare it in constant time.
    ///
    /// # Errors
    /// As [`aes_encrypt`](Self::aes_encrypt).
    ///
    /// # Cancel safety
    /// The command may have run, and the session is over: drop it, too.
    #[doc(alias = "atcab_aes_cmac_init")]
    pub async fn aes_cmac(&mut self, key: AesKey, message: &[u8]) -> Result<Block, Error<I2C::Error>> {
        let mut cmac = Cmac::new(key);
        cmac.update(self, message).await?;
        cmac.finish(self).await
    }
}

/// A CMAC under way. The chip keeps nothing of it: with a slot's key the pieces may come in different
/// sessions, with anything in between.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide/workbench.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
/// # let bus = workbench();
/// use atecc608::asynch::{Atecc608, Cmac};
/// use atecc608::{Slot, command::AesKey};
///
/// let mut chip = Atecc608::new(bus.i2c(), bus.delay());
/// let key = AesKey::slot(Slot::S10, 0).ok_or("no such key")?;
/// let mut cmac = Cmac::new(key);
/// chip.session(async |chip| cmac.update(chip, b"one piece, ").await).await?;
/// let mac = chip
///     .session(async |chip| {
///         cmac.update(chip, b"another").await?;
///         cmac.finish(chip).await
///     })
///     .await?;
/// assert_eq!(mac, chip.session(async |chip| chip.aes_cmac(key, b"one piece, another").await).await?);
/// # Ok(()) }) }
/// ```
pub struct Cmac {
    key: AesKey,
    mac: Block,
    /// The last block so far, whole or not: it is treated apart.
    last: Block,
    filled: usize,
    /// A command failed or was cut off: part of a piece is in, part is not.
    broken: bool,
}

impl core::fmt::Debug for Cmac {
    // The block may hold a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Cmac").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Drop for Cmac {
    fn drop(&mut self) {
        wipe(&mut self.last);
    }
}

impl Cmac {
    /// Of nothing yet.
    #[doc(alias = "atcab_aes_cmac_init")]
    #[must_use]
    pub const fn new(key: AesKey) -> Self {
        Self { key, mac: [0; 16], last: [0; 16], filled: 0, broken: false }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// As [`Session::aes_encrypt`]. After an error every further call fails with [`ErrorKind::Reset`]: start
    /// over.
    ///
    /// # Cancel safety
    /// Cut off, it is broken like after an error.
    #[doc(alias = "atcab_aes_cmac_update")]
    pub async fn update<I2C: I2c, D: DelayNs, W: Wake<I2C>>(
        &mut self,
        chip: &mut Session<'_, I2C, D, W>,
        mut data: &[u8],
    ) -> Result<(), Error<I2C::Error>> {
        self.check()?;
        loop {
            take(&mut self.last, &mut self.filled, &mut data);
            if data.is_empty() {
                return Ok(());
            }
            xor(&mut self.mac, &self.last);
            self.broken = true;
            self.mac = chip.aes_encrypt(self.key, &self.mac).await?;
            self.broken = false;
            self.filled = 0;
        }
    }

    /// The CMAC of everything added. Compare it in constant time.
    ///
    /// # Errors
    /// As [`Session::aes_encrypt`]; [`ErrorKind::Reset`] if it broke before.
    ///
    /// # Cancel safety
    /// Cut off, nothing is answered: start over.
    #[doc(alias = "atcab_aes_cmac_finish")]
    pub async fn finish<I2C: I2c, D: DelayNs, W: Wake<I2C>>(
        self,
        chip: &mut Session<'_, I2C, D, W>,
    ) -> Result<Block, Error<I2C::Error>> {
        self.check()?;
        let mut subkey = double(chip.aes_encrypt(self.key, &[0; 16]).await?);
        let mut mac = self.mac;
        xor(&mut mac, self.last.get(..self.filled).unwrap_or_default());
        if let Some(pad) = mac.get_mut(self.filled) {
            *pad ^= 0x80;
            subkey = double(subkey);
        }
        xor(&mut mac, &subkey);
        wipe(&mut subkey);
        chip.aes_encrypt(self.key, &mac).await
    }

    fn check<E>(&self) -> Result<(), Error<E>> {
        if self.broken { Err(Error::new(Opcode::Aes, ErrorKind::Reset)) } else { Ok(()) }
    }
}
