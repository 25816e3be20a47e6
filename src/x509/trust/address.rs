//! The address that a part carries for its owner.

use crate::x509::{AlternativeName, Attributes, Certificate, Oid};
use core::fmt;

/// An address that the part holds as upper-case hexadecimal digits, and its certificate names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum HardwareAddress {
    /// MAC address: slot 5 of a Trust&GO TLS part.
    Eui48([u8; 6]),
    /// DevEUI: slot 10 of a LoRaWAN part.
    Eui64([u8; 8]),
}

impl HardwareAddress {
    /// The one that a device's certificate names: the serialNumber in its alternative names, behind `eui48_` or
    /// `eui64_`. `None` if there is none.
    #[must_use]
    pub fn of(certificate: &Certificate<'_>) -> Option<Self> {
        certificate.alternative_names().find_map(|name| {
            let AlternativeName::Directory(name) = name else { return None };
            let mut attributes = Attributes::parse(name).ok()?;
            let text = attributes.find(|attribute| attribute.oid == Oid::SERIAL_NUMBER)?.text()?;
            match Self::from_digits(text.get(6..)?.as_bytes())? {
                mac @ Self::Eui48(_) if text.starts_with("eui48_") => Some(mac),
                eui @ Self::Eui64(_) if text.starts_with("eui64_") => Some(eui),
                _ => None,
            }
        })
    }

    /// From the digits in the slot: 12 or 16, upper or lower case. `None` for anything else.
    #[must_use]
    pub fn from_digits(digits: &[u8]) -> Option<Self> {
        match digits.len() {
            12 => octets(digits).map(Self::Eui48),
            16 => octets(digits).map(Self::Eui64),
            _ => None,
        }
    }

    /// Its 6 or 8 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Eui48(octets) => octets,
            Self::Eui64(octets) => octets,
        }
    }
}

/// `N` bytes from 2 `N` digits.
fn octets<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut octets = [0; N];
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    for (octet, [high, low]) in octets.iter_mut().zip(pairs) {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        *octet = (digit(high)? << 4 | digit(low)?) as u8;
    }
    Some(octets)
}

impl fmt::Display for HardwareAddress {
    /// Upper-case digits, as in the certificate.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn digits_there_and_back() {
        let mac = HardwareAddress::from_digits(b"E8EB1B202027").unwrap();
        assert_eq!(mac, HardwareAddress::Eui48([0xE8, 0xEB, 0x1B, 0x20, 0x20, 0x27]));
        assert_eq!(mac.to_string(), "E8EB1B202027");
        let eui = HardwareAddress::from_digits(b"0004A30000000001").unwrap();
        assert_eq!((eui.as_bytes().len(), eui.to_string().as_str()), (8, "0004A30000000001"));
        for wrong in [
            &b""[..],
            b"E8EB1B20202",
            b"E8EB1B20202G",
            b"E8EB1B2020270",
            b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        ] {
            assert_eq!(HardwareAddress::from_digits(wrong), None);
        }
    }
}
