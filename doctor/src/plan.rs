//! The configurations that a chip is spent on.

use serde::{Deserialize, Serialize};

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// What restricts the use of a key: authorisation, random nonces, limits, MACs; writes, ECDH.
    A,
    /// KDF, SHA, AES, SecureBoot, Verify.
    B,
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
}
