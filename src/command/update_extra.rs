//! UpdateExtra, opcode 0x20 (chip reference 5.20).

use super::Command;
use crate::irreversible::{ByteIsFixed, CountIsSpent};
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// One of the two bytes that can be set once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum ExtraByte {
    /// Byte 84, free for the user.
    UserExtra = 0,
    /// Byte 85, the I2C address if ChipMode says so.
    UserExtraAdd = 1,
}

/// Sets a byte that is still zero, for ever.
#[doc(alias = "atcab_updateextra")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UpdateExtra {
    /// Which byte.
    pub byte: ExtraByte,
    /// Its value.
    pub value: u8,
    /// It can't be set again.
    pub fixed: ByteIsFixed,
}

impl Command for UpdateExtra {
    type Response = ();
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::UpdateExtra, self.byte as u8, u16::from(self.value))
    }
}

/// Uses up one use of a limited-use key, counted in Counter0; no effect on other slots.
#[doc(alias = "atcab_updateextra")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UseKey(pub Slot, pub CountIsSpent);

impl Command for UseKey {
    type Response = ();
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::UpdateExtra, 0x02, u16::from(self.0.number()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;
    use crate::wire::Status;

    #[test]
    fn golden() {
        let update = UpdateExtra { byte: ExtraByte::UserExtra, value: 1, fixed: ByteIsFixed };
        sends(&update, "07 20 00 01 00 09 FD");
        assert_eq!(receives(&update, "04 00 03 40"), Ok(()));
        assert_eq!(receives(&update, "04 0F 23 42"), Err(Some(Status::Execution)));
        assert_eq!(
            UpdateExtra { byte: ExtraByte::UserExtraAdd, value: 0, fixed: ByteIsFixed }.request().p1,
            1
        );
        let request = UseKey(Slot::S5, CountIsSpent).request();
        assert_eq!((request.p1, request.p2), (2, 5));
    }
}
