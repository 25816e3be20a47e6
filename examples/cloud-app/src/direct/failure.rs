//! What a service's failure means.

use crate::Server;
use crate::event::{Event, Observer};
use crate::trouble::Trouble;
use atecc608_cloud::federation::{Cause, FederationError};
use core::fmt::Display;

/// Tells the observer, and says how to go on.
pub(super) fn of_service<E: Display, O: Observer>(
    error: &FederationError<E>,
    server: Server<'_>,
    observer: &mut O,
) -> Trouble {
    match error {
        FederationError::Transport(_) | FederationError::Closed { .. } | FederationError::NotOpen => {
            observer.event(&Event::Lost { cause: error });
        }
        _ => observer.event(&Event::Denied { server, cause: error }),
    }
    let clock = match error {
        FederationError::Refused(refusal) => {
            matches!(refusal.cause(), Cause::Time | Cause::Token | Cause::Signature)
        }
        _ => false,
    };
    let at_least_ms =
        error.retry_after().map_or(0, |after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
    let trouble = if error.is_retryable() { Trouble::QUICK } else { Trouble::SLOW };
    Trouble { clock, at_least_ms, ..trouble }
}

/// Whether the access token is the reason.
pub(super) fn needs_token<E>(error: &FederationError<E>) -> bool {
    matches!(error, FederationError::Refused(refusal) if refusal.cause() == Cause::AccessToken)
}

/// Whether Pub/Sub does not take this request, whoever sends it: the message is the likely reason.
pub(super) fn is_refused<E>(error: &FederationError<E>) -> bool {
    matches!(error, FederationError::Refused(refusal) if matches!(refusal.status(), 400 | 413 | 422))
}

/// Whether the message itself is the reason, and will be next time.
pub(super) fn is_unsendable<E>(error: &FederationError<E>) -> bool {
    matches!(error, FederationError::Message(_) | FederationError::RequestTooLarge { .. })
}
