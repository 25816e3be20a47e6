//! The operations of the blocking driver: the tests of [`both`], and its own.

use atecc608::blocking::{Atecc608, Cmac, SdaPulse, SharedKey, issue, issue_from_template, sign};

/// Runs an operation of a rig's chip; afterwards the chip must be idle or asleep.
macro_rules! op {
    ($rig:ident.$method:ident($($argument:expr),* $(,)?)) => {{
        let result = $rig.chip.$method($($argument),*);
        $rig.assert_at_rest();
        result
    }};
}

/// The result of a call outside a session.
macro_rules! go {
    ($call:expr) => {
        $call
    };
}

/// The result of a call inside a session.
macro_rules! wait {
    ($call:expr) => {
        $call
    };
}

/// Runs a session of a rig's chip; afterwards the chip must be idle or asleep.
macro_rules! session {
    ($rig:ident, |$chip:ident| $body:block) => {{
        let result: Result<_, ::testkit::Failure> = $rig.chip.session(|$chip| $body);
        $rig.assert_at_rest();
        result
    }};
}

mod attacker;
mod both;
mod chip_rng;
mod signers_blocking;
