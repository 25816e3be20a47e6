//! The same with at-cryptoauth 0.6, its blocking half.
#![no_std]
#![no_main]

use at_cryptoauth::memory::Slot;
use at_cryptoauth::{AtCaClient, Digest};
use core::hint::black_box;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use footprint::Bus;

fn run() -> Result<(), at_cryptoauth::error::Error> {
    let chip = AtCaClient::<NoopRawMutex, Bus>::new(Bus);
    black_box(chip.info_blocking()?);
    black_box(chip.memory().serial_number_blocking()?);
    black_box(chip.create_private_key_blocking(Slot::PrivateKey00)?);
    let digest = Digest::try_from(black_box(&[0; 32][..]))?;
    // Its `sign_digest` writes the message digest buffer itself.
    black_box(chip.signer(Slot::PrivateKey00).sign_digest_blocking(&digest)?);
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> u8 {
    run().is_ok().into()
}
