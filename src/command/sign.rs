//! Sign, opcode 0x41 (chip reference 5.21).

use super::{Command, Response};
use crate::key::Signature;
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// Which register holds the 32-byte message digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum MessageSource {
    /// TempKey, which is consumed.
    TempKey,
    /// The message digest buffer, which stays.
    MessageDigest,
}

/// Signs the 32 bytes that Nonce or SHA left in a register, as they are.
#[doc(alias("atcab_sign", "atcab_sign_base"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SignExternal {
    /// The private key's slot; its configuration must allow external signatures.
    pub slot: Slot,
    /// Where the digest is.
    pub source: MessageSource,
}

impl Command for SignExternal {
    type Response = Signature;
    fn request(&self) -> Request<'_> {
        let p1 = match self.source {
            MessageSource::TempKey => 0x80,
            MessageSource::MessageDigest => 0xA0,
        };
        Request::new(Opcode::Sign, p1, u16::from(self.slot.number()))
    }
}

/// Signs a statement of the chip about what GenDig or GenKey put into TempKey.
#[doc(alias = "atcab_sign_internal")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SignInternal {
    /// The private key's slot; its configuration must allow internal signatures.
    pub slot: Slot,
    /// Include the whole serial number in the statement.
    pub include_serial: bool,
    /// The signature is meant for Verify(Invalidate).
    pub for_invalidate: bool,
}

impl Command for SignInternal {
    type Response = Signature;
    fn request(&self) -> Request<'_> {
        let p1 = u8::from(self.include_serial) << 6 | u8::from(self.for_invalidate);
        Request::new(Opcode::Sign, p1, u16::from(self.slot.number()))
    }
}

impl Response for Signature {
    type Room = [u8; 64];

    fn read(room: &[u8; 64], _: usize) -> Option<Self> {
        Some(Self::from_bytes(*room))
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{group, receives, sends};
    use super::*;
    use crate::wire::Status;

    #[test]
    fn external_golden() {
        let sign = SignExternal { slot: Slot::S0, source: MessageSource::TempKey };
        sends(&sign, "07 41 80 00 00 28 05");
        sends(&SignExternal { source: MessageSource::MessageDigest, ..sign }, "07 41 A0 00 00 7B 85");
        // R and S of chip reference 7.3.
        let signature = receives(
            &sign,
            &group(
                "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
                 F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
            ),
        )
        .unwrap();
        assert_eq!((signature.as_bytes()[0], signature.as_bytes()[63]), (0xEF, 0xA8));
        assert_eq!(receives(&sign, "04 0F 23 42"), Err(Some(Status::Execution)));
    }

    #[test]
    fn internal_golden() {
        let plain = SignInternal { slot: Slot::S1, include_serial: false, for_invalidate: false };
        sends(&plain, "07 41 00 01 00 36 05");
        let full = SignInternal { include_serial: true, for_invalidate: true, ..plain };
        sends(&full, "07 41 41 01 00 1E 0F");
    }
}
