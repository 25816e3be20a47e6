//! Publishes at Pub/Sub for ever: time, token, exchange, messages, renewal; again after a failure.

mod access;
mod config;
mod failure;
mod publisher;

pub use config::DirectConfig;

use crate::event::Observer;
use crate::rounds::Rounds;
use crate::trouble::Trouble;
use crate::{Clock, Dial, Outbox, TimeKeeper};
use atecc608_cloud::federation::FEDERATED_TOKEN_MAX;
use atecc608_cloud::token::TokenSigner;
use core::convert::Infallible;
use core::fmt::Display;
use publisher::{End, Publisher};

/// What a [`Direct`] works with.
#[derive(Debug)]
pub struct DirectParts<'a, D, C, S, O, const MESSAGES: usize, const BYTES: usize> {
    /// Opens trusted connections.
    pub dial: D,
    /// Uptime and timer.
    pub clock: C,
    /// The chip.
    pub signer: S,
    /// Hears what happens.
    pub observer: O,
    /// What is to be sent.
    pub outbox: &'a Outbox<MESSAGES, BYTES>,
    /// For the access token: [`EXCHANGE_BUFFER`](atecc608_cloud::federation::EXCHANGE_BUFFER) bytes are always enough,
    /// 4 KB are for today's tokens.
    pub access: &'a mut [u8],
    /// For requests and answers: 2 KB and 1.4 times the longest message; as much as `access` with
    /// impersonation.
    pub work: &'a mut [u8],
    /// Starts the drawing of waits; it must differ from device to device.
    pub seed: u64,
}

/// A device at Google Cloud, without a bridge.
///
/// Messages go to the topic one by one, in order, with the attribute `deviceId` (the subject) and, if they
/// have one, `subFolder`, as IoT Core did; a state has the attribute `kind` of `state`.
///
/// Every future of it may be dropped at any time: what was not acknowledged is still in the outbox, tokens
/// are wiped, and the next call starts anew.
#[derive(Debug)]
pub struct Direct<'a, D, C, S, O, const MESSAGES: usize, const BYTES: usize> {
    config: DirectConfig<'a>,
    parts: DirectParts<'a, D, C, S, O, MESSAGES, BYTES>,
    rounds: Rounds<'a>,
    token: [u8; FEDERATED_TOKEN_MAX],
    payload: [u8; BYTES],
}

impl<'a, D, C, S, O, const MESSAGES: usize, const BYTES: usize> Direct<'a, D, C, S, O, MESSAGES, BYTES>
where
    D: Dial,
    C: Clock,
    S: TokenSigner<Error: Display>,
    O: Observer,
{
    /// Not connected yet.
    pub fn new(
        config: DirectConfig<'a>,
        time: TimeKeeper<'a>,
        parts: DirectParts<'a, D, C, S, O, MESSAGES, BYTES>,
    ) -> Self {
        Self {
            config,
            rounds: Rounds::new(time, config.backoff, parts.seed),
            parts,
            token: [0; FEDERATED_TOKEN_MAX],
            payload: [0; BYTES],
        }
    }

    /// The time, as far as it is known.
    #[must_use]
    pub const fn time(&self) -> &TimeKeeper<'a> {
        &self.rounds.time
    }

    /// Publishes for ever. Whatever fails is told to the observer and tried again.
    pub async fn run(&mut self) -> Infallible {
        self.rounds.spread(&self.parts.clock, self.config.timing.start_spread_ms).await;
        loop {
            self.round().await;
        }
    }

    /// One access token, from the clock to its renewal, and the wait that is due after a failure.
    pub async fn round(&mut self) {
        let end = self.with_token().await;
        let Self { parts, rounds, .. } = self;
        rounds.settle(end, &parts.clock, parts.outbox, &mut parts.observer).await;
    }

    async fn with_token(&mut self) -> Result<(), Trouble> {
        let Self { config, parts, rounds, token, payload } = self;
        let Rounds { time, rng, backoff, dropped } = rounds;
        let DirectParts { dial, clock, signer, observer, outbox, access, work, .. } = parts;
        outbox.release();
        let now = time.ensure(dial.network(), clock, rng, observer).await.map_err(Trouble::at)?;
        let mut asking = access::Asking { config, dial: &mut *dial, clock, signer, observer, now };
        let access = asking.ask(time, token, access, work).await?;
        time.trust();
        let margin_ms = config.timing.margin_ms.saturating_add(rng.u64(..=config.timing.spread_ms));
        let renew_at_ms = access::renew_at_ms(&access, margin_ms);
        access::granted(config, renew_at_ms, clock, observer);
        let publisher = Publisher {
            config,
            dial,
            clock,
            observer,
            outbox,
            access: &access,
            work,
            payload,
            dropped,
            now_offset: now.saturating_sub(clock.uptime_ms() / 1000),
            renew_at_ms,
        };
        match publisher.run(backoff, rng).await {
            End::Due => Ok(()),
            End::Refused(trouble) => Err(trouble),
        }
    }
}
