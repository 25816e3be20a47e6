//! A connection to one server, and one request over it.

use super::error::FederationError;
use super::http::{Framing, Incoming};
use super::names::{Field, FieldError};
use core::fmt::Write as _;
use core::time::Duration;
use embedded_io_async::{Read, Write};

/// A connection to one of Google's servers over an already secured transport.
///
/// It takes one request after the other as long as the server keeps it open. Google closes idle connections
/// after some minutes: the next call then fails with [`FederationError::Closed`], and a new connection is
/// needed.
#[derive(Debug)]
pub struct Connection<'h, T> {
    transport: T,
    host: &'h str,
    open: bool,
}

/// A request with its body at the start of the buffer.
pub(super) struct Request<'r> {
    /// The parts of the path, one behind the other.
    pub(super) path: &'r [&'r str],
    pub(super) bearer: Option<&'r str>,
    /// The body's length.
    pub(super) body: usize,
}

/// An answer with its body at the start of the buffer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    /// The body's length.
    pub(super) body: usize,
    /// The body's end was announced; else it is where the server closed the connection.
    pub(super) delimited: bool,
}

impl<'h, T> Connection<'h, T> {
    /// A connection that is just open, to `host`: a name, and a port unless it is 443.
    ///
    /// # Errors
    /// [`FieldError`] for a host that can't be one.
    pub fn new(transport: T, host: &'h str) -> Result<Self, FieldError> {
        Ok(Self { transport, host: Field::Host.check(host)?, open: true })
    }

    /// Whether the connection takes another request. Not after an error on it, after a call that was dropped,
    /// and when the server said that it closes.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Gives the transport back, to close it.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.transport
    }
}

impl<T: Read + Write> Connection<'_, T> {
    /// Sends a request and reads its answer into the same buffer.
    pub(super) async fn post(
        &mut self,
        request: Request<'_>,
        buffer: &mut [u8],
    ) -> Result<Answer, FederationError<T::Error>> {
        if !core::mem::replace(&mut self.open, false) {
            return Err(FederationError::NotOpen);
        }
        self.send(&request, buffer).await?;
        let mut incoming = Incoming::new(&mut self.transport, buffer);
        let head = incoming.head().await?;
        let body = incoming.body(head.framing).await?;
        self.open = head.keep_alive;
        let delimited = head.framing != Framing::ToEnd;
        Ok(Answer { status: head.status, retry_after: head.retry_after, body, delimited })
    }

    async fn send(&mut self, request: &Request<'_>, buffer: &[u8]) -> Result<(), FederationError<T::Error>> {
        let mut length = heapless::String::<20>::new();
        // 20 digits are the longest number there is.
        let _ = write!(length, "{}", request.body);
        self.write(&["POST "]).await?;
        self.write(request.path).await?;
        self.write(&[" HTTP/1.1\r\nHost: ", self.host, "\r\n"]).await?;
        if let Some(token) = request.bearer {
            self.write(&["Authorization: Bearer ", token, "\r\n"]).await?;
        }
        self.write(&[
            "Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: ",
            &length,
            "\r\n\r\n",
        ])
        .await?;
        self.write_all(buffer.get(..request.body).unwrap_or_default()).await?;
        self.transport.flush().await.map_err(FederationError::Transport)
    }

    async fn write(&mut self, pieces: &[&str]) -> Result<(), FederationError<T::Error>> {
        for piece in pieces {
            self.write_all(piece.as_bytes()).await?;
        }
        Ok(())
    }

    /// Writes everything. The trait's own method panics when a transport takes nothing.
    async fn write_all(&mut self, mut bytes: &[u8]) -> Result<(), FederationError<T::Error>> {
        while !bytes.is_empty() {
            match self.transport.write(bytes).await.map_err(FederationError::Transport)? {
                0 => return Err(FederationError::Closed { received: 0 }),
                n => bytes = bytes.get(n..).unwrap_or_default(),
            }
        }
        Ok(())
    }
}
