//! Who the chip is and how it does: revision, random numbers, counters, self test.

use super::device::Atecc608;
use super::wake::Wake;
use crate::command::is_test_pattern;
use crate::command::{
    CounterId, CounterIncrement, CounterRead, ExtraByte, InfoKeyValid, InfoRevision, Model, Random,
    ReadBlock, Revision, Seed, SelfTest, Tests, UpdateExtra, UseKey,
};
use crate::error::{Error, ErrorKind};
use crate::irreversible::{ByteIsFixed, CountIsSpent};
use crate::memory::Slot;
use crate::memory::{Block, Zone};
use crate::serial::SerialNumber;
use crate::wire::Opcode;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

#[cfg(any(feature = "host", feature = "x509"))]
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> super::session::Session<'_, I2C, D, W> {
    /// The serial number, which all MACs hold and many certificates show.
    pub(super) async fn serial_number(&mut self) -> Result<SerialNumber, Error<I2C::Error>> {
        let block = self.execute(&ReadBlock(Block::at(Zone::Config, 0))).await?;
        Ok(SerialNumber::from_config_block(&block))
    }
}

/// # Which chip it is
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// The chip's revision (chip reference 5.9). Works in every lock state.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("atcab_info", "atcab_info_base"))]
    pub fn revision(&mut self) -> impl Future<Output = Result<Revision, Error<I2C::Error>>> {
        self.execute(&InfoRevision)
    }

    /// Makes sure that this is a chip this crate drives. The 508A answers at the same address and
    /// understands a part of the commands; used as a 608 it fails later and less clearly.
    ///
    /// # Errors
    /// [`ErrorKind::WrongChip`] with the revision found; else as [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcab_info")]
    pub async fn identify(&mut self) -> Result<Model, Error<I2C::Error>> {
        let revision = self.execute(&InfoRevision).await?;
        if revision.is_608() {
            Ok(revision.model())
        } else {
            let [_, _, part, step] = revision.0;
            Err(Error::new(Opcode::Info, ErrorKind::WrongChip([part, step])))
        }
    }

    /// The chip's nine-byte serial number (chip reference 4.3). Works in every lock state.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcab_read_serial_number")]
    pub async fn serial_number(&mut self) -> Result<SerialNumber, Error<I2C::Error>> {
        let block = self.execute(&ReadBlock(Block::at(Zone::Config, 0))).await?;
        Ok(SerialNumber::from_config_block(&block))
    }
}

/// # Random numbers
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// 32 random bytes (chip reference 5.15), once the configuration is locked.
    ///
    /// # Errors
    /// [`ErrorKind::NotRandom`] before that: the chip then gives a fixed pattern. Status
    /// [`HealthTest`](crate::Status::HealthTest) if the generator failed, in which case trying
    /// again may help. Else as [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcacert_gen_challenge_hw")]
    #[doc(alias = "atcab_random")]
    pub async fn random(&mut self) -> Result<[u8; 32], Error<I2C::Error>> {
        let bytes = self.execute(&Random(Seed::Update)).await?;
        if is_test_pattern(&bytes) {
            return Err(Error::new(Opcode::Random, ErrorKind::NotRandom));
        }
        Ok(bytes)
    }
}

/// # Counters, uses and the state of a key
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Whether a slot holds a valid ECC key (chip reference 5.9, KeyValid).
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcab_info_base")]
    pub async fn is_key_valid(&mut self, slot: Slot) -> Result<bool, Error<I2C::Error>> {
        self.execute(&InfoKeyValid(slot)).await
    }

    /// Value of a counter, 0 to 2 097 151 (chip reference 5.3).
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("atcab_counter", "atcab_counter_read"))]
    pub async fn counter(&mut self, counter: CounterId) -> Result<u32, Error<I2C::Error>> {
        self.execute(&CounterRead(counter)).await
    }

    /// Adds one to a counter, for ever, and returns the new value.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); status [`Execution`](crate::Status::Execution) at the limit.
    /// When [`may_have_run`](Error::may_have_run), read the counter before counting again.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); the counter may have counted: read it.
    #[doc(alias("atcab_counter", "atcab_counter_increment"))]
    pub async fn increment_counter(
        &mut self,
        counter: CounterId,
        spent: CountIsSpent,
    ) -> Result<u32, Error<I2C::Error>> {
        self.execute(&CounterIncrement(counter, spent)).await
    }

    /// Gives up one use of a limited-use key: Counter0 counts up. Nothing happens for other slots
    /// (chip reference 5.20).
    ///
    /// # Errors
    /// As [`execute`](Self::execute); status [`Execution`](crate::Status::Execution) if no use is left.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); the use may be spent.
    #[doc(alias = "atcab_updateextra")]
    pub async fn spend_use(&mut self, slot: Slot, spent: CountIsSpent) -> Result<(), Error<I2C::Error>> {
        self.execute(&UseKey(slot, spent)).await
    }

    /// Sets UserExtra or UserExtraAdd, which works once, while the byte is zero
    /// (chip reference 5.20).
    ///
    /// # Errors
    /// As [`execute`](Self::execute); status [`Execution`](crate::Status::Execution) if it is set
    /// already.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); the byte may be set: read the configuration.
    #[doc(alias = "atcab_updateextra")]
    pub async fn update_extra(
        &mut self,
        byte: ExtraByte,
        value: u8,
        fixed: ByteIsFixed,
    ) -> Result<(), Error<I2C::Error>> {
        self.execute(&UpdateExtra { byte, value, fixed }).await
    }
}

/// # Self test
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Runs self tests and returns those that failed (chip reference 5.18).
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcab_selftest")]
    pub async fn self_test(&mut self, tests: Tests) -> Result<Tests, Error<I2C::Error>> {
        // As an answer this mask looks like the status "just woken".
        let ambiguous = Tests::RNG | Tests::AES;
        self.session(async |chip| {
            let failed = chip.execute(&SelfTest(tests)).await?;
            // The chip keeps failures until it wakes again: if it forgot them it has reset.
            if failed == ambiguous && chip.execute(&SelfTest(Tests::empty())).await? != ambiguous {
                return Err(Error::new(Opcode::SelfTest, ErrorKind::Reset));
            }
            Ok(failed)
        })
        .await
    }
}
