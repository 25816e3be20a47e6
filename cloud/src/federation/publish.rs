//! Publishing at Pub/Sub.

use super::access::AccessToken;
use super::answer::{ask, parse};
use super::connection::{Connection, Request};
use super::error::{AnswerProblem, FederationError};
use super::json;
use super::message::{MESSAGES_MAX, Message, MessageError, Messages};
use super::names::Topic;
use super::refusal::Service;
use core::fmt;
use core::ops::Deref;
use embedded_io_async::{Read, Write};
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

/// Pub/Sub's global server.
pub const PUBSUB_HOST: &str = "pubsub.googleapis.com";
/// The same where it asks for the device's certificate, as tokens need that are
/// [bound](super::CertificateChain::with_bound_token) to one.
pub const PUBSUB_MTLS_HOST: &str = "pubsub.mtls.googleapis.com";

/// The ids that Pub/Sub gave to the messages of one call, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageIds<'b> {
    ids: [&'b str; MESSAGES_MAX],
    len: usize,
}

impl<'b> Deref for MessageIds<'b> {
    type Target = [&'b str];

    fn deref(&self) -> &Self::Target {
        self.ids.get(..self.len).unwrap_or_default()
    }
}

impl<'de: 'b, 'b> Deserialize<'de> for MessageIds<'b> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(IdsVisitor)
    }
}

struct IdsVisitor;

impl<'de> Visitor<'de> for IdsVisitor {
    type Value = MessageIds<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MESSAGES_MAX} message ids")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut found = MessageIds { ids: [""; MESSAGES_MAX], len: 0 };
        while let Some(id) = seq.next_element()? {
            *found.ids.get_mut(found.len).ok_or_else(|| A::Error::invalid_length(found.len, &self))? = id;
            found.len = found.len.saturating_add(1);
        }
        Ok(found)
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published<'a> {
    #[serde(borrow)]
    message_ids: Option<MessageIds<'a>>,
}

/// Publishes 1 to [`MESSAGES_MAX`] messages at once, over a connection to [`PUBSUB_HOST`]. Any number of
/// calls can follow each other on one connection.
///
/// The buffer holds the request (4 bytes for each 3 of data, the attributes, 40 bytes a message), then the
/// answer with its headers; 2 KiB are a good start.
///
/// **Cancellation:** may be dropped at any point; the messages may have been published or not. After an error
/// of the network it is the same, so that repeating may publish twice, as Pub/Sub itself may deliver twice.
///
/// # Errors
/// [`FederationError`]. With a status of 401 the access token is at its end: exchange a new one.
pub async fn publish<'b, T: Read + Write>(
    connection: &mut Connection<'_, T>,
    topic: &Topic<'_>,
    token: &AccessToken<'_>,
    messages: &[Message<'_>],
    buffer: &'b mut [u8],
) -> Result<MessageIds<'b>, FederationError<T::Error>> {
    if messages.is_empty() || messages.len() > MESSAGES_MAX {
        return Err(MessageError::Count.into());
    }
    messages.iter().try_for_each(Message::check)?;
    let capacity = buffer.len();
    let body = json::write(&Messages(messages), buffer);
    let body = body.ok_or(FederationError::RequestTooLarge { capacity })?;
    let path = ["/v1/projects/", topic.project, "/topics/", topic.topic, ":publish"];
    let request = Request { path: &path, bearer: Some(token.as_str()), body };
    let answer = ask(connection, Service::PubSub, request, &mut *buffer).await?;
    let published: Published<'_> = parse(&answer, buffer)?;
    let ids = published.message_ids.filter(|ids| ids.len() == messages.len());
    ids.ok_or(FederationError::Answer(AnswerProblem::MessageIds))
}
