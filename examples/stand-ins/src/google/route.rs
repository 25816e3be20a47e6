//! Which service is meant, and whether the request is in order.

use std::io;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::Value;

use super::answer::{Body, Outcome, Refusal, answer};
use super::misbehave::misbehave;
use super::{
    Grant, IAM_CREDENTIALS_HOST, PUBSUB_HOST, STS_HOST, Shared, exchange, impersonate, lock, pubsub,
};

/// Largest request, in bytes: Pub/Sub's own limit.
const BODY_MAX: usize = 10 * 1024 * 1024;

/// Answers one request.
pub(super) async fn route(shared: &Shared, request: Request<Incoming>) -> Result<Response<Body>, io::Error> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_MAX).collect().await;
    lock(&shared.seen).requests += 1;
    let body = body.map_err(|error| io::Error::other(error.to_string()))?.to_bytes();
    let outcome = async || {
        let outcome = dispatch(shared, &head.method, head.uri.path(), &head.headers, &body);
        if let Err(refusal) = &outcome {
            lock(&shared.seen).complaints.push(refusal.body.to_string());
        }
        outcome
    };
    let kind = lock(&shared.misbehaviours).pop_front();
    match kind {
        Some(kind) => misbehave(kind, outcome).await,
        None => Ok(answer(&outcome().await)),
    }
}

fn dispatch(shared: &Shared, method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> Outcome {
    let hosts: Vec<_> = headers.get_all(HOST).iter().collect();
    let [host] = hosts[..] else { return Err(Refusal::invalid("one Host header is needed")) };
    // A port may stand behind it.
    let host = host.to_str().unwrap_or_default().split(':').next().unwrap_or_default();
    let not_found = || Refusal::api(StatusCode::NOT_FOUND, "NOT_FOUND", "Requested entity was not found.");
    if method != Method::POST {
        return Err(not_found());
    }
    match host {
        STS_HOST if path == "/v1/token" => {
            if headers.contains_key(AUTHORIZATION) {
                return Err(Refusal::oauth("invalid_client", "Authorization header is not expected."));
            }
            exchange::exchange(shared, &json(headers, body)?)
        }
        IAM_CREDENTIALS_HOST => {
            let account = path.strip_prefix("/v1/projects/-/serviceAccounts/");
            let account = account.and_then(|rest| rest.strip_suffix(":generateAccessToken"));
            let account = account.ok_or_else(not_found)?;
            impersonate::impersonate(shared, &authorized(shared, headers)?, account, &json(headers, body)?)
        }
        PUBSUB_HOST => {
            let topic = path.strip_prefix("/v1/projects/").and_then(|rest| rest.strip_suffix(":publish"));
            let (project, topic) =
                topic.and_then(|rest| rest.split_once("/topics/")).ok_or_else(not_found)?;
            pubsub::publish(shared, &authorized(shared, headers)?, project, topic, &json(headers, body)?)
        }
        _ => Err(not_found()),
    }
}

fn json(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != "application/json") {
        return Err(Refusal::invalid("Content-Type must be application/json"));
    }
    serde_json::from_slice(body)
        .map_err(|error| Refusal::invalid(format!("Invalid JSON payload received. {error}")))
}

/// What the access token stands for.
fn authorized(shared: &Shared, headers: &HeaderMap) -> Result<Grant, Refusal> {
    let tokens: Vec<_> = headers.get_all(AUTHORIZATION).iter().collect();
    let [token] = tokens[..] else { return Err(Refusal::unauthenticated("CREDENTIALS_MISSING")) };
    let token = token.to_str().ok().and_then(|token| token.strip_prefix("Bearer "));
    let grant = token.and_then(|token| lock(&shared.grants).get(token).cloned());
    let grant = grant.ok_or_else(|| Refusal::unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED"))?;
    if shared.now() >= grant.expires {
        return Err(Refusal::unauthenticated("ACCESS_TOKEN_EXPIRED"));
    }
    Ok(grant)
}
