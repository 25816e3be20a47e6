//! The chip's I2C address.

use core::fmt;

/// A 7-bit I2C address.
///
/// Two notations are about: this chip's default is 0x60 as 7 bits, and 0xC0 as the byte that
/// stands in the configuration zone (chip reference 1.1). Name the one you mean.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Address(u8);

impl Address {
    /// 0x60, where a blank chip answers.
    pub const DEFAULT: Self = Self(0x60);

    /// Where to look for a chip if nobody says where it is: as it leaves the factory, Trust&GO, TrustFLEX (chip
    /// reference 1.1). Others answer where their configuration says.
    pub const USUAL: [Self; 3] = [Self::DEFAULT, Self(0x35), Self(0x36)];

    /// From the 7-bit form, as `embedded-hal` and Linux use it. `None` for the addresses that
    /// I2C reserves (below 0x08, above 0x77).
    #[must_use]
    pub const fn from_7bit(address: u8) -> Option<Self> {
        if address >= 0x08 && address <= 0x77 { Some(Self(address)) } else { None }
    }

    /// From the byte of the configuration zone, whose lowest bit is ignored.
    #[must_use]
    pub const fn from_config_byte(byte: u8) -> Option<Self> {
        Self::from_7bit(byte >> 1)
    }

    /// What was most likely meant by a number that is an address in its 8-bit form, as data sheets and
    /// Microchip's tools write it: 0x60 for 0xC0, 0x35 (Trust&GO) for 0x6A, 0x36 (TrustFLEX) for 0x6C, and likewise
    /// for all above 0x77, which are no 7-bit addresses. `None` for other numbers, that can be meant as they are.
    ///
    /// ```
    /// use atecc608::Address;
    ///
    /// assert_eq!(Address::meant_by_8bit(0xC0), Some(Address::DEFAULT));
    /// assert_eq!(Address::meant_by_8bit(0x60), None);
    /// ```
    #[must_use]
    pub const fn meant_by_8bit(number: u8) -> Option<Self> {
        match number {
            0x6A | 0x6C | 0x78.. => Self::from_config_byte(number),
            _ => None,
        }
    }

    /// The 7-bit form.
    #[must_use]
    pub const fn to_7bit(self) -> u8 {
        self.0
    }

    /// The byte of the configuration zone.
    #[must_use]
    pub const fn to_config_byte(self) -> u8 {
        self.0 << 1
    }
}

/// No 7-bit address: I2C keeps those below 0x08 and above 0x77 for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct InvalidAddress {
    /// The number.
    pub number: u8,
}

impl fmt::Display for InvalidAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        write!(f, "{number:#04x} is no 7-bit I2C address (0x08 to 0x77)")?;
        match Address::meant_by_8bit(number) {
            Some(meant) => write!(f, "; if it is one of 8 bits, use {meant}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for InvalidAddress {}

/// From the 7-bit form, which is what `embedded-hal` means by a number.
impl TryFrom<u8> for Address {
    type Error = InvalidAddress;
    fn try_from(number: u8) -> Result<Self, InvalidAddress> {
        Self::from_7bit(number).ok_or(InvalidAddress { number })
    }
}

/// The 7-bit form, which is what `embedded-hal` means by a number (`SevenBitAddress`).
impl From<Address> for u8 {
    fn from(address: Address) -> Self {
        address.to_7bit()
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({:#04x})", self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#04x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations() {
        assert_eq!(Address::from_config_byte(0xC0), Some(Address::DEFAULT));
        assert_eq!(Address::DEFAULT.to_config_byte(), 0xC0);
        assert_eq!(Address::from_7bit(0xC0), None, "the 8-bit form is refused, not misread");
        assert_eq!(Address::from_7bit(0x07), None);
        assert_eq!(Address::from_config_byte(0x6A).map(Address::to_7bit), Some(0x35));
        for (number, meant) in [(0x6A, Some(0x35)), (0x6C, Some(0x36)), (0xC1, Some(0x60)), (0x6B, None)] {
            assert_eq!(Address::meant_by_8bit(number).map(Address::to_7bit), meant, "{number:#x}");
        }
    }

    #[test]
    fn to_and_from_numbers() {
        for number in 0..=u8::MAX {
            match Address::try_from(number) {
                Ok(address) => assert_eq!(u8::from(address), number),
                Err(error) => assert!(error.number == number && !(0x08..=0x77).contains(&number)),
            }
        }
        let error = Address::try_from(0xC0).unwrap_err();
        assert_eq!(
            std::format!("{error}"),
            "0xc0 is no 7-bit I2C address (0x08 to 0x77); if it is one of 8 bits, use 0x60"
        );
    }
}
