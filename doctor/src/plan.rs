//! The configurations that a chip is spent on: two, each with as many questions as 16 slots hold.

pub mod a;
pub mod b;
mod layout;

use serde::{Deserialize, Serialize};

use crate::patient::Patient;
use crate::probe::Stop;

pub use layout::{FACTORY, Layout};

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// What restricts the use of a key: authorisation, random nonces, limits, MACs; writes, ECDH.
    A,
    /// KDF, SHA, AES, SecureBoot, Verify.
    B,
}

/// What makes a chip a plan's chip.
#[derive(Debug, Clone, Copy)]
pub struct Design {
    /// The configuration.
    pub layout: Layout,
    /// What is written between the locks, before the questions of that stage are asked. It may run again, if a run was
    /// stopped: it must not need what it has changed itself.
    pub load: fn(&mut Patient<'_>) -> Result<(), Stop>,
    /// What is written before the data lock, so that the questions after it find what they need. It may run again.
    pub settle: fn(&mut Patient<'_>) -> Result<(), Stop>,
}

impl Plan {
    /// Both.
    pub const ALL: [Plan; 2] = [Plan::A, Plan::B];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }

    /// What it consists of.
    #[must_use]
    pub const fn design(self) -> &'static Design {
        match self {
            Self::A => &a::DESIGN,
            Self::B => &b::DESIGN,
        }
    }

    /// The plan that this chip was spent on, if it was. Counters, locks and one-time bytes have changed since.
    #[must_use]
    pub fn of(config: &[u8; 128]) -> Option<Plan> {
        let locked = config[87] != 0x55;
        Self::ALL.into_iter().find(|plan| locked && plan.design().layout.fits(config))
    }
}
