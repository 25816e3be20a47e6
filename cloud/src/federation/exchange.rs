//! The device's token for an access token, at Google's Security Token Service.

use super::access::{ACCESS_TOKEN_MAX, AccessToken};
use super::connection::Connection;
use super::error::FederationError;
use super::grant::{Shown, grant};
use super::names::{Provider, Scope};
use super::refusal::Service;
use super::token::FederatedToken;
use core::time::Duration;
use embedded_io_async::{Read, Write};

/// The Security Token Service.
pub const STS_HOST: &str = "sts.googleapis.com";

/// A buffer for any exchange, in bytes: the longest access token and what stands around it. Today's tokens
/// have some 1,000 bytes; a smaller buffer will do until one does not fit, which is an error.
pub const EXCHANGE_BUFFER: usize = ACCESS_TOKEN_MAX + 1024;

/// Exchanges the device's token for an access token, over a connection to [`STS_HOST`].
///
/// The buffer holds the request, then the answer, then the access token alone; [`EXCHANGE_BUFFER`] bytes are
/// always large enough. `uptime` is taken before the call.
///
/// **Cancellation:** may be dropped at any point; the buffer is wiped, as it is after an error.
///
/// # Errors
/// [`FederationError`]; [`Refused`](FederationError::Refused) tells which claim to look at.
pub async fn exchange<'b, T: Read + Write>(
    connection: &mut Connection<'_, T>,
    provider: &Provider<'_>,
    scope: Scope<'_>,
    token: &FederatedToken<'_>,
    uptime: Duration,
    buffer: &'b mut [u8],
) -> Result<AccessToken<'b>, FederationError<T::Error>> {
    let shown = Shown {
        service: Service::TokenExchange,
        kind: "urn:ietf:params:oauth:token-type:jwt",
        token: token.as_str(),
        bound_to: None,
    };
    grant(connection, provider, scope, shown, uptime, buffer).await
}
