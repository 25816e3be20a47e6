//! Packets over a transport: read whole, sent whole.

use super::error::ClientError;
use super::skipped::Passing;
use crate::mqtt::Login;
use crate::mqtt::packet::{self, Encoder, Full, PacketId};
use core::fmt;
use embedded_io_async::{Read, Write};
use zeroize::Zeroize;

/// A packet to send. One type for all, so that the code that sends is there once.
pub(super) enum Outgoing<'a> {
    Connect(&'a Login<'a>),
    Subscribe(PacketId, &'a [&'a str]),
    Unsubscribe(PacketId, &'a [&'a str]),
    Publish { id: Option<PacketId>, retain: bool, topic: &'a str, payload: &'a [u8] },
    PubAck(PacketId),
    Ping,
    Disconnect,
}

impl Outgoing<'_> {
    fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], Full> {
        let encoder = Encoder::new(buffer);
        match self {
            Self::Connect(login) => encoder.connect(login),
            Self::Subscribe(id, filters) => encoder.subscribe(*id, filters),
            Self::Unsubscribe(id, filters) => encoder.unsubscribe(*id, filters),
            Self::Publish { id, retain, topic, payload } => {
                encoder.publish(*id, *retain, topic, payload.len())
            }
            Self::PubAck(id) => encoder.puback(*id),
            Self::Ping => encoder.ping(),
            Self::Disconnect => encoder.disconnect(),
        }
    }

    /// What follows on the wire.
    const fn payload(&self) -> &[u8] {
        match self {
            Self::Publish { payload, .. } => payload,
            _ => &[],
        }
    }
}

/// A transport and its two buffers.
pub(in crate::mqtt) struct Wire<'s, T> {
    pub(in crate::mqtt) transport: T,
    rx: &'s mut [u8],
    /// Bytes of a packet that have arrived.
    filled: usize,
    tx: &'s mut [u8],
    /// A message that is too long for the buffer is arriving.
    passing: Option<Passing>,
    /// What is on the wire, or what the server waits for, is not known.
    pub(super) broken: bool,
}

impl<T: fmt::Debug> fmt::Debug for Wire<'_, T> {
    /// Without the buffers: what came may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("transport", &self.transport)
            .field("filled", &self.filled)
            .field("capacity", &self.rx.len())
            .field("passing", &self.passing)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

impl<'s, T: Read + Write> Wire<'s, T> {
    pub(super) const fn new(transport: T, rx: &'s mut [u8], tx: &'s mut [u8]) -> Self {
        Self { transport, rx, filled: 0, tx, passing: None, broken: false }
    }

    /// Refuses after a call that failed or was cut short.
    pub(super) const fn check(&self) -> Result<(), ClientError<T::Error>> {
        if self.broken { Err(ClientError::Broken) } else { Ok(()) }
    }

    /// A whole packet that [`read_packet`](Self::read_packet) has read, of this size; it counts as read from now on.
    pub(super) fn take(&mut self, size: usize) -> &[u8] {
        self.filled = 0;
        self.rx.get(..size).unwrap_or_default()
    }

    /// A message that went past instead of a packet.
    pub(super) const fn take_passed(&mut self) -> Option<Passing> {
        let passed = self.passing.take();
        if passed.is_some() {
            self.filled = 0;
        }
        passed
    }

    /// Whether a message went past instead of a packet.
    pub(super) const fn has_passed(&self) -> bool {
        self.passing.is_some()
    }

    /// The receive buffer's size in bytes.
    pub(super) const fn capacity(&self) -> usize {
        self.rx.len()
    }

    /// Reads until the buffer holds a whole packet, and not a byte more; returns its size. A message that does
    /// not fit is `passing` instead, to its end. What has arrived stays if this is dropped.
    pub(super) async fn read_packet(&mut self) -> Result<usize, ClientError<T::Error>> {
        loop {
            if self.passing.is_some() {
                return self.pass().await;
            }
            let start = self.rx.get(..self.filled).unwrap_or_default();
            // The shortest packet has two bytes; a longer length is read byte by byte.
            let (whole, target) = match packet::frame(start)? {
                Some(size) if size > self.rx.len() && packet::is_message(start) => {
                    match packet::id_position(start) {
                        Some(id_at) => {
                            self.passing = Some(Passing::new(size, self.filled, id_at));
                            continue;
                        }
                        None => (false, self.filled + 1),
                    }
                }
                Some(size) => (true, size),
                None => (false, (self.filled + 1).max(2)),
            };
            if whole && self.filled >= target {
                return Ok(target);
            }
            let capacity = self.rx.len();
            let space = self
                .rx
                .get_mut(self.filled..target)
                .ok_or(ClientError::TooLarge { size: target, capacity })?;
            match self.transport.read(space).await.map_err(ClientError::Transport)? {
                0 => return Err(ClientError::Closed),
                n => self.filled = self.filled.saturating_add(n).min(target),
            }
        }
    }

    /// Reads over what is left of a message.
    async fn pass(&mut self) -> Result<usize, ClientError<T::Error>> {
        while let Some(passing) = self.passing.as_mut().filter(|passing| passing.at < passing.size) {
            let room = self.rx.len().min(passing.size.saturating_sub(passing.at));
            let space = self.rx.get_mut(..room).unwrap_or_default();
            match self.transport.read(space).await.map_err(ClientError::Transport)? {
                0 => return Err(ClientError::Closed),
                n => passing.take(space.get(..n.min(room)).unwrap_or_default()),
            }
        }
        Ok(0)
    }

    /// Sends one packet and, behind it, its payload. The connection is broken if this is dropped or the
    /// transport fails.
    pub(super) async fn send(&mut self, packet: &Outgoing<'_>) -> Result<(), ClientError<T::Error>> {
        self.check()?;
        let head = packet.encode(self.tx).map_err(|Full| ClientError::TransmitBuffer)?;
        self.broken = true;
        for part in [head, packet.payload()] {
            write_all(&mut self.transport, part).await?;
        }
        self.transport.flush().await.map_err(ClientError::Transport)?;
        self.broken = false;
        Ok(())
    }

    /// The same with a login. The transmit buffer is wiped then, also if this is dropped: a password was in it.
    pub(super) async fn send_login(&mut self, login: &Login<'_>) -> Result<(), ClientError<T::Error>> {
        let wiped = Wiped(self);
        wiped.0.send(&Outgoing::Connect(login)).await
    }
}

/// Wipes the transmit buffer in the end.
struct Wiped<'w, 's, T>(&'w mut Wire<'s, T>);

impl<T> Drop for Wiped<'_, '_, T> {
    fn drop(&mut self) {
        self.0.tx.zeroize();
    }
}

/// Writes everything. The trait's own method panics when a transport takes nothing.
async fn write_all<T: Write>(transport: &mut T, mut bytes: &[u8]) -> Result<(), ClientError<T::Error>> {
    while !bytes.is_empty() {
        match transport.write(bytes).await.map_err(ClientError::Transport)? {
            0 => return Err(ClientError::Closed),
            n => bytes = bytes.get(n..).unwrap_or_default(),
        }
    }
    Ok(())
}
