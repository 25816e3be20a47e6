//! One exchange at the Security Token Service, whatever the device shows.

use super::access::AccessToken;
use super::answer::{ask, parse};
use super::connection::{Connection, Request};
use super::error::{AnswerProblem, FederationError};
use super::json;
use super::names::{Provider, Scope};
use super::refusal::Service;
use super::scrub::Scrub;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;
use core::time::Duration;
use embedded_io_async::{Read, Write};
use serde::{Deserialize, Serialize, Serializer};
use serde_json_core::str::EscapedStr;

const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";

/// What the device shows.
pub(super) struct Shown<V> {
    pub(super) service: Service,
    /// `subjectTokenType`
    pub(super) kind: &'static str,
    /// `subjectToken`, written as one text.
    pub(super) token: V,
    /// The certificate that the access token is to be bound to, if any.
    pub(super) bound_to: Option<Fingerprint>,
}

/// SHA-256 over a certificate. Shown as the one option of a request, `{"bindCertFingerprint":"..."}` with the
/// fingerprint in base64url, percent-encoded.
pub(super) struct Fingerprint(pub(super) [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 43];
        let text = Base64UrlUnpadded::encode(&self.0, &mut text).map_err(|_| fmt::Error)?;
        write!(f, "%7B%22bindCertFingerprint%22%3A%22{text}%22%7D")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exchange<'a, V> {
    grant_type: &'static str,
    #[serde(serialize_with = "as_text")]
    audience: &'a Provider<'a>,
    scope: &'a str,
    requested_token_type: &'static str,
    subject_token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Fingerprint>,
    subject_token: V,
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

/// Exchanges what is shown for an access token; the buffer holds the request, then the answer, then the token alone.
pub(super) async fn grant<'b, T: Read + Write, V: Serialize>(
    connection: &mut Connection<'_, T>,
    provider: &Provider<'_>,
    scope: Scope<'_>,
    shown: Shown<V>,
    uptime: Duration,
    buffer: &'b mut [u8],
) -> Result<AccessToken<'b>, FederationError<T::Error>> {
    let mut buffer = Scrub::new(buffer);
    let body = Exchange {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        audience: provider,
        scope: scope.as_str(),
        requested_token_type: ACCESS_TOKEN_TYPE,
        subject_token_type: shown.kind,
        options: shown.bound_to,
        subject_token: shown.token,
    };
    let capacity = buffer.as_mut().len();
    let body = json::write(&body, buffer.as_mut()).ok_or(FederationError::RequestTooLarge { capacity })?;
    let request = Request { path: &["/v1/token"], bearer: None, body };
    let answer = ask(connection, shown.service, request, buffer.as_mut()).await?;
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
