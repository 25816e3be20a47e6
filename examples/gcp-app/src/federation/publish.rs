//! Publishing at Pub/Sub.

use super::access::AccessToken;
use super::answer::{ask, parse};
use super::connection::{Connection, Request};
use super::error::{AnswerProblem, FederationError};
use super::json;
use super::message::{MESSAGES_MAX, Message, MessageError, Messages};
use super::names::Topic;
use super::refusal::Service;
use core::ops::Deref;
use embedded_io_async::{Read, Write};
use heapless::Vec;
use serde::Deserialize;

/// Pub/Sub's global server.
pub const PUBSUB_HOST: &str = "pubsub.googleapis.com";

/// The ids that Pub/Sub gave to the messages of one call, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageIds<'b>(Vec<&'b str, MESSAGES_MAX>);

impl<'b> Deref for MessageIds<'b> {
    type Target = [&'b str];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published<'a> {
    #[serde(borrow)]
    message_ids: Option<Vec<&'a str, MESSAGES_MAX>>,
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
    ids.map(MessageIds).ok_or(FederationError::Answer(AnswerProblem::MessageIds))
}
