//! The chip's commands as plain data: what goes out, what comes back, no I/O.
//!
//! A command is a value. [`Command::request`] says which bytes it is on the wire,
//! its [`Response`] type what the chip's result means. A device handle runs it:
//! [`blocking::Atecc608::execute`](crate::blocking::Atecc608::execute) or the same of `asynch`.
//!
//! Modes are types, so what the chip could not parse can't be written down. Whether the chip's
//! lock state and configuration *permit* a command is for the chip to say (status 0x0F).

use crate::wire::{Reply, Request, Status};

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
mod response;
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
pub(crate) use random::is_test_pattern;
pub use random::{Random, Seed};
pub use read::{ReadBlock, ReadWord};
pub use response::{Response, Room};
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
///
/// Open, as it takes three lines: a mode that this crate lacks is written down like one that it has, and run by the same
/// device handle. For bytes of which no type says what they do there is [`raw`].
///
/// ```
/// use atecc608::command::Command;
/// use atecc608::wire::{Opcode, Request};
///
/// /// The 4 bytes of Info, mode 0.
/// struct Version;
///
/// impl Command for Version {
///     type Response = [u8; 4];
///     fn request(&self) -> Request<'_> {
///         Request::new(Opcode::Info, 0x00, 0)
///     }
/// }
/// ```
pub trait Command {
    /// What a successful answer means, and how long it is.
    type Response: Response;

    /// The fields on the wire.
    fn request(&self) -> Request<'_>;

    /// The answer to expect, if it is not what the response type says.
    fn reply(&self) -> Reply {
        Self::Response::REPLY
    }
}

/// The fields on the wire, with the answer to expect.
#[inline(always)]
pub(crate) fn complete<C: Command>(command: &C) -> Request<'_> {
    command.request().answered_by(command.reply())
}

/// What `payload` of an answer means for a command: bytes to meaning, as the link does it.
///
/// # Errors
/// The chip's status, or `None` when the answer's length fits neither result nor status.
pub fn response<C: Command>(command: &C, payload: &[u8]) -> Result<C::Response, Option<Status>> {
    let mut room = <C::Response as Response>::Room::EMPTY;
    let request = complete(command);
    let bytes = request.interpret(payload)?;
    room.bytes().iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    C::Response::read(&room, bytes.len()).ok_or(None)
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
