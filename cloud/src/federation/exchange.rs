//! The device's token for an access token, at Google's Security Token Service.

use super::access::{ACCESS_TOKEN_MAX, AccessToken};
use super::answer::{ask, parse};
use super::connection::{Connection, Request};
use super::error::{AnswerProblem, FederationError};
use super::json;
use super::names::{Provider, Scope};
use super::refusal::Service;
use super::scrub::Scrub;
use super::token::FederatedToken;
use core::time::Duration;
use embedded_io_async::{Read, Write};
use serde::{Deserialize, Serialize, Serializer};
use serde_json_core::str::EscapedStr;

/// The Security Token Service.
pub const STS_HOST: &str = "sts.googleapis.com";

/// A buffer for any exchange, in bytes: the longest access token and what stands around it. Today's tokens
/// have some 1,000 bytes; a smaller buffer will do until one does not fit, which is an error.
pub const EXCHANGE_BUFFER: usize = ACCESS_TOKEN_MAX + 1024;

const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exchange<'a> {
    grant_type: &'static str,
    #[serde(serialize_with = "as_text")]
    audience: &'a Provider<'a>,
    scope: &'a str,
    requested_token_type: &'static str,
    subject_token_type: &'static str,
    subject_token: &'a str,
}

fn as_text<S: Serializer>(provider: &Provider<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(provider)
}

#[derive(Deserialize)]
struct Granted<'a> {
    #[serde(borrow)]
    access_token: Option<EscapedStr<'a>>,
    issued_token_type: Option<&'a str>,
    token_type: Option<&'a str>,
    expires_in: Option<u32>,
}

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
    let mut buffer = Scrub::new(buffer);
    let body = Exchange {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        audience: provider,
        scope: scope.as_str(),
        requested_token_type: ACCESS_TOKEN_TYPE,
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        subject_token: token.as_str(),
    };
    let capacity = buffer.as_mut().len();
    let body = json::write(&body, buffer.as_mut()).ok_or(FederationError::RequestTooLarge { capacity })?;
    let request = Request { path: &["/v1/token"], bearer: None, body };
    let answer = ask(connection, Service::TokenExchange, request, buffer.as_mut()).await?;
    let bytes = buffer.as_ref();
    let granted: Granted<'_> = parse(&answer, bytes)?;
    let bearer = granted.token_type.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !bearer || granted.issued_token_type.is_some_and(|kind| kind != ACCESS_TOKEN_TYPE) {
        return Err(AnswerProblem::TokenType.into());
    }
    let seconds = granted.expires_in.filter(|seconds| *seconds > 0).ok_or(AnswerProblem::Expiry)?;
    let text = granted.access_token.ok_or(AnswerProblem::AccessToken)?.0;
    let range = json::position(bytes, text);
    Ok(AccessToken::keep(buffer, range, Duration::from_secs(seconds.into()), uptime)?)
}
