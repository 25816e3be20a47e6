//! Object identifiers.

use core::fmt;

/// An object identifier as certificates have it: content of its DER value.
///
/// ```
/// use atecc608::x509::Oid;
///
/// assert_eq!(Oid::KEY_USAGE.to_string(), "2.5.29.15");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// From the content of a DER value; `None` if it is none: no bytes, the last one open, or leading zeros in a
    /// number.
    #[must_use]
    pub const fn from_der_content(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut starts = true;
        while let [byte, after @ ..] = rest {
            if starts && *byte == 0x80 {
                return None;
            }
            starts = *byte < 0x80;
            rest = after;
        }
        if bytes.is_empty() || !starts { None } else { Some(Self(bytes)) }
    }

    /// Content of its DER value.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

impl Oid<'static> {
    /// subjectKeyIdentifier, 2.5.29.14.
    pub const SUBJECT_KEY_ID: Self = Self(&[0x55, 0x1D, 0x0E]);
    /// keyUsage, 2.5.29.15.
    pub const KEY_USAGE: Self = Self(&[0x55, 0x1D, 0x0F]);
    /// subjectAltName, 2.5.29.17.
    pub const ALTERNATIVE_NAMES: Self = Self(&[0x55, 0x1D, 0x11]);
    /// basicConstraints, 2.5.29.19.
    pub const BASIC_CONSTRAINTS: Self = Self(&[0x55, 0x1D, 0x13]);
    /// authorityKeyIdentifier, 2.5.29.35.
    pub const AUTHORITY_KEY_ID: Self = Self(&[0x55, 0x1D, 0x23]);
    /// extKeyUsage, 2.5.29.37.
    pub const EXTENDED_KEY_USAGE: Self = Self(&[0x55, 0x1D, 0x25]);
    /// commonName, 2.5.4.3.
    pub const COMMON_NAME: Self = Self(&[0x55, 0x04, 0x03]);
    /// serialNumber (of a name), 2.5.4.5.
    pub const SERIAL_NUMBER: Self = Self(&[0x55, 0x04, 0x05]);
    /// organizationName, 2.5.4.10.
    pub const ORGANIZATION: Self = Self(&[0x55, 0x04, 0x0A]);
    /// organizationalUnitName, 2.5.4.11.
    pub const ORGANIZATIONAL_UNIT: Self = Self(&[0x55, 0x04, 0x0B]);
    /// serverAuth, 1.3.6.1.5.5.7.3.1.
    pub const SERVER_AUTH: Self = Self(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]);
    /// clientAuth, 1.3.6.1.5.5.7.3.2.
    pub const CLIENT_AUTH: Self = Self(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02]);
    /// ecdsa-with-SHA256, 1.2.840.10045.4.3.2.
    pub const ECDSA_WITH_SHA256: Self = Self(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]);
}

/// Its numbers with dots between. One of more than 32 bits is shown as `?`.
impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut number = Some(0u32);
        let mut first = true;
        for byte in self.0 {
            let next = number.and_then(|number| number.checked_mul(128));
            number = next.map(|next| next | u32::from(byte & 0x7F));
            if *byte >= 0x80 {
                continue;
            }
            match (first, number) {
                (true, Some(number)) => {
                    let root = (number / 40).min(2);
                    write!(f, "{root}.{}", number - root * 40)?;
                }
                (false, Some(number)) => write!(f, ".{number}")?,
                (_, None) => f.write_str(if first { "?" } else { ".?" })?,
            }
            (number, first) = (Some(0), false);
        }
        Ok(())
    }
}

impl fmt::Debug for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn shown() {
        for (bytes, text) in [
            (&[0x55, 0x1D, 0x11][..], "2.5.29.17"),
            (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02], "1.2.840.10045.4.3.2"),
            (&[0x2B, 6, 1, 4, 1], "1.3.6.1.4.1"),
            (&[0x88, 0x37, 0], "2.999.0"),
            (&[0x27], "0.39"),
            (&[0x2B, 0x8F, 0xFF, 0xFF, 0xFF, 0x7F], "1.3.4294967295"),
            (&[0x2B, 0x90, 0x80, 0x80, 0x80, 0x00, 1], "1.3.?.1"),
        ] {
            assert_eq!(Oid::from_der_content(bytes).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refused() {
        for bytes in [&[][..], &[0x80], &[0x55, 0x80, 0x01], &[0x55, 0x9D]] {
            assert_eq!(Oid::from_der_content(bytes), None);
        }
    }
}
