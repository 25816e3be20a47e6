//! A run on the simulated bus as expectations of [`embedded-hal-mock`](embedded_hal_mock) 0.11 (feature `mock`).
//!
//! Run the code under test once on the simulated chip, through a [`Recorder`]. What went over the bus is then a
//! `Vec<Transaction>`, and the same code runs on it without the simulator:
//!
//! ```
//! use atecc608_sim::Bus;
//! use atecc608_sim::mock::Recorder;
//! use embedded_hal::{delay::DelayNs, i2c::I2c};
//! use embedded_hal_mock::eh1::{delay::CheckedDelay, i2c::Mock};
//!
//! /// The code under test.
//! fn wake(i2c: &mut impl I2c, delay: &mut impl DelayNs) -> [u8; 4] {
//!     i2c.write(0x00, &[]).ok(); // nobody acknowledges the wake byte
//!     delay.delay_us(1500);
//!     let mut response = [0; 4];
//!     i2c.read(0x60, &mut response).unwrap();
//!     response
//! }
//!
//! let bus = Bus::with_blank_chip(1);
//! let recorder = Recorder::new();
//! let response = wake(&mut recorder.i2c(bus.i2c()), &mut recorder.delay(bus.delay()));
//!
//! let recording = recorder.recording();
//! let (mut i2c, mut delay) = (Mock::new(&recording.i2c()), CheckedDelay::new(&recording.delays()));
//! assert_eq!(wake(&mut i2c, &mut delay), response);
//! i2c.done();
//! delay.done();
//! ```
//!
//! Printed, a [`Recording`] is Rust source, to be pasted into a test:
//!
//! ```
//! # use atecc608_sim::{Bus, mock::Recorder};
//! # use embedded_hal::{delay::DelayNs, i2c::I2c};
//! # let (bus, recorder) = (Bus::with_blank_chip(1), Recorder::new());
//! # let mut i2c = recorder.i2c(bus.i2c());
//! # i2c.write(0x00, &[]).ok();
//! # recorder.delay(bus.delay()).delay_us(1500);
//! # i2c.read(0x60, &mut [0; 4]).unwrap();
//! assert_eq!(
//!     recorder.recording().to_string(),
//!     "\
//! vec![
//!     Transaction::write(0x00, vec![])
//!         .with_error(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)),
//!     // 1500 us
//!     Transaction::read(0x60, vec![0x04, 0x11, 0x33, 0x43]),
//! ]"
//! );
//! ```
//!
//! Equal seeds make equal runs, so a recording made again is the same, as long as the code under test asks the
//! same and no clock but the bus's counts.

mod recorder;
mod recording;
mod source;

pub use recorder::{RecordedDelay, RecordedI2c, Recorder};
pub use recording::Recording;
