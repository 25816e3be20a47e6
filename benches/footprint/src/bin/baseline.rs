#![no_std]
#![no_main]
use core::hint::black_box;
use footprint as _;

#[unsafe(no_mangle)]
extern "C" fn _start() -> u8 {
    black_box(1)
}
