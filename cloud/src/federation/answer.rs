//! From an HTTP answer to what it says.

use super::connection::{Answer, Connection, Request};
use super::error::{AnswerProblem, FederationError};
use super::json;
use super::refusal::{Refusal, Service};
use embedded_io_async::{Read, Write};
use serde::Deserialize;

/// Sends the request whose body is at the start of the buffer; the length of an answer of success, which is
/// there afterwards.
pub(super) async fn ask<T: Read + Write>(
    connection: &mut Connection<'_, T>,
    service: Service,
    request: Request<'_>,
    buffer: &mut [u8],
) -> Result<Answer, FederationError<T::Error>> {
    let answer = connection.post(request, buffer).await?;
    if matches!(answer.status, 200..=299) {
        return Ok(answer);
    }
    let body = buffer.get(..answer.body).unwrap_or_default();
    Err(FederationError::Refused(Refusal::new(service, answer.status, answer.retry_after, body)))
}

/// Reads an answer of success.
#[expect(clippy::result_large_err, reason = "without a heap, what the server says is kept in place")]
pub(super) fn parse<'de, V: Deserialize<'de>, E>(
    answer: &Answer,
    buffer: &'de [u8],
) -> Result<V, FederationError<E>> {
    json::read(buffer.get(..answer.body).unwrap_or_default()).ok_or(if answer.delimited {
        FederationError::Answer(AnswerProblem::Json)
    } else {
        // Nothing but the end of the connection said that this was all.
        FederationError::Closed { received: answer.body }
    })
}
