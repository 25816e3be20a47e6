//! Asks for the time when that is due.

use super::{Adjustment, TimeError, UnixClock, sntp};
use crate::clock::within;
use crate::event::{Event, Observer};
use crate::{Clock, Network, NetworkError, Pace, Server};
use fastrand::Rng;

/// How long an answer may take, in milliseconds.
const PATIENCE_MS: u64 = 5_000;
/// Between two questions about the same thing, in milliseconds: time servers take faster ones for abuse.
const PAUSE_MS: u64 = 4_000;
/// Questions in a row when the clock is in doubt.
const QUESTIONS: u8 = 3;
/// After a question that failed, while the clock is good enough without, in milliseconds.
const AGAIN_MS: u64 = 15 * 60_000;

/// Keeps a [`UnixClock`] right with one time server.
#[derive(Debug)]
pub struct TimeKeeper<'a> {
    server: Server<'a>,
    clock: UnixClock,
    interval_ms: u64,
    /// Uptime of the next question.
    due_ms: u64,
}

impl<'a> TimeKeeper<'a> {
    /// Asks `server` at first and then every `interval_s` seconds, which bounds the drift: a crystal of
    /// 100 ppm loses 1.4 seconds in 4 hours.
    #[must_use]
    pub const fn new(server: Server<'a>, clock: UnixClock, interval_s: u32) -> Self {
        Self { server, clock, interval_ms: interval_s as u64 * 1000, due_ms: 0 }
    }

    /// The clock that is kept.
    #[must_use]
    pub const fn unix_clock(&self) -> &UnixClock {
        &self.clock
    }

    /// See [`UnixClock::doubt`]. The next [`ensure`](Self::ensure) asks the server.
    pub const fn doubt(&mut self) {
        self.clock.doubt();
        self.due_ms = 0;
    }

    /// See [`UnixClock::trust`].
    pub const fn trust(&mut self) {
        self.clock.trust();
    }

    /// Asks the time server if that is due, and returns Unix time in seconds.
    ///
    /// A clock that was set before goes on without an answer. Cancel safe.
    ///
    /// # Errors
    /// How soon to try again, if the clock is not set. Why has gone to the observer.
    pub async fn ensure<N: Network, C: Clock, O: Observer>(
        &mut self,
        network: &mut N,
        clock: &C,
        rng: &mut Rng,
        observer: &mut O,
    ) -> Result<u64, Pace> {
        let mut pace = Pace::Quick;
        if clock.uptime_ms() >= self.due_ms {
            let mut questions = if self.clock.is_doubted() { QUESTIONS } else { 1 };
            loop {
                questions -= 1;
                match self.ask(network, clock, rng).await {
                    Ok(adjustment) => {
                        let unix = self.clock.now(clock.uptime_ms()).unwrap_or_default();
                        observer.event(&Event::Time { unix, adjustment });
                        self.due_ms = clock.uptime_ms().saturating_add(self.interval_ms);
                        break;
                    }
                    Err(error) => {
                        observer.event(&Event::NoTime { server: self.server, error });
                        self.due_ms = clock.uptime_ms().saturating_add(AGAIN_MS);
                        if matches!(error, TimeError::Protocol(sntpc::Error::KissOfDeath(_))) {
                            pace = Pace::Slow;
                            break;
                        }
                        if questions == 0 || !matches!(error, TimeError::Jump { .. }) {
                            break;
                        }
                        clock.sleep_ms(PAUSE_MS).await;
                    }
                }
            }
        }
        let now = self.clock.now(clock.uptime_ms());
        if now.is_none() {
            // Due until there is a time.
            self.due_ms = 0;
        }
        now.ok_or(pace)
    }

    async fn ask<N: Network, C: Clock>(
        &mut self,
        network: &mut N,
        clock: &C,
        rng: &mut Rng,
    ) -> Result<Adjustment, TimeError> {
        let question = sntp::query(network, clock, &self.server, self.clock.floor(), rng);
        let answer = match within(clock, PATIENCE_MS, question).await {
            Ok(answer) => answer?,
            Err(_) => return Err(TimeError::Network(NetworkError::TimedOut)),
        };
        self.clock.answer(answer.unix_ms, answer.uptime_ms)
    }
}
