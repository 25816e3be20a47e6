//! How long to wait before the next try.
//!
//! Full jitter: each wait is drawn evenly from the whole span up to a ceiling that doubles with every
//! failure. A fleet that lost its server at the same moment comes back spread over that span.

use fastrand::Rng;

/// How soon a failure may go away by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At any time: a network, a server that restarts, a loose plug.
    Quick,
    /// When a person has changed something: a key, a name, a certificate.
    Slow,
}

/// The span of one pace, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Shortest wait.
    pub floor_ms: u64,
    /// Longest first wait. Many devices that fail at once return within this time.
    pub first_ms: u64,
    /// Longest wait of all.
    pub cap_ms: u64,
}

impl Span {
    /// Half a second to 10 seconds first, to 5 minutes at last.
    pub const QUICK: Self = Self { floor_ms: 500, first_ms: 10_000, cap_ms: 5 * 60_000 };
    /// Half a minute to 2 minutes first, to 10 minutes at last: whoever has put it right stands beside the device.
    pub const SLOW: Self = Self { floor_ms: 30_000, first_ms: 2 * 60_000, cap_ms: 10 * 60_000 };

    const fn ceiling_ms(self, failures: u32) -> u64 {
        // The shift is bounded: 2^20 first waits are above any cap.
        let factor = 1_u64 << if failures > 20 { 20 } else { failures };
        let ceiling = self.first_ms.saturating_mul(factor);
        let ceiling = if ceiling > self.cap_ms { self.cap_ms } else { ceiling };
        if ceiling < self.floor_ms { self.floor_ms } else { ceiling }
    }
}

/// Counts failures and draws waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    quick: Span,
    slow: Span,
    failures: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new(Span::QUICK, Span::SLOW)
    }
}

impl Backoff {
    /// No failures yet.
    #[must_use]
    pub const fn new(quick: Span, slow: Span) -> Self {
        Self { quick, slow, failures: 0 }
    }

    /// Failures since the last [`reset`](Self::reset).
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// All is well again: the next wait is a first one.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }

    /// The longest wait of all, in milliseconds. No server is waited for longer than that on its own request.
    #[must_use]
    pub const fn longest_ms(&self) -> u64 {
        if self.slow.cap_ms > self.quick.cap_ms { self.slow.cap_ms } else { self.quick.cap_ms }
    }

    /// Counts a failure and returns how long to wait, in milliseconds: from the pace's `floor_ms` to its
    /// `cap_ms`.
    pub fn next_ms(&mut self, pace: Pace, rng: &mut Rng) -> u64 {
        let span = match pace {
            Pace::Quick => self.quick,
            Pace::Slow => self.slow,
        };
        let ceiling = span.ceiling_ms(self.failures);
        self.failures = self.failures.saturating_add(1);
        rng.u64(span.floor_ms..=ceiling)
    }
}

#[cfg(test)]
mod tests;
