//! Templates and certificates that do not fit.

use crate::x509::malformed::Malformed;
use core::fmt;

/// A template does not fit what it is used with. Fields count from 0, in the order in which the template declares
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TemplateError {
    /// The example is no certificate.
    Example {
        /// Where the value begins that is wrong, from the first byte.
        offset: usize,
        /// What is wrong.
        why: Malformed,
    },
    /// The example has no P-256 key or is not signed with ecdsa-with-SHA256.
    ExampleKey,
    /// A key id of the example has not the 20 bytes of SHA-1.
    ExampleKeyId,
    /// The example shows nothing of this field where the field should be.
    NotFound {
        /// The field.
        field: usize,
    },
    /// The example shows it there more than once.
    Ambiguous {
        /// The field.
        field: usize,
    },
    /// What the example shows has not as many digits as the field.
    ExampleLength {
        /// The field.
        field: usize,
    },
    /// A field lies in another one.
    Overlap,
    /// More fields than a template can have.
    TooManyFields,
    /// The compressed certificate is for another template: bytes 69 and 70.
    OtherTemplate {
        /// Number of the template, of the chain, and of the rule for the serial number.
        expected: [u8; 3],
        /// What the compressed certificate says.
        found: [u8; 3],
    },
    /// The chip's serial number is needed and not given.
    NoChipSerial,
    /// The certificate's serial number lies on the chip, and is not given.
    NoSerial,
    /// The certificate's serial number is not as long as that of the example.
    SerialLength {
        /// Bytes in the example.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// The hash is shorter than the serial number of the example: it has 32 bytes.
    HashTooShort,
    /// The serial number would be negative or zero, as deprecated rules have it now and then. Issue it at another
    /// hour.
    SerialNotPositive,
    /// As many texts must be given as the template declares.
    Texts {
        /// Declared.
        expected: usize,
        /// Given.
        found: usize,
    },
    /// A text has not the length of its field.
    TextLength {
        /// The field.
        field: usize,
        /// Bytes in the example.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// A name given is no name in DER.
    NoName {
        /// The field.
        field: usize,
    },
    /// The template has UTCTime here, which can say 1950 to 2049.
    NotInUtcTime {
        /// The year.
        year: u16,
    },
    /// The certificate is not one that this template makes.
    OtherCertificate {
        /// Where it differs from what would be made, from the first byte of the certificate. The serial number tells
        /// most: another rule, key, hour or chip.
        offset: usize,
    },
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Example { offset, why } => {
                write!(f, "the template's example is no certificate, at byte {offset}: {why}")
            }
            Self::ExampleKey => f.write_str(
                "the template's example must have a P-256 key and be signed with ecdsa-with-SHA256",
            ),
            Self::ExampleKeyId => f.write_str(
                "the key ids of the template's example must be SHA-1 over the public key, 20 bytes",
            ),
            Self::NotFound { field } => {
                write!(f, "what field {field} of the template shows is not in that place of the example")
            }
            Self::Ambiguous { field } => write!(
                f,
                "what field {field} of the template shows is in that place of the example more than once: make an \
                 example in which it is not"
            ),
            Self::ExampleLength { field } => write!(
                f,
                "what field {field} of the template shows has a wrong length: 4 digits for a signer's id, 18 for a \
                 chip's serial number, one byte at least for a text"
            ),
            Self::Overlap => f.write_str("two fields of the template lie in one another"),
            Self::TooManyFields => f.write_str("the template declares too many fields"),
            Self::OtherTemplate { expected, found } => write!(
                f,
                "the compressed certificate is for template, chain and serial number source {found:x?}, and this is \
                 {expected:x?}"
            ),
            Self::NoChipSerial => f.write_str("the certificate needs the chip's serial number: give it"),
            Self::NoSerial => f.write_str("the certificate's serial number lies on the chip: read and give it"),
            Self::SerialLength { expected, found } => write!(
                f,
                "the serial number given has {found} bytes, the template's {expected}"
            ),
            Self::HashTooShort => f.write_str(
                "the serial number of the template's example is longer than the hash from which it should come",
            ),
            Self::SerialNotPositive => f.write_str(
                "the serial number would be negative or zero, as this deprecated rule has it now and then: issue at \
                 another hour",
            ),
            Self::Texts { expected, found } => {
                write!(f, "the template declares {expected} texts and names, and {found} are given")
            }
            Self::TextLength { field, expected, found } => write!(
                f,
                "the text for field {field} of the template has {found} bytes, and there is room for {expected}"
            ),
            Self::NoName { field } => {
                write!(f, "what is given for field {field} of the template is no name in DER")
            }
            Self::NotInUtcTime { year } => {
                write!(f, "the template has UTCTime, which ends with 2049, and can't say {year}")
            }
            Self::OtherCertificate { offset } => write!(
                f,
                "the certificate is not what this template makes, at byte {offset}: another template, serial number \
                 rule, key, chip or issuer"
            ),
        }
    }
}

impl core::error::Error for TemplateError {}
