//! The device's own token.

use serde::Deserialize;
use serde_json::Value;

use super::answer::Refusal;
use super::condition::{self, Facts};
use super::{Provider, Shared, lock};
use crate::jwt::{self, JwtError};

/// Longest life of a token, in seconds: below 48 hours.
const LIFETIME_END: u64 = 48 * 60 * 60;
/// Longest `google.subject`, in bytes.
const SUBJECT_MAX: usize = 127;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: u64,
    exp: u64,
}

fn grant_error(description: impl Into<String>) -> Refusal {
    Refusal::oauth("invalid_grant", description)
}

/// Checks a token; returns its subject.
pub(super) fn subject(
    shared: &Shared,
    full_name: &str,
    provider: &Provider,
    token: &str,
) -> Result<String, Refusal> {
    let header = jwt::header(token).map_err(|error| grant_error(format!("Invalid ID Token: {error}.")))?;
    if header.alg != "ES256" || header.typ.as_deref() != Some("JWT") {
        return Err(grant_error("The ID Token must be a JWT signed with ES256."));
    }
    let kid = header.kid.ok_or_else(|| grant_error("The ID Token has no kid."))?;
    let key = lock(&shared.keys).get(full_name).and_then(|keys| keys.get(&kid).cloned());
    let Some(key) = key else {
        return Err(grant_error(format!("No matching key found for kid {kid} in the provider's JWKS.")));
    };
    let assertion: Value = jwt::verified(token, &key).map_err(|error| match error {
        JwtError::InvalidSignature => grant_error("The signature of the ID Token is invalid."),
        error => grant_error(format!("Invalid ID Token: {error}.")),
    })?;
    let Claims { iss, aud, iat, exp } = Claims::deserialize(&assertion)
        .map_err(|error| grant_error(format!("Invalid ID Token: {error}.")))?;
    if iss != provider.issuer {
        return Err(grant_error(format!(
            "The issuer in ID Token {iss} does not match the expected ones: {}.",
            provider.issuer
        )));
    }
    let names = [full_name.to_owned(), format!("https:{full_name}")];
    let audiences = if provider.audiences.is_empty() { &names[..] } else { &provider.audiences };
    if !audiences.contains(&aud) {
        return Err(grant_error(format!(
            "The audience in ID Token [{aud}] does not match the expected audience {}.",
            audiences[0]
        )));
    }
    let now = shared.now();
    if exp <= now {
        return Err(grant_error(format!("ID Token issued at {iat} is stale to sign-in.")));
    }
    if iat > now {
        return Err(grant_error(format!("ID Token issued at {iat} is in the future.")));
    }
    if exp <= iat || exp - iat >= LIFETIME_END {
        return Err(grant_error(format!("ID Token issued at {iat} must expire within 48 hours.")));
    }
    let rejected = |why: &str| {
        let description = format!("The given credential is rejected by the attribute condition.{why}");
        Refusal::oauth("unauthorized_client", description)
    };
    let mut facts = Facts { assertion: &assertion, subject: None };
    let sub = condition::text(&provider.subject, facts).map_err(|why| rejected(&why))?;
    if sub.is_empty() || sub.len() > SUBJECT_MAX {
        return Err(Refusal::oauth(
            "invalid_request",
            "The size of mapped attribute google.subject exceeds the 127 bytes limit.",
        ));
    }
    facts.subject = Some(&sub);
    if let Some(condition) = &provider.condition
        && !condition::holds(condition, facts).map_err(|why| rejected(&format!(" ({why})")))?
    {
        return Err(rejected(""));
    }
    Ok(sub)
}
