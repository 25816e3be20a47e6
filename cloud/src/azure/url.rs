//! Percent-encoding (RFC 3986, section 2.1).

use crate::hex;
use core::fmt::{self, Write};

/// Writes a text percent-encoded: everything but letters, digits and `- . _ ~`.
pub(super) struct Encode<'a>(pub(super) &'a str);

impl fmt::Display for Encode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'-' | b'.' | b'_' | b'~' => f.write_char(char::from(byte))?,
                _ if byte.is_ascii_alphanumeric() => f.write_char(char::from(byte))?,
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

/// A text of the server's, still percent-encoded. It compares with a `str` as what it stands for.
#[derive(Debug, Clone, Copy)]
pub struct Encoded<'t>(&'t str);

/// Why a text was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// A `%` without two hexadecimal digits behind it.
    Escape,
    /// What comes out is not UTF-8.
    Utf8,
    /// It does not fit the buffer.
    BufferTooSmall,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Escape => "a % without two hexadecimal digits behind it",
            Self::Utf8 => "percent-encoded bytes that are no UTF-8",
            Self::BufferTooSmall => "the decoded text does not fit the buffer",
        })
    }
}

impl core::error::Error for DecodeError {}

impl<'t> Encoded<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// As it came.
    #[must_use]
    pub const fn as_encoded(&self) -> &'t str {
        self.0
    }

    /// Decodes into the buffer. The text gets no longer by it.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b str, DecodeError> {
        let mut len = 0_usize;
        for byte in self.bytes() {
            *buffer.get_mut(len).ok_or(DecodeError::BufferTooSmall)? = byte?;
            len = len.saturating_add(1);
        }
        let bytes = buffer.get(..len).ok_or(DecodeError::BufferTooSmall)?;
        core::str::from_utf8(bytes).map_err(|_| DecodeError::Utf8)
    }

    fn bytes(&self) -> impl Iterator<Item = Result<u8, DecodeError>> + 't {
        let mut rest = self.0.as_bytes();
        core::iter::from_fn(move || {
            let (byte, more) = match rest {
                [] => return None,
                [b'%', high, low, more @ ..] => {
                    (hex::digit(*high).zip(hex::digit(*low)).map(|(high, low)| high << 4 | low), more)
                }
                [b'%', ..] => (None, &[][..]),
                [byte, more @ ..] => (Some(*byte), more),
            };
            rest = more;
            Some(byte.ok_or(DecodeError::Escape))
        })
    }
}

impl PartialEq<str> for Encoded<'_> {
    fn eq(&self, other: &str) -> bool {
        self.bytes().eq(other.bytes().map(Ok))
    }
}

impl PartialEq<&str> for Encoded<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn encoded_and_decoded_again() {
        let text = "a string/with &=%$ é€𐍈 - . _ ~";
        let encoded = Encode(text).to_string();
        assert_eq!(encoded, "a%20string%2Fwith%20%26%3D%25%24%20%C3%A9%E2%82%AC%F0%90%8D%88%20-%20.%20_%20~");
        let mut buffer = [0; 64];
        assert_eq!(Encoded::new(&encoded).decode(&mut buffer), Ok(text));
        assert_eq!(Encoded::new(&encoded), text);
        assert_ne!(Encoded::new(&encoded), "a string");
        for len in 0..text.len() {
            assert_eq!(Encoded::new(&encoded).decode(&mut buffer[..len]), Err(DecodeError::BufferTooSmall));
        }
        assert_eq!(Encoded::new("%2f%2F").decode(&mut buffer), Ok("//"), "either case");
        assert_eq!(Encoded::new("").decode(&mut []), Ok(""));
    }

    #[test]
    fn what_is_no_encoding_is_refused() {
        let mut buffer = [0; 16];
        for (text, error) in [
            ("%", DecodeError::Escape),
            ("a%2", DecodeError::Escape),
            ("%zz", DecodeError::Escape),
            ("%+1", DecodeError::Escape),
            ("%ff", DecodeError::Utf8),
            ("%C3", DecodeError::Utf8),
        ] {
            assert_eq!(Encoded::new(text).decode(&mut buffer), Err(error), "{text}");
            assert_ne!(Encoded::new(text), text);
        }
    }
}
