//! Lock, opcode 0x17 (chip reference 5.11). Locking can't be undone.

use super::Command;
use crate::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, NoMoreSlotChanges};
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// Whether the chip compares the zone with a CRC before it locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Summary {
    /// Lock only if the zone has this CRC, low byte first ([`frame::crc16`](crate::wire::frame::crc16)).
    Crc([u8; 2]),
    /// Lock whatever the zone holds.
    Unchecked,
}

/// What to lock, with the token that says what is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LockTarget {
    /// The configuration zone.
    Config(Summary, NoMoreConfigWrites),
    /// The data and OTP zones.
    Data(Summary, NoMoreFreeDataWrites),
    /// One slot, which must be lockable (KeyConfig) and unlocked.
    Slot(Slot, NoMoreSlotChanges),
}

/// Locks a zone or slot **for ever**.
///
/// This is the bare command. [`blocking::Atecc608::lock_config`](crate::blocking::Atecc608::lock_config)
/// and its companions read and compare before they lock.
#[doc(alias = "atcab_lock")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Lock(pub LockTarget);

impl Command for Lock {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let (zone, summary) = match self.0 {
            LockTarget::Config(summary, _) => (0x00, summary),
            LockTarget::Data(summary, _) => (0x01, summary),
            // Bit 7 is ignored for slots; the reference's group (7.2) leaves it clear.
            LockTarget::Slot(slot, _) => (0x02 | slot.number() << 2, Summary::Crc([0, 0])),
        };
        let (p1, p2) = match summary {
            Summary::Crc(crc) => (zone, u16::from_le_bytes(crc)),
            Summary::Unchecked => (zone | 0x80, 0),
        };
        Request::new(Opcode::Lock, p1, p2)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;
    use crate::wire::Status;

    #[test]
    fn golden() {
        sends(&Lock(LockTarget::Config(Summary::Unchecked, NoMoreConfigWrites)), "07 17 80 00 00 39 8D");
        sends(&Lock(LockTarget::Data(Summary::Unchecked, NoMoreFreeDataWrites)), "07 17 81 00 00 3A 07");
        sends(&Lock(LockTarget::Slot(Slot::S8, NoMoreSlotChanges)), "07 17 22 00 00 7E 08");
        let checked = Lock(LockTarget::Config(Summary::Crc([0xD2, 0x2A]), NoMoreConfigWrites));
        sends(&checked, "07 17 00 D2 2A D0 B6");
        assert_eq!(receives(&checked, "04 00 03 40"), Ok(()));
        assert_eq!(receives(&checked, "04 0F 23 42"), Err(Some(Status::Execution)));
        assert_eq!(
            Lock(LockTarget::Data(Summary::Crc([0x35, 0x53]), NoMoreFreeDataWrites)).request().p1,
            0x01
        );
    }
}
