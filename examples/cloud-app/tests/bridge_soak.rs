//! 90 days at the bridge with hourly tokens, in virtual time, with outages.

mod chip;
mod world;

use chip::SoftChip;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::rc::Rc;
use world::World;
use world::network::{MemoryDial, MemoryNetwork};
use world::soak::soak;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes of heap in use.
fn heap() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}

#[tokio::test(start_paused = true)]
async fn ninety_days() {
    let chip = SoftChip::new(1);
    let world = World::with(&chip);
    let dial = MemoryDial(MemoryNetwork(Rc::clone(&world)));
    let soaked = soak(&world, dial, &chip, 90, heap).await;
    assert!(soaked.outages > 150, "{}", soaked.outages);
    assert!(soaked.renewals > 1500, "{}", soaked.renewals);
    // As much memory after three months as after three days.
    let early = soaked.heaps[3..10].iter().max().unwrap();
    let late = soaked.heaps[80..].iter().max().unwrap();
    assert!(late - early < 2048, "{early} bytes of heap became {late}: {:?}", soaked.heaps);
}
