//! Reading and writing the configuration zone.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{ReadBlock, WriteWord};
use crate::config::ConfigZone;
use crate::error::{ConfigError, Error, Mismatch};
use crate::lock_state::LockState;
use crate::zone::{Block, Word, Zone};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// Block with the lock bytes.
const LOCKS: u8 = 2;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// The whole zone, four reads.
    pub(super) fn read_config(&mut self) -> Result<ConfigZone, Error<I2C::Error>> {
        let mut zone = ConfigZone::from_bytes([0; 128]);
        for block in 0..4 {
            let bytes = self.execute(&ReadBlock(Block::at(Zone::Config, block)))?;
            zone.set_block(block, &bytes);
        }
        Ok(zone)
    }

    /// The lock bytes, one read.
    pub(super) fn lock_state(&mut self) -> Result<LockState, Error<I2C::Error>> {
        let block = self.execute(&ReadBlock(Block::at(Zone::Config, LOCKS)))?;
        let mut zone = ConfigZone::from_bytes([0; 128]);
        zone.set_block(LOCKS, &block);
        Ok(LockState::of(&zone))
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// The configuration zone, readable in every lock state (chip reference 4.3).
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn read_config(&mut self) -> Result<ConfigZone, Error<I2C::Error>> {
        self.session(|chip| chip.read_config())
    }

    /// What is locked.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn lock_state(&mut self) -> Result<LockState, Error<I2C::Error>> {
        self.session(|chip| chip.lock_state())
    }

    /// Makes the chip's configuration `wanted`: reads it, writes the words that differ, reads it
    /// back and compares. Returns the number of words written, 0 if there was nothing to do.
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
    pub fn write_config(&mut self, wanted: &ConfigZone) -> Result<u8, ConfigError<I2C::Error>> {
        self.session(|chip| {
            let present = chip.read_config()?;
            if present == *wanted {
                return Ok(0);
            }
            if present.is_config_locked() {
                return Err(ConfigError::AlreadyLocked);
            }
            if let Some(byte) = wanted.difference(&present).find(|d| !ConfigZone::is_writable(d.offset)) {
                return Err(ConfigError::NotWritable { offset: byte.offset });
            }
            let mut written = 0;
            for (word, bytes) in (0..32).map(|word| (word, wanted.word(word))) {
                if let (true, Some(word)) = (present.word(word) != bytes, Word::config(word)) {
                    chip.execute(&WriteWord(word, &bytes))?;
                    written += 1;
                }
            }
            let found = chip.read_config()?;
            if found != *wanted {
                return Err(ConfigError::Mismatch(Mismatch::new(wanted, &found)));
            }
            Ok(written)
        })
    }
}
