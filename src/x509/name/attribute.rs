//! Attributes of names.

use super::text::Charset;
use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use crate::x509::error::Error;
use core::fmt;

/// A part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Attribute<'a> {
    /// What it says.
    pub kind: AttributeType,
    /// The text, in the characters and up to the length of its [`AttributeType`].
    pub value: &'a str,
}

impl<'a> Attribute<'a> {
    /// The name that most readers look at, a device's id for instance: 1 to 64 characters.
    #[must_use]
    pub const fn common_name(value: &'a str) -> Self {
        Self { kind: AttributeType::CommonName, value }
    }

    /// 1 to 64 characters.
    #[must_use]
    pub const fn organization(value: &'a str) -> Self {
        Self { kind: AttributeType::Organization, value }
    }

    pub(super) const fn emit(&self, writer: &mut Writer<'_>) {
        let Row { oid, charset, least, most, .. } = self.kind.row();
        if let Err(why) = charset.check(self.value, least, most) {
            writer.fail(Error::Attribute(self.kind, why));
        }
        let since = writer.len();
        writer.value(charset.tag(), self.value.as_bytes());
        writer.value(tag::OID, oid);
        writer.wrap(tag::SEQUENCE, since);
        writer.wrap(tag::SET, since);
    }
}

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
struct Row {
    short: &'static str,
    oid: &'static [u8],
    charset: Charset,
    /// Characters.
    least: usize,
    most: usize,
}

impl AttributeType {
    const fn row(self) -> Row {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::der::write::written;
    use crate::x509::name::InvalidText;
    use std::string::{String, ToString};

    const UTF8: [(AttributeType, usize); 10] = [
        (AttributeType::CommonName, 64),
        (AttributeType::Organization, 64),
        (AttributeType::OrganizationalUnit, 64),
        (AttributeType::State, 128),
        (AttributeType::Locality, 128),
        (AttributeType::Title, 64),
        (AttributeType::Surname, 64),
        (AttributeType::GivenName, 64),
        (AttributeType::Pseudonym, 128),
        (AttributeType::UserId, 256),
    ];
    const PRINTABLE: [(AttributeType, usize); 2] =
        [(AttributeType::SerialNumber, 64), (AttributeType::DnQualifier, 64)];
    const IA5: [(AttributeType, usize); 2] =
        [(AttributeType::DomainComponent, 63), (AttributeType::Email, 255)];

    /// Why not, if not.
    fn refused(kind: AttributeType, value: &str) -> Option<InvalidText> {
        match written(|writer| Attribute { kind, value }.emit(writer)) {
            Ok(der) => {
                assert!(der.ends_with(value.as_bytes()));
                None
            }
            Err(Error::Attribute(of, why)) => {
                assert_eq!(of, kind);
                Some(why)
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn lengths_in_characters() {
        for (kinds, letter) in [(&UTF8[..], 'ü'), (&UTF8, '€'), (&UTF8, '𐍈'), (&PRINTABLE, '?'), (&IA5, '~')]
        {
            for &(kind, most) in kinds {
                let text = |n| String::from_iter(std::iter::repeat_n(letter, n));
                assert_eq!(refused(kind, &text(1)), None);
                assert_eq!(refused(kind, &text(most)), None);
                for found in [0, most + 1, 400] {
                    let why = InvalidText::Length { found, least: 1, most };
                    assert_eq!(refused(kind, &text(found)), Some(why), "{kind}");
                }
            }
        }
    }

    #[test]
    fn characters() {
        let kinds = |kinds: &[(AttributeType, usize)], value: &str, at: Option<usize>| {
            for (kind, _) in kinds {
                assert_eq!(
                    refused(*kind, value),
                    at.map(|at| InvalidText::Character { at }),
                    "{kind} {value:?}"
                );
            }
        };
        kinds(&PRINTABLE, "AZaz09 '()+,-./:=?", None);
        for letter in "!\"#$%&*;<>@[\\]^_`{|}~\n\u{7f}\0ü".chars() {
            kinds(&PRINTABLE, &std::format!("ab{letter}"), Some(2));
        }
        kinds(&IA5, " !~az@_", None);
        for letter in "\n\u{7f}\0ü".chars() {
            kinds(&IA5, &std::format!("ab{letter}"), Some(2));
            let at = if letter == 'ü' { None } else { Some(3) };
            kinds(&UTF8, &std::format!("ü {letter}"), at);
        }
    }

    #[test]
    fn a_country_is_two_capital_letters() {
        assert_eq!(refused(AttributeType::Country, "DE"), None);
        for text in ["D", "DEU", ""] {
            let why = InvalidText::Length { found: text.len(), least: 2, most: 2 };
            assert_eq!(refused(AttributeType::Country, text), Some(why));
        }
        for (text, at) in [("De", 1), ("1E", 0), ("D ", 1)] {
            assert_eq!(refused(AttributeType::Country, text), Some(InvalidText::Character { at }));
        }
    }

    #[test]
    fn errors_say_which_and_why() {
        let error =
            |kind, value| written(|writer| Attribute { kind, value }.emit(writer)).unwrap_err().to_string();
        assert_eq!(
            error(AttributeType::Country, "Deutschland"),
            "the attribute C of a name: 11 characters, where 2 are allowed"
        );
        assert_eq!(
            error(AttributeType::SerialNumber, "sn_1"),
            "the attribute serialNumber of a name: the character at byte 2 is not allowed there"
        );
    }
}
