//! Every operation, async.
#![no_std]
#![no_main]

async fn run() {
    footprint::every!(asynch, [.await], [async]);
}

#[unsafe(no_mangle)]
extern "C" fn _start() {
    footprint::block_on(run());
}
