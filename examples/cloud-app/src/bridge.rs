//! Stays logged in to the bridge: time, connection, token, login, messages, renewal; again after a failure.

mod config;
mod failure;
mod talk;

pub use config::BridgeConfig;

use crate::clock::within;
use crate::event::{Event, Observer, Step};
use crate::online::Online;
use crate::rounds::Rounds;
use crate::timing::ping_ms;
use crate::trouble::{Trouble, dial as open, not_signed};
use crate::{Clock, Dial, Outbox, TimeKeeper};
use atecc608_cloud::mqtt::{Inbox, Session, TOKEN_MAX, TRANSMIT_BUFFER, Token};
use atecc608_cloud::token::TokenSigner;
use core::convert::Infallible;
use core::fmt::Display;
use talk::BridgeTalk;

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
    rounds: Rounds<'a>,
    transmit: [u8; TRANSMIT_BUFFER],
    token: [u8; TOKEN_MAX],
    payload: [u8; BYTES],
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
            rounds: Rounds::new(time, config.backoff, parts.seed),
            parts,
            transmit: [0; TRANSMIT_BUFFER],
            token: [0; TOKEN_MAX],
            payload: [0; BYTES],
        }
    }

    /// The time, as far as it is known.
    #[must_use]
    pub const fn time(&self) -> &TimeKeeper<'a> {
        &self.rounds.time
    }

    /// Stays logged in for ever. Whatever fails is told to the observer and tried again.
    pub async fn run(&mut self) -> Infallible {
        self.rounds.spread(&self.parts.clock, self.config.timing.start_spread_ms).await;
        loop {
            self.round().await;
        }
    }

    /// One connection, from the clock to its end, and the wait that is due after it: none after a renewal.
    pub async fn round(&mut self) {
        let end = self.connection().await;
        let Self { parts, rounds, .. } = self;
        rounds.settle(end, &parts.clock, parts.outbox, &mut parts.observer).await;
    }

    /// Connects and stays until the login must be renewed.
    async fn connection(&mut self) -> Result<(), Trouble> {
        let Self { config, parts, rounds, transmit, token, payload } = self;
        let Rounds { time, rng, backoff, dropped } = rounds;
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
            Ok(Err(error)) => return Err(not_signed(&error, observer)),
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
        let renewal_ms = timing.renewal_ms(config.lifetime.as_secs(), rng);
        observer.event(&Event::LoggedIn { server, renewal_s: renewal_ms / 1000, token: true });
        let online = Online {
            talk: BridgeTalk { session, inbox },
            clock,
            observer,
            outbox,
            payload,
            dropped,
            timing,
            ping_ms: ping_ms(config.keep_alive.as_secs()),
            renew_at_ms: issued_ms.saturating_add(renewal_ms),
        };
        online.run(backoff).await
    }
}
