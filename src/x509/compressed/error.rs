//! What the compressed form can't say.

use crate::x509::DateTime;
use core::fmt;

/// The compressed form can't say it, or says what Microchip has not defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CompressedError {
    /// Templates and chains have numbers from 0 to 15.
    NoNibble(u8),
    /// A version above 2.
    Version(u8),
    /// These bits of byte 71 should be 0.
    Reserved(u8),
    /// Bytes 64 to 66 and 71 are no hour of a day.
    Dates([u8; 4]),
    /// No rule for serial numbers has this number.
    SerialSource(u8),
    /// There is no place for minutes and seconds.
    NotAnHour(DateTime),
    /// The year of issue must be 2000 to 2127.
    IssueYear(u16),
    /// The years until the end must be 1 to 127.
    TermYears(u16),
    /// Issued on 29 February, it would end on one that there is not.
    NoSuchEnd(DateTime),
    /// The end is neither the same day and hour some years later nor the last second that its type of time can say.
    OtherEnd(DateTime),
}

impl fmt::Display for CompressedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNibble(number) => {
                write!(f, "templates and chains have numbers from 0 to 15, and this is {number}")
            }
            Self::Version(version) => write!(
                f,
                "the compressed certificate has version {version}, and only 0, 1 and 2 are defined: does the slot \
                 hold something else?"
            ),
            Self::Reserved(bits) => write!(
                f,
                "the compressed certificate has bits set in its last byte that must be 0 ({bits:#04x}): does the \
                 slot hold something else?"
            ),
            Self::Dates(bytes) => write!(
                f,
                "the dates of the compressed certificate ({bytes:02x?}) are no hour of a day: does the slot hold \
                 something else?"
            ),
            Self::SerialSource(source) => {
                write!(f, "no rule for serial numbers has the number {source:#x}")
            }
            Self::NotAnHour(issued) => write!(
                f,
                "{issued} has minutes or seconds, for which the compressed form has no place: issue at the full hour"
            ),
            Self::IssueYear(year) => {
                write!(f, "the compressed form can say years of issue from 2000 to 2127, and not {year}")
            }
            Self::TermYears(years) => write!(
                f,
                "the compressed form can say 1 to 127 years until the end, or for ever, and not {years}"
            ),
            Self::NoSuchEnd(issued) => write!(
                f,
                "{issued} is a 29 February, and the year in which the certificate would end has none: issue it a day \
                 earlier or later"
            ),
            Self::OtherEnd(end) => write!(
                f,
                "the compressed form can't say {end}: the end must be the same day and hour as the beginning, 1 to \
                 127 years later"
            ),
        }
    }
}

impl core::error::Error for CompressedError {}
