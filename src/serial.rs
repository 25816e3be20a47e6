//! The serial number.

use core::array::TryFromSliceError;
use core::fmt;

/// The chip's nine-byte serial number, 01 23 .. .. .. .. .. .. EE on generic parts
/// (chip reference 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SerialNumber(pub [u8; 9]);

impl SerialNumber {
    /// From block 0 of the configuration zone.
    pub(crate) const fn from_config_block(block: &[u8; 32]) -> Self {
        let [a, b, c, d, _, _, _, _, e, f, g, h, i, ..] = *block;
        Self([a, b, c, d, e, f, g, h, i])
    }
}

impl From<[u8; 9]> for SerialNumber {
    fn from(bytes: [u8; 9]) -> Self {
        Self(bytes)
    }
}

impl From<SerialNumber> for [u8; 9] {
    fn from(serial: SerialNumber) -> Self {
        serial.0
    }
}

/// An error if there are not 9 bytes.
impl TryFrom<&[u8]> for SerialNumber {
    type Error = TryFromSliceError;
    fn try_from(bytes: &[u8]) -> Result<Self, TryFromSliceError> {
        bytes.try_into().map(Self)
    }
}

impl AsRef<[u8; 9]> for SerialNumber {
    fn as_ref(&self) -> &[u8; 9] {
        &self.0
    }
}

impl AsRef<[u8]> for SerialNumber {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for SerialNumber {
    /// 18 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}
