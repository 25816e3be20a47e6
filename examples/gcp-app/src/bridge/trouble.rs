//! What a failure means for the next try.

use crate::event::{Event, Observer, Step};
use crate::{Pace, Refusal, SessionError};
use core::fmt::Display;

/// How to go on after a failure, of which the observer has heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trouble {
    /// How soon to try again.
    pub(super) pace: Pace,
    /// This device's clock may be the reason.
    pub(super) clock: bool,
}

impl Trouble {
    pub(super) const QUICK: Self = Self::at(Pace::Quick);
    pub(super) const SLOW: Self = Self::at(Pace::Slow);
    pub(super) const SLOW_CLOCK: Self = Self { pace: Pace::Slow, clock: true };

    pub(super) const fn at(pace: Pace) -> Self {
        Self { pace, clock: false }
    }

    /// Tells the observer that a step took too long.
    pub(super) fn timed_out<O: Observer>(step: Step, after_ms: u64, observer: &mut O) -> Self {
        observer.event(&Event::TimedOut { step, after_ms });
        Self::QUICK
    }

    /// The login failed.
    pub(super) fn of_login<E: Display, O: Observer>(error: &SessionError<E>, observer: &mut O) -> Self {
        match error {
            SessionError::Refused(refusal) => {
                observer.event(&Event::Refused(*refusal));
                match refusal {
                    Refusal::Token | Refusal::NotAuthorised => Self::SLOW_CLOCK,
                    Refusal::Unavailable => Self::QUICK,
                    _ => Self::SLOW,
                }
            }
            _ => Self::of_session(error, observer),
        }
    }

    /// The connection failed after the login.
    pub(super) fn of_session<E: Display, O: Observer>(error: &SessionError<E>, observer: &mut O) -> Self {
        observer.event(&Event::Lost { cause: error });
        match error {
            // These come again until somebody has changed something.
            SessionError::NotSubscribed(_) | SessionError::TooLarge { .. } => Self::SLOW,
            // Some servers say no to a token by hanging up, and all do when it has expired by their clocks.
            SessionError::Closed => Self { clock: true, ..Self::QUICK },
            _ => Self::QUICK,
        }
    }
}
