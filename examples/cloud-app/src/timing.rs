//! How long everything may take.

/// Time-outs and margins, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Up to so long [`Bridge::run`](crate::Bridge::run) and its likes wait at first: devices that get power at the
    /// same moment do not connect at the same moment.
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

    /// How long after its beginning a login that is good for `lifetime_s` seconds is renewed, in milliseconds:
    /// before it ends by the margin, and by up to the spread more. Short lifetimes shorten both.
    pub(crate) fn renewal_ms(&self, lifetime_s: u64, rng: &mut fastrand::Rng) -> u64 {
        let lifetime_ms = lifetime_s.saturating_mul(1000);
        let margin_ms = self.margin_ms.min(lifetime_ms / 4);
        let spread_ms = self.spread_ms.min(lifetime_ms / 4);
        lifetime_ms - margin_ms - rng.u64(..=spread_ms)
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How long after the last packet to ping, in milliseconds: early enough for the answer to come
/// within the keep-alive interval.
pub(crate) const fn ping_ms(keep_alive_s: u16) -> u64 {
    let keep_alive_ms = keep_alive_s as u64 * 1000;
    keep_alive_ms - keep_alive_ms / 4
}
