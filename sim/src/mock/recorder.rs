//! What stands between the code under test and its bus.

use std::sync::{Arc, Mutex, PoisonError};

use embedded_hal::i2c::{Error, ErrorKind, ErrorType, Operation};

use super::recording::{Recording, Step, Transfer};

/// Writes down what goes through the I2C peripheral and the delay that it wraps. Clones write into the same
/// recording.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    steps: Arc<Mutex<Vec<Step>>>,
}

impl Recorder {
    /// With nothing recorded yet.
    #[must_use]
    pub fn new() -> Recorder {
        Recorder::default()
    }

    /// The same peripheral, recorded: a [`SimI2c`](crate::hal::SimI2c), or any other, so that a real chip can be
    /// recorded too.
    #[must_use]
    pub fn i2c<I>(&self, i2c: I) -> RecordedI2c<I> {
        RecordedI2c { i2c, recorder: self.clone() }
    }

    /// The same delay, recorded.
    #[must_use]
    pub fn delay<D>(&self, delay: D) -> RecordedDelay<D> {
        RecordedDelay { delay, recorder: self.clone() }
    }

    /// What was recorded so far.
    #[must_use]
    pub fn recording(&self) -> Recording {
        Recording { steps: self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone() }
    }

    fn push(&self, step: Step) {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
    }

    fn transfer(&self, address: u8, transfer: Transfer, error: Option<ErrorKind>) {
        self.push(Step::Transfer { address, transfer, error });
    }

    /// A call of `transaction`. If it failed, no one tells at which operation: the last one has the error.
    fn transaction(&self, address: u8, operations: &[Operation<'_>], error: Option<ErrorKind>) {
        self.transfer(address, Transfer::Start, None);
        for (index, operation) in operations.iter().enumerate() {
            let error = error.filter(|_| index + 1 == operations.len());
            let transfer = match operation {
                Operation::Write(bytes) => Transfer::Write(bytes.to_vec()),
                Operation::Read(bytes) => Transfer::Read(received(bytes, error)),
            };
            self.transfer(address, transfer, error);
        }
        self.transfer(address, Transfer::End, None);
    }
}

fn error<E: Error>(result: &Result<(), E>) -> Option<ErrorKind> {
    result.as_ref().err().map(Error::kind)
}

/// What was read. After an error the buffer has whatever was in it before.
fn received(bytes: &[u8], error: Option<ErrorKind>) -> Vec<u8> {
    if error.is_some() { vec![0; bytes.len()] } else { bytes.to_vec() }
}

/// An I2C peripheral whose transfers are recorded; see [`Recorder::i2c`].
///
/// An async transfer is recorded when it is over; one whose future is dropped before is not.
#[derive(Debug)]
pub struct RecordedI2c<I> {
    i2c: I,
    recorder: Recorder,
}

impl<I: ErrorType> RecordedI2c<I> {
    fn record_write(&self, address: u8, bytes: &[u8], result: Result<(), I::Error>) -> Result<(), I::Error> {
        self.recorder.transfer(address, Transfer::Write(bytes.to_vec()), error(&result));
        result
    }

    fn record_read(&self, address: u8, buffer: &[u8], result: Result<(), I::Error>) -> Result<(), I::Error> {
        let error = error(&result);
        self.recorder.transfer(address, Transfer::Read(received(buffer, error)), error);
        result
    }

    fn record_write_read(
        &self,
        address: u8,
        bytes: &[u8],
        buffer: &[u8],
        result: Result<(), I::Error>,
    ) -> Result<(), I::Error> {
        let error = error(&result);
        let transfer = Transfer::WriteRead(bytes.to_vec(), received(buffer, error));
        self.recorder.transfer(address, transfer, error);
        result
    }
}

impl<I: ErrorType> ErrorType for RecordedI2c<I> {
    type Error = I::Error;
}

impl<I: embedded_hal::i2c::I2c> embedded_hal::i2c::I2c for RecordedI2c<I> {
    fn read(&mut self, address: u8, buffer: &mut [u8]) -> Result<(), I::Error> {
        let result = self.i2c.read(address, buffer);
        self.record_read(address, buffer, result)
    }

    fn write(&mut self, address: u8, bytes: &[u8]) -> Result<(), I::Error> {
        let result = self.i2c.write(address, bytes);
        self.record_write(address, bytes, result)
    }

    fn write_read(&mut self, address: u8, bytes: &[u8], buffer: &mut [u8]) -> Result<(), I::Error> {
        let result = self.i2c.write_read(address, bytes, buffer);
        self.record_write_read(address, bytes, buffer, result)
    }

    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I::Error> {
        let result = self.i2c.transaction(address, operations);
        self.recorder.transaction(address, operations, error(&result));
        result
    }
}

impl<I: embedded_hal_async::i2c::I2c> embedded_hal_async::i2c::I2c for RecordedI2c<I> {
    async fn read(&mut self, address: u8, buffer: &mut [u8]) -> Result<(), I::Error> {
        let result = self.i2c.read(address, buffer).await;
        self.record_read(address, buffer, result)
    }

    async fn write(&mut self, address: u8, bytes: &[u8]) -> Result<(), I::Error> {
        let result = self.i2c.write(address, bytes).await;
        self.record_write(address, bytes, result)
    }

    async fn write_read(&mut self, address: u8, bytes: &[u8], buffer: &mut [u8]) -> Result<(), I::Error> {
        let result = self.i2c.write_read(address, bytes, buffer).await;
        self.record_write_read(address, bytes, buffer, result)
    }

    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I::Error> {
        let result = self.i2c.transaction(address, operations).await;
        self.recorder.transaction(address, operations, error(&result));
        result
    }
}

/// A delay that is recorded; see [`Recorder::delay`].
#[derive(Debug)]
pub struct RecordedDelay<D> {
    delay: D,
    recorder: Recorder,
}

impl<D> RecordedDelay<D> {
    fn passed(&self, count: u32, ns: u64) {
        self.recorder.push(Step::Delay(u64::from(count) * ns));
    }
}

impl<D: embedded_hal::delay::DelayNs> embedded_hal::delay::DelayNs for RecordedDelay<D> {
    fn delay_ns(&mut self, ns: u32) {
        self.passed(ns, 1);
        self.delay.delay_ns(ns);
    }

    fn delay_us(&mut self, us: u32) {
        self.passed(us, 1_000);
        self.delay.delay_us(us);
    }

    fn delay_ms(&mut self, ms: u32) {
        self.passed(ms, 1_000_000);
        self.delay.delay_ms(ms);
    }
}

impl<D: embedded_hal_async::delay::DelayNs> embedded_hal_async::delay::DelayNs for RecordedDelay<D> {
    async fn delay_ns(&mut self, ns: u32) {
        self.delay.delay_ns(ns).await;
        self.passed(ns, 1);
    }

    async fn delay_us(&mut self, us: u32) {
        self.delay.delay_us(us).await;
        self.passed(us, 1_000);
    }

    async fn delay_ms(&mut self, ms: u32) {
        self.delay.delay_ms(ms).await;
        self.passed(ms, 1_000_000);
    }
}
