//! A request signed by slot 0: blocking.
#![no_std]
#![no_main]

use atecc608::x509::{Attribute, ChipError, Csr, Name};
use atecc608::{Slot, blocking::Atecc608};
use core::hint::black_box;
use footprint::{Bus, COMMON_NAME, Delay, Fault};

fn run() -> Result<(), ChipError<Fault>> {
    let mut chip = Atecc608::new(Bus, Delay);
    let name = [Attribute::common_name(black_box(COMMON_NAME))];
    let mut der = [0; 256];
    black_box(chip.sign_csr(Slot::S0, &Csr::new(Name::Attributes(&name)), &mut der)?);
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> u8 {
    run().is_ok().into()
}
