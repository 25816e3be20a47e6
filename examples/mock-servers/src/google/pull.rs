//! Pub/Sub's other half: subscriptions, from which is pulled.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal};
use super::pool::is_among;
use super::pubsub::{forbidden, scope};
use super::{Grant, Shared, lock};

/// Seconds after which a message that was not acknowledged comes again, if nothing else was said.
const DEADLINE: u64 = 10;

/// What waits for a device.
#[derive(Debug, Clone, Default)]
pub(super) struct Subscription {
    /// Who may pull, as policies name members.
    subscribers: Vec<String>,
    /// In order of sending; by the number in ack ids.
    waiting: BTreeMap<u64, Waiting>,
    last: u64,
}

#[derive(Debug, Clone)]
struct Waiting {
    data: Vec<u8>,
    /// Unix seconds until which it is somebody's, who has pulled it.
    leased: u64,
}

impl Subscription {
    pub(super) fn of(subscribers: &[String]) -> Self {
        Self { subscribers: subscribers.to_vec(), ..Self::default() }
    }

    pub(super) fn send(&mut self, data: &[u8]) {
        self.last += 1;
        self.waiting.insert(self.last, Waiting { data: data.to_vec(), leased: 0 });
    }

    /// How many messages were not acknowledged yet.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Pull {
    max_messages: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Acknowledge {
    ack_ids: Vec<String>,
}

/// `verb` is `pull` or `acknowledge`.
pub(super) fn respond(
    shared: &Shared,
    grant: &Grant,
    project: &str,
    name: &str,
    verb: &str,
    body: &Value,
) -> Outcome {
    scope(grant)?;
    // Of a project that one has no business with, one does not even hear that it is there.
    if project != shared.rules.project {
        return Err(forbidden());
    }
    let mut subscriptions = lock(&shared.subscriptions);
    let Some(subscription) = subscriptions.get_mut(name) else {
        let message = format!("Resource not found (resource={name}).");
        return Err(Refusal::api(404, "NOT_FOUND", message));
    };
    if !is_among(&grant.principal, &subscription.subscribers) {
        return Err(forbidden());
    }
    match verb {
        "pull" => pull(subscription, name, shared.now(), &read::<Pull>(body)?),
        _ => acknowledge(subscription, name, &read::<Acknowledge>(body)?),
    }
}

fn read<'de, V: Deserialize<'de>>(body: &'de Value) -> Result<V, Refusal> {
    V::deserialize(body).map_err(|error| Refusal::invalid(format!("Invalid JSON payload received. {error}")))
}

fn pull(subscription: &mut Subscription, name: &str, now: u64, pull: &Pull) -> Outcome {
    if pull.max_messages == 0 {
        return Err(Refusal::invalid("The value for max_messages must be greater than 0."));
    }
    let free = subscription.waiting.iter_mut().filter(|(_, message)| message.leased <= now);
    let messages: Vec<Value> = free
        .take(pull.max_messages as usize)
        .map(|(number, message)| {
            message.leased = now + DEADLINE;
            let data = Base64::encode_string(&message.data);
            json!({
                "ackId": format!("{name}-{number}"),
                "message": {
                    "data": data,
                    "messageId": format!("{:016}", 9_000_000_000 + number),
                    "publishTime": "2026-01-01T00:00:00Z",
                },
            })
        })
        .collect();
    // The real service waits for one before it says so.
    Ok(if messages.is_empty() { json!({}) } else { json!({ "receivedMessages": messages }) })
}

fn acknowledge(subscription: &mut Subscription, name: &str, acknowledge: &Acknowledge) -> Outcome {
    if acknowledge.ack_ids.is_empty() {
        return Err(Refusal::invalid("No ack ids specified."));
    }
    for id in &acknowledge.ack_ids {
        let number = id.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')?.parse().ok());
        let Some(number) = number.filter(|number: &u64| *number <= subscription.last) else {
            return Err(Refusal::invalid("You have passed an invalid ack ID to the service."));
        };
        // Once more does no harm.
        subscription.waiting.remove(&number);
    }
    Ok(json!({}))
}
