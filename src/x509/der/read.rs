//! Reads DER in place. Positions count from the first byte of the whole.
//!
//! Not by the crate `der` 0.8: its reader has a path to a panic that is not optimized out (`Reader::read_into`), and the
//! same program takes 508 bytes more flash on thumbv6m, 810 on riscv32imc.

use super::tag;
use crate::x509::error::Error;
use crate::x509::malformed::Malformed;
use crate::x509::oid::Oid;

/// Where something lies in the whole: from the first byte to behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) const EMPTY: Self = Self { start: 0, end: 0 };

    /// Of what is there, or nothing.
    pub(crate) fn of(self, whole: &[u8]) -> &[u8] {
        whole.get(self.start..self.end).unwrap_or_default()
    }

    pub(crate) const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }
}

/// A value with its header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    whole: &'a [u8],
    pub(crate) tag: u8,
    /// With the header.
    pub(crate) span: Span,
    /// Without.
    pub(crate) content: Span,
}

impl<'a> Value<'a> {
    /// The value with its header.
    pub(crate) fn der(self) -> &'a [u8] {
        self.span.of(self.whole)
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        self.content.of(self.whole)
    }

    /// What it holds.
    pub(crate) const fn inside(self) -> Reader<'a> {
        Reader { whole: self.whole, rest: self.content }
    }

    /// An error about it.
    pub(crate) const fn wrong(self, why: Malformed) -> Error {
        Error::Malformed { offset: self.span.start, why }
    }

    /// The bytes of an INTEGER, none of which DER would leave out.
    pub(crate) fn integer(self) -> Result<&'a [u8], Error> {
        match self.bytes() {
            [] | [0x00, 0x00..=0x7F, ..] | [0xFF, 0x80..=0xFF, ..] => Err(self.wrong(Malformed::Integer)),
            bytes => Ok(bytes),
        }
    }

    /// The same of an INTEGER that is not negative, without the zero that says so.
    pub(crate) fn unsigned(self) -> Result<&'a [u8], Error> {
        match self.integer()? {
            [0x00, rest @ ..] => Ok(rest),
            [0x80..=0xFF, ..] => Err(self.wrong(Malformed::Integer)),
            bytes => Ok(bytes),
        }
    }

    /// A BOOLEAN.
    pub(crate) fn boolean(self) -> Result<bool, Error> {
        match self.bytes() {
            [0x00] => Ok(false),
            [0xFF] => Ok(true),
            _ => Err(self.wrong(Malformed::Boolean)),
        }
    }

    /// Where the bytes of a BIT STRING are that has no odd bits.
    pub(crate) fn whole_bytes(self) -> Result<Span, Error> {
        match self.bytes() {
            [0, ..] => Ok(Span { start: self.content.start.saturating_add(1), end: self.content.end }),
            _ => Err(self.wrong(Malformed::BitString)),
        }
    }
}

/// Goes through the values that stand side by side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    whole: &'a [u8],
    rest: Span,
}

impl<'a> Reader<'a> {
    /// Of nothing.
    pub(crate) const EMPTY: Self = Self::new(&[]);

    pub(crate) const fn new(whole: &'a [u8]) -> Self {
        Self { whole, rest: Span { start: 0, end: whole.len() } }
    }

    /// A part of the whole.
    pub(crate) const fn at(whole: &'a [u8], span: Span) -> Self {
        Self { whole, rest: span }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.len() == 0
    }

    /// Where what comes next begins.
    pub(crate) const fn start(&self) -> usize {
        self.rest.start
    }

    /// An error about what comes next.
    pub(crate) const fn wrong(&self, why: Malformed) -> Error {
        Error::Malformed { offset: self.rest.start, why }
    }

    /// The next value, whatever it is.
    pub(crate) fn any(&mut self) -> Result<Value<'a>, Error> {
        let start = self.rest.start;
        let bytes = self.rest.of(self.whole);
        let (header, content) = header(bytes).map_err(|error| self.wrong(error))?;
        let tag = bytes.first().copied().unwrap_or_default();
        let content_start = start.saturating_add(header);
        let end = content_start.saturating_add(content);
        if end > self.rest.end {
            return Err(self.wrong(Malformed::Truncated));
        }
        self.rest.start = end;
        let (span, content) = (Span { start, end }, Span { start: content_start, end });
        Ok(Value { whole: self.whole, tag, span, content })
    }

    /// The next value, if it has this first byte.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Value<'a>>, Error> {
        match self.rest.of(self.whole) {
            [first, ..] if *first == tag => self.any().map(Some),
            _ => Ok(None),
        }
    }

    /// The next value, which must have this first byte.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<Value<'a>, Error> {
        match self.rest.of(self.whole) {
            [] => Err(self.wrong(Malformed::Truncated)),
            [found, ..] if *found != tag => Err(self.wrong(Malformed::Tag { expected: tag, found: *found })),
            _ => self.any(),
        }
    }

    /// The next value, which must be an OBJECT IDENTIFIER.
    pub(crate) fn oid(&mut self) -> Result<Oid<'a>, Error> {
        let value = self.expect(tag::OID)?;
        Oid::from_der_content(value.bytes()).ok_or(value.wrong(Malformed::Oid))
    }

    /// Nothing may be left.
    pub(crate) const fn finish(&self) -> Result<(), Error> {
        if self.is_empty() { Ok(()) } else { Err(self.wrong(Malformed::Trailing)) }
    }
}

/// Bytes of the header that comes first, and of its value (X.690 8.1.2, 8.1.3, 10.1).
const fn header(bytes: &[u8]) -> Result<(usize, usize), Malformed> {
    match bytes {
        // Numbers in several bytes, which nothing in a certificate has; the end mark of BER; lists that say they are
        // none, and texts in pieces.
        [0x1F | 0x3F | 0x5F | 0x7F | 0x9F | 0xBF | 0xDF | 0xFF, ..]
        | [0x00 | 0x10 | 0x11 | 0x20..=0x2F | 0x32..=0x3E, ..] => Err(Malformed::UnknownTag),
        [_, len @ 0..=0x7F, ..] => Ok((2, *len as usize)),
        [_, 0x81, len @ 0x80..=0xFF, ..] => Ok((3, *len as usize)),
        [_, 0x82, high @ 0x01..=0xFF, low, ..] => Ok((4, u16::from_be_bytes([*high, *low]) as usize)),
        [] | [_] | [_, 0x81] | [_, 0x82] | [_, 0x82, _] => Err(Malformed::Truncated),
        _ => Err(Malformed::Length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn read(bytes: &[u8]) -> Result<(usize, usize), Error> {
        let mut reader = Reader::new(bytes);
        let value = reader.any()?;
        Ok((value.content.start, value.content.len()))
    }

    /// Universal types are constructed if they are SEQUENCE or SET, and only then.
    #[test]
    fn tags() {
        for tag in 0..=0xFF {
            let (class, constructed, number) = (tag >> 6, tag & 0x20 != 0, tag & 0x1F);
            let known = match class {
                0 => number != 0 && constructed == matches!(number, 16 | 17),
                _ => true,
            };
            let wanted = if known && number != 31 {
                Ok((2, 0))
            } else {
                Err(Error::Malformed { offset: 0, why: Malformed::UnknownTag })
            };
            assert_eq!(read(&[tag, 0]), wanted, "{tag:#x}");
        }
    }

    #[test]
    fn lengths() {
        let value = |head: &[u8], len: usize| [head, &std::vec![7; len]].concat();
        for (head, len) in [
            (&[4, 0][..], 0),
            (&[4, 0x7F], 0x7F),
            (&[4, 0x81, 0x80], 0x80),
            (&[4, 0x81, 0xFF], 0xFF),
            (&[4, 0x82, 1, 0], 0x100),
            (&[4, 0x82, 0xFF, 0xFF], 0xFFFF),
        ] {
            let whole = value(head, len);
            assert_eq!(read(&whole), Ok((head.len(), len)));
            let shorter: Vec<usize> = (0..whole.len()).rev().take(300).chain(0..5.min(whole.len())).collect();
            for cut in shorter {
                let truncated = Error::Malformed { offset: 0, why: Malformed::Truncated };
                assert_eq!(read(&whole[..cut]), Err(truncated), "{head:x?} {cut}");
            }
        }
        for head in [
            &[4, 0x80][..],
            &[4, 0x81, 0],
            &[4, 0x81, 0x7F],
            &[4, 0x82, 0, 0],
            &[4, 0x82, 0, 0xFF],
            &[4, 0x83, 0, 1, 0],
            &[4, 0x83, 1, 0, 0],
            &[4, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            &[4, 0xFF],
        ] {
            let wrong = Error::Malformed { offset: 0, why: Malformed::Length };
            assert_eq!(read(&value(head, 0x1_0000)), Err(wrong), "{head:x?}");
        }
    }

    /// Values end where what holds them ends, whatever follows there.
    #[test]
    fn inside() {
        let bytes = [0x30, 3, 4, 2, 7, 4, 1, 9];
        let mut outer = Reader::new(&bytes);
        let mut inner = outer.expect(0x30).unwrap().inside();
        assert_eq!(inner.any().unwrap_err(), Error::Malformed { offset: 2, why: Malformed::Truncated });
        assert_eq!(outer.finish().unwrap_err(), Error::Malformed { offset: 5, why: Malformed::Trailing });
        assert_eq!(outer.expect(4).unwrap().bytes(), [9]);
        assert_eq!((outer.is_empty(), outer.finish()), (true, Ok(())));
        assert_eq!(outer.any().unwrap_err(), Error::Malformed { offset: 8, why: Malformed::Truncated });
    }
}
