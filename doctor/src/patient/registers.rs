//! TempKey: what is put there, and what the chip says of it.

use atecc608::{command::Seed, host};

use super::Patient;
use crate::probe::Stop;

/// What a fixed nonce puts into TempKey.
pub const VALUE: [u8; 32] = *b"What the doctor puts in TempKey.";
/// NumIn of a random nonce.
const NUM_IN: [u8; 20] = *b"What the doctor adds";

/// Flags of TempKey and of the authorisation, as Info gives them (chip reference 5.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// TempKey holds something.
    pub valid: bool,
    /// SourceFlag: what TempKey holds came from outside.
    pub input: bool,
    /// GenDigData.
    pub gen_dig: bool,
    /// GenKeyData.
    pub gen_key: bool,
    /// NoMacFlag.
    pub no_mac: bool,
    /// AuthKeyID while AuthValid is set.
    pub authorised: Option<u8>,
    /// The bytes.
    pub bytes: [u8; 2],
}

impl core::fmt::Display for State {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let [first, second] = self.bytes;
        write!(f, "Info says {first:02x} {second:02x}")
    }
}

impl Patient<'_> {
    /// Puts [`VALUE`] into TempKey, and gives it. SourceFlag is 1 then.
    ///
    /// # Errors
    ///
    /// The chip does not take it.
    pub fn load(&mut self) -> Result<[u8; 32], Stop> {
        self.raw(0x16, 0x03, 0, &VALUE)?.expect_done("a fixed nonce was loaded")?;
        Ok(VALUE)
    }

    /// Puts something random into TempKey, and gives it. SourceFlag is 0 then.
    ///
    /// # Errors
    ///
    /// The chip gives no random number.
    pub fn load_random(&mut self) -> Result<[u8; 32], Stop> {
        let reply = self.raw(0x16, 0x01, 0, &NUM_IN)?;
        let random = reply.expect_data("a random nonce was asked for", 32)?;
        let mut rand_out = [0; 32];
        rand_out.copy_from_slice(&random);
        Ok(*host::nonce(&rand_out, &NUM_IN, Seed::Keep).expose())
    }

    /// The Nonce that hashes TempKey instead of a random number.
    ///
    /// # Errors
    ///
    /// The chip refuses.
    pub fn load_again(&mut self) -> Result<(), Stop> {
        let reply = self.raw(0x16, 0x01, 0x8000, &NUM_IN)?;
        reply.expect_data("TempKey was hashed by Nonce", 32).map(drop)
    }

    /// What the chip says of TempKey and of the authorisation.
    ///
    /// # Errors
    ///
    /// The chip does not say.
    pub fn state(&mut self) -> Result<State, Stop> {
        let reply = self.raw(0x30, 0x02, 0, &[])?;
        let data = reply.expect_data("Info was asked for the flags", 4)?;
        // In the order of either reading of D18.
        let bytes = match data[..] {
            [0, 0, second, first] => [first, second],
            _ => [data[0], data[1]],
        };
        let bit = |byte: usize, bit: u8| bytes[byte] >> bit & 1 == 1;
        Ok(State {
            valid: bit(1, 7),
            input: bit(0, 4),
            gen_dig: bit(0, 5),
            gen_key: bit(0, 6),
            no_mac: bit(0, 7),
            authorised: bit(1, 2).then_some(bytes[1] >> 3 & 0xF),
            bytes,
        })
    }
}
