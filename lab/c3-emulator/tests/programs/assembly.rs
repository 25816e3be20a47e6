//! A program in assembly, from the file that the environment names when this is compiled.
#![no_std]
#![no_main]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

core::arch::global_asm!(include_str!("print.s"), include_str!(env!("PROGRAM")));
