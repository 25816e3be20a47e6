//! Which service is meant, and whether the request is in order.

use serde_json::Value;

use super::answer::{Outcome, Refusal, answer};
use super::http::Request;
use super::misbehave::{Reaction, misbehave};
use super::{
    Grant, IAM_CREDENTIALS_HOST, PUBSUB_HOST, STS_HOST, Shared, exchange, impersonate, lock, pubsub, pull,
};

/// Answers one request.
pub(super) fn route(shared: &Shared, request: &Request) -> Reaction {
    lock(&shared.seen).requests += 1;
    let outcome = || {
        let outcome = dispatch(shared, request);
        if let Err(refusal) = &outcome {
            lock(&shared.seen).complaints.push(refusal.body.to_string());
        }
        outcome
    };
    let kind = lock(&shared.misbehaviours).pop_front();
    match kind {
        Some(kind) => misbehave(kind, outcome),
        None => Reaction::Answer(answer(&outcome())),
    }
}

fn dispatch(shared: &Shared, request: &Request) -> Outcome {
    let path = &*request.path;
    let Some(host) = request.header("host") else {
        return Err(Refusal::invalid("one Host header is needed"));
    };
    // A port may stand behind it.
    let host = host.split(':').next().unwrap_or_default();
    let not_found = || Refusal::api(404, "NOT_FOUND", "Requested entity was not found.");
    if request.method != "POST" {
        return Err(not_found());
    }
    match host {
        STS_HOST if path == "/v1/token" => {
            if request.has("authorization") {
                return Err(Refusal::oauth("invalid_client", "Authorization header is not expected."));
            }
            exchange::exchange(shared, &json(request)?)
        }
        IAM_CREDENTIALS_HOST => {
            let account = path.strip_prefix("/v1/projects/-/serviceAccounts/");
            let account = account.and_then(|rest| rest.strip_suffix(":generateAccessToken"));
            let account = account.ok_or_else(not_found)?;
            impersonate::impersonate(shared, &authorized(shared, request)?, account, &json(request)?)
        }
        PUBSUB_HOST if path.contains("/subscriptions/") => {
            let (path, verb) = path.rsplit_once(':').ok_or_else(not_found)?;
            let names =
                path.strip_prefix("/v1/projects/").and_then(|rest| rest.split_once("/subscriptions/"));
            let (project, name) = names.ok_or_else(not_found)?;
            if !matches!(verb, "pull" | "acknowledge") {
                return Err(not_found());
            }
            pull::respond(shared, &authorized(shared, request)?, project, name, verb, &json(request)?)
        }
        PUBSUB_HOST => {
            let topic = path.strip_prefix("/v1/projects/").and_then(|rest| rest.strip_suffix(":publish"));
            let (project, topic) =
                topic.and_then(|rest| rest.split_once("/topics/")).ok_or_else(not_found)?;
            pubsub::publish(shared, &authorized(shared, request)?, project, topic, &json(request)?)
        }
        _ => Err(not_found()),
    }
}

fn json(request: &Request) -> Result<Value, Refusal> {
    if request.header("content-type") != Some("application/json") {
        return Err(Refusal::invalid("Content-Type must be application/json"));
    }
    serde_json::from_slice(&request.body)
        .map_err(|error| Refusal::invalid(format!("Invalid JSON payload received. {error}")))
}

/// What the access token stands for.
fn authorized(shared: &Shared, request: &Request) -> Result<Grant, Refusal> {
    let token = request.header("authorization");
    let token = token.ok_or_else(|| Refusal::unauthenticated("CREDENTIALS_MISSING"))?;
    let grant = token.strip_prefix("Bearer ").and_then(|token| lock(&shared.grants).get(token).cloned());
    let grant = grant.ok_or_else(|| Refusal::unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED"))?;
    if shared.now() >= grant.expires {
        return Err(Refusal::unauthenticated("ACCESS_TOKEN_EXPIRED"));
    }
    Ok(grant)
}
