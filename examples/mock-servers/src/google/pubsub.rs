//! Pub/Sub.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal};
use super::pool::is_among;
use super::{Grant, Published, Shared, lock};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    #[serde(default)]
    data: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

pub(super) fn publish(shared: &Shared, grant: &Grant, project: &str, topic: &str, body: &Value) -> Outcome {
    scope(grant)?;
    let rules = &shared.rules;
    // Of a project that one has no business with, one does not even hear that it is there.
    if project != rules.project || !is_among(&grant.principal, &rules.publishers) {
        return Err(forbidden());
    }
    if !rules.topics.iter().any(|known| known == topic) {
        let message = format!("Resource not found (resource={topic}).");
        return Err(Refusal::api(404, "NOT_FOUND", message));
    }
    let request = Request::deserialize(body)
        .map_err(|error| Refusal::invalid(format!("Invalid JSON payload received. {error}")))?;
    if request.messages.is_empty() || request.messages.len() > 1000 {
        return Err(Refusal::invalid("The value for message_count is out of range."));
    }
    // All or nothing.
    let messages =
        request.messages.into_iter().map(check).collect::<Result<Vec<_>, _>>().map_err(Refusal::invalid)?;
    let mut seen = lock(&shared.seen);
    let mut ids = vec![];
    for (data, attributes) in messages {
        let id = format!("{:016}", 7_000_000_000 + seen.published.len());
        ids.push(id.clone());
        let (principal, topic) = (grant.principal.clone(), topic.to_owned());
        seen.published.push(Published { principal, topic, data, attributes, id });
    }
    Ok(json!({ "messageIds": ids }))
}

/// That the access token is for Pub/Sub.
pub(super) fn scope(grant: &Grant) -> Result<(), Refusal> {
    match &*grant.scope {
        "https://www.googleapis.com/auth/pubsub" | "https://www.googleapis.com/auth/cloud-platform" => Ok(()),
        _ => Err(Refusal::forbidden("Request had insufficient authentication scopes.")),
    }
}

pub(super) fn forbidden() -> Refusal {
    Refusal::forbidden("User not authorized to perform this action.")
}

/// Data and attributes.
type Content = (Vec<u8>, Vec<(String, String)>);

fn check(message: Message) -> Result<Content, String> {
    let data = Base64::decode_vec(&message.data).map_err(|error| {
        format!("Invalid value at 'messages[0].data' (TYPE_BYTES), Base64 decoding failed: {error}")
    })?;
    if data.is_empty() && message.attributes.is_empty() {
        return Err("Some messages are empty: a message must have data or attributes.".into());
    }
    let fits = |(key, value): (&String, &String)| {
        (1..=256).contains(&key.len()) && value.len() <= 1024 && !key.starts_with("goog")
    };
    if message.attributes.len() > 100 || !message.attributes.iter().all(fits) {
        return Err("The attributes of a message are not in order.".into());
    }
    Ok((data, message.attributes.into_iter().collect()))
}
