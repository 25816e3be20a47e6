//! The handle.

use super::link::Link;
use super::session::Session;
use super::wake::Wake;
use crate::address::Address;
use crate::command::Command;
use crate::driver::low_power::LowPower;
use crate::driver::transaction::Part;
use crate::driver::wake::{WithClock, ZeroByte};
use crate::error::Error;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// An ATECC608 on an I2C bus. Owns the bus and a delay. To share the bus with other drivers, or the chip with other tasks,
/// see the guide's page [sharing](https://docs.rs/atecc608/latest/atecc608/guide/sharing/).
///
/// Every operation wakes the chip, runs its commands, and leaves the chip asleep (or idle,
/// [`with_low_power`](Self::with_low_power)), also when it fails. No other command of this handle comes in between. A
/// second handle for the same chip shares its registers, see [`session`](Self::session). AES is at [`Session`], so that a
/// key in TempKey works, too.
///
/// **How long a failure takes**, at 100 kHz and with an exact delay:
///
/// - Without a chip at the address: 300 ms in the first operation. After an operation that was cut off: twice the
///   longest time of its command, as the chip may be busy.
/// - A chip that is gone, or loses its supply while busy, is noticed after the command's longest time
///   ([`timing::bound_us`](crate::wire::timing::bound_us), for Sign 715 ms) and up to 50 ms of polling.
/// - With a late delay the number of polls is the bound, or a clock ([`with_clock`](Self::with_clock)). The guide's
///   page [bus](https://docs.rs/atecc608/latest/atecc608/guide/bus/) has the figures.
#[derive(Debug)]
pub struct Atecc608<I2C, D, W = ZeroByte> {
    pub(super) link: Link<I2C, D, W>,
}

/// # Making a handle
impl<I2C: I2c, D: DelayNs> Atecc608<I2C, D> {
    /// A chip at its default address 0x60, woken by a zero byte ([`ZeroByte`], bus at up to
    /// 133 kHz). Nothing is sent yet.
    #[doc(alias = "atcab_init")]
    pub const fn new(i2c: I2C, delay: D) -> Self {
        Self { link: Link::new(i2c, delay, ZeroByte, Address::DEFAULT) }
    }
}

/// # Address, wake, low power
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// The chip at another address.
    #[must_use]
    pub fn with_address(mut self, address: Address) -> Self {
        self.link.address = address;
        self
    }

    /// Another way to wake the chip. Call it before [`with_clock`](Self::with_clock), which it would undo.
    #[must_use]
    pub fn with_wake<V: Wake<I2C>>(self, wake: V) -> Atecc608<I2C, D, V> {
        let Link { i2c, delay, address, low_power, .. } = self.link;
        Atecc608 { link: Link::new(i2c, delay, wake, address) }.with_low_power(low_power)
    }

    /// With a clock, in microseconds, that never stands still or goes back; it may wrap around at 2^32.
    ///
    /// Time is then measured, not guessed from the delays. Without a clock, the guide's page
    /// [bus](https://docs.rs/atecc608/latest/atecc608/guide/bus/) says what a late or early delay does.
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
    pub fn execute<C: Command>(
        &mut self,
        command: &C,
    ) -> impl Future<Output = Result<C::Response, Error<I2C::Error>>> {
        self.link.execute(Part::Whole, command)
    }
}
