//! Where certificates, keys and texts lie on the chip (chip reference 4.1, 4.16).

use crate::key::PublicKey;
use crate::memory::Slot;
use core::fmt;

/// A place of 72 bytes: a compressed certificate, or a public key with its padding. Slots 9 to 15 are one each, slot 8
/// has five, at multiples of 72. Slots 0 to 7 have 36 bytes: too few.
///
/// ```
/// use atecc608::Slot;
/// use atecc608::x509::SlotPlace;
///
/// assert_eq!(SlotPlace::new(Slot::S10, 0), Some(SlotPlace::S10));
/// assert_eq!(SlotPlace::new(Slot::S8, 144), Some(SlotPlace::S8[2]));
/// assert_eq!(SlotPlace::new(Slot::S8, 32), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SlotPlace {
    slot: Slot,
    offset: u16,
}

macro_rules! whole {
    ($($name:ident = $number:literal),*) => {
        $(#[doc = concat!("Slot ", stringify!($number), ".")]
        pub const $name: Self = Self { slot: Slot::$name, offset: 0 };)*
    };
}

impl SlotPlace {
    whole!(S9 = 9, S10 = 10, S11 = 11, S12 = 12, S13 = 13, S14 = 14, S15 = 15);

    /// The five of slot 8: at bytes 0, 72, 144, 216 and 288.
    pub const S8: [Self; 5] =
        [Self::in_slot_8(0), Self::in_slot_8(1), Self::in_slot_8(2), Self::in_slot_8(3), Self::in_slot_8(4)];

    /// Size of a place in bytes.
    pub const LEN: usize = 72;

    const fn in_slot_8(number: u16) -> Self {
        Self { slot: Slot::S8, offset: Self::LEN as u16 * number }
    }

    /// The place at this offset of a slot; `None` if that is none.
    #[must_use]
    pub const fn new(slot: Slot, offset: usize) -> Option<Self> {
        let is_one = match slot.number() {
            8 => offset.is_multiple_of(Self::LEN) && offset < Self::S8.len() * Self::LEN,
            9..=15 => offset == 0,
            _ => false,
        };
        if is_one { Some(Self { slot, offset: offset as u16 }) } else { None }
    }

    /// The slot.
    #[must_use]
    pub const fn slot(self) -> Slot {
        self.slot
    }

    /// Where in the slot it begins.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset as usize
    }

    /// Whether it has bytes in common with these.
    pub(crate) fn overlaps(self, bytes: SlotBytes) -> bool {
        self.slot == bytes.slot
            && self.offset() < bytes.offset() + bytes.len()
            && bytes.offset() < self.offset() + Self::LEN
    }
}

impl fmt::Debug for SlotPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotPlace({self})")
    }
}

impl fmt::Display for SlotPlace {
    /// `slot 10`; `slot 8 at 72`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.slot, f)?;
        match (self.slot, self.offset) {
            (Slot::S8, offset) => write!(f, " at {offset}"),
            _ => Ok(()),
        }
    }
}

/// Where a public key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum KeyPlace {
    /// It is that of the private key in this slot, and computed by the chip.
    Private(Slot),
    /// It is stored with its padding: 4 bytes, X, 4 bytes, Y.
    Stored(SlotPlace),
    /// It is this one: a root key that the program brings along.
    Known(PublicKey),
}

/// Some bytes of a slot: a text that stands in certificates, or a serial number. Read in clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SlotBytes {
    slot: Slot,
    offset: u16,
    len: u8,
}

impl SlotBytes {
    /// The most bytes of one.
    pub const MAX_LEN: usize = 72;

    /// So many bytes of a slot from this offset; `None` beyond its end, for none, or for more than
    /// [`MAX_LEN`](Self::MAX_LEN).
    #[must_use]
    pub const fn new(slot: Slot, offset: usize, len: usize) -> Option<Self> {
        let fits = len > 0 && len <= Self::MAX_LEN && offset < slot.size() && len <= slot.size() - offset;
        if fits { Some(Self { slot, offset: offset as u16, len: len as u8 }) } else { None }
    }

    /// The slot.
    #[must_use]
    pub const fn slot(self) -> Slot {
        self.slot
    }

    /// The first byte.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset as usize
    }

    /// Number of bytes.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "never empty")]
    pub const fn len(self) -> usize {
        self.len as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn twelve_places_and_no_more() {
        let mut all = Vec::new();
        for slot in Slot::all() {
            for offset in 0..=slot.size() {
                all.extend(SlotPlace::new(slot, offset));
            }
            assert_eq!(SlotPlace::new(slot, usize::MAX), None);
        }
        let mut named = Vec::from(SlotPlace::S8);
        named.extend([
            SlotPlace::S9,
            SlotPlace::S10,
            SlotPlace::S11,
            SlotPlace::S12,
            SlotPlace::S13,
            SlotPlace::S14,
            SlotPlace::S15,
        ]);
        assert_eq!(all, named);
        for place in &all {
            assert!(place.offset() + SlotPlace::LEN <= place.slot().size());
        }
        assert_eq!(
            [SlotPlace::S8[1], SlotPlace::S15].map(|place| place.to_string()),
            ["slot 8 at 72", "slot 15"]
        );
    }

    #[test]
    fn bytes_within_a_slot() {
        assert!(SlotBytes::new(Slot::S5, 0, 12).is_some());
        assert!(SlotBytes::new(Slot::S8, 400, 16).is_some());
        let beyond = [(Slot::S5, 30, 7), (Slot::S5, 36, 1), (Slot::S5, 0, 0), (Slot::S8, 0, 73)];
        for (slot, offset, len) in beyond {
            assert_eq!(SlotBytes::new(slot, offset, len), None, "{slot} {offset} {len}");
        }
        assert_eq!(SlotBytes::new(Slot::S8, usize::MAX, 2), None);
    }
}
