//! What a session's failure means.

use crate::event::{Event, Observer};
use crate::trouble::Trouble;
use crate::{Refusal, SessionError};
use core::fmt::Display;

/// The login failed.
pub(super) fn of_login<E: Display, O: Observer>(error: &SessionError<E>, observer: &mut O) -> Trouble {
    let SessionError::Refused(refusal) = error else { return of_session(error, observer) };
    observer.event(&Event::Refused(*refusal));
    match refusal {
        Refusal::Token | Refusal::NotAuthorised => Trouble::SLOW_CLOCK,
        Refusal::Unavailable => Trouble::QUICK,
        _ => Trouble::SLOW,
    }
}

/// The connection failed after the login.
pub(super) fn of_session<E: Display, O: Observer>(error: &SessionError<E>, observer: &mut O) -> Trouble {
    observer.event(&Event::Lost { cause: error });
    match error {
        // These come again until somebody has changed something.
        SessionError::NotSubscribed(_) | SessionError::TooLarge { .. } => Trouble::SLOW,
        // Some servers say no to a token by hanging up, and all do when it has expired by their clocks.
        SessionError::Closed => Trouble { clock: true, ..Trouble::QUICK },
        _ => Trouble::QUICK,
    }
}
