//! From a blank chip to an identity in one go.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{GenKeyCreate, KeyTarget, LockTarget, Summary};
use crate::config::DataContents;
use crate::config::LockState;
use crate::config::plan::{CommitError, Plan};
use crate::config::{ConfigError, Mismatch};
use crate::config::{ConfigZone, KeyType};
use crate::driver::configuration::as_locked;
use crate::error::{Argument, Error};
use crate::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, OldKeyIsLost};
use crate::key::{KeyOrigin, PublicKey};
use crate::memory::Slot;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// The configuration written and locked, unless it is, and the key that is there then or is made. `wanted` becomes what
    /// the chip holds.
    pub(super) async fn configured_key(
        &mut self,
        found: &ConfigZone,
        wanted: &mut ConfigZone,
        slot: Slot,
        config_lock: NoMoreConfigWrites,
    ) -> Result<(PublicKey, KeyOrigin), CommitError<I2C::Error>> {
        let key = wanted.key_config(slot);
        if !key.is_private() || key.key_type() != KeyType::P256 {
            return Err(Error::argument(Argument::NoKeySlot).into());
        }
        if found.is_config_locked() {
            as_locked(wanted, found);
            if found != wanted {
                return Err(ConfigError::Mismatch(Mismatch::new(wanted, found)).into());
            }
            return Ok(self.ensure_key(slot).await?);
        }
        let plan = Plan::new(found, wanted).map_err(ConfigError::from)?;
        if let Some(errors) = plan.refusal() {
            return Err(CommitError::Findings { errors });
        }
        self.carry_out(&plan, found, config_lock).await?;
        // There is no old key: none can be made before the configuration is locked.
        let key = self.execute(&GenKeyCreate(KeyTarget::Slot(slot, OldKeyIsLost))).await?;
        Ok((key, KeyOrigin::Made))
    }

    /// Locks the data zone, if its contents have this CRC.
    pub(super) async fn lock_contents(
        &mut self,
        crc: [u8; 2],
        before: LockState,
        lost: NoMoreFreeDataWrites,
    ) -> Result<(), Error<I2C::Error>> {
        self.lock(LockTarget::Data(Summary::Crc(crc), lost), before, |state| state.data).await
    }
}

/// # Provisioning
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Makes an identity of a blank chip: writes and locks the configuration, makes a key in `slot`, and
    /// locks the data zone. **All of it is for ever.** Returns the public key.
    ///
    /// `wanted` gets what the chip holds and says what it should hold, as the presets do
    /// ([`preset::gcp_device`](crate::config::preset::gcp_device)). `contents` are those of the slots and OTP, which
    /// were written before or are blank; the chip compares their CRC with its own before it locks. What is
    /// done already is not done again, so after any failure this can be called again with the same
    /// arguments, on a new chip as on one that was interrupted: it completes, or says why it can't.
    ///
    /// **PubInfo.** Where it is 0 the chip gives the public key only until the data zone is locked, and lint warns
    /// ([`PublicKeyLost`](crate::config::lint::Kind::PublicKeyLost)). If the answer of a call that had got that far
    /// was lost, another call ends with status [`Execution`](crate::Status::Execution) of GenKey: the key is there and
    /// signs, and nothing gives its public key any more. Set PubInfo.
    ///
    /// `slot` must be one for a private key of P-256 in what is wanted. On a chip whose configuration is locked already,
    /// counters, the one-time bytes 84 and 85, and slots that were locked since do not count.
    ///
    /// The chip wakes once, and its configuration is read twice: before, and to see that it was written. To look
    /// at what would happen first, use [`plan`](Self::plan) and [`commit`](Self::commit).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::with_blank_chip(1);
    /// use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
    /// use atecc608::{DataContents, Slot, config::preset};
    ///
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let (key, _) = chip
    ///     .provision(
    ///         preset::gcp_device,
    ///         Slot::S0,
    ///         &DataContents::BLANK,
    ///         NoMoreConfigWrites,
    ///         NoMoreFreeDataWrites,
    ///     )
    ///     .await?;
    /// assert_eq!(key, chip.public_key(Slot::S0).await?);
    /// assert!(chip.lock_state().await?.data);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`CommitError::Findings`], [`ConfigError::NotWritable`] and [`Argument::NoKeySlot`]: nothing was
    /// written. [`ConfigError::Mismatch`]: the configuration is locked already and is another one, or did not
    /// become what is wanted and was not locked. [`ConfigError::Chip`]: as [`generate_key`](Self::generate_key) and
    /// [`lock_data`](Self::lock_data); **the configuration may be locked by then**, as
    /// [`lock_state`](Self::lock_state) says. A new I2C address counts from the chip's next sleep on, and needs
    /// [`with_address`](Self::with_address) then, also for another call.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session): any of the steps may be done; call again.
    pub async fn provision(
        &mut self,
        wanted: impl FnOnce(&ConfigZone) -> ConfigZone,
        slot: Slot,
        contents: &DataContents<'_>,
        config_lock: NoMoreConfigWrites,
        data_lock: NoMoreFreeDataWrites,
    ) -> Result<(PublicKey, KeyOrigin), CommitError<I2C::Error>> {
        self.session(async |chip| {
            let found = chip.read_config().await?;
            let mut wanted = wanted(&found);
            let key = chip.configured_key(&found, &mut wanted, slot, config_lock).await?;
            let before = LockState::of(&found);
            if !before.data {
                chip.lock_contents(contents.crc(&wanted), before, data_lock).await?;
            }
            Ok(key)
        })
        .await
    }
}
