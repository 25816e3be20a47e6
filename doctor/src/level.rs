//! How far a run may go, and how far a chip has gone.

use serde::{Deserialize, Serialize};

/// How much a run may do to a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Changes nothing, on any chip.
    Look,
    /// Changes what can be restored, on a chip of which nothing is locked, and restores it.
    Blank,
    /// Locks a chip for ever.
    Spend,
}

impl Level {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Blank => "blank",
            Self::Spend => "spend",
        }
    }
}

/// In which state of its locks a chip has to be for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It does not matter.
    Any,
    /// Nothing is locked: C0.
    Unlocked,
    /// The configuration is locked, the data zone is not: C1D0.
    ConfigLocked,
    /// Both are: C1D1.
    DataLocked,
}

impl Stage {
    /// The state that this configuration is of.
    #[must_use]
    pub const fn of(config: &[u8; 128]) -> Self {
        match (config[87] == 0x55, config[86] == 0x55) {
            (true, _) => Self::Unlocked,
            (false, true) => Self::ConfigLocked,
            (false, false) => Self::DataLocked,
        }
    }

    /// As the chip reference calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Unlocked => "C0",
            Self::ConfigLocked => "C1D0",
            Self::DataLocked => "C1D1",
        }
    }
}
