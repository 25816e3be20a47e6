//! One operation a run. What it takes is in flash, where the machine puts other secrets before the start:
//! whatever of them is in RAM at the end, or of what was made of them, the operation has left there.
#![no_std]
#![no_main]

mod asynch;
mod blocking;
mod board;
mod canary;
mod computed;
mod inputs;

use residue_op::Op;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    board::done(u32::MAX);
    loop {}
}

core::arch::global_asm!(
    ".section .text.start, \"ax\"",
    ".globl start",
    "start:",
    "la sp, stack_top",
    "call {main}",
    "j .",
    main = sym main,
);

extern "C" fn main() {
    let number = board::which();
    let Some(op) = Op::ALL.get((number & 0xFF) as usize) else { return board::done(u32::MAX) };
    let result = if let Some(result) = canary::run(*op).or_else(|| computed::run(*op)) {
        result
    } else if number & 0x100 != 0 {
        asynch::run(*op)
    } else {
        blocking::run(*op)
    };
    board::done(result);
}
