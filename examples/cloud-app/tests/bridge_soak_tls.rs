//! The same over TLS, which has a heap, for as long as it takes to see a leak.

mod chip;
mod world;

use atecc608_cloud::tls::{Buffers, Entropy, RECEIVE_BUFFER, Roots, TRANSMIT_BUFFER};
use chip::SoftChip;
use cloud_app::TlsDialer;
use mock_servers::pki::{Holder, Request};
use mock_servers::tls::{Offer, acceptor};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::rc::Rc;
use world::network::MemoryNetwork;
use world::soak::soak;
use world::{BRIDGE, World};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes of heap in use.
fn heap() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}

#[tokio::test(start_paused = true)]
async fn three_weeks() {
    let chip = SoftChip::new(1);
    let world = World::with(&chip);
    let root = Holder::root(&Request::authority("Test Root")).unwrap();
    let server = root.issue(&Request::server(&[BRIDGE.name])).unwrap();
    *world.tls.borrow_mut() = Some(acceptor(&server, &Offer::default()).unwrap());
    let mut roots = Roots::new();
    roots.add(root.der()).unwrap();
    let rng = Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let dial = TlsDialer::new(MemoryNetwork(Rc::clone(&world)), &roots, rng, buffers);
    let soaked = soak(&world, dial, &chip, 21, heap).await;
    assert!(soaked.outages > 30 && soaked.renewals > 350, "{} {}", soaked.outages, soaked.renewals);
    // rustls, on the other side, fills its memory of sessions in the first days. A day has some 25
    // connections; what each certificate chain alone takes would show in two of them.
    let early = soaked.heaps[7..12].iter().max().unwrap();
    let late = soaked.heaps[16..].iter().max().unwrap();
    assert!(late - early < 24 * 1024, "{early} bytes of heap became {late}: {:?}", soaked.heaps);
}
