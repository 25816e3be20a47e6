//! The handle.

use super::link::Link;
use super::session::{Session, parse};
use super::wake::{Wake, WithClock, ZeroByte};
use crate::address::Address;
use crate::command::{Command, Room};
use crate::driver::low_power::LowPower;
use crate::driver::transaction::Part;
use crate::error::Error;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// An ATECC608 on an I2C bus. Owns the bus and a delay; share a bus with `embedded-hal-bus` or
/// its like.
///
/// Every operation wakes the chip, runs its commands without letting any others of this handle in between (a second
/// handle for the same chip shares its registers, see [`session`](Self::session)),
/// and leaves the chip asleep (or idle, [`with_low_power`](Self::with_low_power)), also when it fails.
///
/// **How long a failure takes**, at 100 kHz and with a delay that keeps time: without a chip at the address, 300 ms in the first operation,
/// and after one that was cut off twice as long as the command it was cut off in can take (it may be busy). A
/// chip that was there and is gone, or dies at work, is noticed after the longest time the command can
/// take ([`timing::bound_us`](crate::wire::timing::bound_us), for Sign 715 ms) and up to 50 ms of asking. With a delay that comes
/// late the number of questions bounds it, or a clock ([`with_clock`](Self::with_clock)); the guide's page on the bus
/// (`guide::bus`) has the figures.
#[derive(Debug)]
pub struct Atecc608<I2C, D, W = ZeroByte> {
    pub(super) link: Link<I2C, D, W>,
}

/// # A handle
impl<I2C: I2c, D: DelayNs> Atecc608<I2C, D> {
    /// A chip at its default address 0x60, woken by a zero byte ([`ZeroByte`], bus at up to
    /// 133 kHz). Nothing is sent yet.
    #[doc(alias = "atcab_init")]
    pub const fn new(i2c: I2C, delay: D) -> Self {
        Self { link: Link::new(i2c, delay, ZeroByte, Address::DEFAULT) }
    }
}

/// # Its settings
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// The chip at another address.
    #[must_use]
    pub fn with_address(mut self, address: Address) -> Self {
        self.link.address = address;
        self
    }

    /// Woken in another way. A clock is given after this, as it comes with the way.
    #[must_use]
    pub fn with_wake<V: Wake<I2C>>(self, wake: V) -> Atecc608<I2C, D, V> {
        let Link { i2c, delay, address, low_power, .. } = self.link;
        Atecc608 { link: Link::new(i2c, delay, wake, address) }.with_low_power(low_power)
    }

    /// With a clock, in microseconds, that never stands still or goes back; it may wrap around at 2^32.
    ///
    /// What takes long is then measured and not guessed from the delays asked for; the guide's page on the bus
    /// (`guide::bus`) says what a delay that comes late or early does without one.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::with_blank_chip(1);
    /// let start = std::time::Instant::now();
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay())
    ///     .with_clock(move || start.elapsed().as_micros() as u32);
    /// chip.revision().await?;
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn with_clock<C: FnMut() -> u32>(self, clock: C) -> Atecc608<I2C, D, WithClock<W, C>> {
        let Link { i2c, delay, wake, address, low_power, .. } = self.link;
        Atecc608 { link: Link::new(i2c, delay, WithClock(wake, clock), address) }.with_low_power(low_power)
    }

    /// Left in another state after each operation.
    #[doc(alias("atcab_idle", "atcab_sleep"))]
    #[must_use]
    pub fn with_low_power(mut self, low_power: LowPower) -> Self {
        self.link.low_power = low_power;
        self
    }

    /// Gives bus and delay back.
    #[doc(alias = "atcab_release")]
    pub fn release(self) -> (I2C, D) {
        (self.link.i2c, self.link.delay)
    }
}

/// # Sessions and single commands
///
/// What every operation below is made of. `execute` runs any command of [`command`](crate::command).
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Runs several commands in one go: the chip wakes once and keeps TempKey, SHA contexts and
    /// authorisations from one to the next.
    ///
    /// A bus that is shared is others' between two transfers: a second handle for the same chip then uses, and
    /// overwrites, the same TempKey. Where two talk to one chip, share the handle (in a mutex), not the bus.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::with_blank_chip(1);
    /// use atecc608::command::{InfoState, NonceFixed};
    ///
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let state = chip
    ///     .session(async |chip| {
    ///         chip.execute(&NonceFixed::TempKey(&[7; 32])).await?;
    ///         chip.execute(&InfoState).await
    ///     })
    ///     .await?;
    /// assert!(state.temp_key_valid);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// What `work` returns; before it [`NoDevice`](crate::ErrorKind::NoDevice) and
    /// [`NotAwake`](crate::ErrorKind::NotAwake), if the chip had to be found. One that acknowledged its last idle or sleep is
    /// only woken, and if it is gone the first command says so.
    ///
    /// # Cancel safety
    /// Dropped at any point, the chip may stay awake until its watchdog (1.7 s at most, 13 s if it was
    /// configured long) or the next operation puts it to sleep; the command that was running may have run.
    #[doc(alias = "atcab_wakeup")]
    pub fn session<T, X: From<Error<I2C::Error>>>(
        &mut self,
        work: impl AsyncFnOnce(&mut Session<'_, I2C, D, W>) -> Result<T, X>,
    ) -> impl Future<Output = Result<T, X>> {
        self.session_then(Part::End, work)
    }

    /// A session with an end of its own.
    pub(super) async fn session_then<T, X: From<Error<I2C::Error>>>(
        &mut self,
        end: Part,
        work: impl AsyncFnOnce(&mut Session<'_, I2C, D, W>) -> Result<T, X>,
    ) -> Result<T, X> {
        self.link.turn(Part::Begin).await?;
        let result = work(&mut Session::new(&mut self.link)).await;
        self.link.turn(end).await.ok();
        result
    }

    /// Runs one command.
    ///
    /// # Errors
    /// As [`Session::execute`], and [`NoDevice`](crate::ErrorKind::NoDevice),
    /// [`NotAwake`](crate::ErrorKind::NotAwake).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session).
    pub async fn execute<C: Command>(&mut self, command: &C) -> Result<C::Response, Error<I2C::Error>> {
        let request = command.request();
        let mut bytes = C::Bytes::BLANK;
        self.link.go(Part::Whole, &request, bytes.bytes()).await?;
        parse::<C, _>(&request, bytes.filled(self.link.len.into()))
    }
}
