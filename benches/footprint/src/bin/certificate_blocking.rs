//! A certificate, read and verified by the chip: blocking.
#![no_std]
#![no_main]

use atecc608::blocking::Atecc608;
use atecc608::x509::{ChipError, trust};
use core::hint::black_box;
use footprint::{Bus, Delay, Fault};

fn run() -> Result<(), ChipError<Fault>> {
    let mut chip = Atecc608::new(Bus, Delay);
    let mut der = [0; trust::MAX_LEN];
    black_box(chip.read_certificate(black_box(trust::TNGTLS.device()), &mut der)?.der());
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> u8 {
    run().is_ok().into()
}
