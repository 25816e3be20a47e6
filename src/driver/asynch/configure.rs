//! Reading and writing the configuration zone.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{ReadBlock, WriteBlock, WriteWord};
use crate::config::ConfigZone;
use crate::config::LockState;
use crate::config::{ConfigError, Mismatch};
use crate::driver::configuration::{LOCKS, difference, locks_in};
use crate::error::Error;
use crate::memory::{Block, Word, Zone};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// The whole zone, four reads.
    pub(super) async fn read_config(&mut self) -> Result<ConfigZone, Error<I2C::Error>> {
        let mut zone = ConfigZone::from_bytes([0; 128]);
        for block in 0..4 {
            let bytes = self.execute(&ReadBlock(Block::at(Zone::Config, block))).await?;
            zone.set_block(block, &bytes);
        }
        Ok(zone)
    }

    /// Writes what differs; returns the number of words that did. The two blocks that hold nothing
    /// of the chip's own are written whole where that is shorter (chip reference 4.3).
    pub(super) async fn write_difference(
        &mut self,
        present: &ConfigZone,
        wanted: &ConfigZone,
    ) -> Result<u8, Error<I2C::Error>> {
        let mut written = 0;
        for block in 0..4 {
            let (differing, whole) = difference(present, wanted, block);
            written += differing.clone().count() as u8;
            if whole {
                self.execute(&WriteBlock(Block::at(Zone::Config, block), &wanted.block(block))).await?;
                continue;
            }
            for word in differing {
                if let Some(place) = Word::config(word) {
                    self.execute(&WriteWord(place, &wanted.word(word))).await?;
                }
            }
        }
        Ok(written)
    }

    /// The lock bytes, one read.
    pub(super) async fn lock_state(&mut self) -> Result<LockState, Error<I2C::Error>> {
        let block = self.execute(&ReadBlock(Block::at(Zone::Config, LOCKS))).await?;
        Ok(locks_in(&block))
    }
}

/// # Configuration
///
/// What is written here can be written again, until [`lock_config`](Self::lock_config).
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// The configuration zone, readable in every lock state (chip reference 4.3).
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcab_read_config_zone")]
    pub fn read_config(&mut self) -> impl Future<Output = Result<ConfigZone, Error<I2C::Error>>> {
        self.session(async move |chip| chip.read_config().await)
    }

    /// What is locked.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("atcab_is_config_locked", "atcab_is_data_locked"))]
    pub fn lock_state(&mut self) -> impl Future<Output = Result<LockState, Error<I2C::Error>>> {
        self.session(async move |chip| chip.lock_state().await)
    }

    /// Makes the chip's configuration `wanted`: reads it, writes the words that differ (blocks 1 and
    /// 3 whole if more than one does), reads it back and compares. Returns the number of words that
    /// differed, 0 if there was nothing to do.
    ///
    /// Take the chip's own bytes (0 to 15, 84 to 87) from what was read, as
    /// [`preset::gcp_device`](crate::config::preset::gcp_device) does. Interrupted, it can simply be
    /// called again. A new I2C address is used by the chip from its next wake on, hence by the
    /// driver's next operation, which needs [`with_address`](Self::with_address).
    ///
    /// # Errors
    /// [`ConfigError::NotWritable`] or [`ConfigError::AlreadyLocked`], before anything is written;
    /// [`ConfigError::Mismatch`] if the chip took something else; else as
    /// [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); some words may be written. Call again.
    #[doc(alias("atcab_write_config_zone", "atcab_write_config_counter"))]
    pub fn write_config(
        &mut self,
        wanted: &ConfigZone,
    ) -> impl Future<Output = Result<u8, ConfigError<I2C::Error>>> {
        self.session(async move |chip| {
            let present = chip.read_config().await?;
            if present == *wanted {
                return Ok(0);
            }
            if present.is_config_locked() {
                return Err(ConfigError::AlreadyLocked);
            }
            if let Some(byte) = wanted.difference(&present).find(|d| !ConfigZone::is_writable(d.offset)) {
                return Err(ConfigError::NotWritable { offset: byte.offset });
            }
            let written = chip.write_difference(&present, wanted).await?;
            let found = chip.read_config().await?;
            if found != *wanted {
                return Err(ConfigError::Mismatch(Mismatch::new(wanted, &found)));
            }
            Ok(written)
        })
    }
}
