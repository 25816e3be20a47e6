//! The bus as `embedded-hal` and `embedded-hal-async` see it.

mod delay;
mod i2c;
mod pending;
mod pin;

pub use delay::SimDelay;
pub use i2c::{I2cError, SimI2c};
pub use pin::SdaPin;
