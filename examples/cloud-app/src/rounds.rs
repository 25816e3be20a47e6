//! From one connection to the next: the time, the waits, and what was dropped meanwhile.

use crate::event::{Event, Observer};
use crate::trouble::Trouble;
use crate::{Backoff, Clock, Outbox, TimeKeeper};
use fastrand::Rng;

/// What outlives a connection.
#[derive(Debug)]
pub(crate) struct Rounds<'a> {
    pub(crate) time: TimeKeeper<'a>,
    pub(crate) rng: Rng,
    pub(crate) backoff: Backoff,
    /// Messages dropped, as far as that was told.
    pub(crate) dropped: u64,
}

impl<'a> Rounds<'a> {
    pub(crate) fn new(time: TimeKeeper<'a>, backoff: Backoff, seed: u64) -> Self {
        Self { time, rng: Rng::with_seed(seed), backoff, dropped: 0 }
    }

    /// Waits up to so long before the first connection.
    pub(crate) async fn spread<C: Clock>(&mut self, clock: &C, spread_ms: u64) {
        let ms = self.rng.u64(..=spread_ms);
        clock.sleep_ms(ms).await;
    }

    /// After a connection: what was being sent waits again, and after a failure so does the device.
    pub(crate) async fn settle<C: Clock, O: Observer, const MESSAGES: usize, const BYTES: usize>(
        &mut self,
        end: Result<(), Trouble>,
        clock: &C,
        outbox: &Outbox<MESSAGES, BYTES>,
        observer: &mut O,
    ) {
        outbox.release();
        report_dropped(outbox, &mut self.dropped, observer);
        if let Err(trouble) = end {
            if trouble.clock {
                self.time.doubt();
            }
            let ms = trouble.wait_ms(&mut self.backoff, &mut self.rng, observer);
            clock.sleep_ms(ms).await;
        }
    }
}

/// Tells the observer if messages were dropped since the last time.
pub(crate) fn report_dropped<O: Observer, const MESSAGES: usize, const BYTES: usize>(
    outbox: &Outbox<MESSAGES, BYTES>,
    reported: &mut u64,
    observer: &mut O,
) {
    let dropped = outbox.stats().dropped;
    let count = dropped.saturating_sub(*reported);
    if count > 0 {
        *reported = dropped;
        observer.event(&Event::Dropped { count });
    }
}
