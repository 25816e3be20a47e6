//! The machine: an I2C bus and a delay, answered at one address outside the program.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use embedded_hal::i2c::{ErrorKind, ErrorType, NoAcknowledgeSource, Operation};

unsafe extern "C" {
    safe fn host_call(what: u32, address: u32, bytes: usize, len: usize) -> u32;
}

const WHICH: u32 = 0;
const WRITE: u32 = 1;
const READ: u32 = 2;
const WAIT: u32 = 3;
const DONE: u32 = 4;
const POLL: u32 = 5;
const MARK: u32 = 6;
const PUBLISH: u32 = 7;
const RETURNED: u32 = 8;

/// What to do.
pub(crate) fn which() -> u32 {
    host_call(WHICH, 0, 0, 0)
}

/// The end.
pub(crate) fn done(result: u32) {
    host_call(DONE, result, 0, 0);
}

/// Instructions are counted from mark to mark.
pub(crate) fn mark() {
    host_call(MARK, 0, 0, 0);
}

/// These bytes may be known.
pub(crate) fn publish(bytes: &[u8]) {
    host_call(PUBLISH, 0, bytes.as_ptr().expose_provenance(), bytes.len());
}

/// The secret that is returned.
pub(crate) fn returned(bytes: &[u8]) {
    host_call(RETURNED, 0, bytes.as_ptr().expose_provenance(), bytes.len());
}

#[derive(Debug)]
pub(crate) struct Bus;

#[derive(Debug)]
pub(crate) struct Nack;

impl embedded_hal::i2c::Error for Nack {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown)
    }
}

impl ErrorType for Bus {
    type Error = Nack;
}

fn check(code: u32) -> Result<(), Nack> {
    if code == 0 { Ok(()) } else { Err(Nack) }
}

impl embedded_hal::i2c::I2c for Bus {
    fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), Nack> {
        check(host_call(READ, address.into(), read.as_mut_ptr().expose_provenance(), read.len()))
    }
    fn write(&mut self, address: u8, write: &[u8]) -> Result<(), Nack> {
        check(host_call(WRITE, address.into(), write.as_ptr().expose_provenance(), write.len()))
    }
    // Which the driver never calls.
    fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), Nack> {
        Err(Nack)
    }
}

/// Each transfer and each wait is finished at the second poll.
async fn later() {
    let mut first = true;
    poll_fn(|_| if core::mem::take(&mut first) { Poll::Pending } else { Poll::Ready(()) }).await;
}

impl embedded_hal_async::i2c::I2c for Bus {
    async fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), Nack> {
        later().await;
        embedded_hal::i2c::I2c::read(self, address, read)
    }
    async fn write(&mut self, address: u8, write: &[u8]) -> Result<(), Nack> {
        later().await;
        embedded_hal::i2c::I2c::write(self, address, write)
    }
    async fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), Nack> {
        Err(Nack)
    }
}

#[derive(Debug)]
pub(crate) struct Delay;

impl embedded_hal::delay::DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        host_call(WAIT, ns, 0, 0);
    }
}

impl embedded_hal_async::delay::DelayNs for Delay {
    async fn delay_ns(&mut self, ns: u32) {
        later().await;
        embedded_hal::delay::DelayNs::delay_ns(self, ns);
    }
}

/// Polls until it is done or the machine says to give it up. What comes out stays where it is and is dropped
/// there.
#[inline(never)]
pub(crate) fn poll<T>(
    mut future: Pin<&mut impl Future<Output = T>>,
    look: impl FnOnce(&mut T) -> u32,
) -> u32 {
    loop {
        if host_call(POLL, 0, 0, 0) != 0 {
            return 0;
        }
        if let Poll::Ready(result) = &mut future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return look(result);
        }
    }
}
