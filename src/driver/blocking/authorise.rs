//! Proofs that the host knows a key (feature `host`; chip reference 5.0.3, 5.2).

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{CheckMac, MacBlocks, OtherData, TempKeySource};
use crate::error::Error;
use crate::host::{self, SharedKey};
use crate::secret::stack::blocking::scrubbed;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// # Authorisation
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// Proves to the chip that the host knows a key, by CheckMac over a random nonce. For the rest of the
    /// session this authorises *one* use of a key whose ReqAuth is set and whose AuthKey names that slot,
    /// or setting the latch. TempKey is lost.
    ///
    /// `num_in` is the host's share of the nonce. **The slot needs ReqRandom and NoMac**; the builder's authorisation key
    /// has both. Without ReqRandom a recorded proof can be replayed. Without NoMac the chip's MAC command makes a proof
    /// for anyone.
    ///
    /// # Errors
    /// Status [`Miscompare`](crate::Status::Miscompare): the chip has another key there. Status
    /// [`Execution`](crate::Status::Execution): the slot is no such key, or something it requires is
    /// missing. Else as [`execute`](Self::execute).
    #[doc(alias = "atcab_checkmac")]
    pub fn authorise(&mut self, shared: &SharedKey, num_in: &[u8; 20]) -> Result<(), Error<I2C::Error>> {
        scrubbed(|| {
            let serial = self.serial_number()?;
            let temp_key = self.random_nonce(num_in)?;
            let blocks = MacBlocks::SlotAndTempKey(TempKeySource::Random);
            let other_data = OtherData([0; 13]);
            let response = host::check_mac(&blocks, &other_data, &shared.key, &temp_key, &serial);
            let check = CheckMac { blocks, slot: shared.slot, response: &response, other_data: &other_data };
            self.execute(&check)
        })
    }
}

/// # Passwords
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Has the chip compare a password, or rather its 32-byte hash, with the one in a slot. Neither is
    /// seen on the bus, and a recorded check can't be replayed to a slot with ReqRandom (and NoMac). A slot
    /// with LimitedUse counts the tries.
    ///
    /// The answer itself is one byte that an attacker on the bus can change: what it opens in the chip (ReqAuth) is safe,
    /// what the host does on `Ok` is not. An attacker who recorded a check can try passwords against it off line: take
    /// long ones.
    ///
    /// `num_in` is the host's share of the nonce: 20 bytes that are never the same twice.
    ///
    /// # Errors
    /// Status [`Miscompare`](crate::Status::Miscompare): the wrong password. Else as
    /// [`Session::authorise`]. Only `Ok` means checked.
    #[doc(alias = "atcab_checkmac")]
    pub fn check_password(
        &mut self,
        password: &SharedKey,
        num_in: &[u8; 20],
    ) -> Result<(), Error<I2C::Error>> {
        self.session(move |chip| chip.authorise(password, num_in))
    }
}
