//! Pulling at Pub/Sub: what is sent to the device.

use super::access::AccessToken;
use super::answer::{ask, parse};
use super::connection::{Connection, Request};
use super::error::{AnswerProblem, FederationError};
use super::json;
use super::names::Subscription;
use super::refusal::Service;
use base64ct::{Base64, Encoding};
use core::ops::Range;
use embedded_io_async::{Read, Write};
use serde::{Deserialize, Serialize};
use serde_json_core::str::EscapedStr;

/// A message that was pulled. Pub/Sub sends it again, after the subscription's deadline, until it is
/// [acknowledged](acknowledge).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulled<'b> {
    /// The message's data.
    pub data: &'b [u8],
    /// What to acknowledge it by.
    pub ack_id: &'b str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pull {
    max_messages: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Acknowledge<'a> {
    ack_ids: [&'a str; 1],
}

/// The one message; there is no member if there is none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    received_messages: Option<[Received<'a>; 1]>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Received<'a> {
    #[serde(borrow)]
    ack_id: Option<&'a str>,
    message: Option<Message<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    /// Base64, in which JSON may have escaped a slash. None if there are attributes only.
    #[serde(borrow)]
    data: Option<EscapedStr<'a>>,
}

/// Pulls one message, over a connection to [`PUBSUB_HOST`](super::PUBSUB_HOST); `None` if there is none for the
/// moment. Pub/Sub may let the request wait for one; race it against a timer.
///
/// The identity needs `roles/pubsub.subscriber` on the subscription. The buffer holds the request, then the answer
/// with its headers: data in base64, attributes, 300 bytes besides. Written from the reference of
/// `projects.subscriptions.pull`; not tried at the real cloud.
///
/// **Cancellation:** may be dropped at any point; the connection is used up then, and a message that was on its way
/// comes again after the subscription's deadline.
///
/// # Errors
/// [`FederationError`]; [`AnswerProblem::Message`] for a message that can't be read, which comes again.
pub async fn pull<'b, T: Read + Write>(
    connection: &mut Connection<'_, T>,
    subscription: &Subscription<'_>,
    token: &AccessToken<'_>,
    buffer: &'b mut [u8],
) -> Result<Option<Pulled<'b>>, FederationError<T::Error>> {
    let answer = request(connection, subscription, ":pull", token, &Pull { max_messages: 1 }, buffer).await?;
    let read: Answer<'_> = parse(&answer, buffer)?;
    let Some([Received { ack_id, message }]) = read.received_messages else { return Ok(None) };
    let broken = FederationError::Answer(AnswerProblem::Message);
    let Some(ack_id) = ack_id.filter(|id| !id.is_empty() && id.bytes().all(is_plain)) else {
        return Err(broken);
    };
    let (ack_id, data) = (
        json::position(buffer, ack_id),
        message.and_then(|message| message.data).map_or(0..0, |data| json::position(buffer, data.0)),
    );
    let data = match decode(buffer, data) {
        Some(data) => data,
        None => return Err(broken),
    };
    let ack_id = buffer.get(ack_id).and_then(|id| core::str::from_utf8(id).ok());
    match (buffer.get(data), ack_id) {
        (Some(data), Some(ack_id)) => Ok(Some(Pulled { data, ack_id })),
        _ => Err(broken),
    }
}

/// Acknowledges a message by its [`ack_id`](Pulled::ack_id), which then does not come again. (Pub/Sub may deliver twice
/// all the same.) The buffer holds the request, then the answer; 1 KiB is enough.
///
/// **Cancellation:** may be dropped at any point; the message may come again.
///
/// # Errors
/// [`FederationError`].
pub async fn acknowledge<T: Read + Write>(
    connection: &mut Connection<'_, T>,
    subscription: &Subscription<'_>,
    token: &AccessToken<'_>,
    ack_id: &str,
    buffer: &mut [u8],
) -> Result<(), FederationError<T::Error>> {
    let body = Acknowledge { ack_ids: [ack_id] };
    request(connection, subscription, ":acknowledge", token, &body, buffer).await.map(|_| ())
}

async fn request<T: Read + Write>(
    connection: &mut Connection<'_, T>,
    subscription: &Subscription<'_>,
    verb: &str,
    token: &AccessToken<'_>,
    body: &impl Serialize,
    buffer: &mut [u8],
) -> Result<super::connection::Answer, FederationError<T::Error>> {
    let capacity = buffer.len();
    let body = json::write(body, buffer).ok_or(FederationError::RequestTooLarge { capacity })?;
    let Subscription { project, subscription } = subscription;
    let path = ["/v1/projects/", project, "/subscriptions/", subscription, verb];
    let request = Request { path: &path, bearer: Some(token.as_str()), body };
    ask(connection, Service::Subscription, request, buffer).await
}

/// What needs no escape in JSON, so that it goes back as it came.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'
}

/// Base64 to bytes, where it stands.
fn decode(buffer: &mut [u8], range: Range<usize>) -> Option<Range<usize>> {
    let range = json::unescape(buffer, range)?;
    let len = Base64::decode_in_place(buffer.get_mut(range.clone())?).ok()?.len();
    Some(range.start..range.start.saturating_add(len))
}
