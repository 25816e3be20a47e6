//! Writing and locking a configuration as planned.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{LockTarget, Summary};
use crate::config::ConfigZone;
use crate::config::LockState;
use crate::config::plan::{CommitError, Plan};
use crate::config::{ConfigError, Mismatch};
use crate::irreversible::NoMoreConfigWrites;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// # Plan and commit
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Reads the chip's configuration and works out what [`commit`](Self::commit) would do. Changes nothing.
    ///
    /// # Errors
    /// [`ConfigError::NotWritable`] or [`ConfigError::AlreadyLocked`], if the chip can't be brought to `wanted`; else
    /// as [`execute`](Self::execute).
    #[doc(alias = "atcab_cmp_config_zone")]
    pub fn plan(&mut self, wanted: &ConfigZone) -> Result<Plan, ConfigError<I2C::Error>> {
        let present = self.read_config()?;
        Ok(Plan::new(&present, wanted)?)
    }

    /// Carries out a plan: writes the configuration, reads it back, and locks it **for ever**.
    ///
    /// The chip must hold what it held when the plan was made, or some of the planned bytes already, so
    /// that an interrupted commit can be called again. It locks only if all 128 bytes are the planned ones,
    /// by comparison and by the chip's own CRC. The chip stays awake from the first byte to the lock: a new
    /// I2C address counts from its next sleep on, and needs [`with_address`](Self::with_address) then.
    ///
    /// # Errors
    /// [`CommitError::Findings`] if lint finds errors, before anything is sent. [`ConfigError::Mismatch`] if
    /// the chip holds something else, before anything is written, or took something else: not locked.
    /// [`ConfigError::AlreadyLocked`]. [`ConfigError::Chip`]: not locked either, unless
    /// [`may_have_run`](crate::Error::may_have_run); then read [`lock_state`](Self::lock_state).
    #[doc(alias("atcab_write_config_zone", "atcab_lock_config_zone", "atcab_lock_data_zone"))]
    pub fn commit(&mut self, plan: &Plan, lost: NoMoreConfigWrites) -> Result<(), CommitError<I2C::Error>> {
        if let Some(errors) = plan.refusal() {
            return Err(CommitError::Findings { errors });
        }
        let committed: Result<(), ConfigError<I2C::Error>> = self.session(|chip| {
            let found = chip.read_config()?;
            if found.is_config_locked() {
                return Err(ConfigError::AlreadyLocked);
            }
            if !plan.covers(&found) {
                return Err(ConfigError::Mismatch(Mismatch::new(plan.present(), &found)));
            }
            chip.carry_out(plan, &found, lost)
        });
        Ok(committed?)
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// Brings a chip that holds `found` to what the plan wants, looks whether it is, and locks it.
    pub(super) fn carry_out(
        &mut self,
        plan: &Plan,
        found: &ConfigZone,
        lost: NoMoreConfigWrites,
    ) -> Result<(), ConfigError<I2C::Error>> {
        let wanted = plan.wanted();
        self.write_difference(found, wanted)?;
        let written = self.read_config()?;
        if written != *wanted {
            return Err(ConfigError::Mismatch(Mismatch::new(wanted, &written)));
        }
        let target = LockTarget::Config(Summary::Crc(plan.crc()), lost);
        Ok(self.lock(target, LockState::of(found), |state| state.config)?)
    }
}
