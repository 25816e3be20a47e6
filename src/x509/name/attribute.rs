//! Attributes of names.

use super::attribute_type::{AttributeType, Row};
use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use crate::x509::error::Error;

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
