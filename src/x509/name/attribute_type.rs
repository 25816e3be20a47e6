//! Types of attributes.

use super::text::Charset;
use core::fmt;

/// What an attribute says, and with it how its text is written and how long it may be (RFC 5280 4.1.2.4 and appendix A).
///
/// *Printable* are letters and digits of ASCII, space, and `'()+,-./:=?`. Other texts are UTF-8 without control
/// characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AttributeType {
    /// CN: 1 to 64 characters.
    CommonName,
    /// O: 1 to 64 characters.
    Organization,
    /// OU: 1 to 64 characters.
    OrganizationalUnit,
    /// C: two capital letters (ISO 3166).
    Country,
    /// ST, state or province: 1 to 128 characters.
    State,
    /// L, city: 1 to 128 characters.
    Locality,
    /// serialNumber, of the device, not of the certificate: 1 to 64 printable characters.
    SerialNumber,
    /// dnQualifier: 1 to 64 printable characters.
    DnQualifier,
    /// title: 1 to 64 characters.
    Title,
    /// SN: 1 to 64 characters.
    Surname,
    /// GN: 1 to 64 characters.
    GivenName,
    /// pseudonym: 1 to 128 characters.
    Pseudonym,
    /// UID (RFC 4519): 1 to 256 characters.
    UserId,
    /// DC, one label of a domain (RFC 4519): 1 to 63 characters of ASCII.
    DomainComponent,
    /// emailAddress (RFC 2985): 1 to 255 characters of ASCII.
    Email,
}

/// How a type of attribute is written.
pub(super) struct Row {
    short: &'static str,
    pub(super) oid: &'static [u8],
    pub(super) charset: Charset,
    /// Characters.
    pub(super) least: usize,
    pub(super) most: usize,
}

impl AttributeType {
    pub(super) const fn row(self) -> Row {
        use Charset::{Ia5, Printable, Utf8};

        /// Those of X.520.
        macro_rules! x520 {
            ($short:literal, $number:literal, $charset:expr, $least:literal, $most:literal) => {
                Row {
                    short: $short,
                    oid: &[0x55, 0x04, $number],
                    charset: $charset,
                    least: $least,
                    most: $most,
                }
            };
        }
        match self {
            Self::CommonName => x520!("CN", 3, Utf8, 1, 64),
            Self::Surname => x520!("SN", 4, Utf8, 1, 64),
            Self::SerialNumber => x520!("serialNumber", 5, Printable, 1, 64),
            Self::Country => x520!("C", 6, Charset::Capitals, 2, 2),
            Self::Locality => x520!("L", 7, Utf8, 1, 128),
            Self::State => x520!("ST", 8, Utf8, 1, 128),
            Self::Organization => x520!("O", 10, Utf8, 1, 64),
            Self::OrganizationalUnit => x520!("OU", 11, Utf8, 1, 64),
            Self::Title => x520!("title", 12, Utf8, 1, 64),
            Self::GivenName => x520!("GN", 42, Utf8, 1, 64),
            Self::DnQualifier => x520!("dnQualifier", 46, Printable, 1, 64),
            Self::Pseudonym => x520!("pseudonym", 65, Utf8, 1, 128),
            Self::UserId => Row { short: "UID", oid: &UID, charset: Utf8, least: 1, most: 256 },
            Self::DomainComponent => Row { short: "DC", oid: &DC, charset: Ia5, least: 1, most: 63 },
            Self::Email => Row { short: "emailAddress", oid: &EMAIL, charset: Ia5, least: 1, most: 255 },
        }
    }
}

/// 0.9.2342.19200300.100.1.1
const UID: [u8; 10] = [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x01];
/// 0.9.2342.19200300.100.1.25
const DC: [u8; 10] = [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19];
/// 1.2.840.113549.1.9.1
const EMAIL: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01];

/// The short name: `CN`.
impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().short)
    }
}
