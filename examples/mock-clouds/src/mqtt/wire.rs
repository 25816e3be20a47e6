//! Packets over a stream.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::packet::{Packet, Version};
use super::read::Malformed;
use super::{read, write};

/// Why no packet came.
#[derive(Debug)]
pub(super) enum Stop {
    /// The client has closed the connection.
    Closed,
    /// What it sent is no MQTT.
    Malformed(Malformed),
}

/// See above.
pub(super) struct Wire<S> {
    stream: S,
    buffer: BytesMut,
    pub(super) version: Option<Version>,
    longest: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S, longest: usize) -> Self {
        Self { stream, buffer: BytesMut::new(), version: None, longest }
    }

    /// The next packet. Cancel safe: what has arrived stays in the buffer.
    pub(super) async fn read(&mut self) -> Result<Packet, Stop> {
        loop {
            match read::packet(&mut self.buffer, self.version, self.longest) {
                Ok(Some(packet)) => return Ok(packet),
                Ok(None) => {}
                Err(malformed) => return Err(Stop::Malformed(malformed)),
            }
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return Err(Stop::Closed),
                Ok(_) => {}
            }
        }
    }

    /// Whether more has arrived than was read.
    pub(super) fn has_more(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Sends a packet. A client that is gone is noticed when it is read from.
    pub(super) async fn write(&mut self, packet: &Packet) {
        let mut bytes = BytesMut::new();
        write::packet(packet, self.version.unwrap_or(Version::V311), &mut bytes);
        if self.stream.write_all(&bytes).await.is_ok() {
            let _ = self.stream.flush().await;
        }
    }

    /// Closes the connection.
    pub(super) async fn close(&mut self) {
        // A client that closed first may have closed for good.
        let _ = self.stream.shutdown().await;
    }
}
