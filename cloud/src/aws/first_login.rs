//! A certificate that registers itself: the first connection is cut, and the device comes again.

use crate::mqtt::ClientError;
use core::fmt;
use core::time::Duration;

/// How long to wait after each connection that was cut, in seconds.
const WAITS: [u8; 6] = [2, 5, 10, 20, 30, 60];

/// What to do after a login that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Come again after this time: the certificate may be registering.
    Wait(Duration),
    /// It has been long enough: it is something else. The words are this value's text.
    GiveUp,
    /// This failure has nothing to do with registering.
    OtherCause,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(time) => {
                write!(f, "the certificate may be registering; the next try is in {} s", time.as_secs())
            }
            Self::GiveUp => f.write_str(
                "the certificate did not become active; the CA that signed it directly is not registered in this \
                 account and region or has automatic registration off, its template takes a field that the \
                 certificate's subject lacks or names a policy that is not there, nothing activates certificates that \
                 register themselves (without a template), or no policy permits this client id; AWS's log says which",
            ),
            Self::OtherCause => f.write_str("this is not how a certificate that registers itself is treated"),
        }
    }
}

/// Patience for the first login with a certificate.
///
/// Just-in-time registration and provisioning ("Just-in-time provisioning"): AWS registers a certificate of a registered CA when it
/// is first seen, as PENDING_ACTIVATION, **cuts the connection**, and makes it ACTIVE after it has made the thing and attached the
/// policy. The device comes again. It need not send its CA's certificate, but SNI.
///
/// How long that takes AWS does not say; this waits 2, 5, 10, 20, 30 and 60 seconds, 127 in all, then takes it for something else.
/// With [fleet provisioning](super::fleet) and registered certificates the first login works, and this is not needed.
///
/// ```
/// use atecc608_cloud::aws::{FirstLogin, Next};
/// use atecc608_cloud::mqtt::ClientError;
///
/// let mut first = FirstLogin::new();
/// let cut: ClientError<core::convert::Infallible> = ClientError::ClosedAtLogin;
/// assert!(matches!(first.failed(&cut), Next::Wait(time) if time.as_secs() == 2));
/// assert!(matches!(first.failed(&cut), Next::Wait(time) if time.as_secs() == 5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FirstLogin {
    failed: u8,
}

impl FirstLogin {
    /// Before the first try.
    #[must_use]
    pub const fn new() -> Self {
        Self { failed: 0 }
    }

    /// A login has failed. The cut shows as [`ClientError::ClosedAtLogin`], or as an error of the transport if it came while TLS
    /// was still busy: with TLS 1.3 that may be the first read.
    pub fn failed<E>(&mut self, error: &ClientError<E>) -> Next {
        if !matches!(error, ClientError::ClosedAtLogin | ClientError::Transport(_)) {
            return Next::OtherCause;
        }
        match WAITS.get(usize::from(self.failed)) {
            Some(seconds) => {
                self.failed = self.failed.saturating_add(1);
                Next::Wait(Duration::from_secs(u64::from(*seconds)))
            }
            None => Next::GiveUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_ends() {
        let mut first = FirstLogin::new();
        let other: ClientError<()> = ClientError::Broken;
        let mut waited = Duration::ZERO;
        for error in [ClientError::ClosedAtLogin, ClientError::Transport(())].iter().cycle() {
            assert_eq!(first.failed(&other), Next::OtherCause);
            match first.failed(error) {
                Next::Wait(time) => waited += time,
                last => {
                    assert_eq!(last, Next::GiveUp);
                    break;
                }
            }
        }
        assert_eq!(waited.as_secs(), 127);
        assert_eq!(first.failed(&ClientError::Transport(())), Next::GiveUp);
    }
}
