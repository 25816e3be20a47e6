//! What new certificates are like.

use atecc608::x509::{Profile, Term};

/// Names in new certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Organisation, in all of them.
    pub organization: String,
    /// Common name of the root.
    pub root: String,
    /// Common name of the signer, behind which its id is written: 4 hexadecimal digits.
    pub signer: String,
}

/// What devices' certificates are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// How long they are valid. With an end before 2050 at first, all must end before 2050: the example fixes how many
    /// digits the year has.
    pub term: Term,
    /// What they are for.
    pub profile: Profile,
}

/// 28 years, as Microchip's are; a device that logs in with TLS.
impl Default for Kind {
    fn default() -> Self {
        Self { term: Term::Years(28), profile: Profile::DEVICE }
    }
}
