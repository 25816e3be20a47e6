//! Chips that somebody else has set up: where they answer, and which of their slots signs.

use atecc608::blocking::{Atecc608, Wake};
use atecc608::{Address, Error, Slot};
use atecc608_cloud::token::signing_slots;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// The driver at the first of the usual addresses where a chip answers, and that address; at the factory's, if none
/// does.
pub fn look_for<I: I2c, D: DelayNs, W: Wake<I>>(mut chip: Atecc608<I, D, W>) -> (Atecc608<I, D, W>, Address) {
    for address in Address::USUAL {
        chip = chip.with_address(address);
        if chip.revision().is_ok() {
            return (chip, address);
        }
    }
    (chip.with_address(Address::DEFAULT), Address::DEFAULT)
}

/// The first slot that may sign a token and holds a key.
pub(crate) fn signing_slot<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
) -> Result<Option<Slot>, Error<I::Error>> {
    let zone = chip.read_config()?;
    for slot in signing_slots(&zone) {
        if chip.is_key_valid(slot)? {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}
