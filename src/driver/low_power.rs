//! How the chip is left between operations.

use crate::wire::frame::WordAddress;

/// How the chip is left after an operation (chip reference 1.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LowPower {
    /// Lowest power; TempKey and everything else volatile is forgotten. The default: nothing is
    /// left for the next user of the bus.
    #[default]
    Sleep,
    /// Low power; TempKey, authorisations and SHA contexts are kept, for whoever uses the chip next: **with two handles on
    /// one chip (or two programs on one bus) each finds what the other left**, may use its authorisation, and
    /// overwrites its TempKey. Only the first operation of a handle, which knows nothing of the chip, puts it to sleep
    /// before. Bring all that belongs together into one [`session`](crate::blocking::Atecc608::session) of one handle.
    /// [`Sleep`](Self::Sleep) leaves nothing.
    ///
    /// On a bus shared with others at up to 300 kHz an idle ATECC608A can be woken and disturb them (chip reference
    /// 1.11).
    Idle,
}

impl LowPower {
    pub(crate) const fn word_address(self) -> WordAddress {
        match self {
            Self::Sleep => WordAddress::Sleep,
            Self::Idle => WordAddress::Idle,
        }
    }
}
