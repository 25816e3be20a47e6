//! Reads DER in place: headers by the crate `der`, which takes no length that is longer than it must be, and positions
//! that count from the first byte of the whole.

use crate::x509::error::Error;
use crate::x509::malformed::Malformed;
use der::{Decode, ErrorKind, Header, Reader as _, SliceReader};

/// Where something lies in the whole: from the first byte to behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
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

    /// An error about what comes next.
    pub(crate) const fn wrong(&self, why: Malformed) -> Error {
        Error::Malformed { offset: self.rest.start, why }
    }

    /// The next value, whatever it is.
    pub(crate) fn any(&mut self) -> Result<Value<'a>, Error> {
        let start = self.rest.start;
        let bytes = self.rest.of(self.whole);
        let tag = *bytes.first().ok_or(self.wrong(Malformed::Truncated))?;
        let (header, content) = header(bytes).map_err(|error| self.wrong(error))?;
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

    /// Nothing may be left.
    pub(crate) const fn finish(&self) -> Result<(), Error> {
        if self.is_empty() { Ok(()) } else { Err(self.wrong(Malformed::Trailing)) }
    }
}

/// Bytes of the header that comes first, and of its value.
fn header(bytes: &[u8]) -> Result<(usize, usize), Malformed> {
    let why = |error: der::Error| match error.kind() {
        ErrorKind::Incomplete { .. } => Malformed::Truncated,
        ErrorKind::TagUnknown { .. } | ErrorKind::TagNumberInvalid => Malformed::UnknownTag,
        _ => Malformed::Length,
    };
    let mut reader = SliceReader::new(bytes).map_err(why)?;
    let header = Header::decode(&mut reader).map_err(why)?;
    let count = |length: der::Length| usize::try_from(length).map_err(why);
    Ok((count(reader.position())?, count(header.length())?))
}
