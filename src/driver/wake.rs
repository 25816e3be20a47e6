//! Ways to wake the chip (chip reference 1.3). Each half of the driver says how they do it.

/// A way to wake the chip, and a clock: what [`Atecc608::with_clock`](crate::blocking::Atecc608::with_clock) makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithClock<W, C>(pub W, pub C);

/// The usual way: a zero byte to address 0x00, which nobody acknowledges.
///
/// SDA is low for eight bit times, so **this works up to 133 kHz only**; at 400 kHz the pulse lasts
/// 20 µs and the chip sleeps on. Slow the bus down for the pulse (see [`Wake`](crate::blocking::Wake)) or use
/// [`SdaPulse`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ZeroByte;

/// A GPIO that pulls SDA low for 80 µs: works at any bus speed.
///
/// The pin must be open drain and wired to SDA besides the I2C peripheral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SdaPulse<P>(pub P);
