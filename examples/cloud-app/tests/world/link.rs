//! A connection in memory that can become half open.

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

#[derive(Debug)]
pub(crate) struct Link {
    stream: DuplexStream,
    frozen: Rc<Cell<bool>>,
}

impl Link {
    pub(crate) fn new(stream: DuplexStream, frozen: Rc<Cell<bool>>) -> Self {
        Self { stream, frozen }
    }
}

impl ErrorType for Link {
    type Error = ErrorKind;
}

impl Read for Link {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        poll_fn(|context| {
            let mut buffer = ReadBuf::new(buffer);
            let result = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            if self.frozen.get() {
                return Poll::Pending;
            }
            Poll::Ready(result.map(|()| buffer.filled().len()).map_err(cut))
        })
        .await
    }
}

impl Write for Link {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        poll_fn(|context| {
            if self.frozen.get() {
                return Poll::Ready(Ok(bytes.len()));
            }
            Pin::new(&mut self.stream).poll_write(context, bytes).map_err(cut)
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

fn cut(_: std::io::Error) -> ErrorKind {
    ErrorKind::ConnectionReset
}
