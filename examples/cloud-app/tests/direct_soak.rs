//! 90 days at Pub/Sub with hourly access tokens, in virtual time, with outages.

mod chip;
mod world;

use atecc608_cloud::federation::{EXCHANGE_BUFFER, Identity, Provider, Topic};
use chip::SoftChip;
use cloud_app::{Direct, DirectConfig, DirectParts, TimeKeeper, UnixClock};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::rc::Rc;
use world::google::{ISSUER, KEY_ID};
use world::network::{MemoryDial, MemoryNetwork};
use world::outage::Outages;
use world::record::Record;
use world::{MINUTE, Mail, TIME, World, WorldClock, pass};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const DAYS: u64 = 90;
const MESSAGES: u64 = DAYS * 144;

/// Bytes of heap in use.
fn heap() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}

fn config() -> DirectConfig<'static> {
    let provider = Provider::new(123, "devices", "greenhouse").unwrap();
    let identity = Identity::new(provider, ISSUER, "sensor-1", KEY_ID).unwrap();
    DirectConfig::new(identity, Topic::new("proj", "telemetry").unwrap())
}

#[tokio::test(start_paused = true)]
async fn ninety_days() {
    let (chip, outbox, world) = (SoftChip::new(1), Mail::new(), World::new());
    world.google.state().key_pem = chip.public_key_pem();
    let record = Record::essential(&world);
    let (mut access, mut work) = (vec![0; EXCHANGE_BUFFER], vec![0; 2048]);
    let parts = DirectParts {
        dial: MemoryDial(MemoryNetwork(Rc::clone(&world))),
        clock: WorldClock(Rc::clone(&world)),
        signer: chip.clone(),
        observer: record.clone(),
        outbox: &outbox,
        access: &mut access,
        work: &mut work,
        seed: 90,
    };
    let time = TimeKeeper::new(TIME, UnixClock::default(), 4 * 3600);
    let mut direct = Direct::new(config(), time, parts);

    let outages = Outages::none();
    // When each message was made, and when it arrived first.
    let mut arrived = vec![None; MESSAGES as usize];
    let (mut taken, mut complaints, mut heaps) = (0, vec![], Vec::with_capacity(DAYS as usize));
    let produce = async {
        for number in 0..MESSAGES {
            outbox.publish(None, number.to_string().as_bytes()).unwrap();
            pass(10 * MINUTE).await;
            let (published, complained) = world.google.take();
            complaints.extend(complained);
            for (data, _) in published {
                taken += 1;
                arrived[data.parse::<usize>().unwrap()].get_or_insert(number);
            }
            if number % 144 == 143 {
                heaps.push(heap());
            }
        }
    };
    let [mut luck, mut hours, mut moods] = [1, 2, 3].map(fastrand::Rng::with_seed);
    let bad_luck = async {
        tokio::join!(
            outages.happen(&world, &chip, DAYS - 1, &mut luck),
            outages.lose_time(&world, DAYS - 3, &mut hours),
            outages.keep_busy(&world, DAYS - 2, &mut moods)
        );
    };
    tokio::select! {
        biased;
        never = direct.run() => match never {},
        _ = async { tokio::join!(produce, bad_luck) } => {}
    }

    let (counters, stats) = (record.counters.get(), outbox.stats());
    println!(
        "{DAYS} days: {} outages, {} access tokens, {} refusals, {} signatures; {} messages: {} acknowledged, \
         {} dropped, {} sent again",
        outages.count(),
        counters.logins,
        counters.refused,
        counters.signatures,
        stats.accepted,
        stats.acknowledged,
        stats.dropped,
        stats.repeated,
    );

    // No token was used at its end, and none had wrong claims: refusals were all of busy services.
    assert_eq!(complaints, Vec::<String>::new());
    assert!(outages.count() > 150, "{}", outages.count());
    assert!(counters.logins > 1500, "{}", counters.logins);

    // Every message was acknowledged or counted, and most came at once.
    assert_eq!(stats.accepted, MESSAGES);
    assert_eq!(stats.accepted, stats.acknowledged + stats.dropped + stats.waiting as u64);
    assert_eq!(counters.dropped, stats.dropped);
    let came = arrived.iter().flatten().count() as u64;
    assert!(came >= stats.acknowledged && MESSAGES - came <= stats.dropped + stats.waiting as u64);
    assert!(taken <= stats.acknowledged + stats.repeated, "more copies than were sent again");
    let at_once = (0..).zip(&arrived).filter(|(number, when)| **when == Some(*number)).count() as u64;
    assert!(at_once > MESSAGES * 80 / 100, "{at_once} messages came within ten minutes");

    // Chip wear: one signature a token, and one for each exchange that failed.
    assert_eq!(counters.signatures, chip.signatures.get());
    assert!(counters.signatures < counters.logins * 3 / 2, "{counters:?}");

    // As much memory after three months as after three days.
    let (early, late) = (heaps[3..10].iter().max().unwrap(), heaps[80..].iter().max().unwrap());
    assert!(late - early < 4096, "{early} bytes of heap became {late}: {heaps:?}");
}
