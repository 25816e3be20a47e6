//! Info, opcode 0x30 (chip reference 5.9).

use super::{Command, Response};
use crate::memory::Slot;
use crate::wire::{Opcode, Request};
use core::fmt;

/// Reads the chip's revision.
#[doc(alias("atcab_info", "atcab_info_base"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InfoRevision;

/// Revision bytes: 00 00 60 02 on an ATECC608A.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Revision(pub [u8; 4]);

/// A member of the family, told apart by its revision (chip reference 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Model {
    /// The older chip: 32-byte TempKey only, no message digest buffer, AES, KDF, SecureBoot or
    /// SelfTest. This crate does not drive it.
    Atecc508A,
    /// The chip of this crate.
    Atecc608A,
    /// Drop-in compatible; must be polled, which this crate always does.
    Atecc608B,
    /// A newer one of the family (608C), compatible by what is public.
    Atecc608Newer,
    /// Another chip.
    Unknown,
}

impl Revision {
    /// Which chip this is.
    #[must_use]
    pub const fn model(self) -> Model {
        match self.0 {
            [_, _, 0x50, _] => Model::Atecc508A,
            [_, _, 0x60, 0x02] => Model::Atecc608A,
            [_, _, 0x60, 0x03] => Model::Atecc608B,
            [_, _, 0x60, _] => Model::Atecc608Newer,
            _ => Model::Unknown,
        }
    }

    /// Whether this is a member of the ATECC608 family (A, B or C), the one this crate drives.
    #[must_use]
    pub const fn is_608(self) -> bool {
        matches!(self.model(), Model::Atecc608A | Model::Atecc608B | Model::Atecc608Newer)
    }
}

impl From<[u8; 4]> for Revision {
    fn from(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }
}

impl From<Revision> for [u8; 4] {
    fn from(revision: Revision) -> Self {
        revision.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "{} ({a:02x}{b:02x}{c:02x}{d:02x})", self.model())
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Atecc508A => "ATECC508A",
            Self::Atecc608A => "ATECC608A",
            Self::Atecc608B => "ATECC608B",
            Self::Atecc608Newer => "ATECC608",
            Self::Unknown => "unknown chip",
        })
    }
}

impl Command for InfoRevision {
    type Response = Revision;
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Info, 0x00, 0)
    }
}

impl Response for Revision {
    type Room = [u8; 4];

    fn read(room: &[u8; 4], _: usize) -> Option<Self> {
        Some(Self(*room))
    }
}

/// A flag, as Info gives it.
impl Response for bool {
    type Room = [u8; 4];

    fn read([flag, ..]: &[u8; 4], _: usize) -> Option<Self> {
        Some(flag & 1 == 1)
    }
}

/// Asks whether a slot holds a valid ECC key: a created private key, or a validated public key.
#[doc(alias = "atcab_info_base")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InfoKeyValid(pub Slot);

impl Command for InfoKeyValid {
    type Response = bool;
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Info, 0x01, u16::from(self.0.number()))
    }
}

/// Reads the flags of TempKey and of the authorisation.
#[doc(alias = "atcab_info_base")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InfoState;

/// Flags of TempKey and of the authorisation (chip reference 5.0.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct State {
    /// TempKey holds something usable.
    pub temp_key_valid: bool,
    /// TempKey came from a fixed value, not from the random number generator.
    pub temp_key_from_input: bool,
    /// TempKey came from GenDig on a slot.
    pub gen_dig_data: bool,
    /// TempKey came from GenKey's digest.
    pub gen_key_data: bool,
    /// GenDig used a slot whose NoMac is set.
    pub no_mac: bool,
    /// The slot TempKey was made from.
    pub temp_key_slot: Slot,
    /// An authorisation is in force.
    pub auth_valid: bool,
    /// The slot that authorised.
    pub auth_slot: Slot,
}

impl Command for InfoState {
    type Response = State;
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Info, 0x02, 0)
    }
}

impl Response for State {
    type Room = [u8; 4];

    fn read([temp_key, auth, ..]: &[u8; 4], _: usize) -> Option<Self> {
        let (temp_key, auth) = (*temp_key, *auth);
        Some(Self {
            temp_key_valid: auth & 0x80 != 0,
            temp_key_from_input: temp_key & 0x10 != 0,
            gen_dig_data: temp_key & 0x20 != 0,
            gen_key_data: temp_key & 0x40 != 0,
            no_mac: temp_key & 0x80 != 0,
            temp_key_slot: Slot::from_nibble(temp_key),
            auth_valid: auth & 0x04 != 0,
            auth_slot: Slot::from_nibble(auth >> 3),
        })
    }
}

/// What to do with the persistent latch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum LatchAction {
    /// Ask.
    Read = 0,
    /// Clear it: keys that need it are dead until it is set again.
    Clear = 2,
    /// Set it, after an authorisation with the slot that VolatileKeyPermission names.
    Set = 3,
}

/// Reads or changes the persistent latch (chip reference 5.0.5). Answers whether it was set; after
/// a change always `false`.
#[doc(alias("atcab_info_base", "atcab_info_get_latch", "atcab_info_set_latch"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InfoLatch(pub LatchAction);

impl Command for InfoLatch {
    type Response = bool;
    fn request(&self) -> Request<'_> {
        Request::new(Opcode::Info, 0x04, self.0 as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{group, receives, sends};
    use super::*;
    use std::string::ToString;

    #[test]
    fn revision() {
        sends(&InfoRevision, "07 30 00 00 00 03 5D");
        let revision = receives(&InfoRevision, "07 00 00 60 02 80 38").unwrap();
        assert_eq!(revision, Revision([0, 0, 0x60, 2]));
        assert!(revision.is_608());
        assert_eq!(revision.to_string(), "ATECC608A (00006002)");
        for (group, model) in [
            ("07 00 00 60 02 80 38", Model::Atecc608A),
            ("07 00 00 60 03 83 BB", Model::Atecc608B),
            ("07 00 00 50 00 03 91", Model::Atecc508A),
        ] {
            let revision = receives(&InfoRevision, group).unwrap();
            assert_eq!((revision.model(), revision.is_608()), (model, model != Model::Atecc508A));
        }
        assert_eq!(Revision([0, 0, 0x60, 9]).model(), Model::Atecc608Newer);
        assert_eq!(Revision([0xFF; 4]).model(), Model::Unknown);
    }

    #[test]
    fn key_valid() {
        sends(&InfoKeyValid(Slot::S0), "07 30 01 00 00 00 D7");
        assert_eq!(receives(&InfoKeyValid(Slot::S0), &group("01000000")), Ok(true));
        assert_eq!(receives(&InfoKeyValid(Slot::S0), &group("00000000")), Ok(false));
    }

    #[test]
    fn state() {
        sends(&InfoState, "07 30 02 00 00 00 D8");
        // Flags byte of chip reference 7.4: NoMac, GenDigData, SourceFlag, KeyID 9.
        let state = receives(&InfoState, &group("B9 9C 00 00")).unwrap();
        assert_eq!(
            state,
            State {
                temp_key_valid: true,
                temp_key_from_input: true,
                gen_dig_data: true,
                gen_key_data: false,
                no_mac: true,
                temp_key_slot: Slot::S9,
                auth_valid: true,
                auth_slot: Slot::S3,
            }
        );
    }

    #[test]
    fn latch() {
        sends(&InfoLatch(LatchAction::Read), "07 30 04 00 00 80 DF");
        sends(&InfoLatch(LatchAction::Set), "07 30 04 03 00 8F DF");
        sends(&InfoLatch(LatchAction::Clear), "07 30 04 02 00 86 5F");
        assert_eq!(receives(&InfoLatch(LatchAction::Read), &group("01000000")), Ok(true));
    }
}
