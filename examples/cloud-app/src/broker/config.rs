//! Where, and how long.

use crate::{Backoff, Server, Timing};

/// The broker, and the device's habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerConfig<'a> {
    /// The broker.
    pub server: Server<'a>,
    /// A connection is kept for so long, in seconds, and opened anew then: a day, if nothing else is said; a minute
    /// at least. So both
    /// sides look at each other's certificates again, and a new one of the device's own is shown. One with a token is
    /// opened anew before the token expires.
    pub renewal_s: u64,
    /// How long to wait after failures.
    pub backoff: Backoff,
    /// How long everything may take. `sign_ms` is for the password; a certificate's signature is within `dial_ms`.
    pub timing: Timing,
}

impl<'a> BrokerConfig<'a> {
    /// Connections of a day, and everything else by default.
    #[must_use]
    pub fn new(server: Server<'a>) -> Self {
        Self { server, renewal_s: 24 * 3600, backoff: Backoff::default(), timing: Timing::DEFAULT }
    }
}
