//! Names: of subjects and issuers, and the alternative ones.

mod attribute;
pub(super) mod attribute_type;
mod general;
pub(super) mod text;

pub use attribute::Attribute;
pub use attribute_type::AttributeType;
pub use general::GeneralName;
pub use text::InvalidText;

use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use crate::x509::error::Error;

/// Who a certificate or request is about, or who issued it: attributes in the order in which they are written, the
/// most general one first (country, organization, common name).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Name<'a> {
    /// Typed attributes, one in each relative name.
    Attributes(&'a [Attribute<'a>]),
    /// The DER of a name, taken over from a certificate as it is: the only safe way to name an issuer whose
    /// certificate is there, as names are compared byte by byte. Only its outermost tag and length are checked.
    Der(&'a [u8]),
}

impl<'a> Name<'a> {
    /// Whether it has no attributes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Attributes([]) | Self::Der([tag::SEQUENCE, 0]))
    }

    pub(crate) const fn emit(&self, writer: &mut Writer<'_>) {
        match *self {
            Self::Attributes(mut attributes) => {
                let since = writer.len();
                while let [before @ .., last] = attributes {
                    last.emit(writer);
                    attributes = before;
                }
                writer.wrap(tag::SEQUENCE, since);
            }
            Self::Der(der) => {
                if !is_one(der) {
                    writer.fail(Error::NameDer);
                }
                writer.bytes(der);
            }
        }
    }
}

/// Whether these bytes are one SEQUENCE, from the first to the last.
const fn is_one(der: &[u8]) -> bool {
    let (len, content) = match der {
        [tag::SEQUENCE, len @ 0..=0x7F, content @ ..] => (*len as usize, content),
        [tag::SEQUENCE, 0x81, len @ 0x80..=0xFF, content @ ..] => (*len as usize, content),
        [tag::SEQUENCE, 0x82, high @ 1..=0xFF, low, content @ ..] => {
            (u16::from_be_bytes([*high, *low]) as usize, content)
        }
        _ => return false,
    };
    content.len() == len
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::der::write::written;
    use std::vec::Vec;

    fn der(name: Name<'_>) -> Result<Vec<u8>, Error> {
        written(|writer| name.emit(writer))
    }

    #[test]
    fn attributes_in_their_order() {
        let country = Attribute { kind: AttributeType::Country, value: "DE" };
        let name = Attribute { kind: AttributeType::CommonName, value: "Jörg" };
        let golden = b"\x30\x1d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02DE\
                       \x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05J\xc3\xb6rg";
        assert_eq!(der(Name::Attributes(&[country, name])).unwrap(), golden);
        assert_eq!(der(Name::Attributes(&[])).unwrap(), [0x30, 0]);
    }

    #[test]
    fn der_is_taken_over_if_it_is_one_sequence() {
        for len in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x1234] {
            let whole = written(|writer| writer.value(tag::SEQUENCE, &std::vec![7; len])).unwrap();
            assert_eq!(der(Name::Der(&whole)).unwrap(), whole);
            assert_eq!(Name::Der(&whole).is_empty(), len == 0);
            let longer = [&whole[..], &[0]].concat();
            let shorter = &whole[..whole.len() - 1];
            for wrong in [&longer, shorter, &[&[0x31], &whole[1..]].concat()] {
                assert_eq!(der(Name::Der(wrong)), Err(Error::NameDer), "{len}");
            }
        }
        for wrong in [&[][..], &[0x30], &[0x30, 0x80, 0, 0], &[0x30, 0x81, 1, 7], &[0x30, 0x82, 0, 1, 7]] {
            assert_eq!(der(Name::Der(wrong)), Err(Error::NameDer));
        }
    }
}
