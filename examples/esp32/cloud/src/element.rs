//! The secure element in the async firmware.

use atecc608::Slot;
use atecc608::asynch::Atecc608;
use embassy_time::{Delay, Timer};
use esp_hal::Async;
use esp_hal::i2c::master::I2c;
use esp_println::println;
use esp32::board::{WAKE_ASYNC, WakeAsync};

/// The chip on the board's bus.
pub type Chip = Atecc608<I2c<'static, Async>, Delay, WakeAsync>;

/// Between two looks for the chip, in seconds.
const PAUSE_S: u64 = 5;

/// The chip, once it is there, has a key, and has given random numbers, which come with it. Says what is
/// missing until then.
pub async fn ready(bus: I2c<'static, Async>) -> (Chip, [u8; 32]) {
    let mut chip = Atecc608::new(bus, Delay).with_wake(WAKE_ASYNC);
    loop {
        match look(&mut chip).await {
            Ok(Some(random)) => return (chip, random),
            Ok(None) => println!("Chip: it has no key in {}; flash `provision` first", Slot::S0),
            Err(error) => println!("Chip: {error}; `scan` tells more. Next look in {PAUSE_S} s"),
        }
        Timer::after_secs(PAUSE_S).await;
    }
}

async fn look(chip: &mut Chip) -> Result<Option<[u8; 32]>, atecc608::Error<esp_hal::i2c::master::Error>> {
    chip.identify().await?;
    let serial = chip.serial_number().await?;
    if !chip.is_key_valid(Slot::S0).await? {
        return Ok(None);
    }
    let random = chip.random().await?;
    println!("Chip: ATECC608, serial number {serial}, with a key");
    Ok(Some(random))
}
