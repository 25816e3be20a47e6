//! The chip's commands as plain data: what goes out, what comes back, no I/O.
//!
//! A command is a value. [`Command::request`] says which bytes it is on the wire,
//! [`Command::parse`] turns the chip's result into its response type. A device handle runs it:
//! [`blocking::Atecc608::execute`](crate::blocking::Atecc608::execute) or the same of `asynch`.
//!
//! Modes are types, so what the chip could not parse can't be written down. Whether the chip's
//! lock state and configuration *permit* a command is for the chip to say (status 0x0F).

use crate::wire::{Request, Status};

use core::fmt;

/// `Debug` without contents, for commands that carry keys or data.
macro_rules! opaque_debug {
    ($name:ident <'_>) => {
        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $name<'_> {
            fn format(&self, f: defmt::Formatter<'_>) {
                defmt::write!(f, "{=str}", stringify!($name));
            }
        }
    };
}
use opaque_debug;

mod aes;
mod check_mac;
mod counter;
mod derive_key;
mod ecdh;
mod encrypted;
mod gen_dig;
mod gen_key;
mod info;
mod kdf;
mod lock;
mod mac;
mod nonce;
mod priv_write;
mod random;
pub mod raw;
mod read;
mod secure_boot;
mod self_test;
mod sha;
mod sign;
mod update_extra;
mod verify;
mod write;

pub use aes::{Aes, AesDirection, AesGfm, AesKey};
pub use check_mac::{CheckMac, OtherData};
pub use counter::{Counter, CounterId, CounterIncrement, CounterRead};
pub use derive_key::DeriveKey;
pub(crate) use ecdh::EcdhClear;
pub use ecdh::{EcdhEncrypted, EcdhInside, EcdhKey, EcdhOutput, EcdhTarget};
pub use encrypted::Encrypted;
pub use gen_dig::{ConfigBlock, GenDig, SharedNonceOrder};
pub use gen_key::{GenKeyCreate, GenKeyDigest, GenKeyPublic, KeyTarget};
pub use info::{InfoKeyValid, InfoLatch, InfoRevision, InfoState, LatchAction, Model, Revision, State};
pub use kdf::{
    Derivation, KDF_MESSAGE_MAX, KdfAead, KdfAeadEncrypted, KdfEncrypted, KdfEncrypted64, KdfInside,
    KdfOutput, KdfOutput64, KdfSource, KdfTarget, PrfKeyLen,
};
pub use lock::{Lock, LockTarget, Summary};
pub use mac::{Mac, MacBlocks, TempKeySource};
pub use nonce::{NonceFixed, NonceRandom, RandomSource};
pub use priv_write::{PrivWriteClear, PrivWriteEncrypted};
pub use random::{Random, Seed};
pub use read::{ReadBlock, ReadWord};
pub use secure_boot::{SecureBoot, SecureBootCheck, SecureBootMac};
pub use self_test::{SelfTest, Tests};
pub use sha::{
    HmacKey, ShaContext, ShaEnd, ShaHmacStart, ShaPublic, ShaReadContext, ShaStart, ShaTarget, ShaUpdate,
    ShaWriteContext,
};
pub use sign::{MessageSource, SignExternal, SignInternal};
pub use update_extra::{ExtraByte, UpdateExtra, UseKey};
pub use verify::{Validity, VerifyExternal, VerifyMac, VerifyStored, VerifyValidate, VerifyValidateExternal};
pub use write::{WriteBlock, WriteEncrypted, WriteWord};

/// A command of the chip.
pub trait Command {
    /// Room for the result bytes: an array as long as [`Request::reply`] says, which is empty for
    /// `Reply::Status`.
    type Bytes: Room;

    /// What a successful answer means.
    type Response;

    /// The fields on the wire.
    fn request(&self) -> Request<'_>;

    /// The meaning of the result bytes, whose number matches [`Request::reply`] (none for
    /// `Reply::Status`); `None` if they can't be the chip's.
    fn parse(result: &[u8]) -> Option<Self::Response>;
}

/// Room for the result bytes of a command: an array of bytes for a fixed number of them, [`Varied`] for
/// `Reply::UpTo` and for secrets.
pub trait Room {
    /// Without contents.
    const BLANK: Self;

    /// All of it.
    fn bytes(&mut self) -> &mut [u8];

    /// What there is after `len` bytes came.
    fn filled(&self, len: usize) -> &[u8];
}

impl<const N: usize> Room for [u8; N] {
    const BLANK: Self = [0; N];

    fn bytes(&mut self) -> &mut [u8] {
        self
    }

    // All of them, or the answer would have been refused.
    fn filled(&self, _: usize) -> &[u8] {
        self
    }
}

/// Room for any number of result bytes up to `N`. Wiped when dropped.
#[derive(Clone)]
pub struct Varied<const N: usize>([u8; N]);

impl<const N: usize> Room for Varied<N> {
    const BLANK: Self = Self([0; N]);

    fn bytes(&mut self) -> &mut [u8] {
        &mut self.0
    }

    fn filled(&self, len: usize) -> &[u8] {
        self.0.get(..len).unwrap_or_default()
    }
}

impl<const N: usize> Drop for Varied<N> {
    fn drop(&mut self) {
        crate::secret::wipe(&mut self.0);
    }
}

impl<const N: usize> fmt::Debug for Varied<N> {
    // It may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Varied").finish_non_exhaustive()
    }
}

/// The answer of commands that only report success.
pub(crate) fn nothing(result: &[u8]) -> Option<()> {
    result.is_empty().then_some(())
}

/// The answer of commands that return a fixed number of bytes.
pub(crate) fn array<const N: usize>(result: &[u8]) -> Option<[u8; N]> {
    result.try_into().ok()
}

/// What `payload` of an answer means for a command: bytes to meaning, as the link does it.
///
/// # Errors
/// The chip's status, or `None` when the answer's length fits neither result nor status.
pub fn response<C: Command>(command: &C, payload: &[u8]) -> Result<C::Response, Option<Status>> {
    C::parse(command.request().interpret(payload)?).ok_or(None)
}

/// Golden bytes: helpers for the tests of each command.
#[cfg(test)]
pub(crate) mod golden {
    use super::{Command, response};
    use crate::wire::Status;
    use crate::wire::frame::{Buffer, WordAddress, crc16, payload};
    use std::vec::Vec;

    /// Bytes of "07 1B 00", spaces optional.
    pub(crate) fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16).unwrap() as u8).collect();
        assert_eq!(digits.len() % 2, 0, "odd number of digits");
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    /// The command's group is exactly these bytes, CRC included.
    pub(crate) fn sends<C: Command>(command: &C, group: &str) {
        let mut buffer = Buffer::new();
        command.request().emit(&mut buffer).unwrap();
        assert_eq!(buffer[0], WordAddress::Command as u8);
        assert_eq!(buffer[1..], hex(group)[..], "sent {:02X?}", &buffer[1..]);
    }

    /// The meaning of a whole response group, CRC included.
    pub(crate) fn receives<C: Command>(command: &C, group: &str) -> Result<C::Response, Option<Status>> {
        let bytes = hex(group);
        assert_eq!(usize::from(bytes[0]), bytes.len(), "a whole group");
        response(command, payload(&bytes).expect("a good CRC"))
    }

    /// A response group around a payload, for results the chip reference lists without one.
    pub(crate) fn group(payload: &str) -> std::string::String {
        let mut bytes = hex(payload);
        bytes.insert(0, bytes.len() as u8 + 3);
        let crc = crc16([&bytes[..]]);
        bytes.extend(crc);
        bytes.iter().map(|byte| std::format!("{byte:02X}")).collect()
    }
}
