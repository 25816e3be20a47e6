//! One finding, in words.

use super::kind::Kind;
use super::view::Hit;
use crate::address::Address;
use crate::config::ConfigZone;
use crate::memory::Slot;
use core::fmt;
use core::ops::RangeInclusive;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Severity {
    /// Good to know.
    Notice,
    /// Safe only with a further step, or hardly meant like this.
    Warning,
    /// Does not work, or is open to anyone, whatever you do later.
    Error,
}

impl Severity {
    /// The worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something to know about a configuration. `{}` shows it in two lines: reason and help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Finding {
    /// What it is about.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// The slot it is about; `None` for the chip as a whole.
    pub slot: Option<Slot>,
    /// Another slot that takes part.
    pub other: Option<Slot>,
    /// Where the chip will answer, if it is about that.
    pub address: Option<Address>,
    first: u8,
    last: u8,
}

impl Finding {
    pub(super) const fn new(kind: Kind, slot: Option<Slot>, hit: Hit) -> Self {
        let Hit { severity, other, address, first, last } = hit;
        Self { kind, severity, slot, other, address, first, last }
    }

    /// The bytes of the zone that say so.
    #[must_use]
    pub const fn bytes(&self) -> RangeInclusive<u8> {
        self.first..=self.last
    }

    /// Why, in words.
    #[must_use]
    pub const fn reason(&self) -> Text {
        Text(self.kind.reason(), self.other, self.address)
    }

    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> Text {
        Text(self.kind.help(), self.other, self.address)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.severity)?;
        if let Some(slot) = self.slot {
            write!(f, "{slot}, ")?;
        }
        match self.first == self.last {
            true => write!(f, "byte {}", self.first)?,
            false => write!(f, "bytes {} to {}", self.first, self.last)?,
        }
        write!(f, " ({}): {}", ConfigZone::field_name(self.first), self.reason())?;
        write!(f, "\n  help: {}", self.help())
    }
}

/// Words in which a slot's number or an address may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Text(&'static str, Option<Slot>, Option<Address>);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.split("{}");
        f.write_str(parts.next().unwrap_or(""))?;
        for part in parts {
            match (self.1, self.2) {
                (Some(slot), _) => write!(f, "{slot}")?,
                (None, Some(address)) => write!(f, "{address}")?,
                (None, None) => f.write_str("an address that I2C reserves")?,
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}
