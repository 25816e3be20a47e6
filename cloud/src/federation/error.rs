//! What can go wrong on the way to an access token and to Pub/Sub.

use super::message::MessageError;
use super::refusal::Refusal;
use core::fmt;
use core::time::Duration;

/// An answer that is not HTTP/1.1 as this device reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// Status line or headers are not in order.
    Head,
    /// More headers than there is room for.
    Headers,
    /// An interim answer (1xx) where none can be, or one after the other.
    Interim,
    /// A length that is no number, or two that differ.
    Length,
    /// Both a length and chunks: two readers would not agree where the answer ends.
    TwoLengths,
    /// A transfer coding other than chunked, or a compressed body, which nobody had asked for.
    Encoding,
    /// A chunk is not in order.
    Chunk,
    /// More bytes than the answer's length.
    Surplus,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "a status line or headers that are not HTTP/1.1",
            Self::Headers => "more headers than there is room for",
            Self::Interim => "interim answers (1xx) without end, or one that was not asked for",
            Self::Length => "a Content-Length that is no number, or several that differ",
            Self::TwoLengths => "both Content-Length and Transfer-Encoding",
            Self::Encoding => "an encoding that was not asked for",
            Self::Chunk => "a chunk that is not in order",
            Self::Surplus => "more bytes than the answer's length",
        })
    }
}

impl core::error::Error for Malformed {}

/// An answer of success (2xx) without what it should bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerProblem {
    /// Not the JSON expected; cut off, for example.
    Json,
    /// The access token is missing, or has characters that can't be sent.
    AccessToken,
    /// The access token is longer than [`ACCESS_TOKEN_MAX`](super::ACCESS_TOKEN_MAX).
    AccessTokenLength,
    /// The token's type is not `Bearer`, or not an access token.
    TokenType,
    /// It is not said when the token ends, or it has ended already.
    Expiry,
    /// Not as many message ids as messages.
    MessageIds,
    /// A message pulled without what to acknowledge it by, or with data that is no base64.
    Message,
}

impl fmt::Display for AnswerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "its body is not the JSON expected",
            Self::AccessToken => "it brings no access token that can be sent on",
            Self::AccessTokenLength => "its access token is longer than the 12,288 bytes promised",
            Self::TokenType => "its token is not an access token of type Bearer",
            Self::Expiry => "it does not say when the token ends, or the token has ended already",
            Self::MessageIds => "it has not as many message ids as messages were sent",
            Self::Message => "its message has nothing to acknowledge it by, or data that is no base64",
        })
    }
}

impl core::error::Error for AnswerProblem {}

/// A request failed. `E` is the transport's error.
///
/// After any but [`RequestTooLarge`](Self::RequestTooLarge), [`Message`](Self::Message) and most
/// [`Refused`](Self::Refused) the connection is of no use any more; [`Connection::is_open`] tells.
///
/// [`Connection::is_open`]: super::Connection::is_open
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "without a heap, what the server says is kept in place")]
pub enum FederationError<E> {
    /// The transport failed.
    Transport(E),
    /// The server closed the connection before its answer was whole.
    Closed {
        /// Bytes of the answer that had arrived; 0 if the server had closed an idle connection.
        received: usize,
    },
    /// The connection was used up by an earlier call. Nothing was sent.
    NotOpen,
    /// The server's answer is not HTTP as this device reads it.
    Malformed(Malformed),
    /// The answer does not fit the buffer. Nothing of it was used.
    TooLarge {
        /// Bytes needed, if the server said so.
        size: Option<u64>,
        /// The buffer's bytes.
        capacity: usize,
    },
    /// The request does not fit the buffer. Nothing was sent.
    RequestTooLarge {
        /// The buffer's bytes.
        capacity: usize,
    },
    /// A message that Pub/Sub does not take. Nothing was sent.
    Message(MessageError),
    /// The server refused, and said why.
    Refused(Refusal),
    /// The server agreed, but its answer lacks what it should bring.
    Answer(AnswerProblem),
}

impl<E> FederationError<E> {
    /// Whether the same request may succeed later with nothing changed: the network failed, the server was
    /// busy or broken (429, 5xx). Anything else needs another token, other settings or other software; a
    /// refused token ([`Cause`](super::Cause)) may still be cured by a new token or a corrected clock.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Closed { .. } | Self::NotOpen => true,
            Self::Refused(refusal) => refusal.is_retryable(),
            _ => false,
        }
    }

    /// How long the server asks to wait at least.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after(),
            _ => None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for FederationError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => write!(f, "the connection failed: {error}"),
            Self::Closed { received: 0 } => f.write_str(
                "the server closed the connection without an answer; it does so when it was idle for long",
            ),
            Self::Closed { received } => {
                write!(f, "the server closed the connection after {received} bytes of its answer")
            }
            Self::NotOpen => f.write_str(
                "this connection was closed, cut short or failed in an earlier step; a new one is needed",
            ),
            Self::Malformed(what) => write!(f, "the server sent {what}; is it an HTTP/1.1 server?"),
            Self::TooLarge { size: Some(size), capacity } => {
                write!(f, "the server's answer has {size} bytes; there is room for {capacity}")
            }
            Self::TooLarge { size: None, capacity } => {
                write!(f, "the server's answer does not fit the {capacity} bytes there is room for")
            }
            Self::RequestTooLarge { capacity } => {
                write!(f, "the request does not fit the buffer of {capacity} bytes; nothing was sent")
            }
            Self::Message(error) => fmt::Display::fmt(error, f),
            Self::Refused(refusal) => fmt::Display::fmt(refusal, f),
            Self::Answer(problem) => write!(f, "the server agreed, but its answer is of no use: {problem}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for FederationError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Malformed(what) => Some(what),
            Self::Message(error) => Some(error),
            Self::Refused(refusal) => Some(refusal),
            Self::Answer(problem) => Some(problem),
            _ => None,
        }
    }
}

impl<E> From<Malformed> for FederationError<E> {
    fn from(what: Malformed) -> Self {
        Self::Malformed(what)
    }
}

impl<E> From<AnswerProblem> for FederationError<E> {
    fn from(problem: AnswerProblem) -> Self {
        Self::Answer(problem)
    }
}

impl<E> From<MessageError> for FederationError<E> {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}
