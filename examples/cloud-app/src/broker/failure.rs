//! What a client's failure means.

use crate::event::{Event, Observer};
use crate::trouble::Trouble;
use atecc608_cloud::mqtt::{ClientError, LoginRefusal};
use core::fmt::Display;

/// The login failed. In TLS 1.3 that is also when a server says that it does not take the device's certificate, which
/// `refuses_identity` tells of a transport's error.
pub(super) fn of_login<E: Display, O: Observer>(
    error: &ClientError<E>,
    refuses_identity: impl FnOnce(&E) -> bool,
    observer: &mut O,
) -> Trouble {
    let refusal = match error {
        ClientError::Refused(refusal) => refusal,
        // So brokers say no to a certificate or a policy. AWS registers a certificate at its first connection, cuts
        // that, and takes the next one.
        ClientError::ClosedAtLogin => return Trouble { clock: true, ..of_client(error, observer) },
        ClientError::Transport(cause) if refuses_identity(cause) => {
            of_client(error, observer);
            return Trouble::SLOW_CLOCK;
        }
        _ => return of_client(error, observer),
    };
    observer.event(&Event::LoginRefused(*refusal));
    match refusal {
        LoginRefusal::Credentials | LoginRefusal::NotAuthorised | LoginRefusal::Other(0x86 | 0x87) => {
            Trouble::SLOW_CLOCK
        }
        LoginRefusal::Unavailable | LoginRefusal::Other(0x88 | 0x89 | 0x97 | 0x9F) => Trouble::QUICK,
        _ => Trouble::SLOW,
    }
}

/// The connection failed.
pub(super) fn of_client<E: Display, O: Observer>(error: &ClientError<E>, observer: &mut O) -> Trouble {
    observer.event(&Event::Lost { cause: error });
    match error {
        // These come again until somebody has changed something.
        ClientError::NotSubscribed(_)
        | ClientError::TooLarge { .. }
        | ClientError::Login(_)
        | ClientError::Topic(_)
        | ClientError::Filters(_)
        | ClientError::TransmitBuffer => Trouble::SLOW,
        ClientError::Closed | ClientError::ClosedAtLogin | ClientError::Transport(_) => {
            Trouble { cut: true, ..Trouble::QUICK }
        }
        _ => Trouble::QUICK,
    }
}
