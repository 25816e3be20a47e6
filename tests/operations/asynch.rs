//! The operations of the async driver: the tests of [`both`], and its own.

use atecc608::asynch::{Atecc608, Cmac, SdaPulse, SharedKey, issue, issue_from_template, sign};

/// Runs an operation of a rig's chip; afterwards the chip must be idle or asleep.
macro_rules! op {
    ($rig:ident.$method:ident($($argument:expr),* $(,)?)) => {{
        let result = ::embassy_futures::block_on($rig.chip.$method($($argument),*));
        $rig.assert_at_rest();
        result
    }};
}

/// The result of a call outside a session.
macro_rules! go {
    ($call:expr) => {
        ::embassy_futures::block_on($call)
    };
}

/// The result of a call inside a session.
macro_rules! wait {
    ($call:expr) => {
        $call.await
    };
}

/// Runs a session of a rig's chip; afterwards the chip must be idle or asleep.
macro_rules! session {
    ($rig:ident, |$chip:ident| $body:block) => {{
        let result: Result<_, ::testkit::Failure> =
            ::embassy_futures::block_on($rig.chip.session(async |$chip| $body));
        $rig.assert_at_rest();
        result
    }};
}

mod both;
mod cancellation;
mod cancelled_certificates;
mod sendable;
mod signers_async;
