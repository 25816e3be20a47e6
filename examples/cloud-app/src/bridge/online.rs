//! A connection that is logged in: everything until it ends.

use super::failure::of_session;
use super::{Timing, report_dropped};
use crate::clock::within;
use crate::event::{Event, Observer, Step};
use crate::trouble::Trouble;
use crate::{Clock, Outbox};
use atecc608_cloud::mqtt::Session;
use atecc608_cloud::mqtt::{Inbox, SessionError};
use core::fmt::Display;
use core::future::Future;
use embassy_futures::select::{Either3, select3};
use embedded_io_async::{Read, Write};

pub(super) struct Online<'o, 's, T, C, I, O, const MESSAGES: usize, const BYTES: usize> {
    pub(super) session: Session<'s, T>,
    pub(super) clock: &'o C,
    pub(super) inbox: &'o mut I,
    pub(super) observer: &'o mut O,
    pub(super) outbox: &'o Outbox<MESSAGES, BYTES>,
    pub(super) payload: &'o mut [u8; BYTES],
    pub(super) dropped: &'o mut u64,
    pub(super) timing: Timing,
    /// Idle time after which to ping.
    pub(super) ping_ms: u64,
    /// Uptime at which to renew.
    pub(super) renew_at_ms: u64,
}

impl<T: Read + Write, C: Clock, I: Inbox, O: Observer, const MESSAGES: usize, const BYTES: usize>
    Online<'_, '_, T, C, I, O, MESSAGES, BYTES>
{
    /// Serves the connection until the login must be renewed, and logs out then.
    pub(super) async fn run(mut self) -> Result<(), Trouble> {
        let subscribe = self.session.subscribe(self.inbox);
        in_time(self.clock, self.timing, Step::Subscribe, self.observer, subscribe).await?;
        let mut last_ms = self.clock.uptime_ms();
        while self.clock.uptime_ms() < self.renew_at_ms {
            if let Some(skipped) = self.session.take_skipped() {
                self.observer.event(&Event::Skipped(skipped));
            }
            if self.send().await? {
                last_ms = self.clock.uptime_ms();
                continue;
            }
            let ping_at_ms = last_ms.saturating_add(self.ping_ms);
            let wait_ms = ping_at_ms.min(self.renew_at_ms).saturating_sub(self.clock.uptime_ms());
            let arrival = self.session.arrival();
            match select3(arrival, self.outbox.filled(), self.clock.sleep_ms(wait_ms)).await {
                Either3::First(Ok(())) => {
                    // It is here, so this only takes time if the acknowledgement does.
                    let receive = self.session.receive(self.inbox);
                    in_time(self.clock, self.timing, Step::Receive, self.observer, receive).await?;
                }
                Either3::First(Err(error)) => return Err(of_session(&error, self.observer)),
                Either3::Second(()) => {}
                Either3::Third(()) if self.clock.uptime_ms() >= ping_at_ms => {
                    let ping = self.session.ping(self.inbox);
                    in_time(self.clock, self.timing, Step::Ping, self.observer, ping).await?;
                    last_ms = self.clock.uptime_ms();
                }
                Either3::Third(()) => {}
            }
        }
        self.observer.event(&Event::Renewing);
        // The server closes anyway; a farewell that fails changes nothing.
        let _ = within(self.clock, self.timing.answer_ms, self.session.disconnect()).await;
        Ok(())
    }

    /// Publishes one thing that waits, the state first. False if nothing does.
    async fn send(&mut self) -> Result<bool, Trouble> {
        report_dropped(self.outbox, self.dropped, self.observer);
        if let Some((length, version)) = self.outbox.state(self.payload) {
            let state = self.payload.get(..length).unwrap_or_default();
            let publish = self.session.publish_state(state, self.inbox);
            let sent = in_time(self.clock, self.timing, Step::Publish, self.observer, publish).await;
            if sent.is_err_and(|trouble| trouble.cut)
                && let Some((length, tries)) = self.outbox.strike_state(version)
            {
                self.observer.event(&Event::GivenUp { length, tries, state: true });
            }
            sent?;
            self.outbox.state_acknowledged(version);
            self.observer.event(&Event::StatePublished { length });
            return Ok(true);
        }
        if let Some(message) = self.outbox.take(self.payload) {
            let payload = self.payload.get(..message.length).unwrap_or_default();
            let publish = self.session.publish_telemetry(message.subfolder, payload, self.inbox);
            let sent = in_time(self.clock, self.timing, Step::Publish, self.observer, publish).await;
            if sent.is_err_and(|trouble| trouble.cut)
                && let Some((length, tries)) = self.outbox.strike()
            {
                self.observer.event(&Event::GivenUp { length, tries, state: false });
                // It was told just now.
                *self.dropped = self.dropped.saturating_add(1);
            }
            sent?;
            self.outbox.acknowledge();
            let waiting = self.outbox.stats().waiting;
            self.observer.event(&Event::Published { length: message.length, waiting });
            return Ok(true);
        }
        Ok(false)
    }
}

/// Runs one step with its time-out; a failure goes to the observer.
async fn in_time<C: Clock, O: Observer, E: Display>(
    clock: &C,
    timing: Timing,
    step: Step,
    observer: &mut O,
    work: impl Future<Output = Result<(), SessionError<E>>>,
) -> Result<(), Trouble> {
    match within(clock, timing.answer_ms, work).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(of_session(&error, observer)),
        Err(_) => Err(Trouble::timed_out(step, timing.answer_ms, observer)),
    }
}
