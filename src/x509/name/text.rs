//! Texts in names: which characters, and how many.

use crate::x509::der::tag;
use core::fmt;

/// Why a text can't be part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum InvalidText {
    /// Too short or too long, in characters.
    Length {
        /// It has so many.
        found: usize,
        /// It must have so many.
        least: usize,
        /// It may have so many.
        most: usize,
    },
    /// A character that is not allowed there.
    Character {
        /// At this byte.
        at: usize,
    },
    /// A URI without its scheme, or with nothing behind it: `scheme:something` is wanted.
    Scheme,
}

impl fmt::Display for InvalidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { found, least, most } if least == most => {
                write!(f, "{found} characters, where {most} are allowed")
            }
            Self::Length { found, least, most } => {
                write!(f, "{found} characters, where {least} to {most} are allowed")
            }
            Self::Character { at } => write!(f, "the character at byte {at} is not allowed there"),
            Self::Scheme => f.write_str("no scheme, or nothing behind it: scheme:something is wanted"),
        }
    }
}

impl core::error::Error for InvalidText {}

/// Which characters, and how they are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF8String.
    Utf8,
    /// PrintableString.
    Printable,
    /// PrintableString of A to Z.
    Capitals,
    /// IA5String: ASCII.
    Ia5,
}

impl Charset {
    pub(super) const fn tag(self) -> u8 {
        match self {
            Self::Utf8 => tag::UTF8_STRING,
            Self::Printable | Self::Capitals => tag::PRINTABLE_STRING,
            Self::Ia5 => tag::IA5_STRING,
        }
    }

    /// Control characters are in none: a zero in a name has fooled readers before.
    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Utf8 => byte >= b' ' && byte != 0x7F,
            Self::Ia5 => byte >= b' ' && byte < 0x7F,
            Self::Capitals => byte.is_ascii_uppercase(),
            Self::Printable => {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b' ' | b'\'' | b'('..=b')' | b'+'..=b'/' | b':' | b'=' | b'?')
            }
        }
    }

    pub(super) const fn check(self, text: &str, least: usize, most: usize) -> Result<(), InvalidText> {
        let mut found = 0;
        let mut wrong = None;
        let mut bytes = text.as_bytes();
        while let [first, rest @ ..] = bytes {
            if wrong.is_none() && !self.has(*first) {
                wrong = Some(text.len() - bytes.len());
            }
            // All bytes of a character but the first begin with 10.
            if *first & 0xC0 != 0x80 {
                found += 1;
            }
            bytes = rest;
        }
        if found < least || found > most {
            return Err(InvalidText::Length { found, least, most });
        }
        match wrong {
            Some(at) => Err(InvalidText::Character { at }),
            None => Ok(()),
        }
    }
}
