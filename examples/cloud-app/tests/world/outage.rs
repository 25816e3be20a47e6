//! Months of bad luck, the same each time.

use super::{DAY, HOUR, MINUTE, World, pass};
use crate::chip::SoftChip;
use atecc608_cloud::federation::{PUBSUB_HOST, STS_HOST};
use cloud_app::NetworkError;
use fastrand::Rng;
use mock_servers::sntp::Manner;
use std::cell::RefCell;
use std::rc::Rc;

/// How long a device may take to notice: the time to the next ping and its time-out.
const NOTICE: u64 = 450_000 + 20_000;
/// How long it may wait when the cause is gone: the longest wait, and a connection.
const RETURN: u64 = 5 * MINUTE + 60_000;

/// What went wrong, from and to.
#[derive(Debug)]
pub(crate) struct Outages(RefCell<Vec<(u64, u64, &'static str)>>);

impl Outages {
    /// None yet, and room for all.
    pub(crate) fn none() -> Self {
        Self(RefCell::new(Vec::with_capacity(1000)))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// Whether an absence from `from` to `to` has a cause.
    pub(crate) fn explain(&self, from: u64, to: u64) -> bool {
        let mut covered = from;
        for (start, end, _) in self.0.borrow().iter() {
            if *start <= covered {
                covered = covered.max(end + NOTICE + RETURN);
            }
        }
        covered >= to
    }

    fn note(&self, start: u64, world: &World, what: &'static str) {
        self.0.borrow_mut().push((start, world.elapsed_ms(), what));
    }

    /// Network, servers and chip fail, one after the other, for so many days.
    pub(crate) async fn happen(&self, world: &Rc<World>, chip: &SoftChip, days: u64, rng: &mut Rng) {
        while world.elapsed_ms() < days * DAY {
            pass(rng.u64(2 * HOUR..14 * HOUR)).await;
            let start = world.elapsed_ms();
            match rng.u32(..6) {
                0 => {
                    world.network.set(Some(NetworkError::NoLink));
                    world.freeze_all();
                    pass(rng.u64(MINUTE..6 * HOUR)).await;
                    self.note(start, world, "no Wi-Fi");
                }
                1 => {
                    world.network.set(Some(NetworkError::Refused));
                    world.close_all();
                    pass(rng.u64(5_000..10 * MINUTE)).await;
                    self.note(start, world, "servers restart");
                }
                2 => {
                    world.network.set(Some(NetworkError::Dns));
                    pass(rng.u64(HOUR..4 * HOUR)).await;
                    self.note(start, world, "no DNS");
                }
                3 => {
                    world.freeze_all();
                    self.note(start, world, "half open");
                }
                4 => {
                    world.close_all();
                    self.note(start, world, "connections closed");
                }
                _ => {
                    chip.unplugged.set(true);
                    pass(rng.u64(10 * MINUTE..2 * HOUR)).await;
                    chip.unplugged.set(false);
                    self.note(start, world, "chip unplugged");
                }
            }
            world.network.set(None);
        }
    }

    /// Google's services are busy, each at its own times.
    pub(crate) async fn keep_busy(&self, world: &Rc<World>, days: u64, rng: &mut Rng) {
        while world.elapsed_ms() < days * DAY {
            pass(rng.u64(6 * HOUR..DAY)).await;
            let host = [STS_HOST, PUBSUB_HOST][rng.usize(..2)];
            let busy = [(503, None), (429, Some(30)), (500, None)][rng.usize(..3)];
            world.google.state().busy.insert(host, busy);
            pass(rng.u64(MINUTE..2 * HOUR)).await;
            world.google.state().busy.clear();
        }
    }

    /// The time server is away for a day or two at a time, and lies in between.
    pub(crate) async fn lose_time(&self, world: &Rc<World>, days: u64, rng: &mut Rng) {
        while world.elapsed_ms() < days * DAY {
            pass(rng.u64(DAY..4 * DAY)).await;
            let manners =
                [Manner::Silent, Manner::Off(-90_000), Manner::KissOfDeath(*b"RATE"), Manner::Off(90_000)];
            world.time.set(manners[rng.usize(..manners.len())]);
            pass(rng.u64(DAY..2 * DAY)).await;
            world.time.set(Manner::Honest);
        }
    }
}
