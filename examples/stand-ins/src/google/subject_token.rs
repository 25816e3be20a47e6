//! The device's own token.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

use super::answer::Refusal;
use super::{Shared, lock};

/// Longest life of a token, in seconds: below 48 hours.
const LIFETIME_END: u64 = 48 * 60 * 60;
/// Longest `google.subject`, in bytes.
const SUBJECT_MAX: usize = 127;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    iat: u64,
    exp: u64,
}

fn grant_error(description: impl Into<String>) -> Refusal {
    Refusal::oauth("invalid_grant", description)
}

/// Checks a token; returns its subject.
pub(super) fn subject(shared: &Shared, token: &str) -> Result<String, Refusal> {
    let rules = &shared.rules;
    let header = decode_header(token).map_err(|error| grant_error(format!("Invalid ID Token: {error}.")))?;
    if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some("JWT") {
        return Err(grant_error("The ID Token must be a JWT signed with ES256."));
    }
    let kid = header.kid.ok_or_else(|| grant_error("The ID Token has no kid."))?;
    let Some(key) = lock(&shared.keys).get(&kid).cloned() else {
        return Err(grant_error(format!("No matching key found for kid {kid} in the provider's JWKS.")));
    };
    let mut validation = Validation::new(Algorithm::ES256);
    // Below, by this service's clock and in its words.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = decode::<Claims>(token, &key, &validation).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => grant_error("The signature of the ID Token is invalid."),
        _ => grant_error(format!("Invalid ID Token: {error}.")),
    })?;
    let Claims { iss, sub, aud, iat, exp } = claims.claims;
    if iss != rules.issuer {
        return Err(grant_error(format!(
            "The issuer in ID Token {iss} does not match the expected ones: {}.",
            rules.issuer
        )));
    }
    let full_name = [rules.provider.clone(), format!("https:{}", rules.provider)];
    let audiences = if rules.audiences.is_empty() { &full_name[..] } else { &rules.audiences };
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
    if sub.is_empty() || sub.len() > SUBJECT_MAX {
        return Err(Refusal::oauth(
            "invalid_request",
            "The size of mapped attribute google.subject exceeds the 127 bytes limit.",
        ));
    }
    Ok(sub)
}
