//! The same operations by at-cryptoauth 0.6, its blocking half, where it has them.
#![no_std]
#![no_main]

use at_cryptoauth::memory::Slot;
use at_cryptoauth::{AtCaClient, Digest, PublicKey, Signature};
use core::hint::black_box;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use footprint::{Bus, DIGEST, key_and_signature, mark, sure};

type Peer = AtCaClient<NoopRawMutex, Bus>;

macro_rules! steps {
    ($($name:ident($chip:ident) [$($ready:tt)*] $call:expr;)*) => {
        $(
            #[unsafe(no_mangle)]
            extern "C" fn $name() {
                let $chip = Peer::new(Bus);
                sure($chip.info_blocking());
                $($ready)*
                mark();
                let result = black_box($call);
                mark();
                sure(result);
            }
        )*

        /// Keeps the steps.
        #[unsafe(no_mangle)]
        extern "C" fn _start() {
            $(black_box($name as extern "C" fn());)*
        }
    };
}

steps! {
    step_info(chip) [] chip.info_blocking();
    step_serial_number(chip) [] chip.memory().serial_number_blocking();
    step_generate_key(chip) [] chip.create_private_key_blocking(Slot::PrivateKey01);
    step_sign_digest(chip)
        [let digest = sure(Digest::try_from(black_box(&DIGEST[..])));]
        chip.signer(Slot::PrivateKey00).sign_digest_blocking(&digest);
    step_verify(chip)
        [let digest = sure(Digest::try_from(black_box(&DIGEST[..])));
        let (key, signature) = key_and_signature();
        let (key, signature) = (sure(PublicKey::try_from(&key[..])), sure(Signature::from_slice(&signature)));]
        chip.verify_external_blocking(&digest, &signature, &key);
    step_sha256(chip) [] chip.sha().digest_blocking(black_box(&[0x5A; 1024]));
}
