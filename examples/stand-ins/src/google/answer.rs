//! Answers in the forms the services use.

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

/// A body of any kind; it may fail half-way.
pub(super) type Body = BoxBody<Bytes, std::io::Error>;

/// What a handler comes to.
pub(super) type Outcome = Result<Value, Refusal>;

/// A refusal, with what the device is told.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) body: Value,
    pub(super) retry_after: Option<String>,
}

impl Refusal {
    /// The Security Token Service's form (RFC 6749, section 5.2).
    pub(super) fn oauth(error: &str, description: impl Into<String>) -> Self {
        let body = json!({"error": error, "error_description": description.into()});
        Self { status: StatusCode::BAD_REQUEST, body, retry_after: None }
    }

    /// The form of all other services.
    pub(super) fn api(status: StatusCode, name: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let body = json!({"error": {"code": status.as_u16(), "message": message, "status": name}});
        Self { status, body, retry_after: None }
    }

    /// No access token, or none that is valid.
    pub(super) fn unauthenticated(reason: &str) -> Self {
        let mut refusal = Self::api(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or \
             other valid authentication credential.",
        );
        refusal.body["error"]["details"] = json!([{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "googleapis.com",
        }]);
        refusal
    }

    /// Not with this access token.
    pub(super) fn forbidden(message: &str) -> Self {
        Self::api(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message)
    }

    /// A request that is not in order.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::api(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message)
    }
}

/// The answer to an outcome: JSON over several lines, as the services write it.
pub(super) fn answer(outcome: &Outcome) -> Response<Body> {
    let (status, body, retry_after) = match outcome {
        Ok(body) => (StatusCode::OK, body, None),
        Err(refusal) => (refusal.status, &refusal.body, refusal.retry_after.as_deref()),
    };
    let mut answer = Response::builder()
        .status(status)
        .header("Content-Type", "application/json; charset=UTF-8")
        .header("Vary", "Origin")
        .header("Vary", "X-Origin")
        .header("Vary", "Referer")
        .header("Server", "scaffolding on HTTPServer2")
        .header("X-XSS-Protection", "0")
        .header("X-Frame-Options", "SAMEORIGIN")
        .header("X-Content-Type-Options", "nosniff")
        .header("Alt-Svc", "h3=\":443\"; ma=2592000,h3-29=\":443\"; ma=2592000");
    if let Some(retry_after) = retry_after {
        answer = answer.header("Retry-After", retry_after);
    }
    let text = format!("{body:#}\n");
    answer.body(full(text)).unwrap_or_default()
}

/// A body whose length is known.
pub(super) fn full(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).map_err(|never| match never {}).boxed()
}
