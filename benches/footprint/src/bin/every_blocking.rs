//! Every operation, blocking.
#![no_std]
#![no_main]

#[unsafe(no_mangle)]
extern "C" fn _start() {
    footprint::every!(blocking, [], []);
}
