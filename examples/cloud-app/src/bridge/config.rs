//! Who, where, and how long.

use crate::{Backoff, Server};
use atecc608_cloud::mqtt::{Device, KeepAlive};
use atecc608_cloud::token::Lifetime;
use fastrand::Rng;

/// The device, its bridge, and its habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BridgeConfig<'a> {
    /// The device's names.
    pub device: Device<'a>,
    /// The bridge.
    pub server: Server<'a>,
    /// How long a token is good: an hour, if nothing else is said.
    pub lifetime: Lifetime,
    /// How long the connection may be idle.
    pub keep_alive: KeepAlive,
    /// How long to wait after failures.
    pub backoff: Backoff,
    /// How long everything may take.
    pub timing: Timing,
}

impl<'a> BridgeConfig<'a> {
    /// Tokens of one hour, and everything else by default.
    #[must_use]
    pub fn new(device: Device<'a>, server: Server<'a>) -> Self {
        Self {
            device,
            server,
            lifetime: Lifetime::HOUR,
            keep_alive: KeepAlive::DEFAULT,
            backoff: Backoff::default(),
            timing: Timing::DEFAULT,
        }
    }

    /// How long after its token was issued a connection is renewed, in milliseconds: before the token
    /// expires by the margin, and by up to the spread more. Short lifetimes shorten both.
    pub(super) fn renewal_ms(&self, rng: &mut Rng) -> u64 {
        let lifetime_ms = self.lifetime.as_secs() * 1000;
        let margin_ms = self.timing.margin_ms.min(lifetime_ms / 4);
        let spread_ms = self.timing.spread_ms.min(lifetime_ms / 4);
        lifetime_ms - margin_ms - rng.u64(..=spread_ms)
    }

    /// How long after the last packet to ping, in milliseconds: early enough for the answer to come
    /// within the keep-alive interval.
    pub(super) const fn ping_ms(&self) -> u64 {
        let keep_alive_ms = self.keep_alive.as_secs() as u64 * 1000;
        keep_alive_ms - keep_alive_ms / 4
    }
}

/// Time-outs and margins, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Up to so long [`run`](super::Bridge::run) waits at first: devices that get power at the same moment
    /// do not connect at the same moment.
    pub start_spread_ms: u64,
    /// For DNS, TCP and TLS together. A microcontroller needs seconds for the certificates alone.
    pub dial_ms: u64,
    /// For the chip to sign.
    pub sign_ms: u64,
    /// For the server to answer a login, a subscription, a message, a ping.
    pub answer_ms: u64,
    /// A token is renewed so long before it expires, for the sake of clocks that differ and of servers that
    /// take long.
    pub margin_ms: u64,
    /// And earlier by up to this, drawn each time, so that a fleet spreads.
    pub spread_ms: u64,
    /// After so long a connection counts as stable, and the next wait is a first one.
    pub stable_ms: u64,
}

impl Timing {
    /// Time-outs of 30 s to connect, 5 s to sign and 20 s for answers; renewal 2 to 7 minutes before the
    /// token expires; stable after a minute.
    pub const DEFAULT: Self = Self {
        start_spread_ms: 2_000,
        dial_ms: 30_000,
        sign_ms: 5_000,
        answer_ms: 20_000,
        margin_ms: 120_000,
        spread_ms: 300_000,
        stable_ms: 60_000,
    };
}

impl Default for Timing {
    fn default() -> Self {
        Self::DEFAULT
    }
}
