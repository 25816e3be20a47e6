//! Slot numbers as types.

use core::fmt;

/// One of the 16 slots of the data zone (chip reference 4.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Slot(u8);

macro_rules! slots {
    ($($name:ident = $number:literal),*) => {
        $(#[doc = concat!("Slot ", stringify!($number), ".")]
        pub const $name: Self = Self($number);)*
    };
}

impl Slot {
    slots!(
        S0 = 0,
        S1 = 1,
        S2 = 2,
        S3 = 3,
        S4 = 4,
        S5 = 5,
        S6 = 6,
        S7 = 7,
        S8 = 8,
        S9 = 9,
        S10 = 10,
        S11 = 11,
        S12 = 12,
        S13 = 13,
        S14 = 14,
        S15 = 15
    );

    /// Number of slots.
    pub const COUNT: usize = 16;

    /// The slot of that number, or `None` above 15.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < 16 { Some(Self(number)) } else { None }
    }

    /// The slot in the low nibble of a configuration field.
    pub(crate) const fn from_nibble(nibble: u8) -> Self {
        Self(nibble & 0x0F)
    }

    /// `==`, where the compiler computes.
    pub(crate) const fn is(self, other: Self) -> bool {
        self.0 == other.0
    }

    /// Whether that is this slot.
    pub(crate) const fn is_in(self, other: Option<Self>) -> bool {
        matches!(other, Some(other) if other.is(self))
    }

    /// 0 to 15.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// 0 to 15, as an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Size in bytes: 36 (slots 0 to 7), 416 (slot 8) or 72 (slots 9 to 15).
    #[must_use]
    pub const fn size(self) -> usize {
        match self.0 {
            0..=7 => 36,
            8 => 416,
            _ => 72,
        }
    }

    /// Number of 32-byte blocks, the last of which may be partial.
    #[must_use]
    pub const fn blocks(self) -> u8 {
        match self.0 {
            0..=7 => 2,
            8 => 13,
            _ => 3,
        }
    }

    /// All slots in order.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (0u8..16).map(Self)
    }
}

/// There is no slot of this number: they are 0 to 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct InvalidSlot {
    /// The number.
    pub number: u8,
}

impl fmt::Display for InvalidSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no slot {}: they are 0 to 15", self.number)
    }
}

impl core::error::Error for InvalidSlot {}

impl TryFrom<u8> for Slot {
    type Error = InvalidSlot;
    fn try_from(number: u8) -> Result<Self, InvalidSlot> {
        Self::new(number).ok_or(InvalidSlot { number })
    }
}

/// Its number.
impl From<Slot> for u8 {
    fn from(slot: Slot) -> Self {
        slot.number()
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slot({})", self.0)
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slot {}", self.0)
    }
}

/// A slot large enough for a public key: 8 to 15 (chip reference 4.16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PublicKeySlot(Slot);

impl PublicKeySlot {
    /// `None` for slots 0 to 7, which are too small.
    #[must_use]
    pub const fn new(slot: Slot) -> Option<Self> {
        if slot.0 >= 8 { Some(Self(slot)) } else { None }
    }

    /// The slot.
    #[must_use]
    pub const fn slot(self) -> Slot {
        self.0
    }
}

/// The slot is too small for a public key: 8 to 15 are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct SlotTooSmall {
    /// The slot.
    pub slot: Slot,
}

impl fmt::Display for SlotTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is too small for a public key: use 8 to 15", self.slot)
    }
}

impl core::error::Error for SlotTooSmall {}

impl TryFrom<Slot> for PublicKeySlot {
    type Error = SlotTooSmall;
    fn try_from(slot: Slot) -> Result<Self, SlotTooSmall> {
        Self::new(slot).ok_or(SlotTooSmall { slot })
    }
}

impl From<PublicKeySlot> for Slot {
    fn from(slot: PublicKeySlot) -> Self {
        slot.slot()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_is_1208_bytes() {
        assert_eq!(Slot::all().map(Slot::size).sum::<usize>(), 1208);
        for slot in Slot::all() {
            assert_eq!(usize::from(slot.blocks()), slot.size().div_ceil(32));
        }
        assert_eq!(Slot::new(16), None);
        assert_eq!(Slot::new(15), Some(Slot::S15));
        assert_eq!(PublicKeySlot::new(Slot::S7), None);
        assert_eq!(PublicKeySlot::new(Slot::S8).map(PublicKeySlot::slot), Some(Slot::S8));
    }

    #[test]
    fn to_and_from_numbers() {
        for number in 0..=u8::MAX {
            match Slot::try_from(number) {
                Ok(slot) => assert_eq!((u8::from(slot), number < 16), (number, true)),
                Err(error) => assert_eq!((error.number, number >= 16), (number, true)),
            }
        }
        for slot in Slot::all() {
            match PublicKeySlot::try_from(slot) {
                Ok(big) => assert_eq!((Slot::from(big), slot.size() >= 72), (slot, true)),
                Err(error) => assert_eq!((error.slot, slot.size() < 72), (slot, true)),
            }
        }
    }
}
