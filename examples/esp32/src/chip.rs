//! The secure element's bus.

use crate::board::WIRING;
use esp_hal::Blocking;
use esp_hal::gpio::AnyPin;
use esp_hal::i2c::master::{Config, ConfigError, I2c, SoftwareTimeout};
use esp_hal::peripherals::I2C0;
use esp_hal::time::{Duration, Rate};

/// Longer than the longest transfer: 155 bytes at 100 kHz take 14 ms. Without it a line that stays low
/// would be waited for without end.
const TRANSFER_MAX: Duration = Duration::from_millis(100);

/// The bus as the board wires it.
///
/// # Errors
/// esp-hal's, if the board's bus speed can't be made.
pub fn bus(
    i2c: I2C0<'static>,
    sda: AnyPin<'static>,
    scl: AnyPin<'static>,
) -> Result<I2c<'static, Blocking>, ConfigError> {
    let config = Config::default()
        .with_frequency(Rate::from_khz(WIRING.khz))
        .with_software_timeout(SoftwareTimeout::Transaction(TRANSFER_MAX));
    Ok(I2c::new(i2c, config)?.with_sda(sda).with_scl(scl))
}
