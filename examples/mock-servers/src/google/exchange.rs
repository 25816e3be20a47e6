//! The Security Token Service.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal};
use super::{Shared, pool, subject_token};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    grant_type: String,
    audience: String,
    scope: String,
    requested_token_type: String,
    subject_token_type: String,
    subject_token: String,
}

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

pub(super) fn exchange(shared: &Shared, body: &Value) -> Outcome {
    let invalid = |description: &str| Refusal::oauth("invalid_request", description);
    let request = Request::deserialize(body).map_err(|error| invalid(&error.to_string()))?;
    if request.grant_type != "urn:ietf:params:oauth:grant-type:token-exchange" {
        return Err(Refusal::oauth("unsupported_grant_type", "Unsupported grant type."));
    }
    if request.requested_token_type != ACCESS_TOKEN {
        return Err(invalid("Invalid requested token type."));
    }
    if request.subject_token_type != "urn:ietf:params:oauth:token-type:jwt" {
        return Err(invalid("Invalid subject token type."));
    }
    if !request.audience.starts_with("//iam.googleapis.com/projects/") {
        return Err(invalid(
            "Invalid value for \"audience\". This value should be the full resource name of the Identity \
             Provider.",
        ));
    }
    let Some((pool, provider)) = pool::find(shared, &request.audience) else {
        return Err(Refusal::oauth(
            "invalid_target",
            "The target service indicated by the \"audience\" parameters is invalid. This might either be \
             because the pool or provider is disabled or deleted or because it doesn't exist.",
        ));
    };
    let scope = request.scope.strip_prefix("https://www.googleapis.com/auth/");
    if scope.is_none_or(|scope| scope.is_empty() || scope.contains(' ')) {
        return Err(Refusal::oauth("invalid_scope", "Invalid OAuth scope or ID token audience provided."));
    }
    let subject = subject_token::subject(shared, &request.audience, provider, &request.subject_token)?;
    // Of the provider nothing is left: all of a pool's are one crowd.
    let principal = pool.principal(shared.rules.project_number, &subject);
    let (token, lifetime) = shared.exchanged(&principal, &request.scope);
    Ok(granted(&token, lifetime))
}

/// The answer that brings an access token of so many seconds.
pub fn granted(token: &str, lifetime: u64) -> Value {
    json!({
        "access_token": token,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": lifetime,
    })
}
