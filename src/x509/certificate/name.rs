//! Names, attribute by attribute, and alternative names (RFC 5280 4.1.2.4, 4.2.1.6).

use crate::x509::der::read::{Reader, Value};
use crate::x509::der::tag;
use crate::x509::malformed::Malformed;
use crate::x509::{Error, Oid};

/// Part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct NameAttribute<'a> {
    /// What it is: [`Oid::COMMON_NAME`] and others.
    pub oid: Oid<'a>,
    /// First byte of its type of text in DER: 0x0C UTF8String, 0x13 PrintableString, 0x16 IA5String, ...
    pub tag: u8,
    /// The text's bytes.
    pub value: &'a [u8],
}

impl<'a> NameAttribute<'a> {
    /// As text, if its type is UTF8String, PrintableString, NumericString, IA5String or VisibleString and it is UTF-8. A
    /// PrintableString may hold what it should not: Trust&GO has `_` in one.
    #[must_use]
    pub const fn text(&self) -> Option<&'a str> {
        match self.tag {
            tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING | 0x12 | 0x1A => {
                match core::str::from_utf8(self.value) {
                    Ok(text) => Some(text),
                    Err(_) => None,
                }
            }
            _ => None,
        }
    }
}

/// The attributes of a name, from the outermost on.
#[derive(Debug, Clone, Copy)]
pub struct Attributes<'a> {
    /// The sets.
    sets: Reader<'a>,
    /// What is left of the first, which mostly has one attribute.
    set: Reader<'a>,
}

impl<'a> Attributes<'a> {
    /// Of a name in DER.
    ///
    /// # Errors
    /// [`Error::Malformed`], counted from the name's first byte.
    pub fn parse(name: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(name);
        let value = reader.expect(tag::SEQUENCE)?;
        reader.finish()?;
        Self::check(value)
    }

    /// Of a name in DER that was checked.
    pub(super) fn of(name: &'a [u8]) -> Self {
        let value = Reader::new(name).any();
        Self { sets: value.map_or(Reader::EMPTY, Value::inside), set: Reader::EMPTY }
    }

    /// Reads all of them once.
    pub(super) fn check(name: Value<'a>) -> Result<Self, Error> {
        let attributes = Self { sets: name.inside(), set: Reader::EMPTY };
        let mut rest = attributes;
        while rest.read()?.is_some() {}
        Ok(attributes)
    }

    fn read(&mut self) -> Result<Option<NameAttribute<'a>>, Error> {
        while self.set.is_empty() {
            if self.sets.is_empty() {
                return Ok(None);
            }
            let set = self.sets.expect(tag::SET)?;
            if set.content.len() == 0 {
                return Err(set.wrong(Malformed::Empty));
            }
            self.set = set.inside();
        }
        let mut attribute = self.set.expect(tag::SEQUENCE)?.inside();
        let oid = attribute.oid()?;
        let value = attribute.any()?;
        attribute.finish()?;
        Ok(Some(NameAttribute { oid, tag: value.tag, value: value.bytes() }))
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = NameAttribute<'a>;

    fn next(&mut self) -> Option<NameAttribute<'a>> {
        self.read().ok().flatten()
    }
}

/// Another name of the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AlternativeName<'a> {
    /// A mail address, `rfc822Name`.
    Email(&'a str),
    /// A host name, `dNSName`.
    Dns(&'a str),
    /// A name in DER, `directoryName`: for [`Attributes::parse`].
    Directory(&'a [u8]),
    /// `uniformResourceIdentifier`.
    Uri(&'a str),
    /// 4 or 16 bytes, `iPAddress`.
    Ip(&'a [u8]),
    /// Something else.
    Other {
        /// First byte of its value in DER.
        tag: u8,
        /// The value's content.
        value: &'a [u8],
    },
}

/// Other names of the subject, in their order.
#[derive(Debug, Clone, Copy)]
pub struct AlternativeNames<'a> {
    rest: Reader<'a>,
}

impl<'a> AlternativeNames<'a> {
    pub(super) const fn new(rest: Reader<'a>) -> Self {
        Self { rest }
    }

    /// The next one, with all that is in it.
    pub(super) fn read(&mut self) -> Result<Option<AlternativeName<'a>>, Error> {
        const EMAIL: u8 = tag::context(1);
        const DNS: u8 = tag::context(2);
        const DIRECTORY: u8 = tag::context_constructed(4);
        const URI: u8 = tag::context(6);
        const IP: u8 = tag::context(7);
        if self.rest.is_empty() {
            return Ok(None);
        }
        let value = self.rest.any()?;
        let bytes = value.bytes();
        // IA5String.
        let text = || match core::str::from_utf8(bytes) {
            Ok(text) if text.is_ascii() => Ok(text),
            _ => Err(value.wrong(Malformed::Text)),
        };
        Ok(Some(match value.tag {
            EMAIL => AlternativeName::Email(text()?),
            DNS => AlternativeName::Dns(text()?),
            URI => AlternativeName::Uri(text()?),
            IP => AlternativeName::Ip(bytes),
            DIRECTORY => {
                let mut inside = value.inside();
                let name = inside.expect(tag::SEQUENCE)?;
                inside.finish()?;
                Attributes::check(name)?;
                AlternativeName::Directory(name.der())
            }
            tag @ 0x80..=0xBF => AlternativeName::Other { tag, value: bytes },
            found => return Err(value.wrong(Malformed::Tag { expected: DNS, found })),
        }))
    }
}

impl<'a> Iterator for AlternativeNames<'a> {
    type Item = AlternativeName<'a>;

    fn next(&mut self) -> Option<AlternativeName<'a>> {
        self.read().ok().flatten()
    }
}
