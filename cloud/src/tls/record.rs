//! The record layer below embedded-tls: only whole records that TLS 1.3 allows at this point get through.
//!
//! embedded-tls 0.19 alone would take unencrypted records after the handshake: a close from anybody on the
//! way, or a message on which it panics. It takes a HelloRetryRequest and an older version for a ServerHello.
//! And a read that is dropped while half a record has arrived leaves it out of step for good, so it gets a
//! record only when all of it is there.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};

use super::failure::{Alert, TlsFailure};
use super::server_hello;
use super::suite::{AFTER_HANDSHAKE, APPLICATION_DATA, VERSION};

const HEADER: usize = 5;
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// The longest encrypted record (RFC 8446, section 5.2).
const LONGEST: usize = (1 << 14) + 256;
/// The shortest: a content type and a tag.
const SHORTEST: usize = 1 + 16;
/// A Finished message in its record: a type, three bytes of length and a SHA-256; a content type and a tag.
const FINISHED: usize = HEADER + 4 + 32 + SHORTEST;
/// A record's memory is kept for the next one up to here.
const KEPT: usize = 1024;

/// What the two ends of embedded-tls tell each other past it.
pub(super) struct Note<E> {
    /// Why reading or writing failed.
    failure: Cell<Option<TlsFailure<E>>>,
    /// Whether the handshake is over.
    pub(super) established: Cell<bool>,
}

impl<E> Note<E> {
    pub(super) const fn new() -> Self {
        Self { failure: Cell::new(None), established: Cell::new(false) }
    }

    /// Why it failed, if this layer knows.
    pub(super) fn failure(&self) -> Option<TlsFailure<E>> {
        self.failure.take()
    }
}

/// A transport that carries records.
pub(super) struct Wire<T: ErrorType> {
    inner: T,
    note: Rc<Note<T::Error>>,
    /// Length of embedded-tls's buffer.
    capacity: usize,
    /// Whether the ServerHello has arrived.
    server_hello_seen: bool,
    /// A record, or its beginning.
    record: Vec<u8>,
    /// How much of it has arrived,
    filled: usize,
    /// may be given out,
    ready: bool,
    /// and was given out.
    given: usize,
    /// The client's certificate and its proof, until the handshake's end goes with them. A server that does not take a
    /// certificate says why and closes at once: what came to it afterwards would destroy that on its way.
    held: Vec<u8>,
}

impl<T: Read + Write> Wire<T> {
    pub(super) const fn new(inner: T, note: Rc<Note<T::Error>>, capacity: usize) -> Self {
        Self {
            inner,
            note,
            capacity,
            server_hello_seen: false,
            record: Vec::new(),
            filled: 0,
            ready: false,
            given: 0,
            held: Vec::new(),
        }
    }

    /// Whether these bytes, a whole record or what is left of one, are to be sent later. Shorter ones than a Finished
    /// message are the end of the handshake, or an alert.
    fn holds(&mut self, bytes: &[u8]) -> bool {
        let long = bytes.len() > FINISHED;
        let holds = self.server_hello_seen && !self.note.established.get() && long;
        // Without memory they go at once.
        let holds = holds && self.held.try_reserve_exact(bytes.len()).is_ok();
        if holds {
            self.held.extend_from_slice(bytes);
        }
        holds
    }

    /// Sends what was held back.
    async fn release(&mut self) -> Result<(), ErrorKind> {
        let held = core::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        while !rest.is_empty() {
            let count = self.send(rest).await?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        match self.inner.write(bytes).await {
            // `write_all` would panic.
            Ok(0) if !bytes.is_empty() => Err(self.fail(TlsFailure::Truncated)),
            Ok(count) => Ok(count),
            Err(error) => Err(self.fail(TlsFailure::Transport(error))),
        }
    }

    pub(super) fn into_inner(self) -> T {
        self.inner
    }

    /// Leaves word why it failed.
    fn fail(&self, failure: TlsFailure<T::Error>) -> ErrorKind {
        self.note.failure.set(Some(failure));
        ErrorKind::Other
    }

    /// Waits until a whole record is there. May be dropped and called again.
    async fn assemble(&mut self) -> Result<(), ErrorKind> {
        loop {
            let needed = match self.record.get(..HEADER) {
                Some(&[kind, major, minor, high, low]) if self.filled >= HEADER => {
                    let size = usize::from(u16::from_be_bytes([high, low]));
                    self.admit([kind, major, minor], size).map_err(|failure| self.fail(failure))?;
                    HEADER + size
                }
                _ => HEADER,
            };
            if self.filled == needed {
                return Ok(());
            }
            if self.record.len() < needed {
                let more = needed - self.record.len();
                if self.record.try_reserve_exact(more).is_err() {
                    return Err(self.fail(TlsFailure::OutOfMemory { size: needed }));
                }
                self.record.resize(needed, 0);
            }
            let rest = self.record.get_mut(self.filled..needed).unwrap_or_default();
            match self.inner.read(rest).await {
                Ok(0) if self.note.established.get() => return Err(self.fail(TlsFailure::Truncated)),
                Ok(0) => return Err(self.fail(TlsFailure::ClosedInHandshake)),
                Ok(count) => self.filled += count,
                Err(error) => return Err(self.fail(TlsFailure::Transport(error))),
            }
        }
    }

    /// May a record that begins like this come now?
    fn admit(&self, start: [u8; 3], size: usize) -> Result<(), TlsFailure<T::Error>> {
        let [kind, major, minor] = start;
        let established = self.note.established.get();
        let allowed = match kind {
            APPLICATION_DATA => self.server_hello_seen && [major, minor] == VERSION && size >= SHORTEST,
            HANDSHAKE | ALERT => !self.server_hello_seen,
            CHANGE_CIPHER_SPEC => !established,
            _ => false,
        };
        if !self.server_hello_seen && (major != 3 || !matches!(kind, CHANGE_CIPHER_SPEC..=APPLICATION_DATA)) {
            let [high, low] = u16::try_from(size).unwrap_or(u16::MAX).to_be_bytes();
            return Err(TlsFailure::NotTls { start: [kind, major, minor, high, low] });
        }
        if !allowed || size == 0 {
            return Err(TlsFailure::Unexpected(match kind {
                ALERT | HANDSHAKE if self.server_hello_seen => {
                    "an unencrypted message after encryption had begun; somebody on the way may have"
                }
                CHANGE_CIPHER_SPEC => "a change of cipher spec after the handshake",
                _ => "a record that is not allowed at this point",
            }));
        }
        if size > LONGEST {
            return Err(TlsFailure::Unexpected("a record longer than TLS allows"));
        }
        if size > self.capacity {
            return Err(TlsFailure::RecordTooLarge { size, capacity: self.capacity });
        }
        Ok(())
    }

    /// Looks at a whole record; `false` if it is to be skipped.
    fn examine(&mut self) -> Result<bool, TlsFailure<T::Error>> {
        let Some((header, body)) = self.record.split_at_mut_checked(HEADER) else { return Ok(false) };
        match header {
            // Sent for the sake of old middleboxes only (RFC 8446, section 5).
            [CHANGE_CIPHER_SPEC, ..] if *body == [1] => return Ok(false),
            [CHANGE_CIPHER_SPEC, ..] => {
                return Err(TlsFailure::Unexpected("a change of cipher spec of an older version"));
            }
            [ALERT, ..] => {
                let alert = body.get(1).copied().map_or(Alert(u8::MAX), Alert);
                return Err(match alert {
                    Alert::PROTOCOL_VERSION => TlsFailure::Version(None),
                    Alert::CLOSE_NOTIFY => TlsFailure::ClosedInHandshake,
                    _ => TlsFailure::Alert(alert),
                });
            }
            [HANDSHAKE, ..] => {
                server_hello::check(body)?;
                self.server_hello_seen = true;
            }
            [_, version @ .., _, _] if self.note.established.get() => {
                version.copy_from_slice(&AFTER_HANDSHAKE);
            }
            _ => {}
        }
        Ok(true)
    }

    /// The record was given out, or is skipped.
    fn next(&mut self) {
        self.record.clear();
        self.record.shrink_to(KEPT);
        self.filled = 0;
        self.given = 0;
        self.ready = false;
    }
}

impl<T: ErrorType> ErrorType for Wire<T> {
    type Error = ErrorKind;
}

impl<T: Read + Write> Read for Wire<T> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        while !self.ready {
            self.assemble().await?;
            self.ready = self.examine().map_err(|failure| self.fail(failure))?;
            if !self.ready {
                self.next();
            }
        }
        let rest = self.record.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        self.given += count;
        if self.given == self.record.len() {
            self.next();
        }
        Ok(count)
    }
}

impl<T: Read + Write> Write for Wire<T> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        if self.holds(bytes) {
            return Ok(bytes.len());
        }
        self.release().await?;
        self.send(bytes).await
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        if !self.held.is_empty() {
            return Ok(());
        }
        self.inner.flush().await.map_err(|error| self.fail(TlsFailure::Transport(error)))
    }
}
