//! What the hub sends.

use super::super::url::Encoded;
use super::{RequestId, Status};

/// What a topic of the hub's means.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Incoming<'t> {
    /// A message from the cloud.
    Message(Properties<'t>),
    /// The answer to a request about the twin.
    TwinAnswer {
        /// How it went.
        status: Status,
        /// Whose answer it is.
        request: RequestId,
        /// The reported properties' version, after a report.
        version: Option<u64>,
    },
    /// Desired properties changed. The payload is what changed; [`read_desired`](super::read_desired) reads it.
    Desired {
        /// Their version, by which an older change is known that arrives late.
        version: Option<u64>,
    },
    /// A direct method is called. The payload is JSON or empty; the caller waits for the answer, as long as it said.
    Method {
        /// Which.
        name: Encoded<'t>,
        /// For [`method_answer_topic`](super::method_answer_topic).
        request: &'t str,
    },
}

/// The properties of a message from the cloud: an iterator over names and values.
#[derive(Debug, Clone, Copy)]
pub struct Properties<'t>(Option<&'t str>);

impl<'t> Iterator for Properties<'t> {
    /// The value is none if the cloud's program set it to null.
    type Item = (Encoded<'t>, Option<Encoded<'t>>);

    fn next(&mut self) -> Option<Self::Item> {
        let (pair, rest) = match self.0?.split_once('&') {
            Some((pair, rest)) => (pair, Some(rest)),
            None => (self.0?, None),
        };
        self.0 = rest;
        Some(match pair.split_once('=') {
            Some((name, value)) => (Encoded::new(name), Some(Encoded::new(value))),
            None => (Encoded::new(pair), None),
        })
    }
}

impl<'t> Properties<'t> {
    pub(in crate::azure) fn new(text: &'t str) -> Self {
        Self(Some(text.strip_prefix('?').unwrap_or(text)).filter(|text| !text.is_empty()))
    }

    /// The value of the first property of this name, if it has one.
    #[must_use]
    pub fn get(mut self, name: &str) -> Option<Encoded<'t>> {
        self.find(|(key, _)| *key == name).and_then(|(_, value)| value)
    }
}

pub(super) fn read<'t>(device: &str, topic: &'t str) -> Option<Incoming<'t>> {
    if let Some(topic) = topic.strip_prefix("devices/") {
        let rest = topic.strip_prefix(device)?.strip_prefix("/messages/devicebound")?;
        // A filter that ends in `/#` matches its parent level, too.
        let bag = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
        return Some(Incoming::Message(Properties::new(bag)));
    }
    let topic = topic.strip_prefix("$iothub/")?;
    if let Some(rest) = topic.strip_prefix("twin/res/") {
        let (status, query) = rest.split_once("/?")?;
        let query = Properties::new(query);
        return Some(Incoming::TwinAnswer {
            status: Status::new(status.parse().ok()?),
            request: RequestId(number(query, "$rid")?),
            version: number(query, "$version"),
        });
    }
    if let Some(rest) = topic.strip_prefix("twin/PATCH/properties/desired/") {
        return Some(Incoming::Desired { version: number(Properties::new(rest), "$version") });
    }
    let (name, query) = topic.strip_prefix("methods/POST/")?.split_once("/?")?;
    if name.is_empty() || name.contains('/') {
        return None;
    }
    let request = Properties::new(query).get("$rid")?.as_encoded();
    Some(Incoming::Method { name: Encoded::new(name), request })
}

fn number<N: core::str::FromStr>(query: Properties<'_>, name: &str) -> Option<N> {
    query.get(name)?.as_encoded().parse().ok()
}
