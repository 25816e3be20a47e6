//! Why bytes are no certificate.

use core::fmt;

/// Why bytes are no certificate, or no part of one, by RFC 5280 and DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Malformed {
    /// A value goes on behind the end of what holds it.
    Truncated,
    /// There is more than there should be.
    Trailing,
    /// A length in more bytes than it must have, or without one: BER, but not DER. Or one above 65 535.
    Length,
    /// A type that DER does not have, or one whose number is above 30, which certificates do not have.
    UnknownTag,
    /// Another type than expected.
    Tag {
        /// First byte of what should be there.
        expected: u8,
        /// First byte of what is there.
        found: u8,
    },
    /// An INTEGER without bytes, with bytes too many, or a negative one where none may be.
    Integer,
    /// A BOOLEAN that is neither 00 nor FF, or one that says the default, which DER leaves out.
    Boolean,
    /// A BIT STRING with odd bits that are not 0 or should not be.
    BitString,
    /// An object identifier that is none.
    Oid,
    /// A date that has another form than YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, or that never was or will be.
    Time,
    /// A version other than 1 to 3, or extensions before version 3.
    Version,
    /// The algorithm of the signature is another inside than outside.
    Algorithm,
    /// The signature is not what ecdsa-with-SHA256 says: two numbers.
    Signature,
    /// An extension for the second time.
    DuplicateExtension,
    /// A list that must have something in it has nothing.
    Empty,
    /// A text with bytes that its type does not have.
    Text,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "it ends too early: was all of it read?",
            Self::Trailing => "there is more than there should be",
            Self::Length => "the length is not written as DER wants it, or above 65535",
            Self::UnknownTag => "DER has no such type",
            Self::Tag { expected, found } => {
                return write!(f, "expected is a value of type {expected:#04x}, found {found:#04x}");
            }
            Self::Integer => "the INTEGER has no bytes, too many, or is negative where it may not be",
            Self::Boolean => "the BOOLEAN is not as DER wants it",
            Self::BitString => "the BIT STRING has odd bits that it should not have",
            Self::Oid => "the object identifier is none",
            Self::Time => "it is no date of the form YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ",
            Self::Version => "version and extensions do not go together, or there is no such version",
            Self::Algorithm => "the signature's algorithm is another inside than outside",
            Self::Signature => "the signature is not two numbers, as ECDSA has it",
            Self::DuplicateExtension => "the extension is there twice",
            Self::Empty => "the list is empty",
            Self::Text => "the text has bytes that its type does not have",
        })
    }
}
