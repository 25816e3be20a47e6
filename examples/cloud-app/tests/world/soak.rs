//! Days at the bridge or the broker in virtual time, with outages: no renewal is missed, no message is lost without being
//! counted, no memory leaks.

use super::outage::Outages;
use super::record::Record;
use super::{MINUTE, Mail, Received, TIME, World, WorldClock, config, pass};
use crate::chip::SoftChip;
use cloud_app::{Bridge, Dial, Parts, TimeKeeper, UnixClock};
use std::convert::Infallible;
use std::rc::Rc;

/// What the caller may look at, too.
pub(crate) struct Soaked {
    pub(crate) outages: usize,
    pub(crate) renewals: u32,
    /// Heap in use at the end of each day, in bytes.
    pub(crate) heaps: Vec<isize>,
}

/// What a server has seen since it was last asked, which it forgets.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) complaints: Vec<String>,
    /// Telemetry.
    pub(crate) payloads: Vec<String>,
}

/// So many days at the bridge.
pub(crate) async fn soak<D: Dial>(
    world: &Rc<World>,
    dial: D,
    chip: &SoftChip,
    days: u64,
    heap: impl Fn() -> isize,
) -> Soaked {
    let (outbox, mut receive) = (Mail::new(), [0; 256]);
    let (record, received) = (Record::essential(world), Received::default());
    let parts = Parts {
        dial,
        clock: WorldClock(Rc::clone(world)),
        signer: chip.clone(),
        inbox: received.clone(),
        observer: record.clone(),
        outbox: &outbox,
        receive: &mut receive,
        seed: 90,
    };
    let time = TimeKeeper::new(TIME, UnixClock::default(), 4 * 3600);
    let mut bridge = Bridge::new(config(), time, parts);
    let taken = || {
        received.0.borrow_mut().clear();
        let seen = world.service.take_seen();
        let telemetry = seen.published.into_iter().filter(|message| message.topic.ends_with("/events"));
        Taken { complaints: seen.complaints, payloads: telemetry.map(|message| message.payload).collect() }
    };
    let device = async { bridge.run().await };
    Soak { world, chip, days, record: &record, outbox: &outbox }.run(device, taken, heap).await
}

/// Days of a device.
pub(crate) struct Soak<'a> {
    pub(crate) world: &'a Rc<World>,
    pub(crate) chip: &'a SoftChip,
    pub(crate) days: u64,
    pub(crate) record: &'a Record,
    pub(crate) outbox: &'a Mail,
}

impl Soak<'_> {
    /// A message every ten minutes. `taken` tells what the server has, `heap` how many bytes are in use.
    pub(crate) async fn run(
        self,
        device: impl Future<Output = Infallible>,
        taken: impl Fn() -> Taken,
        heap: impl Fn() -> isize,
    ) -> Soaked {
        let Self { world, chip, days, record, outbox } = self;
        let outages = Outages::none();
        // Nothing of the test's own may grow meanwhile.
        let mut arrived = vec![false; (days * 144) as usize];
        let (mut copies, mut complaints, mut heaps) = (0, vec![], Vec::with_capacity(days as usize));
        let produce = async {
            for number in 0..days * 144 {
                outbox.publish(None, number.to_string().as_bytes()).unwrap();
                pass(10 * MINUTE).await;
                if number % 144 == 143 {
                    // What the servers remember is not the device's.
                    let taken = taken();
                    complaints.extend(taken.complaints);
                    for payload in taken.payloads {
                        copies += 1;
                        arrived[payload.parse::<usize>().unwrap()] = true;
                    }
                    heaps.push(heap());
                }
            }
        };
        let (mut luck, mut hours) = (fastrand::Rng::with_seed(1), fastrand::Rng::with_seed(2));
        let bad_luck = async {
            tokio::join!(
                outages.happen(world, chip, days - 1, &mut luck),
                outages.lose_time(world, days - 3, &mut hours)
            );
        };
        tokio::select! {
            biased;
            never = device => match never {},
            _ = async { tokio::join!(produce, bad_luck) } => {}
        }

        let (counters, stats) = (record.counters.get(), outbox.stats());
        let absences = record.absences();
        let away: u64 = absences.iter().map(|(from, to)| to - from).sum();
        println!(
            "{days} days: {} outages, {} logins, {} renewals, {} refused, {} signatures; {} messages: {} acknowledged, \
         {} dropped, {} sent again; away {} minutes in all",
            outages.count(),
            counters.logins,
            counters.renewals,
            counters.refused,
            counters.signatures,
            stats.accepted,
            stats.acknowledged,
            stats.dropped,
            stats.repeated,
            away / MINUTE,
        );

        // No token was at its end while connected, none was refused, and nothing else annoyed the bridge.
        assert_eq!(complaints, Vec::<String>::new());
        assert_eq!(counters.refused, 0);
        // Each absence has a cause.
        for (from, to) in &absences {
            assert!(outages.explain(*from, *to), "away from {from} to {to} ms without a cause");
        }
        // A renewal takes seconds, unless something was wrong.
        let renewals = counters.renewals as usize;
        assert!(record.quick_renewals() > renewals * 95 / 100, "{} of {renewals}", record.quick_renewals());

        // Every message was acknowledged or counted.
        assert_eq!(stats.accepted, days * 144);
        assert_eq!(stats.accepted, stats.acknowledged + stats.dropped + stats.waiting as u64);
        assert_eq!(counters.dropped, stats.dropped);
        let arrived = arrived.into_iter().filter(|arrived| *arrived).count() as u64;
        assert!(arrived >= stats.acknowledged);
        assert!(stats.accepted - arrived <= stats.dropped + stats.waiting as u64);
        assert!(copies <= stats.acknowledged + stats.repeated, "more copies than were sent again");

        // Chip wear: one signature a login, and a few for logins that failed.
        assert_eq!(counters.signatures, chip.signatures.get());
        assert!(counters.signatures >= counters.logins);
        assert!(counters.signatures - counters.logins <= outages.count() as u32 / 4, "{counters:?}");

        Soaked { outages: outages.count(), renewals: counters.renewals, heaps }
    }
}
