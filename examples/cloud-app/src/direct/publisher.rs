//! Publishing with one access token.

use super::DirectConfig;
use super::access::{bad_host, host};
use super::failure::{is_refused, is_unsendable, needs_token, of_service};
use crate::clock::within;
use crate::event::{Event, Observer, Step};
use crate::rounds::report_dropped;
use crate::trouble::{Trouble, dial as open};
use crate::{Backoff, Clock, Dial, Outbox, Pace};
use atecc608_cloud::federation::{AccessToken, Connection, FederationError, Message, publish};
use core::fmt::Display;
use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use fastrand::Rng;

pub(super) struct Publisher<'p, 'a, D, C, O, const MESSAGES: usize, const BYTES: usize> {
    pub(super) config: &'p DirectConfig<'a>,
    pub(super) dial: &'p mut D,
    pub(super) clock: &'p C,
    pub(super) observer: &'p mut O,
    pub(super) outbox: &'p Outbox<MESSAGES, BYTES>,
    pub(super) access: &'p AccessToken<'p>,
    pub(super) work: &'p mut [u8],
    pub(super) payload: &'p mut [u8; BYTES],
    pub(super) dropped: &'p mut u64,
    /// Unix time less uptime, in seconds.
    pub(super) now_offset: u64,
    /// Uptime at which the access token must be renewed.
    pub(super) renew_at_ms: u64,
}

/// Why no more is published with this token.
pub(super) enum End {
    /// It is time for the next one.
    Due,
    /// Pub/Sub does not take it.
    Refused(Trouble),
}

/// Why a connection to Pub/Sub ends.
enum Leave {
    /// There was nothing to send for a while, or the token is due, or the server closes.
    Idle,
    Failed(Trouble),
    Token(Trouble),
}

impl<D: Dial, C: Clock, O: Observer, const MESSAGES: usize, const BYTES: usize>
    Publisher<'_, '_, D, C, O, MESSAGES, BYTES>
{
    /// Publishes what comes until the token must be renewed. Failures that another token does not cure are
    /// waited out here, so that they cost neither signatures nor exchanges.
    pub(super) async fn run(mut self, backoff: &mut Backoff, rng: &mut Rng) -> End {
        while let Some(left_ms) = self.left_ms() {
            if let Either::Second(()) = select(self.outbox.filled(), self.clock.sleep_ms(left_ms)).await {
                continue;
            }
            let sent_before = self.outbox.stats().acknowledged;
            let left = self.connection().await;
            self.outbox.release();
            report_dropped(self.outbox, self.dropped, self.observer);
            if self.outbox.stats().acknowledged > sent_before {
                backoff.reset();
            }
            match left {
                Leave::Idle => {}
                Leave::Token(trouble) => return End::Refused(trouble),
                Leave::Failed(trouble) => {
                    let ms = trouble.wait_ms(backoff, rng, self.observer);
                    self.clock.sleep_ms(ms).await;
                }
            }
        }
        // A whole token's life: whatever failed is over.
        backoff.reset();
        self.observer.event(&Event::Renewing);
        End::Due
    }

    /// Time until the token must be renewed; none if that is now.
    fn left_ms(&self) -> Option<u64> {
        self.renew_at_ms.checked_sub(self.clock.uptime_ms()).filter(|left| *left > 0)
    }

    async fn connection(&mut self) -> Leave {
        let (server, timing) = (self.config.pubsub, self.config.timing);
        let now = self.now_offset.saturating_add(self.clock.uptime_ms() / 1000);
        let opened = open(self.dial, self.clock, &server, now, timing.dial_ms, self.observer).await;
        let transport = match opened {
            Ok(transport) => transport,
            Err(trouble) => return Leave::Failed(trouble),
        };
        let host = host(&server);
        let connection = match Connection::new(transport, &host) {
            Ok(connection) => connection,
            Err(error) => return Leave::Failed(bad_host(&error, server, self.observer)),
        };
        let mut burst = Burst {
            config: self.config,
            clock: self.clock,
            observer: self.observer,
            outbox: self.outbox,
            access: self.access,
            work: self.work,
            payload: self.payload,
            dropped: self.dropped,
            renew_at_ms: self.renew_at_ms,
        };
        burst.run(connection).await
    }
}

/// Messages over one connection.
struct Burst<'p, 'a, C, O, const MESSAGES: usize, const BYTES: usize> {
    config: &'p DirectConfig<'a>,
    clock: &'p C,
    observer: &'p mut O,
    outbox: &'p Outbox<MESSAGES, BYTES>,
    access: &'p AccessToken<'p>,
    work: &'p mut [u8],
    payload: &'p mut [u8; BYTES],
    dropped: &'p mut u64,
    renew_at_ms: u64,
}

impl<C: Clock, O: Observer, const MESSAGES: usize, const BYTES: usize> Burst<'_, '_, C, O, MESSAGES, BYTES> {
    async fn run<T: Read + Write>(&mut self, mut connection: Connection<'_, T>) -> Leave {
        let mut used = false;
        loop {
            let left_ms = self.renew_at_ms.saturating_sub(self.clock.uptime_ms());
            if left_ms == 0 || !connection.is_open() {
                return Leave::Idle;
            }
            report_dropped(self.outbox, self.dropped, self.observer);
            if let Some((length, version)) = self.outbox.state(self.payload) {
                let kind = ("kind", "state");
                match self.publish(&mut connection, length, kind, Some(version), used).await {
                    Ok(Sent::Taken) => {
                        self.outbox.state_acknowledged(version);
                        self.observer.event(&Event::StatePublished { length });
                    }
                    Ok(Sent::Never) => self.outbox.discard_state(version),
                    Ok(Sent::GivenUp) => {}
                    Err(leave) => return leave,
                }
            } else if let Some(message) = self.outbox.take(self.payload) {
                let subfolder = ("subFolder", message.subfolder.unwrap_or_default());
                match self.publish(&mut connection, message.length, subfolder, None, used).await {
                    Ok(Sent::Taken) => {
                        self.outbox.acknowledge();
                        let waiting = self.outbox.stats().waiting;
                        self.observer.event(&Event::Published { length: message.length, waiting });
                    }
                    Ok(Sent::Never) => {
                        self.outbox.discard();
                        // It was told already why.
                        *self.dropped = self.dropped.saturating_add(1);
                    }
                    // It was told already why.
                    Ok(Sent::GivenUp) => *self.dropped = self.dropped.saturating_add(1),
                    Err(leave) => return leave,
                }
            } else {
                let idle_ms = self.config.idle_ms.min(left_ms);
                if let Either::Second(()) = select(self.outbox.filled(), self.clock.sleep_ms(idle_ms)).await {
                    return Leave::Idle;
                }
                continue;
            }
            used = true;
        }
    }

    async fn publish<T: Read + Write>(
        &mut self,
        connection: &mut Connection<'_, T>,
        length: usize,
        attribute: (&str, &str),
        state: Option<u32>,
        used: bool,
    ) -> Result<Sent, Leave> {
        let (server, limit_ms) = (self.config.pubsub, self.config.timing.answer_ms);
        let device = ("deviceId", self.config.identity.subject());
        let attributes = [device, attribute];
        let count = if attribute.1.is_empty() { 1 } else { 2 };
        let message = Message {
            data: self.payload.get(..length).unwrap_or_default(),
            attributes: attributes.get(..count).unwrap_or_default(),
        };
        let messages = [message];
        let call = publish(connection, &self.config.topic, self.access, &messages, self.work);
        let error = match within(self.clock, limit_ms, call).await {
            Ok(Ok(_)) => return Ok(Sent::Taken),
            Ok(Err(error)) => error,
            Err(_) => {
                let trouble = Trouble::timed_out(Step::Publish, limit_ms, self.observer);
                return Err(Leave::Failed(trouble));
            }
        };
        if is_unsendable(&error) {
            self.observer.event(&Event::Unsendable { cause: &error });
            return Ok(Sent::Never);
        }
        if used && stale(&error) {
            // The server had closed it for being idle; that is no failure.
            return Err(Leave::Idle);
        }
        let trouble = of_service(&error, server, self.observer);
        if is_refused(&error) {
            let given_up = match state {
                Some(version) => self.outbox.strike_state(version),
                None => self.outbox.strike(),
            };
            if let Some((length, tries)) = given_up {
                self.observer.event(&Event::GivenUp { length, tries, state: state.is_some() });
                return Ok(Sent::GivenUp);
            }
            // The others need not wait for long.
            return Err(Leave::Failed(Trouble { pace: Pace::Quick, ..trouble }));
        }
        Err(if needs_token(&error) { Leave::Token(Trouble::QUICK) } else { Leave::Failed(trouble) })
    }
}

/// What became of a message.
enum Sent {
    Taken,
    /// It can't be sent.
    Never,
    /// The server has refused it too often, and it is out.
    GivenUp,
}

/// Whether the connection had been closed before the request.
fn stale<E: Display>(error: &FederationError<E>) -> bool {
    matches!(error, FederationError::Transport(_) | FederationError::Closed { received: 0 })
}
