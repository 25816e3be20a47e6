//! A connection that is logged in: everything until it ends.

use crate::clock::within;
use crate::event::{Event, Observer, Step};
use crate::rounds::report_dropped;
use crate::trouble::Trouble;
use crate::{Backoff, Clock, Outbox, Timing};
use atecc608_cloud::mqtt::{Skipped, TopicError};
use core::fmt::{self, Display};
use core::future::Future;
use embassy_futures::select::{Either3, select3};
use embassy_futures::yield_now;

/// What is said over a connection: the topics of a bridge, or an application's own.
///
/// Each call but [`arrival`](Self::arrival) must run to its end, or the connection is given up.
pub(crate) trait Talk {
    type Error: Display;

    /// What a failure means, of which the observer hears here.
    fn trouble<O: Observer>(error: &Self::Error, observer: &mut O) -> Trouble;

    async fn subscribe(&mut self) -> Result<(), Self::Error>;

    /// Waits until a whole packet is there; may be dropped.
    async fn arrival(&mut self) -> Result<(), Self::Error>;

    async fn receive(&mut self) -> Result<(), Self::Error>;

    async fn ping(&mut self) -> Result<(), Self::Error>;

    /// Publishes what the application has to say beside the outbox; `None` if there is nothing.
    async fn publish_own(&mut self, scratch: &mut [u8]) -> Result<Option<Sent>, Self::Error> {
        let _ = scratch;
        Ok(None)
    }

    async fn publish_state(&mut self, payload: &[u8]) -> Result<Sent, Self::Error>;

    async fn publish_telemetry(
        &mut self,
        subfolder: Option<&'static str>,
        payload: &[u8],
    ) -> Result<Sent, Self::Error>;

    fn take_skipped(&mut self) -> Option<Skipped>;

    /// Whether the application wants another connection.
    fn wants_renewal(&self) -> bool {
        false
    }

    async fn disconnect(self) -> Result<(), Self::Error>;
}

/// The server has it: so many bytes of payload. Or it can never be sent, and nothing was.
pub(crate) type Sent = Result<usize, Unsendable>;

/// Why a message can never be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsendable {
    Topic(TopicError),
    /// The topic or the payload is longer than the room for it.
    TooLong {
        length: usize,
        capacity: usize,
    },
    /// The topic does not fit the transmit buffer.
    TransmitBuffer,
}

impl Display for Unsendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(error) => error.fmt(f),
            Self::TooLong { length, capacity } => {
                write!(f, "topic or payload have {length} bytes; there is room for {capacity}")
            }
            Self::TransmitBuffer => f.write_str("its topic does not fit the transmit buffer"),
        }
    }
}

/// What became of what waits.
enum Progress {
    Sent,
    /// It can never be sent.
    Dropped,
    /// Nothing waits.
    Nothing,
}

pub(crate) struct Online<'o, K, C, O, const MESSAGES: usize, const BYTES: usize> {
    pub(crate) talk: K,
    pub(crate) clock: &'o C,
    pub(crate) observer: &'o mut O,
    pub(crate) outbox: &'o Outbox<MESSAGES, BYTES>,
    pub(crate) payload: &'o mut [u8; BYTES],
    pub(crate) dropped: &'o mut u64,
    pub(crate) timing: Timing,
    /// Idle time after which to ping.
    pub(crate) ping_ms: u64,
    /// Uptime at which to renew.
    pub(crate) renew_at_ms: u64,
}

impl<K: Talk, C: Clock, O: Observer, const MESSAGES: usize, const BYTES: usize>
    Online<'_, K, C, O, MESSAGES, BYTES>
{
    /// Serves the connection to its end. One that was stable begins the waits anew.
    pub(crate) async fn run(self, backoff: &mut Backoff) -> Result<(), Trouble> {
        let (clock, stable_ms) = (self.clock, self.timing.stable_ms);
        let since_ms = clock.uptime_ms();
        let end = self.serve().await;
        if clock.uptime_ms().saturating_sub(since_ms) >= stable_ms {
            backoff.reset();
        }
        end
    }

    /// Serves the connection until the login must be renewed, and logs out then.
    async fn serve(mut self) -> Result<(), Trouble> {
        let subscribe = self.talk.subscribe();
        in_time::<K, _, _, _>(self.clock, self.timing, Step::Subscribe, self.observer, subscribe).await?;
        let mut last_ms = self.clock.uptime_ms();
        // An application that wants it all the time gets it now and then.
        let stable_ms = last_ms.saturating_add(self.timing.stable_ms);
        while self.clock.uptime_ms() < self.renew_at_ms
            && !(self.talk.wants_renewal() && self.clock.uptime_ms() >= stable_ms)
        {
            if let Some(skipped) = self.talk.take_skipped() {
                self.observer.event(&Event::Skipped(skipped));
            }
            match self.send().await? {
                Progress::Sent => {
                    last_ms = self.clock.uptime_ms();
                    continue;
                }
                Progress::Dropped => {
                    // Nothing was waited for, and others want to run.
                    yield_now().await;
                    continue;
                }
                Progress::Nothing => {}
            }
            let ping_at_ms = last_ms.saturating_add(self.ping_ms);
            let wait_ms = ping_at_ms.min(self.renew_at_ms).saturating_sub(self.clock.uptime_ms());
            let arrival = self.talk.arrival();
            match select3(arrival, self.outbox.filled(), self.clock.sleep_ms(wait_ms)).await {
                Either3::First(Ok(())) => {
                    // It is here, so this only takes time if the acknowledgement does.
                    let receive = self.talk.receive();
                    in_time::<K, _, _, _>(self.clock, self.timing, Step::Receive, self.observer, receive)
                        .await?;
                }
                Either3::First(Err(error)) => return Err(K::trouble(&error, self.observer)),
                Either3::Second(()) => {}
                Either3::Third(()) if self.clock.uptime_ms() >= ping_at_ms => {
                    let ping = self.talk.ping();
                    in_time::<K, _, _, _>(self.clock, self.timing, Step::Ping, self.observer, ping).await?;
                    last_ms = self.clock.uptime_ms();
                }
                Either3::Third(()) => {}
            }
        }
        self.observer.event(&Event::Renewing);
        // The server closes anyway; a farewell that fails changes nothing.
        let _ = within(self.clock, self.timing.answer_ms, self.talk.disconnect()).await;
        Ok(())
    }

    /// Publishes one thing that waits: of the application's own first, the state before telemetry.
    async fn send(&mut self) -> Result<Progress, Trouble> {
        report_dropped(self.outbox, self.dropped, self.observer);
        let publish = self.talk.publish_own(self.payload);
        match in_time::<K, _, _, _>(self.clock, self.timing, Step::Publish, self.observer, publish).await? {
            None => {}
            Some(Ok(length)) => {
                self.observer.event(&Event::OwnPublished { length });
                return Ok(Progress::Sent);
            }
            Some(Err(cause)) => {
                self.observer.event(&Event::Unsendable { cause: &cause });
                return Ok(Progress::Dropped);
            }
        }
        if let Some((length, version)) = self.outbox.state(self.payload) {
            let state = self.payload.get(..length).unwrap_or_default();
            let publish = self.talk.publish_state(state);
            let sent =
                in_time::<K, _, _, _>(self.clock, self.timing, Step::Publish, self.observer, publish).await;
            if sent.is_err_and(|trouble| trouble.cut)
                && let Some((length, tries)) = self.outbox.strike_state(version)
            {
                self.observer.event(&Event::GivenUp { length, tries, state: true });
            }
            match sent? {
                Ok(length) => {
                    self.outbox.state_acknowledged(version);
                    self.observer.event(&Event::StatePublished { length });
                    return Ok(Progress::Sent);
                }
                Err(cause) => {
                    self.outbox.discard_state(version);
                    self.observer.event(&Event::Unsendable { cause: &cause });
                }
            }
            return Ok(Progress::Dropped);
        }
        if let Some(message) = self.outbox.take(self.payload) {
            let payload = self.payload.get(..message.length).unwrap_or_default();
            let publish = self.talk.publish_telemetry(message.subfolder, payload);
            let sent =
                in_time::<K, _, _, _>(self.clock, self.timing, Step::Publish, self.observer, publish).await;
            if sent.is_err_and(|trouble| trouble.cut)
                && let Some((length, tries)) = self.outbox.strike()
            {
                self.observer.event(&Event::GivenUp { length, tries, state: false });
                // It was told just now.
                *self.dropped = self.dropped.saturating_add(1);
            }
            match sent? {
                Ok(length) => {
                    self.outbox.acknowledge();
                    let waiting = self.outbox.stats().waiting;
                    self.observer.event(&Event::Published { length, waiting });
                    return Ok(Progress::Sent);
                }
                Err(cause) => {
                    self.outbox.discard();
                    self.observer.event(&Event::Unsendable { cause: &cause });
                    *self.dropped = self.dropped.saturating_add(1);
                }
            }
            return Ok(Progress::Dropped);
        }
        Ok(Progress::Nothing)
    }
}

/// Runs one step with its time-out; a failure goes to the observer.
async fn in_time<K: Talk, C: Clock, O: Observer, R>(
    clock: &C,
    timing: Timing,
    step: Step,
    observer: &mut O,
    work: impl Future<Output = Result<R, K::Error>>,
) -> Result<R, Trouble> {
    match within(clock, timing.answer_ms, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(K::trouble(&error, observer)),
        Err(_) => Err(Trouble::timed_out(step, timing.answer_ms, observer)),
    }
}
