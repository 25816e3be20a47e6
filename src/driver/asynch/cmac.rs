//! CMAC on the chip's block cipher (NIST SP 800-38B; chip reference 5.1).

use super::session::Session;
use super::wake::Wake;
use crate::command::AesKey;
use crate::driver::block::Block;
use crate::driver::cmac::State;
use crate::error::Error;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

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
#[derive(Debug)]
pub struct Cmac(State);

impl Cmac {
    /// Of nothing yet.
    #[doc(alias = "atcab_aes_cmac_init")]
    #[must_use]
    pub const fn new(key: AesKey) -> Self {
        Self(State::new(key))
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// As [`Session::aes_encrypt`]. After an error every further call fails with [`ErrorKind::Reset`](crate::ErrorKind::Reset): start
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
        let Self(state) = self;
        state.check()?;
        while let Some(block) = state.absorb(&mut data) {
            state.mac = chip.aes_encrypt(state.key, &block).await?;
            state.broken = false;
        }
        Ok(())
    }

    /// The CMAC of everything added. Compare it in constant time.
    ///
    /// # Errors
    /// As [`Session::aes_encrypt`]; [`ErrorKind::Reset`](crate::ErrorKind::Reset) if it broke before.
    ///
    /// # Cancel safety
    /// Cut off, nothing is answered: start over.
    #[doc(alias = "atcab_aes_cmac_finish")]
    pub async fn finish<I2C: I2c, D: DelayNs, W: Wake<I2C>>(
        self,
        chip: &mut Session<'_, I2C, D, W>,
    ) -> Result<Block, Error<I2C::Error>> {
        let Self(state) = self;
        state.check()?;
        let zero = chip.aes_encrypt(state.key, &[0; 16]).await?;
        chip.aes_encrypt(state.key, &state.last(zero)).await
    }
}
