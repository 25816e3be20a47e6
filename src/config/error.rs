//! What can go wrong with a configuration.

use super::{ConfigZone, Difference};
use crate::error::Error;
use core::fmt;
use embedded_hal::i2c::Error as BusError;

/// Writing or locking the configuration failed. The zone is not locked, unless it was before, or as
/// [`provision`](crate::blocking::Atecc608::provision) says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError<E> {
    /// The chip or the bus failed.
    Chip(Error<E>),
    /// The chip holds something else than was expected.
    Mismatch(Mismatch),
    /// This byte should change, but no Write can change it: chip-specific (0 to 15), set by
    /// UpdateExtra (84, 85) or by Lock (86, 87). Nothing was written.
    NotWritable {
        /// The byte's offset.
        offset: u8,
    },
    /// The zone is locked already.
    AlreadyLocked,
}

/// Differences that a [`Mismatch`] keeps; more are counted.
pub const MISMATCH_SHOWN: usize = 32;

/// Two configuration zones that should be equal and are not: expected on the left, found on the
/// right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Mismatch {
    shown: heapless::Vec<Difference, MISMATCH_SHOWN, u8>,
    total: u8,
}

impl Mismatch {
    /// What differs between the two.
    #[must_use]
    pub fn new(expected: &ConfigZone, found: &ConfigZone) -> Self {
        let mut shown = heapless::Vec::new();
        // Not `collect`, which would panic if there were more.
        for difference in expected.difference(found) {
            shown.push(difference).ok();
        }
        Self { shown, total: expected.difference(found).count() as u8 }
    }

    /// The first [`MISMATCH_SHOWN`] differences in the order of the zone.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.shown
    }

    /// Number of bytes that differ.
    #[must_use]
    pub const fn total(&self) -> u8 {
        self.total
    }
}

impl<E> From<Error<E>> for ConfigError<E> {
    fn from(error: Error<E>) -> Self {
        Self::Chip(error)
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the chip's configuration is not the expected one, nothing was locked:")?;
        for &Difference { offset, left, right } in &self.shown {
            let field = ConfigZone::field_name(offset);
            write!(f, "\n  byte {offset} ({field}): expected {left:02x}, found {right:02x}")?;
        }
        let more = usize::from(self.total).saturating_sub(self.shown.len());
        if more > 0 {
            write!(f, "\n  and {more} more")?;
        }
        Ok(())
    }
}

impl<E: BusError> fmt::Display for ConfigError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chip(error) => fmt::Display::fmt(error, f),
            Self::Mismatch(mismatch) => fmt::Display::fmt(mismatch, f),
            Self::NotWritable { offset } => {
                let field = ConfigZone::field_name(*offset);
                write!(f, "configuration byte {offset} ({field}) can't be written; nothing was written")
            }
            Self::AlreadyLocked => f.write_str("the configuration zone is locked already, for ever"),
        }
    }
}

impl core::error::Error for Mismatch {}

impl<E: BusError + 'static> core::error::Error for ConfigError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Chip(error) => Some(error),
            Self::Mismatch(mismatch) => Some(mismatch),
            _ => None,
        }
    }
}

#[cfg(feature = "defmt")]
impl<E: fmt::Debug> defmt::Format for ConfigError<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Chip(error) => defmt::write!(f, "{}", error),
            other => defmt::write!(f, "{}", defmt::Debug2Format(other)),
        }
    }
}
