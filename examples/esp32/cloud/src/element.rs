//! The secure element in the async firmware.

use atecc608::asynch::Atecc608;
use atecc608::{Address, Slot};
use atecc608_cloud::token::signing_slots;
use embassy_time::{Delay, Timer};
use esp_hal::Async;
use esp_hal::i2c::master::I2c;
use esp_println::println;
use esp32::board::{WAKE_ASYNC, WakeAsync};

/// The chip on the board's bus.
pub type Chip = Atecc608<I2c<'static, Async>, Delay, WakeAsync>;

/// Between two looks for the chip, in seconds.
const PAUSE_S: u64 = 5;

/// The chip, once it is there at one of the usual addresses, the slot of a key that may sign, and random numbers from
/// the chip. Says what is missing until then.
pub async fn ready(bus: I2c<'static, Async>) -> (Chip, Slot, [u8; 32]) {
    let mut chip = Atecc608::new(bus, Delay).with_wake(WAKE_ASYNC);
    loop {
        // A chip at another address is told of only if there is one.
        let mut nobody = None;
        for address in Address::USUAL {
            chip = chip.with_address(address);
            match look(&mut chip).await {
                Ok(Some((slot, random))) => return (chip, slot, random),
                Ok(None) => println!("Chip: no slot that may sign holds a key; flash `provision` first"),
                Err(error) => {
                    nobody.get_or_insert(error);
                    continue;
                }
            }
            nobody = None;
            break;
        }
        if let Some(error) = nobody {
            println!("Chip: {error}; `scan` tells more. Next look in {PAUSE_S} s");
        }
        Timer::after_secs(PAUSE_S).await;
    }
}

type Failed = atecc608::Error<esp_hal::i2c::master::Error>;

async fn look(chip: &mut Chip) -> Result<Option<(Slot, [u8; 32])>, Failed> {
    chip.identify().await?;
    let zone = chip.read_config().await?;
    for slot in signing_slots(&zone) {
        if chip.is_key_valid(slot).await? {
            let random = chip.random().await?;
            println!("Chip: ATECC608, serial number {}, with a key in {slot}", zone.serial_number());
            return Ok(Some((slot, random)));
        }
    }
    Ok(None)
}
