//! Versions of the compressed form.

/// Which rules the dates and the serial number of a compressed certificate follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Version {
    /// 0: issued 2000 to 2031, for 31 years at most.
    #[doc(alias = "FORMAT_VERSION_0")]
    V0 = 0,
    /// 1: issued 2000 to 2127, for 127 years at most.
    #[doc(alias = "FORMAT_VERSION_1")]
    V1 = 1,
    /// 2: the dates of 1, for signatures longer than an ATECC608 makes. It is read and never written.
    #[doc(alias = "FORMAT_VERSION_2")]
    V2 = 2,
}

impl Version {
    /// From the nibble; `None` above 2, which Microchip has not defined.
    #[must_use]
    pub const fn from_nibble(nibble: u8) -> Option<Self> {
        Some(match nibble {
            0 => Self::V0,
            1 => Self::V1,
            2 => Self::V2,
            _ => return None,
        })
    }

    /// The nibble.
    #[must_use]
    pub const fn nibble(self) -> u8 {
        self as u8
    }

    /// The bits of byte 71 that are upper bits of the dates; the others are 0.
    pub(super) const fn date_bits(self) -> u8 {
        match self {
            Self::V0 => 0,
            Self::V1 | Self::V2 => 0xF0,
        }
    }
}
