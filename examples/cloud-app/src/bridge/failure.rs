//! What a session's failure means.

use crate::event::{Event, Observer};
use crate::trouble::Trouble;
use atecc608_cloud::mqtt::{Refusal, SessionError};
use core::fmt::Display;

/// The login failed.
pub(super) fn of_login<E: Display, O: Observer>(error: &SessionError<E>, observer: &mut O) -> Trouble {
    let refusal = match error {
        SessionError::Refused(refusal) => refusal,
        // Some servers say no to a token by hanging up.
        SessionError::Closed => return Trouble { clock: true, ..of_session(error, observer) },
        _ => return of_session(error, observer),
    };
    observer.event(&Event::Refused(*refusal));
    match refusal {
        Refusal::Token | Refusal::NotAuthorised | Refusal::Other(0x86 | 0x87) => Trouble::SLOW_CLOCK,
        Refusal::Unavailable | Refusal::Other(0x88 | 0x89 | 0x97 | 0x9F) => Trouble::QUICK,
        _ => Trouble::SLOW,
    }
}

/// The connection failed after the login.
pub(super) fn of_session<E: Display, O: Observer>(error: &SessionError<E>, observer: &mut O) -> Trouble {
    observer.event(&Event::Lost { cause: error });
    match error {
        // These come again until somebody has changed something.
        SessionError::NotSubscribed(_) | SessionError::TooLarge { .. } => Trouble::SLOW,
        SessionError::Closed | SessionError::Transport(_) => Trouble { cut: true, ..Trouble::QUICK },
        // Among them a close, which servers have many reasons for: it calls no clock into question. If the
        // clock was the reason, the next login is refused.
        _ => Trouble::QUICK,
    }
}
