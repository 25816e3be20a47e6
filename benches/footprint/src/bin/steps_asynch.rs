//! Operations whose instructions are counted, async.
#![no_std]
#![no_main]

footprint::steps!(asynch, [.await], [async], footprint::block_on);
