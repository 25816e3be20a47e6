//! A server that follows a script.

use core::future::poll_fn;
use core::task::Poll;
use embedded_io_async::{Read, Write};
use std::vec;
use std::vec::Vec;

/// What the server sends, and what it got. Reads give one chunk at most, writes take `write_limit` bytes.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) chunks: Vec<Vec<u8>>,
    pub(crate) at_end: AtEnd,
    pub(crate) sent: Vec<u8>,
    pub(crate) flushed: usize,
    pub(crate) write_limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum AtEnd {
    Close,
    Fail,
    Hang,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cut;

impl core::fmt::Display for Cut {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("cable cut")
    }
}

impl core::error::Error for Cut {}

impl embedded_io_async::Error for Cut {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        embedded_io_async::ErrorKind::ConnectionReset
    }
}

impl embedded_io_async::ErrorType for Script {
    type Error = Cut;
}

impl Read for Script {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Cut> {
        assert!(!buffer.is_empty(), "a read of nothing looks like a closed connection");
        poll_fn(|_| match (self.chunks.first_mut(), self.at_end) {
            (Some(chunk), _) => {
                let n = chunk.len().min(buffer.len());
                buffer[..n].copy_from_slice(&chunk[..n]);
                chunk.drain(..n);
                if chunk.is_empty() {
                    self.chunks.remove(0);
                }
                Poll::Ready(Ok(n))
            }
            (None, AtEnd::Close) => Poll::Ready(Ok(0)),
            (None, AtEnd::Fail) => Poll::Ready(Err(Cut)),
            (None, AtEnd::Hang) => Poll::Pending,
        })
        .await
    }
}

impl Write for Script {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Cut> {
        let n = bytes.len().min(self.write_limit);
        self.sent.extend(&bytes[..n]);
        Ok(n)
    }

    async fn flush(&mut self) -> Result<(), Cut> {
        self.flushed = self.sent.len();
        Ok(())
    }
}

pub(crate) fn script(chunks: &[&[u8]]) -> Script {
    let chunks = chunks.iter().map(|chunk| chunk.to_vec()).collect();
    Script { chunks, at_end: AtEnd::Close, sent: vec![], flushed: 0, write_limit: usize::MAX }
}

/// A message at QoS 0.
pub(crate) fn message(topic: &str, payload: &[u8]) -> Vec<u8> {
    let remaining = 2 + topic.len() + payload.len();
    let (low, high) = ((remaining % 128) as u8 | 0x80, (remaining / 128) as u8);
    let len = (topic.len() as u16).to_be_bytes();
    [&[0x30, low, high], &len[..], topic.as_bytes(), payload].concat()
}
