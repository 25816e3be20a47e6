//! Bytes of a configuration in the forms in which people post them.
//!
//! | Form | For instance |
//! |---|---|
//! | hex digits, any grouping | `01 23 …`, `0123…`, `01:23:…`, `01-23-…` |
//! | numbers in any list, with comments | `{ 0x01, 0x23, /* … */ }`, `[1, 35, …]`, `<<1, 35, …>>`, `01h 23h`, `16#01` |
//! | text with escapes | `b'\x01#\x00…'`, `"\u0001#"` |
//! | dumps with offsets | `xxd`, `hexdump`, `hexdump -C`, `od`, `i2cdump`, GDB, a byte a line |
//! | XML of Microchip's tools | `<ConfigurationZone><I2CAddress>C0</I2CAddress>…` |
//!
//! Around them may stand whatever stands there in a forum: declarations, labels, log prefixes, serial numbers. What
//! can't be read is named with its line. No input makes it panic.

mod dump;
mod literal;
mod numbers;
mod prefix;
mod words;
mod xml;

use std::fmt;

/// Bytes of a whole configuration, and without the chip's own 16.
pub const LENGTHS: [usize; 2] = [128, 112];

/// Why a text is no configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Counted from 1; 0 for the text as a whole.
    line: usize,
    why: String,
    /// Another line that takes part.
    other: Option<Other>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    /// It ends there.
    End(usize),
    /// Another configuration begins there.
    Begin(usize),
}

impl Unreadable {
    /// The line, counted from 1; `None` if it is about the text as a whole.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        Some(self.line).filter(|line| *line > 0)
    }

    /// In words, without the line.
    #[must_use]
    pub fn why(&self) -> String {
        match self.other {
            None => self.why.clone(),
            Some(Other::End(line)) => format!("{} (to line {line})", self.why),
            Some(Other::Begin(line)) => format!("{} in line {line}", self.why),
        }
    }

    /// The same in a larger text, in which its first line is this one.
    pub(crate) fn below(mut self, first: usize) -> Self {
        let above = first.saturating_sub(1);
        self.line = self.line.max(1) + above;
        self.other = self.other.map(|other| match other {
            Other::End(line) => Other::End(line + above),
            Other::Begin(line) => Other::Begin(line + above),
        });
        self
    }

    fn at(line: usize, why: impl fmt::Display) -> Self {
        Self { line, why: why.to_string(), other: None }
    }

    fn count(line: usize, count: usize) -> Self {
        Self::at(
            line,
            format_args!("a configuration has 128 bytes (or 112 without the first 16), not {count}"),
        )
    }
}

impl std::error::Error for Unreadable {}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.why()),
            line => write!(f, "line {line}: {}", self.why()),
        }
    }
}

/// The 128 or 112 bytes of a text.
///
/// ```
/// let error = atecc608_config::forms::read("01 23 45 67 89\nab zz").unwrap_err();
/// assert_eq!((error.line(), error.why().as_str()), (Some(2), "\"zz\" is no byte"));
/// ```
///
/// # Errors
/// [`Unreadable`], with the line.
pub fn read(text: &str) -> Result<Vec<u8>, Unreadable> {
    let bytes = match () {
        () if xml::is_xml(text) => xml::read(text)?,
        () if literal::is_literal(text) => literal::read(text)?,
        () => match dump::read(text) {
            Some(dump) => dump?,
            None => numbers::read(text)?,
        },
    };
    checked(&bytes)?;
    Ok(bytes)
}

/// Bytes that can be a configuration.
pub(crate) fn checked(bytes: &[u8]) -> Result<(), Unreadable> {
    if !LENGTHS.contains(&bytes.len()) {
        return Err(Unreadable::count(0, bytes.len()));
    }
    whole(bytes).map_err(|why| Unreadable::at(0, why))
}

/// 112 bytes that begin as a chip's first 16 do are not bytes 16 to 127.
fn whole(bytes: &[u8]) -> Result<(), &'static str> {
    match bytes.len() == 112 && bytes.starts_with(&[0x01, 0x23]) {
        true => Err(
            "112 bytes that begin with 01 23 are a dump without its last row, not bytes 16 to 127; all 128 \
                     are needed",
        ),
        false => Ok(()),
    }
}

/// The text of a file: UTF-8, or UTF-16 as Windows writes it. `None` if it is no text.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |rest: &[u8], word: fn([u8; 2]) -> u16| {
        let words: Vec<u16> = rest.chunks_exact(2).map(|pair| word([pair[0], pair[1]])).collect();
        String::from_utf16(&words).ok()
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => {
            let text = str::from_utf8(bytes).ok()?;
            let control = |c: char| c.is_control() && !c.is_whitespace();
            (!text.contains(control)).then(|| text.trim_start_matches('\u{FEFF}').to_owned())
        }
    }
}
