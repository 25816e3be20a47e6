//! Points where sources leave the choice open and more than one reading matters for security: which one the
//! chip follows.

mod alternative;

pub use alternative::{Alternative, Alternatives};

/// Readings of what no source proves. The default is what the chip reference recommends: the stricter one, where
/// there is evidence for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Readings {
    /// TempKey that was made with a NoMac key serves encrypted Read, Write, PrivWrite, and DeriveKey (chip
    /// reference U30). By default it does not.
    pub no_mac_encrypts: bool,
    /// CheckMac of a challenge that comes with the command authorises, too (chip reference U11). By default
    /// only CheckMac of a nonce in TempKey does.
    pub challenge_authorises: bool,
    /// Flags of TempKey after the Nonce that hashes TempKey (chip reference D4).
    pub second_nonce: SecondNonce,
    /// Everything else that has another answer than the one the chip gives by default.
    pub alternatives: Alternatives,
}

impl Readings {
    /// The defaults, but for one answer.
    #[must_use]
    pub fn taking(alternative: Alternative) -> Self {
        Self { alternatives: Alternatives::NONE.with(alternative), ..Self::default() }
    }

    /// Whether the chip follows this one.
    pub(crate) fn take(&self, alternative: Alternative) -> bool {
        self.alternatives.has(alternative)
    }
}

/// What happens to TempKey's flags when Nonce hashes TempKey instead of a random number (p2 = 0x8000).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SecondNonce {
    /// All stay (data sheet of the ATECC508A, vendor's library).
    #[default]
    Keeps,
    /// SourceFlag becomes Rand, the others stay (data sheets of the pre-provisioned parts).
    BecomesRandom,
    /// SourceFlag stays, and what GenDig and GenKey left is forgotten (no source; what would be safe).
    Forgets,
}
