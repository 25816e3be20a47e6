//! The date, reckoned from uptime since the last answer of a time server.

use super::TimeError;
use atecc608_cloud::token::CLOCK_FLOOR;

/// A difference that is always taken for the network's and not the clock's, in milliseconds.
const SLACK_MS: u64 = 10_000;
/// Drift that is taken for possible: one part in so many. A crystal is at least ten times better.
const DRIFT: u64 = 1000;
/// So many answers that agree outweigh a clock in doubt.
const WITNESSES: u8 = 3;

/// Knows the date once it has been told, and how far it may be trusted.
///
/// An answer of a time server sets it for the first time if it is not before the floor. Later answers
/// correct it by what a clock can drift: 10 seconds and 0.1 % of the time since the last one. A larger
/// difference is refused, with two exceptions, both about a clock that somebody has called into question
/// ([`doubt`](Self::doubt)), because a server refused the token or its certificate was not valid at that
/// time: then three answers in a row that agree are taken. So one lie, be it the first answer, does not stay
/// for ever, and one lie does not move a clock that works. SNTP is not authenticated: against somebody who
/// owns the network, the floor is what holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnixClock {
    floor: u64,
    set: Option<Set>,
    doubted: bool,
    /// An offset that was refused as a jump, and how many answers agree on it.
    witnesses: Option<(i64, u8)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    /// Unix time less uptime, in milliseconds.
    offset_ms: i64,
    /// Uptime of the answer.
    at_ms: u64,
}

/// What an answer did to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// The clock is set for the first time.
    First,
    /// The clock was corrected.
    Corrected {
        /// New time less old, in milliseconds.
        by_ms: i64,
        /// Time since the last answer, in milliseconds.
        after_ms: u64,
    },
    /// The clock was wrong, and several answers agree on another time.
    Replaced {
        /// New time less old, in milliseconds.
        by_ms: i64,
    },
}

impl Default for UnixClock {
    fn default() -> Self {
        Self::new(0)
    }
}

impl UnixClock {
    /// A clock that is not set.
    ///
    /// `floor`, in Unix seconds, is the earliest time to believe, such as when the firmware was built;
    /// never taken for less than the start of 2020.
    #[must_use]
    pub const fn new(floor: u64) -> Self {
        let floor = if floor < CLOCK_FLOOR { CLOCK_FLOOR } else { floor };
        Self { floor, set: None, doubted: false, witnesses: None }
    }

    /// The earliest time to believe, in Unix seconds.
    #[must_use]
    pub const fn floor(&self) -> u64 {
        self.floor
    }

    /// Unix time in milliseconds when the device is up for `uptime_ms`; none before the first answer.
    #[must_use]
    pub fn now_ms(&self, uptime_ms: u64) -> Option<u64> {
        let set = self.set?;
        u64::try_from(signed(uptime_ms).saturating_add(set.offset_ms)).ok()
    }

    /// Unix time in seconds.
    #[must_use]
    pub fn now(&self, uptime_ms: u64) -> Option<u64> {
        self.now_ms(uptime_ms).map(|ms| ms / 1000)
    }

    /// How long ago the last answer came, in milliseconds.
    #[must_use]
    pub fn age_ms(&self, uptime_ms: u64) -> Option<u64> {
        self.set.map(|set| uptime_ms.saturating_sub(set.at_ms))
    }

    /// A server has found this clock wrong, or may have: the next answers weigh more.
    pub const fn doubt(&mut self) {
        self.doubted = true;
    }

    /// A server has found this clock right.
    pub const fn trust(&mut self) {
        self.doubted = false;
        self.witnesses = None;
    }

    /// True after [`doubt`](Self::doubt).
    #[must_use]
    pub const fn is_doubted(&self) -> bool {
        self.doubted
    }

    /// Takes a time server's answer: it was `unix_ms` when the device was up for `uptime_ms`.
    ///
    /// # Errors
    /// [`TimeError::TooOld`] and [`TimeError::Jump`]; the clock stays as it is.
    pub fn answer(&mut self, unix_ms: u64, uptime_ms: u64) -> Result<Adjustment, TimeError> {
        if unix_ms / 1000 < self.floor {
            return Err(TimeError::TooOld { unix: unix_ms / 1000, floor: self.floor });
        }
        let offset_ms = signed(unix_ms).saturating_sub(signed(uptime_ms));
        let Some(old) = self.set else {
            self.set = Some(Set { offset_ms, at_ms: uptime_ms });
            return Ok(Adjustment::First);
        };
        let by_ms = offset_ms.saturating_sub(old.offset_ms);
        let after_ms = uptime_ms.saturating_sub(old.at_ms);
        if by_ms.unsigned_abs() <= SLACK_MS + after_ms / DRIFT {
            self.set = Some(Set { offset_ms, at_ms: uptime_ms });
            self.witnesses = None;
            return Ok(Adjustment::Corrected { by_ms, after_ms });
        }
        if !self.doubted || self.witness(offset_ms) < WITNESSES {
            return Err(TimeError::Jump { ms: by_ms });
        }
        self.set = Some(Set { offset_ms, at_ms: uptime_ms });
        self.witnesses = None;
        Ok(Adjustment::Replaced { by_ms })
    }

    /// How many answers in a row agree with this one.
    fn witness(&mut self, offset_ms: i64) -> u8 {
        let count = match self.witnesses {
            Some((other, count)) if other.abs_diff(offset_ms) <= SLACK_MS => count.saturating_add(1),
            _ => 1,
        };
        self.witnesses = Some((offset_ms, count));
        count
    }
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
