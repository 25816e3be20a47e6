//! IAM Credentials.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal};
use super::pool::is_among;
use super::{Grant, Shared, lock};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Accounts in between; Google's libraries send none.
    delegates: Option<Vec<String>>,
    scope: Vec<String>,
    lifetime: String,
}

/// Longest life of such a token, in seconds.
const LIFETIME_MAX: u64 = 3600;

pub(super) fn impersonate(shared: &Shared, grant: &Grant, account: &str, body: &Value) -> Outcome {
    if !matches!(
        grant.scope.as_str(),
        "https://www.googleapis.com/auth/cloud-platform" | "https://www.googleapis.com/auth/iam"
    ) {
        return Err(Refusal::forbidden("Request had insufficient authentication scopes."));
    }
    if !shared.rules.accounts.get(account).is_some_and(|members| is_among(&grant.principal, members)) {
        return Err(Refusal::forbidden(
            "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        ));
    }
    let request = Request::deserialize(body)
        .map_err(|error| Refusal::invalid(format!("Invalid JSON payload received. {error}")))?;
    if request.delegates.is_some_and(|delegates| !delegates.is_empty()) {
        return Err(Refusal::invalid("no delegates are expected"));
    }
    let [scope] = &request.scope[..] else { return Err(Refusal::invalid("one scope is expected")) };
    let lifetime = request.lifetime.strip_suffix('s').and_then(|seconds| seconds.parse::<u64>().ok());
    let Some(lifetime) = lifetime.filter(|seconds| (1..=LIFETIME_MAX).contains(seconds)) else {
        return Err(Refusal::invalid(
            "The access token lifetime can't exceed 3600s unless the constraint \
             iam.allowServiceAccountCredentialLifetimeExtension allows it.",
        ));
    };
    lock(&shared.seen).impersonated.push(account.to_owned());
    let expires = shared.now() + lifetime;
    let principal = format!("serviceAccount:{account}");
    let token = shared.grant(Grant { principal, scope: scope.clone(), expires });
    Ok(json!({ "accessToken": token, "expireTime": crate::date::rfc3339(expires) }))
}
