//! What a place of 72 bytes holds.

use super::{Compressed, SlotPlace};
use crate::key::PublicKey;
use crate::memory::Slot;

/// What a [`SlotPlace`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Stored<'a> {
    /// A compressed certificate.
    Certificate(&'a Compressed),
    /// A public key, which gets its padding: 4 zeros, X, 4 zeros, Y (chip reference 4.16).
    Key(&'a PublicKey),
}

impl Stored<'_> {
    /// The bytes as they lie there: for [`DataContents`](crate::DataContents).
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SlotPlace::LEN] {
        match self {
            Self::Certificate(certificate) => *certificate.as_bytes(),
            Self::Key(key) => key.to_padded(),
        }
    }
}

/// The 416 bytes of slot 8 with these places, and 0xFF, as on a blank chip, in between: for
/// [`DataContents`](crate::DataContents). Places in other slots do not count; of two in one place the later does.
///
/// ```
/// use atecc608::{DataContents, PublicKey, Slot};
/// use atecc608::x509::{SlotPlace, Stored, slot_8};
///
/// let key = PublicKey::from_bytes([7; 64]);
/// let bytes = slot_8(&[(SlotPlace::S8[0], Stored::Key(&key))]);
/// let contents = DataContents::BLANK.with_slot(Slot::S8, &bytes);
/// # assert!(contents.is_some());
/// assert_eq!((bytes[3], bytes[4], bytes[71], bytes[72]), (0, 7, 7, 0xFF));
/// ```
#[must_use]
pub fn slot_8(contents: &[(SlotPlace, Stored<'_>)]) -> [u8; Slot::S8.size()] {
    let mut bytes = [0xFF; Slot::S8.size()];
    for (place, stored) in contents.iter().filter(|(place, _)| place.slot() == Slot::S8) {
        for (to, from) in bytes.iter_mut().skip(place.offset()).zip(stored.to_bytes()) {
            *to = from;
        }
    }
    bytes
}
