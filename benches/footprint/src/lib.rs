//! An I2C bus and a delay of which the optimizer knows nothing.
#![no_std]

#[cfg(feature = "every")]
pub mod every;
#[cfg(feature = "every")]
mod read_certificates;
#[cfg(feature = "every")]
mod steps;

#[cfg(feature = "every")]
pub use read_certificates::read_certificates;

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use embedded_hal::i2c::{ErrorKind, ErrorType, NoAcknowledgeSource, Operation};

unsafe extern "C" {
    // Left to the linker, which leaves them open: nothing of them counts.
    safe fn bus_write(address: u8, bytes: *const u8, len: usize) -> u8;
    safe fn bus_read(address: u8, bytes: *mut u8, len: usize) -> u8;
    safe fn bus_wait_ns(ns: u32);
    safe fn bus_wait_us(us: u32);
    safe fn fail() -> !;
    /// Room for what an operation writes.
    pub safe fn room() -> &'static mut [u8; 640];
    /// Only for the programs whose instructions are counted: what is to be counted begins, or ends.
    pub safe fn mark();
    /// The same: puts a public key and its signature over `DIGEST` there, 128 bytes.
    safe fn signed(bytes: *mut u8);
}

/// What is signed.
pub const DIGEST: [u8; 32] = [0x5A; 32];

/// Whom a request is for.
pub const COMMON_NAME: &str = "sensor-0123456789abc";

/// A public key and its signature over `DIGEST`, made outside the chip.
pub fn key_and_signature() -> ([u8; 64], [u8; 64]) {
    let mut both = [[0; 64]; 2];
    signed(both.as_flattened_mut().as_mut_ptr());
    let [key, signature] = both;
    (key, signature)
}

/// What went well, or the end.
pub fn sure<T, E>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|_| fail())
}

/// The bus.
#[derive(Debug)]
pub struct Bus;

/// A fault of the bus.
#[derive(Debug)]
pub struct Fault(u8);

impl embedded_hal::i2c::Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self.0 {
            1 => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown),
            _ => ErrorKind::Other,
        }
    }
}

fn check(code: u8) -> Result<(), Fault> {
    match code {
        0 => Ok(()),
        code => Err(Fault(code)),
    }
}

impl ErrorType for Bus {
    type Error = Fault;
}

impl embedded_hal::i2c::I2c for Bus {
    fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), Fault> {
        check(bus_read(address, read.as_mut_ptr(), read.len()))
    }
    fn write(&mut self, address: u8, write: &[u8]) -> Result<(), Fault> {
        check(bus_write(address, write.as_ptr(), write.len()))
    }
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), Fault> {
        for operation in operations {
            match operation {
                Operation::Read(bytes) => check(bus_read(address, bytes.as_mut_ptr(), bytes.len()))?,
                Operation::Write(bytes) => check(bus_write(address, bytes.as_ptr(), bytes.len()))?,
            }
        }
        Ok(())
    }
}

impl embedded_hal_async::i2c::I2c for Bus {
    async fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), Fault> {
        check(bus_read(address, read.as_mut_ptr(), read.len()))
    }
    async fn write(&mut self, address: u8, write: &[u8]) -> Result<(), Fault> {
        check(bus_write(address, write.as_ptr(), write.len()))
    }
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), Fault> {
        embedded_hal::i2c::I2c::transaction(self, address, operations)
    }
}

/// The delay.
#[derive(Debug)]
pub struct Delay;

impl embedded_hal::delay::DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        bus_wait_ns(ns);
    }
    fn delay_us(&mut self, us: u32) {
        bus_wait_us(us);
    }
}

impl embedded_hal_async::delay::DelayNs for Delay {
    async fn delay_ns(&mut self, ns: u32) {
        bus_wait_ns(ns);
    }
    async fn delay_us(&mut self, us: u32) {
        bus_wait_us(us);
    }
}

/// What goes into a token.
#[cfg(feature = "every")]
#[derive(Debug, serde::Serialize)]
pub struct Claims {
    iat: u64,
    aud: &'static str,
}

#[cfg(feature = "every")]
impl Claims {
    /// Some claims.
    pub const EXAMPLE: Self = Self { iat: 1_700_000_000, aud: "my-project" };
}

/// Every kind of claim that the driver writes, and what it refuses.
#[cfg(feature = "every")]
#[derive(Debug, serde::Serialize)]
pub struct Everything<'a> {
    flag: bool,
    small: (i8, i16, i32, i64),
    count: (u8, u16, u32, u64),
    share: (f32, f64),
    text: &'a str,
    maybe: Option<&'a str>,
    list: &'a [u16],
    kind: Kind,
    nested: Claims,
    odd: Odd<'a>,
}

#[cfg(feature = "every")]
#[derive(Debug, serde::Serialize)]
enum Kind {
    Unit,
    Newtype(u8),
    Struct { field: u8 },
    Tuple(u8, char),
}

/// A map by hand: keys of text and others, bytes, 128 bits, `Display`, an error.
#[cfg(feature = "every")]
#[derive(Debug)]
struct Odd<'a>(&'a str, u8);

#[cfg(feature = "every")]
impl serde::Serialize for Odd<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{Error, SerializeMap};
        match self.1 {
            0 => return serializer.serialize_bytes(self.0.as_bytes()),
            1 => return serializer.serialize_u128(self.1.into()),
            2 => return serializer.serialize_i128(self.1.into()),
            3 => return Err(S::Error::custom(self.0)),
            _ => {}
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.0, &format_args!("{}", self.1))?;
        map.serialize_entry(&self.1, &())?;
        map.end()
    }
}

#[cfg(feature = "every")]
impl<'a> Everything<'a> {
    /// Some claims; `which` chooses among the kinds.
    #[must_use]
    pub fn new(text: &'a str, list: &'a [u16], which: u8) -> Self {
        let wide = (text.len() as u64) << which;
        Self {
            flag: which > 4,
            small: (which as i8, which.into(), -i32::from(which), wide as i64),
            count: (which, which.into(), which.into(), wide),
            share: (which.into(), wide as f64),
            text,
            maybe: Some(text).filter(|_| which > 3),
            list,
            kind: match which {
                0 => Kind::Unit,
                1 => Kind::Newtype(which),
                2 => Kind::Struct { field: which },
                _ => Kind::Tuple(which, 'x'),
            },
            nested: Claims::EXAMPLE,
            odd: Odd(text, which),
        }
    }
}

/// The smallest executor there is.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    if cfg!(feature = "loud") {
        core::hint::black_box(info);
    }
    fail()
}
