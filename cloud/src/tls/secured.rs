//! A connection to a server that was verified.

use alloc::rc::Rc;
use alloc::string::String;
use core::fmt;

use embedded_io_async::{BufRead, ErrorKind, ErrorType, Read, Write};
use embedded_tls::{TlsConnection, TlsError};

use super::chain::Chain;
use super::client::ClientAuthentication;
use super::failure::{Alert, TlsFailure};
use super::record::{Note, Wire};
use super::suite::{APPLICATION_DATA, Suite};

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const NEW_SESSION_TICKET: u8 = 4;
const KEY_UPDATE: u8 = 24;

/// An encrypted connection to a server that has shown a good chain and proved to have its key.
///
/// What is written is sent when the transmit buffer is full, or by `flush`. A read of 0 bytes means that the
/// server has said farewell; an end without one is [`TlsFailure::Truncated`].
///
/// **Cancellation.** Dropping a `read` is harmless if the transport's is. After a `write` or `flush` that was
/// dropped, and after an error, every call fails with [`TlsFailure::Broken`]: half a record may be on the
/// wire, and to encrypt another one in its place would give the key away.
///
/// Not `Send`: it belongs to the task that made it, or to one pinned to the same thread.
pub struct Secured<'a, T: Read + Write> {
    connection: TlsConnection<'a, Wire<T>, Suite>,
    note: Rc<Note<T::Error>>,
    chain: Chain,
    authentication: ClientAuthentication,
    protocol: Option<String>,
    /// The server has sent something for the application, so it lets this device in.
    heard: bool,
    /// The server has said farewell.
    ended: bool,
    broken: bool,
}

impl<T: Read + Write> fmt::Debug for Secured<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secured")
            .field("chain", &self.chain)
            .field("authentication", &self.authentication)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

/// What is next in the buffer.
enum Next {
    /// So many bytes were copied, and so many are done with.
    Data(usize, usize),
    /// Nothing for the application; so many bytes are done with.
    Skip(usize),
    Farewell,
}

impl<'a, T: Read + Write + 'a> Secured<'a, T> {
    pub(super) const fn new(
        connection: TlsConnection<'a, Wire<T>, Suite>,
        note: Rc<Note<T::Error>>,
        chain: Chain,
        authentication: ClientAuthentication,
        protocol: Option<String>,
    ) -> Self {
        Self { connection, note, chain, authentication, protocol, heard: false, ended: false, broken: false }
    }

    /// The chain that was verified.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Whether the server has asked who connects, and what it was shown.
    pub const fn client_authentication(&self) -> ClientAuthentication {
        self.authentication
    }

    /// The protocol that the server has chosen of those offered
    /// ([`with_protocols`](super::Settings::with_protocols)), if it has.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// The version of TLS, as people call it. There is only one.
    pub const fn version(&self) -> &'static str {
        "TLS 1.3"
    }

    /// Says farewell and gives the transport back.
    ///
    /// # Errors
    /// What was written can't be sent.
    pub async fn close(self) -> Result<T, TlsFailure<T::Error>> {
        if self.broken {
            return Err(TlsFailure::Broken);
        }
        match self.connection.close().await {
            Ok(wire) => Ok(wire.into_inner()),
            Err((_, error)) => Err(self.note.failure().unwrap_or_else(|| TlsFailure::from_library(error))),
        }
    }

    /// Why it failed; nothing more can be done.
    fn fail(&mut self, error: TlsError) -> TlsFailure<T::Error> {
        self.broken = true;
        let failure = self.note.failure().unwrap_or_else(|| TlsFailure::from_library(error));
        self.explain(failure)
    }

    /// In TLS 1.3 a server says no to a client's certificate, or to one without, only after the handshake.
    fn explain(&self, failure: TlsFailure<T::Error>) -> TlsFailure<T::Error> {
        if self.heard {
            return failure;
        }
        refused(self.authentication, failure)
    }

    fn check(&self) -> Result<(), TlsFailure<T::Error>> {
        if self.broken { Err(TlsFailure::Broken) } else { Ok(()) }
    }
}

/// What a connection's end means that comes after the client's certificate, or the lack of one. A server that does
/// not take it says so by an alert, but closes at once; what the device still sends then destroys the alert on its way.
pub(super) fn refused<E: embedded_io_async::Error>(
    authentication: ClientAuthentication,
    failure: TlsFailure<E>,
) -> TlsFailure<E> {
    match (authentication, failure) {
        (ClientAuthentication::Declined, TlsFailure::Alert(alert)) => {
            TlsFailure::ClientCertificate(Some(alert))
        }
        (ClientAuthentication::Declined, TlsFailure::Truncated | TlsFailure::Transport(_)) => {
            TlsFailure::ClientCertificate(None)
        }
        (ClientAuthentication::Shown, TlsFailure::Truncated | TlsFailure::ClosedInHandshake) => {
            TlsFailure::ClosedAfterCertificate
        }
        (ClientAuthentication::Shown, TlsFailure::Transport(error)) if is_reset(error.kind()) => {
            TlsFailure::ClosedAfterCertificate
        }
        (_, failure) => failure,
    }
}

/// Whether the other side has ended the connection.
const fn is_reset(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe)
}

/// Looks at what is left of a record; its last byte says what it is.
fn take<E>(record: &[u8], buffer: &mut [u8]) -> Result<Next, TlsFailure<E>> {
    let Some((kind, content)) = record.split_last() else { return Ok(Next::Skip(0)) };
    match (*kind, content) {
        (APPLICATION_DATA, []) => Ok(Next::Skip(1)),
        (APPLICATION_DATA, content) => {
            let count = content.len().min(buffer.len());
            for (to, from) in buffer.iter_mut().zip(content) {
                *to = *from;
            }
            // The last byte goes with the last of the content.
            Ok(Next::Data(count, if count == content.len() { count + 1 } else { count }))
        }
        (ALERT, &[_, alert]) if Alert(alert) == Alert::CLOSE_NOTIFY => Ok(Next::Farewell),
        (ALERT, &[_, alert]) => Err(TlsFailure::Alert(Alert(alert))),
        // Sessions are not resumed: a ticket is of no use.
        (HANDSHAKE, [NEW_SESSION_TICKET, ..]) => Ok(Next::Skip(record.len())),
        (HANDSHAKE, [KEY_UPDATE, ..]) => {
            Err(TlsFailure::Unexpected("a change of keys, which is not supported; connect again"))
        }
        _ => Err(TlsFailure::Unexpected("a message that has no place after the handshake")),
    }
}

impl<T: Read + Write> ErrorType for Secured<'_, T>
where
    T::Error: 'static,
{
    type Error = TlsFailure<T::Error>;
}

impl<T: Read + Write> Read for Secured<'_, T>
where
    T::Error: 'static,
{
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        self.check()?;
        if buffer.is_empty() {
            return Ok(0);
        }
        while !self.ended {
            let next = match self.connection.fill_buf().await {
                Ok(record) => take(record, buffer),
                Err(error) => return Err(self.fail(error)),
            };
            match next {
                Ok(Next::Data(count, done)) => {
                    self.heard = true;
                    self.connection.consume(done);
                    return Ok(count);
                }
                Ok(Next::Skip(done)) => self.connection.consume(done),
                Ok(Next::Farewell) => self.ended = true,
                Err(failure) => {
                    self.broken = true;
                    return Err(self.explain(failure));
                }
            }
        }
        Ok(0)
    }
}

impl<T: Read + Write> Write for Secured<'_, T>
where
    T::Error: 'static,
{
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.check()?;
        if bytes.is_empty() {
            return Ok(0);
        }
        // Until it has returned: embedded-tls counts a record only when all of it was sent, so after a
        // dropped call it would use that record's nonce again.
        self.broken = true;
        let written = self.connection.write(bytes).await.map_err(|error| self.fail(error))?;
        self.broken = false;
        Ok(written)
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.check()?;
        self.broken = true;
        self.connection.flush().await.map_err(|error| self.fail(error))?;
        self.broken = false;
        Ok(())
    }
}
