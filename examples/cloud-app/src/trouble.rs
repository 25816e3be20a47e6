//! What a failure means for the next try.

use crate::clock::within;
use crate::event::{Event, Observer, Step};
use crate::{Backoff, Clock, Dial, DialError, Pace, Server};
use atecc608_cloud::token::TokenError;
use core::fmt::Display;
use fastrand::Rng;

/// How to go on after a failure, of which the observer has heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// How soon to try again.
    pub(crate) pace: Pace,
    /// This device's clock may be the reason.
    pub(crate) clock: bool,
    /// Not sooner than the server said; but no server keeps a device away for longer than
    /// [`Backoff::longest_ms`] by a number that is wrong, or meant to do harm.
    pub(crate) at_least_ms: u64,
    /// The server has ended the connection, or has not answered: the message that was being sent may be why.
    pub(crate) cut: bool,
}

impl Trouble {
    pub(crate) const QUICK: Self = Self::at(Pace::Quick);
    pub(crate) const SLOW: Self = Self::at(Pace::Slow);
    pub(crate) const SLOW_CLOCK: Self = Self { clock: true, ..Self::at(Pace::Slow) };

    pub(crate) const fn at(pace: Pace) -> Self {
        Self { pace, clock: false, at_least_ms: 0, cut: false }
    }

    /// Tells the observer that a step took too long.
    pub(crate) fn timed_out<O: Observer>(step: Step, after_ms: u64, observer: &mut O) -> Self {
        observer.event(&Event::TimedOut { step, after_ms });
        Self { cut: true, ..Self::QUICK }
    }

    /// Draws how long to wait now, and tells the observer.
    pub(crate) fn wait_ms<O: Observer>(self, backoff: &mut Backoff, rng: &mut Rng, observer: &mut O) -> u64 {
        let at_least_ms = self.at_least_ms.min(backoff.longest_ms());
        let ms = backoff.next_ms(self.pace, rng).saturating_add(at_least_ms);
        observer.event(&Event::Waiting { ms, failures: backoff.failures() });
        ms
    }
}

/// Opens a connection, within its time.
pub(crate) async fn dial<'d, D: Dial, C: Clock, O: Observer>(
    dial: &'d mut D,
    clock: &C,
    server: &Server<'_>,
    now: u64,
    limit_ms: u64,
    observer: &mut O,
) -> Result<D::Connection<'d>, Trouble> {
    let server = *server;
    observer.event(&Event::Connecting { server });
    let has_identity = dial.has_identity();
    match within(clock, limit_ms, dial.dial(&server, now)).await {
        Ok(Ok(connection)) => {
            if let Some(proof) = D::proof(&connection) {
                observer.event(&Event::Verified { server, proof });
            }
            if D::has_shown_identity(&connection) {
                observer.event(&Event::Proved { server });
            } else if has_identity {
                observer.event(&Event::NotAsked { server });
            }
            Ok(connection)
        }
        Ok(Err(DialError::Network(error))) => {
            observer.event(&Event::Unreachable { server, error });
            Err(Trouble::QUICK)
        }
        Ok(Err(DialError::Untrusted(cause))) => {
            observer.event(&Event::Untrusted { server, cause: &cause });
            Err(Trouble::SLOW_CLOCK)
        }
        Ok(Err(DialError::NotSigned(cause))) => {
            observer.event(&Event::NotProved { server, cause: &cause });
            Err(Trouble::QUICK)
        }
        Ok(Err(DialError::Unsuitable(cause))) => {
            observer.event(&Event::Denied { server, cause: &cause });
            Err(Trouble::SLOW)
        }
        Err(_) => Err(Trouble::timed_out(Step::Dial, limit_ms, observer)),
    }
}

/// No token was made; the observer hears why.
pub(crate) fn not_signed<E: Display, O: Observer>(error: &TokenError<E>, observer: &mut O) -> Trouble {
    observer.event(&Event::NotSigned { cause: error });
    if matches!(error, TokenError::Signer(_)) { Trouble::QUICK } else { Trouble::SLOW }
}
