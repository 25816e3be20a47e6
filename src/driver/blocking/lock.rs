//! Locking, which can't be undone (chip reference 5.11).

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{Lock, LockTarget, Summary};
use crate::config::ConfigZone;
use crate::config::DataContents;
use crate::config::LockState;
use crate::config::{ConfigError, Mismatch};
use crate::error::Error;
use crate::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, NoMoreSlotChanges};
use crate::memory::Slot;
use crate::wire::frame::crc16;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// Locks; if no clear answer came, looks whether it is done. What was locked `before` says nothing
    /// of that.
    pub(super) fn lock(
        &mut self,
        target: LockTarget,
        before: LockState,
        is_done: impl Fn(LockState) -> bool,
    ) -> Result<(), Error<I2C::Error>> {
        match self.execute(&Lock(target)) {
            Err(error) if error.may_have_run() && !is_done(before) => match self.lock_state() {
                Ok(state) if is_done(state) => Ok(()),
                _ => Err(error),
            },
            result => result,
        }
    }
}

/// # Locking
///
/// **None of this can be undone.** Each call takes a token of [`irreversible`](crate::irreversible) that names what is lost.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Locks the configuration zone **for ever**, if it is what the caller expects.
    ///
    /// Reads the zone, compares all 128 bytes with `expected`, and has the chip lock with the CRC
    /// of what was read, so that it locks just that.
    ///
    /// # Errors
    /// [`ConfigError::Mismatch`] with both zones, [`ConfigError::AlreadyLocked`]: nothing was
    /// locked. [`ConfigError::Chip`]: not locked either, unless
    /// [`may_have_run`](Error::may_have_run); then read [`lock_state`](Self::lock_state).
    #[doc(alias("atcab_lock_config_zone", "atcab_lock_config_zone_crc"))]
    pub fn lock_config(
        &mut self,
        expected: &ConfigZone,
        lost: NoMoreConfigWrites,
    ) -> Result<(), ConfigError<I2C::Error>> {
        self.session(move |chip| {
            let found = chip.read_config()?;
            if found.is_config_locked() {
                return Err(ConfigError::AlreadyLocked);
            }
            if found != *expected {
                return Err(ConfigError::Mismatch(Mismatch::new(expected, &found)));
            }
            let summary = Summary::Crc(crc16([&found.as_bytes()[..]]));
            Ok(chip.lock(LockTarget::Config(summary, lost), LockState::of(&found), |state| state.config)?)
        })
    }

    /// Locks the data and OTP zones **for ever**, if they hold what the caller expects: the chip
    /// compares the CRC of `expected` with its own. Slots and OTP can't be read before.
    ///
    /// # Errors
    /// Status [`Execution`](crate::Status::Execution): contents differ (also by the mark that the chip puts into byte 0 of
    /// a public key that must be validated, see [`DataContents`]), the configuration zone is
    /// not locked yet, or the data zone is locked already; nothing was locked. Else as
    /// [`execute`](Self::execute).
    #[doc(alias = "atcab_lock_data_zone_crc")]
    pub fn lock_data(
        &mut self,
        expected: &DataContents<'_>,
        lost: NoMoreFreeDataWrites,
    ) -> Result<(), Error<I2C::Error>> {
        self.session(move |chip| {
            let config = chip.read_config()?;
            let summary = Summary::Crc(expected.crc(&config));
            chip.lock(LockTarget::Data(summary, lost), LockState::of(&config), |state| state.data)
        })
    }

    /// Locks the data and OTP zones **for ever, whatever they hold**. Prefer
    /// [`lock_data`](Self::lock_data).
    ///
    /// # Errors
    /// As [`lock_data`](Self::lock_data), but for the contents.
    #[doc(alias = "atcab_lock_data_zone")]
    pub fn lock_data_unchecked(&mut self, lost: NoMoreFreeDataWrites) -> Result<(), Error<I2C::Error>> {
        self.session(move |chip| {
            let before = chip.lock_state()?;
            chip.lock(LockTarget::Data(Summary::Unchecked, lost), before, |state| state.data)
        })
    }

    /// Locks one slot **for ever**. Its KeyConfig must be lockable and the configuration locked.
    ///
    /// # Errors
    /// Status [`Execution`](crate::Status::Execution): not lockable, locked already, or the
    /// configuration is not locked yet. Else as [`execute`](Self::execute).
    #[doc(alias = "atcab_lock_data_slot")]
    pub fn lock_slot(&mut self, slot: Slot, lost: NoMoreSlotChanges) -> Result<(), Error<I2C::Error>> {
        self.session(move |chip| {
            let before = chip.lock_state()?;
            chip.lock(LockTarget::Slot(slot, lost), before, |state| state.slot(slot))
        })
    }
}
