//! Stays logged in to the bridge: time, connection, token, login, messages, renewal; again after a failure.

mod config;
mod failure;
mod online;

pub use config::{BridgeConfig, Timing};

use crate::clock::within;
use crate::event::{Event, Observer, Step};
use crate::trouble::{Trouble, dial as open};
use crate::{Backoff, Clock, Dial, Outbox, TimeKeeper};
use atecc608_cloud::mqtt::{Inbox, TOKEN_MAX, Token};
use atecc608_cloud::mqtt::{Session, TRANSMIT_BUFFER};
use atecc608_cloud::token::{TokenError, TokenSigner};
use core::convert::Infallible;
use core::fmt::Display;
use fastrand::Rng;
use online::Online;

/// What a [`Bridge`] works with.
#[derive(Debug)]
pub struct Parts<'a, D, C, S, I, O, const MESSAGES: usize, const BYTES: usize> {
    /// Opens trusted connections.
    pub dial: D,
    /// Uptime and timer.
    pub clock: C,
    /// The chip.
    pub signer: S,
    /// Takes configuration and commands.
    pub inbox: I,
    /// Hears what happens.
    pub observer: O,
    /// What is to be sent.
    pub outbox: &'a Outbox<MESSAGES, BYTES>,
    /// For one message of the server's, topic included: the bridge's configurations may have 64 KB. A
    /// longer one ends the connection.
    pub receive: &'a mut [u8],
    /// Starts the drawing of waits. It must differ from device to device, such as random bytes of the chip's
    /// or its serial number, or a fleet moves as one.
    pub seed: u64,
}

/// A device at the bridge.
///
/// It needs no heap, and about `BYTES` and 2 KB beside the receive buffer. Every future of it may be dropped
/// at any time: what was not acknowledged is still in the outbox, and the next call starts anew.
#[derive(Debug)]
pub struct Bridge<'a, D, C, S, I, O, const MESSAGES: usize, const BYTES: usize> {
    config: BridgeConfig<'a>,
    parts: Parts<'a, D, C, S, I, O, MESSAGES, BYTES>,
    time: TimeKeeper<'a>,
    rng: Rng,
    backoff: Backoff,
    transmit: [u8; TRANSMIT_BUFFER],
    token: [u8; TOKEN_MAX],
    payload: [u8; BYTES],
    dropped: u64,
}

impl<'a, D, C, S, I, O, const MESSAGES: usize, const BYTES: usize> Bridge<'a, D, C, S, I, O, MESSAGES, BYTES>
where
    D: Dial,
    C: Clock,
    S: TokenSigner<Error: Display>,
    I: Inbox,
    O: Observer,
{
    /// Not connected yet. `time` may be set already, and is asked for back with [`time`](Self::time).
    pub fn new(
        config: BridgeConfig<'a>,
        time: TimeKeeper<'a>,
        parts: Parts<'a, D, C, S, I, O, MESSAGES, BYTES>,
    ) -> Self {
        Self {
            config,
            time,
            rng: Rng::with_seed(parts.seed),
            parts,
            backoff: config.backoff,
            transmit: [0; TRANSMIT_BUFFER],
            token: [0; TOKEN_MAX],
            payload: [0; BYTES],
            dropped: 0,
        }
    }

    /// The time, as far as it is known.
    #[must_use]
    pub const fn time(&self) -> &TimeKeeper<'a> {
        &self.time
    }

    /// Stays logged in for ever. Whatever fails is told to the observer and tried again.
    pub async fn run(&mut self) -> Infallible {
        let spread = self.rng.u64(..=self.config.timing.start_spread_ms);
        self.parts.clock.sleep_ms(spread).await;
        loop {
            self.round().await;
        }
    }

    /// One connection, from the clock to its end, and the wait that is due after it: none after a renewal.
    pub async fn round(&mut self) {
        let end = self.connection().await;
        self.parts.outbox.release();
        self.report_dropped();
        if let Err(trouble) = end {
            if trouble.clock {
                self.time.doubt();
            }
            let ms = trouble.wait_ms(&mut self.backoff, &mut self.rng, &mut self.parts.observer);
            self.parts.clock.sleep_ms(ms).await;
        }
    }

    /// Connects and stays until the login must be renewed.
    async fn connection(&mut self) -> Result<(), Trouble> {
        let Self { config, parts, time, rng, backoff, transmit, token, payload, dropped } = self;
        let Parts { dial, clock, signer, inbox, observer, outbox, receive, .. } = parts;
        let (server, timing) = (config.server, config.timing);
        // A run that was dropped may have left a message marked.
        outbox.release();
        let now = time.ensure(dial.network(), clock, rng, observer).await.map_err(Trouble::at)?;

        let transport = open(dial, clock, &server, now, timing.dial_ms, observer).await?;
        let issued_ms = clock.uptime_ms();
        let now = time.unix_clock().now(issued_ms).unwrap_or_default();
        let issue = Token::issue(&config.device, now, config.lifetime, signer, token);
        let token = match within(clock, timing.sign_ms, issue).await {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => {
                observer.event(&Event::NotSigned { cause: &error });
                return Err(if matches!(error, TokenError::Signer(_)) {
                    Trouble::QUICK
                } else {
                    Trouble::SLOW
                });
            }
            Err(_) => return Err(Trouble::timed_out(Step::Sign, timing.sign_ms, observer)),
        };
        observer.event(&Event::Signed { expires: token.expires() });

        let connect =
            Session::connect(transport, config.device, token.as_str(), config.keep_alive, receive, transmit);
        let session = match within(clock, timing.answer_ms, connect).await {
            Ok(Ok(session)) => session,
            Ok(Err(error)) => return Err(failure::of_login(&error, observer)),
            Err(_) => return Err(Trouble::timed_out(Step::Login, timing.answer_ms, observer)),
        };
        // The server has accepted what this clock says.
        time.trust();
        let renewal_ms = config.renewal_ms(rng);
        observer.event(&Event::LoggedIn { server, renewal_s: renewal_ms / 1000 });
        let online = Online {
            session,
            clock,
            inbox,
            observer,
            outbox,
            payload,
            dropped,
            timing,
            ping_ms: config.ping_ms(),
            renew_at_ms: issued_ms.saturating_add(renewal_ms),
        };
        let since_ms = clock.uptime_ms();
        let end = online.run().await;
        if clock.uptime_ms().saturating_sub(since_ms) >= timing.stable_ms {
            backoff.reset();
        }
        end
    }

    fn report_dropped(&mut self) {
        report_dropped(self.parts.outbox, &mut self.dropped, &mut self.parts.observer);
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
