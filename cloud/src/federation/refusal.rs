//! Why a service refused, and where to look.

use super::json;
use core::fmt;
use core::time::Duration;
use heapless::String;
use serde::Deserialize;
use serde_json_core::str::EscapedStr;

/// Longest description kept of a server's answer, in bytes.
pub const DESCRIPTION_MAX: usize = 256;
/// Longest name of an error kept, in bytes.
const CODE_MAX: usize = 32;

/// Which of Google's services was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Service {
    /// The Security Token Service, for a token.
    TokenExchange,
    /// The Security Token Service, for a certificate.
    CertificateExchange,
    /// IAM Credentials.
    Impersonation,
    /// Pub/Sub, publishing.
    PubSub,
    /// Pub/Sub, pulling and acknowledging.
    Subscription,
}

/// The likely cause of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The token's `aud`.
    Audience,
    /// The token's `iss`.
    Issuer,
    /// The token's `iat` and `exp`, and this device's clock.
    Time,
    /// The token's signature.
    Signature,
    /// The token's `kid`.
    KeyId,
    /// The token's `sub`.
    Subject,
    /// The provider's own condition on the claims.
    Condition,
    /// The token, and no word about which part.
    Token,
    /// The certificate: the chain, its lifetime, its usages; or that none was shown in the handshake.
    Certificate,
    /// The provider that was named: project number, pool, provider.
    Provider,
    /// The scope asked for.
    Scope,
    /// The access token: at its end, or not one for this.
    AccessToken,
    /// The identity may not do this.
    Permission,
    /// What was addressed is not there.
    NotFound,
    /// Something else happened at the same time.
    Conflict,
    /// Too many requests.
    Limit,
    /// The service failed.
    Unavailable,
    /// The request itself.
    Request,
}

/// A service's refusal: an answer whose status is not 2xx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    service: Service,
    status: u16,
    cause: Cause,
    code: String<CODE_MAX>,
    description: String<DESCRIPTION_MAX>,
    retry_after: Option<Duration>,
}

/// `{"error":"invalid_grant","error_description":"..."}`, of the Security Token Service.
#[derive(Deserialize)]
struct OAuthError<'a> {
    #[serde(borrow)]
    error: EscapedStr<'a>,
    error_description: Option<EscapedStr<'a>>,
}

/// `{"error":{"code":403,"message":"...","status":"PERMISSION_DENIED"}}`, of every other service.
#[derive(Deserialize)]
struct ApiError<'a> {
    #[serde(borrow)]
    error: ApiStatus<'a>,
}

#[derive(Deserialize)]
struct ApiStatus<'a> {
    #[serde(borrow)]
    message: Option<EscapedStr<'a>>,
    status: Option<EscapedStr<'a>>,
}

impl Refusal {
    pub(super) fn new(service: Service, status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let (code, description) = if let Some(error) = json::read::<OAuthError<'_>>(body) {
            (Some(error.error), error.error_description)
        } else if let Some(ApiError { error }) = json::read(body) {
            (error.status, error.message)
        } else {
            (None, None)
        };
        let code = json::copy(code.unwrap_or_default());
        let description = json::copy(description.unwrap_or_default());
        let cause = cause(service, status, &code, &description);
        Self { service, status, cause, code, description, retry_after }
    }

    /// The service that refused.
    #[must_use]
    pub const fn service(&self) -> Service {
        self.service
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The likely cause.
    #[must_use]
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// The error's name, such as `invalid_grant` or `PERMISSION_DENIED`; empty if the server gave none.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the server says, cut at [`DESCRIPTION_MAX`] bytes; empty if it says nothing.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// How long the server asks to wait at least, if it says so in seconds; Google does. A date is passed over.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the same request may succeed later with nothing changed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.cause {
            Cause::Limit | Cause::Unavailable => true,
            // Google's word for "somebody else was faster, try again".
            Cause::Conflict => self.code == "ABORTED",
            _ => false,
        }
    }
}

fn cause(service: Service, status: u16, code: &str, description: &str) -> Cause {
    match (service, status) {
        (_, 429) => Cause::Limit,
        (_, 408 | 500..=599) => Cause::Unavailable,
        (Service::TokenExchange, 400..=401) => exchange_cause(code, description),
        (Service::CertificateExchange, 400..=401) => certificate_cause(code, description),
        (_, 401) => Cause::AccessToken,
        (_, 403) => Cause::Permission,
        (_, 404) => Cause::NotFound,
        (_, 409) => Cause::Conflict,
        _ => Cause::Request,
    }
}

fn says(description: &str, word: &str) -> bool {
    description.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// By the code alone where there is a finer one than `invalid_grant`; by the words the service uses else.
fn certificate_cause(code: &str, description: &str) -> Cause {
    match exchange_cause(code, description) {
        // What only tokens have.
        Cause::Audience | Cause::Issuer | Cause::Time | Cause::KeyId | Cause::Signature | Cause::Token => {
            Cause::Certificate
        }
        Cause::Request if says(description, "certificate") => Cause::Certificate,
        cause => cause,
    }
}

/// By the words the service uses; it has no code finer than `invalid_grant`.
fn exchange_cause(code: &str, description: &str) -> Cause {
    let says = |word: &str| says(description, word);
    match code {
        "invalid_target" => Cause::Provider,
        "invalid_scope" => Cause::Scope,
        _ if says("attribute condition") => Cause::Condition,
        _ if says("google.subject") || says("mapped attribute") => Cause::Subject,
        "invalid_request" if says("identity provider") || says("\"audience\"") => Cause::Provider,
        "invalid_request" if says("scope") => Cause::Scope,
        "invalid_grant" | "invalid_request" | "unauthorized_client" | "invalid_client" => {
            if says("audience") {
                Cause::Audience
            } else if says("error connecting") {
                // Without an upload, the keys are looked for at the issuer.
                Cause::KeyId
            } else if says("issuer") {
                Cause::Issuer
            } else if says("expired") || says("stale") || says("issued at") || says("future") || says("iat") {
                Cause::Time
            } else if says("kid") || says("key id") || says("no matching key") || says("find a key") {
                Cause::KeyId
            } else if says("signature") {
                Cause::Signature
            } else if code == "invalid_request" {
                Cause::Request
            } else {
                Cause::Token
            }
        }
        _ => Cause::Request,
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.service {
            Service::TokenExchange => "the token exchange",
            Service::CertificateExchange => "the certificate's exchange",
            Service::Impersonation => "the service account's token",
            Service::PubSub => "publishing",
            Service::Subscription => "pulling",
        })?;
        write!(f, " was refused with status {}", self.status)?;
        if !self.code.is_empty() {
            write!(f, " ({})", self.code)?;
        }
        write!(f, ": {}", self.advice())?;
        if !self.description.is_empty() {
            write!(f, "; the server says: {}", self.description)?;
        }
        Ok(())
    }
}

impl Refusal {
    const fn advice(&self) -> &'static str {
        match (self.cause, self.service) {
            (Cause::Audience, _) => {
                "look at aud; it must be the provider's full name, or one of its allowed audiences"
            }
            (Cause::Issuer, _) => "look at iss; it must be the provider's issuer URI to the letter",
            (Cause::Time, _) => "look at iat and exp; the token has expired, or this device's clock is wrong",
            (Cause::Signature, _) => {
                "the signature is not of the key that the provider has under the token's kid; upload this \
                 device's JWKS"
            }
            (Cause::KeyId, _) => "look at kid; the provider has no key of this id; upload this device's JWKS",
            (Cause::Subject, Service::CertificateExchange) => {
                "look at what the provider maps to google.subject, the common name if nothing else is said: the \
                 certificate must have it, and it may have 127 bytes"
            }
            (Cause::Subject, _) => "look at sub; it becomes google.subject and may have 127 bytes",
            (Cause::Condition, Service::CertificateExchange) => {
                "the provider's attribute condition does not hold for this certificate"
            }
            (Cause::Condition, _) => {
                "the provider's attribute condition does not hold for the token's claims"
            }
            (Cause::Token, _) => {
                "look at iss, aud, iat and exp, and whether the JWKS uploaded has this device's key under the \
                 token's kid"
            }
            (Cause::Certificate, _) => {
                "look at the provider's trust store, which must have the root, and at what is missing between it \
                 and the device's certificate; at the certificate's dates, which may be 390 days apart, and usages; \
                 and whether the handshake has shown the same certificate"
            }
            (Cause::Provider, _) => {
                "there is no such provider, or it is disabled; look at the project's number (not its id), the \
                 pool and the provider"
            }
            (Cause::Scope, _) => "look at the scope asked for",
            (Cause::AccessToken, _) => {
                "the access token has expired or was revoked, or is not for this service; exchange a new one"
            }
            (Cause::Permission, Service::PubSub) => {
                "the identity needs roles/pubsub.publisher on the topic, and the project the Pub/Sub API; a \
                 new grant takes minutes to work"
            }
            (Cause::Permission, Service::Subscription) => {
                "the identity needs roles/pubsub.subscriber on the subscription, and the project the Pub/Sub API; a \
                 new grant takes minutes to work"
            }
            (Cause::Permission, Service::Impersonation) => {
                "the identity needs roles/iam.workloadIdentityUser on the service account, the exchange the \
                 scope cloud-platform, and the project the IAM Credentials API"
            }
            (Cause::Permission, Service::TokenExchange | Service::CertificateExchange) => {
                "the project needs the Security Token Service API, and the provider must let this identity in"
            }
            (Cause::NotFound, Service::PubSub) => {
                "there is no such topic; look at the project's id and the topic's"
            }
            (Cause::NotFound, Service::Subscription) => {
                "there is no such subscription; look at the project's id and the subscription's"
            }
            (Cause::NotFound, _) => "what was addressed is not there; look at the names",
            (Cause::Conflict, _) => "the request collided with another",
            (Cause::Limit, _) => "too many requests; wait before the next",
            (Cause::Unavailable, _) => "the service has a problem; try again later",
            (Cause::Request, _) => "the server does not take this request",
        }
    }
}

impl core::error::Error for Refusal {}

#[cfg(test)]
mod tests;
