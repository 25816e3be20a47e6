//! The bytes of one answer, read into one buffer.

use super::super::error::{FederationError, Malformed};
use super::head::{Framing, Head};
use embedded_io_async::Read;

/// Interim answers read over before the one that counts.
const INTERIM_MAX: usize = 8;
/// Longest line with a chunk's size, extensions included, in bytes.
const CHUNK_LINE_MAX: usize = 128;
/// Room for headers behind the last chunk.
const TRAILERS_MAX: usize = 8;

/// One answer on its way in.
///
/// The buffer holds, from its start, the part of the body that is decoded (`done` bytes), anything, and the
/// bytes read but not decoded (`start..end`). Never more is read than the framing allows, as far as it is known.
pub(crate) struct Incoming<'a, T> {
    transport: &'a mut T,
    buffer: &'a mut [u8],
    done: usize,
    start: usize,
    end: usize,
    /// All bytes read from the transport.
    received: usize,
}

impl<'a, T: Read> Incoming<'a, T> {
    pub(crate) fn new(transport: &'a mut T, buffer: &'a mut [u8]) -> Self {
        Self { transport, buffer, done: 0, start: 0, end: 0, received: 0 }
    }

    /// Reads up to the end of the final answer's headers.
    pub(crate) async fn head(&mut self) -> Result<Head, FederationError<T::Error>> {
        for _ in 0..INTERIM_MAX {
            let head = loop {
                if let Some((head, len)) = Head::parse(self.pending())? {
                    self.start = self.start.saturating_add(len);
                    break head;
                }
                self.fill().await?;
            };
            match head {
                // Switching protocols was not asked for.
                Head { status: 101, .. } => return Err(Malformed::Interim.into()),
                head if head.is_interim() => {}
                head => return Ok(head),
            }
        }
        Err(Malformed::Interim.into())
    }

    /// Reads the body; returns its length. It is at the start of the buffer then.
    pub(crate) async fn body(mut self, framing: Framing) -> Result<usize, FederationError<T::Error>> {
        match framing {
            Framing::Length(length) => self.fixed(length).await?,
            Framing::Chunked => self.chunked().await?,
            Framing::ToEnd => self.until_closed().await?,
        }
        if self.start == self.end { Ok(self.done) } else { Err(Malformed::Surplus.into()) }
    }

    async fn fixed(&mut self, length: u64) -> Result<(), FederationError<T::Error>> {
        let too_large = FederationError::TooLarge { size: Some(length), capacity: self.buffer.len() };
        let Ok(length) = usize::try_from(length) else { return Err(too_large) };
        if length > self.buffer.len().saturating_sub(self.done) {
            return Err(too_large);
        }
        self.take(length).await
    }

    async fn chunked(&mut self) -> Result<(), FederationError<T::Error>> {
        loop {
            let size = loop {
                // httparse takes no digit at all for a zero.
                if self.pending().first().is_some_and(|byte| !byte.is_ascii_hexdigit()) {
                    return Err(Malformed::Chunk.into());
                }
                match httparse::parse_chunk_size(self.pending()) {
                    Ok(httparse::Status::Complete((len, size))) if len <= CHUNK_LINE_MAX => {
                        self.start = self.start.saturating_add(len);
                        break size;
                    }
                    Ok(httparse::Status::Partial) if self.pending().len() < CHUNK_LINE_MAX => {
                        self.fill().await?;
                    }
                    _ => return Err(Malformed::Chunk.into()),
                }
            };
            if size == 0 {
                return self.trailers().await;
            }
            let size = usize::try_from(size).map_err(|_| self.too_large())?;
            if size > self.buffer.len().saturating_sub(self.done) {
                return Err(self.too_large());
            }
            self.take(size).await?;
            while self.pending().len() < 2 {
                self.fill().await?;
            }
            if !self.pending().starts_with(b"\r\n") {
                return Err(Malformed::Chunk.into());
            }
            self.start = self.start.saturating_add(2);
        }
    }

    /// Reads over what may stand behind the last chunk.
    async fn trailers(&mut self) -> Result<(), FederationError<T::Error>> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; TRAILERS_MAX];
            match httparse::parse_headers(self.pending(), &mut headers) {
                Ok(httparse::Status::Complete((len, _))) => {
                    self.start = self.start.saturating_add(len);
                    return Ok(());
                }
                Ok(httparse::Status::Partial) => {}
                Err(_) => return Err(Malformed::Chunk.into()),
            }
            self.fill().await?;
        }
    }

    async fn until_closed(&mut self) -> Result<(), FederationError<T::Error>> {
        loop {
            self.advance(self.pending().len());
            let space = self.buffer.get_mut(self.done..).unwrap_or_default();
            let mut probe = [0];
            // With the buffer full, only a byte more shows that the answer does not end here.
            let full = space.is_empty();
            let space = if full { &mut probe } else { space };
            match self.transport.read(space).await.map_err(FederationError::Transport)? {
                0 => return Ok(()),
                _ if full => return Err(self.too_large()),
                n => {
                    self.received = self.received.saturating_add(n);
                    self.start = self.done;
                    self.end = self.done.saturating_add(n).min(self.buffer.len());
                }
            }
        }
    }

    /// Moves `count` bytes to the body: those pending first, then from the transport.
    async fn take(&mut self, count: usize) -> Result<(), FederationError<T::Error>> {
        let target = self.done.saturating_add(count);
        self.advance(count.min(self.pending().len()));
        while self.done < target {
            let space = self.buffer.get_mut(self.done..target).unwrap_or_default();
            match self.transport.read(space).await.map_err(FederationError::Transport)? {
                0 => return Err(FederationError::Closed { received: self.received }),
                n => {
                    self.received = self.received.saturating_add(n);
                    self.done = self.done.saturating_add(n).min(target);
                    (self.start, self.end) = (self.done, self.done);
                }
            }
        }
        Ok(())
    }

    /// Appends the first `count` pending bytes to the body.
    fn advance(&mut self, count: usize) {
        let next = self.start.saturating_add(count).min(self.end);
        self.buffer.copy_within(self.start..next, self.done);
        self.done = self.done.saturating_add(next.saturating_sub(self.start));
        self.start = next;
    }

    /// Reads more behind the pending bytes.
    async fn fill(&mut self) -> Result<(), FederationError<T::Error>> {
        if self.start > self.done {
            self.buffer.copy_within(self.start..self.end, self.done);
            self.end = self.done.saturating_add(self.end.saturating_sub(self.start));
            self.start = self.done;
        }
        let capacity = self.buffer.len();
        let space = self.buffer.get_mut(self.end..).filter(|space| !space.is_empty());
        let space = space.ok_or(FederationError::TooLarge { size: None, capacity })?;
        match self.transport.read(space).await.map_err(FederationError::Transport)? {
            0 => Err(FederationError::Closed { received: self.received }),
            n => {
                self.received = self.received.saturating_add(n);
                self.end = self.end.saturating_add(n).min(capacity);
                Ok(())
            }
        }
    }

    fn pending(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    fn too_large(&self) -> FederationError<T::Error> {
        FederationError::TooLarge { size: None, capacity: self.buffer.len() }
    }
}
