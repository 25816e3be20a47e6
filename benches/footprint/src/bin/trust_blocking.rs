//! The certificate of a Trust&GO part of a known kind, verified up to the root: blocking.
#![no_std]
#![no_main]

use atecc608::blocking::Atecc608;
use atecc608::x509::trust::{self, Trust, TrustError};
use core::hint::black_box;
use footprint::{Bus, Delay, Fault};

const TNGTLS: Trust<'_> = Trust::new(&[&trust::TNGTLS], trust::ROOT);

fn run() -> Result<(), TrustError<Fault>> {
    let mut chip = Atecc608::new(Bus, Delay);
    let mut der = [0; trust::MAX_LEN];
    black_box(chip.read_trust_device(&TNGTLS, &mut der)?.der());
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> u8 {
    run().is_ok().into()
}
