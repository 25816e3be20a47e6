//! 90 days at a broker over TLS, with the device's certificate, in virtual time, with outages.

mod chip;
mod lamp;
mod world;

use atecc608_cloud::mqtt::KeepAlive;
use atecc608_cloud::tls::{Buffers, ClientIdentity, Entropy, RECEIVE_BUFFER, Roots, TRANSMIT_BUFFER};
use chip::SoftChip;
use cloud_app::{Broker, BrokerConfig, BrokerParts, NoPassword, TimeKeeper, TlsDialer, UnixClock};
use lamp::Lamp;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::cell::Cell;
use std::rc::Rc;
use world::farm::Authorities;
use world::network::MemoryNetwork;
use world::record::Record;
use world::soak::{Soak, Taken};
use world::{BROKER, Mail, TIME, World, WorldClock};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes of heap in use.
fn heap() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}

#[tokio::test(start_paused = true)]
async fn ninety_days() {
    let (authorities, chip, outbox) = (Authorities::new(), SoftChip::new(1), Mail::new());
    let world = World::new();
    *world.door.borrow_mut() = Some(authorities.door(world.began(), true));
    let own = authorities.certify("lamp-1", &chip);
    let chain = [own[0].as_ref(), own[1].as_ref()];
    let mut roots = Roots::new();
    roots.add(authorities.root.der()).unwrap();
    let rng = Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let (lamp, record) =
        (Lamp { keep_alive: KeepAlive::DEFAULT, ..Lamp::new("lamp-1") }, Record::essential(&world));
    let dial = TlsDialer::new(MemoryNetwork(Rc::clone(&world)), &roots, rng, buffers)
        .with_identity(ClientIdentity { chain: &chain, signer: chip.clone() });
    let parts = BrokerParts {
        dial,
        clock: WorldClock(Rc::clone(&world)),
        credentials: NoPassword,
        application: lamp,
        observer: record.clone(),
        outbox: &outbox,
        receive: &mut [0; 256],
        transmit: &mut [0; 256],
        password: &mut [],
        seed: 90,
    };
    let time = TimeKeeper::new(TIME, UnixClock::default(), 4 * 3600);
    // Every six hours, so that there are many renewals.
    let config = BrokerConfig { renewal_s: 6 * 3600, ..BrokerConfig::new(BROKER) };
    let mut broker = Broker::new(config, time, parts);
    let alerts = Cell::new(0);
    let taken = || {
        let seen = world.farm.take_seen();
        let payloads = seen.payloads("devices/lamp-1/telemetry");
        // Silence was the network's doing, and an alert in the handshake a chip's that did not sign.
        let (unsigned, others): (Vec<_>, Vec<_>) = seen
            .complaints
            .into_iter()
            .filter(|what| !what.contains("silent for too long"))
            .partition(|what| what == "TLS: received fatal alert: InternalError");
        alerts.set(alerts.get() + unsigned.len() as u32);
        Taken { complaints: others, payloads }
    };
    let soak = Soak { world: &world, chip: &chip, days: 90, record: &record, outbox: &outbox };
    let soaked = soak.run(async { broker.run().await }, taken, heap).await;
    assert_eq!(alerts.get(), record.counters.get().not_signed);
    assert!(alerts.get() > 50, "{}", alerts.get());
    assert!(soaked.outages > 150, "{}", soaked.outages);
    assert!(soaked.renewals > 200, "{}", soaked.renewals);
    // rustls, on the other side, fills its memory of sessions in the first weeks.
    let early = soaked.heaps[30..45].iter().max().unwrap();
    let late = soaked.heaps[75..].iter().max().unwrap();
    assert!(late - early < 24 * 1024, "{early} bytes of heap became {late}: {:?}", soaked.heaps);
}
