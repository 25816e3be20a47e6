//! The same, async.
#![no_std]
#![no_main]

use atecc608::{Slot, asynch::Atecc608, irreversible::OldKeyIsLost};
use core::hint::black_box;
use footprint::{Bus, Delay};

async fn run() -> Result<(), atecc608::Error<footprint::Fault>> {
    let mut chip = Atecc608::new(Bus, Delay);
    black_box(chip.revision().await?);
    black_box(chip.serial_number().await?);
    black_box(chip.generate_key(Slot::S0, OldKeyIsLost).await?);
    black_box(chip.sign_digest(Slot::S0, black_box(&[0; 32])).await?);
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> u8 {
    footprint::block_on(run()).is_ok().into()
}
