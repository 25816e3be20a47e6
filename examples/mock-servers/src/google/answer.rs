//! Answers in the forms the services use.

use serde_json::{Value, json};

use super::http::{Answer, Framing};

/// What a handler comes to.
pub type Outcome = Result<Value, Refusal>;

/// A refusal, with what the device is told.
#[derive(Debug)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// What is said, as JSON.
    pub body: Value,
    /// The header of this name.
    pub retry_after: Option<String>,
}

impl Refusal {
    /// The Security Token Service's form (RFC 6749, section 5.2).
    pub fn oauth(error: &str, description: impl Into<String>) -> Self {
        let body = json!({"error": error, "error_description": description.into()});
        Self { status: 400, body, retry_after: None }
    }

    /// The form of all other services.
    pub fn api(status: u16, name: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let body = json!({"error": {"code": status, "message": message, "status": name}});
        Self { status, body, retry_after: None }
    }

    /// No access token, or none that is valid.
    pub fn unauthenticated(reason: &str) -> Self {
        let mut refusal = Self::api(
            401,
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
    pub fn forbidden(message: &str) -> Self {
        Self::api(403, "PERMISSION_DENIED", message)
    }

    /// A request that is not in order.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::api(400, "INVALID_ARGUMENT", message)
    }
}

/// The answer to an outcome: JSON over several lines, as the services write it.
pub fn answer(outcome: &Outcome) -> Answer {
    let (status, body, retry_after) = match outcome {
        Ok(body) => (200, body, None),
        Err(refusal) => (refusal.status, &refusal.body, refusal.retry_after.as_deref()),
    };
    let mut headers = vec![
        ("Content-Type", "application/json; charset=UTF-8"),
        ("Vary", "Origin"),
        ("Vary", "X-Origin"),
        ("Vary", "Referer"),
        ("Date", "Sat, 15 Jan 2028 00:00:00 GMT"),
        ("Server", "scaffolding on HTTPServer2"),
        ("X-XSS-Protection", "0"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("X-Content-Type-Options", "nosniff"),
        ("Alt-Svc", "h3=\":443\"; ma=2592000,h3-29=\":443\"; ma=2592000"),
    ];
    headers.extend(retry_after.map(|seconds| ("Retry-After", seconds)));
    let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    Answer { status, headers, body: format!("{body:#}\n"), framing: Framing::Length, last: false }
}
