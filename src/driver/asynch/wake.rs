//! Ways to wake the chip (chip reference 1.3).

use crate::driver::wake::{SdaPulse, WithClock, ZeroByte};
use crate::error::ErrorKind;
use crate::wire::timing::WAKE_LOW_US;
use embedded_hal::digital::OutputPin;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// Produces the wake pulse: SDA low for at least 60 µs, then high.
///
/// The driver waits tWHI (1.5 ms) itself. Implement this for what
/// your board needs, for instance a bus that can be slowed down for the pulse:
///
/// ```
/// # use atecc608::ErrorKind;
/// # use atecc608::asynch::{Wake, ZeroByte};
/// # use embedded_hal_async::{delay::DelayNs, i2c::I2c};
/// # trait ClockControl { fn set_clock(&mut self, hz: u32); }
/// struct SlowZeroByte;
///
/// impl<I2C: I2c + ClockControl> Wake<I2C> for SlowZeroByte {
///     async fn wake<D: DelayNs>(&mut self, i2c: &mut I2C, delay: &mut D) -> Result<(), ErrorKind<I2C::Error>> {
///         i2c.set_clock(100_000);
///         let result = ZeroByte.wake(i2c, delay).await;
///         i2c.set_clock(400_000);
///         result
///     }
/// }
/// ```
#[allow(async_fn_in_trait, reason = "whether the future is Send is for the caller's bus to say")]
pub trait Wake<I2C: I2c> {
    /// Produces the pulse.
    ///
    /// # Errors
    /// [`ErrorKind::Bus`] is expected, as nobody acknowledges address 0: the driver goes on, and reports it only if the
    /// chip is not found. [`ErrorKind::WakePin`] if a pin can't be driven; this or any other error ends the operation.
    async fn wake<D: DelayNs>(&mut self, i2c: &mut I2C, delay: &mut D) -> Result<(), ErrorKind<I2C::Error>>;

    /// Microseconds of a clock that never stands still or goes back, if the board has one; it may wrap around at
    /// 2^32. See [`Atecc608::with_clock`](super::Atecc608::with_clock).
    fn now_us(&mut self) -> Option<u32> {
        None
    }
}

impl<I2C: I2c, W: Wake<I2C>, C: FnMut() -> u32> Wake<I2C> for WithClock<W, C> {
    async fn wake<D: DelayNs>(&mut self, i2c: &mut I2C, delay: &mut D) -> Result<(), ErrorKind<I2C::Error>> {
        self.0.wake(i2c, delay).await
    }

    fn now_us(&mut self) -> Option<u32> {
        Some((self.1)())
    }
}

impl<I2C: I2c> Wake<I2C> for ZeroByte {
    async fn wake<D: DelayNs>(&mut self, i2c: &mut I2C, _delay: &mut D) -> Result<(), ErrorKind<I2C::Error>> {
        i2c.write(0x00, &[0x00]).await.map_err(ErrorKind::Bus)
    }
}

impl<I2C: I2c, P: OutputPin> Wake<I2C> for SdaPulse<P> {
    async fn wake<D: DelayNs>(&mut self, _i2c: &mut I2C, delay: &mut D) -> Result<(), ErrorKind<I2C::Error>> {
        self.0.set_low().map_err(|_| ErrorKind::WakePin)?;
        delay.delay_us(WAKE_LOW_US + 20).await;
        self.0.set_high().map_err(|_| ErrorKind::WakePin)
    }
}
