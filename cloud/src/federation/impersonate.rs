//! Acting as a service account, at the IAM Credentials service.

use super::access::AccessToken;
use super::answer::{ask, parse};
use super::connection::{Connection, Request};
use super::error::{AnswerProblem, FederationError};
use super::json;
use super::names::{Scope, ServiceAccount};
use super::refusal::Service;
use super::rfc3339;
use super::scrub::Scrub;
use crate::token::Lifetime;
use core::fmt;
use core::time::Duration;
use embedded_io_async::{Read, Write};
use serde::{Deserialize, Serialize, Serializer};
use serde_json_core::str::EscapedStr;

/// The IAM Credentials service.
pub const IAM_CREDENTIALS_HOST: &str = "iamcredentials.googleapis.com";
/// The same where it asks for the device's certificate, as tokens need that are
/// [bound](super::CertificateChain::with_bound_token) to one.
pub const IAM_CREDENTIALS_MTLS_HOST: &str = "iamcredentials.mtls.googleapis.com";

/// Whom to act as, what for, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impersonation<'a> {
    /// The account, on which the device's identity needs `roles/iam.workloadIdentityUser`.
    pub account: ServiceAccount<'a>,
    /// What the token will be good for.
    pub scope: Scope<'a>,
    /// How long the token will be good; Google's limit is an hour unless the organisation extends it.
    pub lifetime: Lifetime,
}

#[derive(Serialize)]
struct Generate<'a> {
    scope: [&'a str; 1],
    lifetime: Seconds,
}

/// Google's way to write a duration: `3600s`.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generated<'a> {
    #[serde(borrow)]
    access_token: Option<EscapedStr<'a>>,
    expire_time: Option<&'a str>,
}

/// Gets an access token of a service account, over a connection to [`IAM_CREDENTIALS_HOST`].
///
/// `token` is of [`exchange`](super::exchange), for [`Scope::CLOUD_PLATFORM`]. `now` (Unix seconds) and
/// `uptime` are taken before the call: Google says when the token ends as a date, from which `now` makes a
/// time to live, never longer than what was asked for.
///
/// The buffer is used as by `exchange`, and must be another than `token`'s.
///
/// **Cancellation:** may be dropped at any point; the buffer is wiped, as it is after an error.
///
/// # Errors
/// [`FederationError`]
pub async fn impersonate<'b, T: Read + Write>(
    connection: &mut Connection<'_, T>,
    who: &Impersonation<'_>,
    token: &AccessToken<'_>,
    now: u64,
    uptime: Duration,
    buffer: &'b mut [u8],
) -> Result<AccessToken<'b>, FederationError<T::Error>> {
    let mut buffer = Scrub::new(buffer);
    let asked = who.lifetime.as_secs();
    let body = Generate { scope: [who.scope.as_str()], lifetime: Seconds(asked) };
    let capacity = buffer.as_ref().len();
    let body = json::write(&body, buffer.as_mut()).ok_or(FederationError::RequestTooLarge { capacity })?;
    let path = ["/v1/projects/-/serviceAccounts/", who.account.0, ":generateAccessToken"];
    let request = Request { path: &path, bearer: Some(token.as_str()), body };
    let answer = ask(connection, Service::Impersonation, request, buffer.as_mut()).await?;
    let bytes = buffer.as_ref();
    let generated: Generated<'_> = parse(&answer, bytes)?;
    let seconds = generated
        .expire_time
        .and_then(rfc3339::unix_seconds)
        .and_then(|end| end.checked_sub(now))
        .map(|left| left.min(asked))
        .filter(|left| *left > 0)
        .ok_or(AnswerProblem::Expiry)?;
    let text = generated.access_token.ok_or(AnswerProblem::AccessToken)?.0;
    let range = json::position(bytes, text);
    Ok(AccessToken::keep(buffer, range, Duration::from_secs(seconds), uptime)?)
}
