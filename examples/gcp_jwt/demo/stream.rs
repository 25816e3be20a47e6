//! A connection of this machine, as the device's side takes one.

use std::io;

use embedded_io_async::{ErrorType, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A connection: TCP, or TLS over it.
#[derive(Debug)]
pub struct Stream<S>(pub S);

impl<S> ErrorType for Stream<S> {
    type Error = io::Error;
}

impl<S: AsyncRead + Unpin> Read for Stream<S> {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Write for Stream<S> {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes).await {
            Ok(0) if !bytes.is_empty() => Err(io::ErrorKind::WriteZero.into()),
            Err(error) if is_closed(&error) => Err(last_word(&mut self.0).await.unwrap_or(error)),
            result => result,
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.0.flush().await
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}

/// What the other side said before it closed the connection, if that is why: a TLS alert is an error of its own.
async fn last_word(stream: &mut (impl AsyncRead + Unpin)) -> Option<io::Error> {
    let mut buffer = [0; 256];
    loop {
        // Of a closed connection this does not wait.
        match stream.read(&mut buffer).await {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) if is_closed(&error) => return None,
            Err(error) => return Some(error),
        }
    }
}

/// The host of `HOST:PORT`; an IPv6 address without its brackets.
#[must_use]
pub fn host_of(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}
