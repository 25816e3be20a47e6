//! Info, serial number, a new key, a signature: blocking.
#![no_std]
#![no_main]

use atecc608::{Slot, blocking::Atecc608, irreversible::OldKeyIsLost};
use core::hint::black_box;
use footprint::{Bus, Delay};

fn run() -> Result<(), atecc608::Error<footprint::Fault>> {
    let mut chip = Atecc608::new(Bus, Delay);
    black_box(chip.revision()?);
    black_box(chip.serial_number()?);
    black_box(chip.generate_key(Slot::S0, OldKeyIsLost)?);
    black_box(chip.sign_digest(Slot::S0, black_box(&[0; 32]))?);
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> u8 {
    run().is_ok().into()
}
