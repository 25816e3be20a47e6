//! Stays logged in to any MQTT broker: time, connection, login, subscriptions, messages, renewal; again after a
//! failure.

mod application;
mod config;
mod credentials;
mod failure;
mod talk;
mod topic;

pub use application::{Application, Draft};
pub use config::BrokerConfig;
pub use credentials::{Credentials, NoPassword, Password, TokenPassword};
pub use topic::{TOPIC_MAX, Topic};

use crate::clock::within;
use crate::event::{Event, Observer, Step};
use crate::online::Online;
use crate::rounds::Rounds;
use crate::timing::ping_ms;
use crate::trouble::{Trouble, dial as open};
use crate::{Clock, Dial, Outbox, TimeKeeper};
use atecc608_cloud::mqtt::{Client, Login};
use core::convert::Infallible;
use credentials::Room;
use talk::BrokerTalk;

/// The shortest time after which a connection is opened anew, in seconds, whatever the configuration says.
const RENEWAL_MIN_S: u64 = 60;

/// What a [`Broker`] works with.
#[derive(Debug)]
pub struct BrokerParts<'a, D, C, P, A, O, const MESSAGES: usize, const BYTES: usize> {
    /// Opens trusted connections, and shows the device's certificate on them, if the broker knows devices by that.
    pub dial: D,
    /// Uptime and timer.
    pub clock: C,
    /// Makes the password for each login: [`NoPassword`], where the certificate is enough.
    pub credentials: P,
    /// Whose topics these are.
    pub application: A,
    /// Hears what happens.
    pub observer: O,
    /// What is to be sent.
    pub outbox: &'a Outbox<MESSAGES, BYTES>,
    /// For one message of the server's, topic included. A longer one is passed over.
    pub receive: &'a mut [u8],
    /// For packets without their payload: the login with its will and password, or a topic.
    pub transmit: &'a mut [u8],
    /// For the password; empty with [`NoPassword`].
    pub password: &'a mut [u8],
    /// Starts the drawing of waits. It must differ from device to device, such as random bytes of the chip's
    /// or its serial number, or a fleet moves as one.
    pub seed: u64,
}

/// A device at a broker.
///
/// What a cloud wants beside MQTT is the [`Application`]'s: client id, topics, what is answered to a message. Telemetry
/// and the device's state come from the [`Outbox`], as with [`Bridge`](crate::Bridge).
///
/// It needs no heap, and about `BYTES` and 1 KB beside its buffers. Every future of it may be dropped at any time:
/// what was not acknowledged is still in the outbox, and the next call starts anew.
#[derive(Debug)]
pub struct Broker<'a, D, C, P, A, O, const MESSAGES: usize, const BYTES: usize> {
    config: BrokerConfig<'a>,
    parts: BrokerParts<'a, D, C, P, A, O, MESSAGES, BYTES>,
    rounds: Rounds<'a>,
    payload: [u8; BYTES],
}

impl<'a, D, C, P, A, O, const MESSAGES: usize, const BYTES: usize> Broker<'a, D, C, P, A, O, MESSAGES, BYTES>
where
    D: Dial,
    C: Clock,
    P: Credentials,
    A: Application,
    O: Observer,
{
    /// Not connected yet. `time` may be set already, and is asked for back with [`time`](Self::time).
    pub fn new(
        config: BrokerConfig<'a>,
        time: TimeKeeper<'a>,
        parts: BrokerParts<'a, D, C, P, A, O, MESSAGES, BYTES>,
    ) -> Self {
        let rounds = Rounds::new(time, config.backoff, parts.seed);
        Self { config, parts, rounds, payload: [0; BYTES] }
    }

    /// The time, as far as it is known.
    #[must_use]
    pub const fn time(&self) -> &TimeKeeper<'a> {
        &self.rounds.time
    }

    /// What opens the connections: to hand it a new certificate between two rounds.
    pub const fn dial_mut(&mut self) -> &mut D {
        &mut self.parts.dial
    }

    /// The application.
    pub const fn application_mut(&mut self) -> &mut A {
        &mut self.parts.application
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
        let Self { config, parts, rounds, payload } = self;
        let Rounds { time, rng, backoff, dropped } = rounds;
        let BrokerParts { dial, clock, credentials, application, observer, outbox, receive, .. } = parts;
        let (server, timing) = (config.server, config.timing);
        // A run that was dropped may have left a message marked.
        outbox.release();
        let now = time.ensure(dial.network(), clock, rng, observer).await.map_err(Trouble::at)?;

        let transport = open(dial, clock, &server, now, timing.dial_ms, observer).await?;
        let begun_ms = clock.uptime_ms();
        let now = time.unix_clock().now(begun_ms).unwrap_or_default();
        let room = Room(&mut *parts.password);
        let made = credentials.password(now, &mut *room.0);
        let password = match within(clock, timing.sign_ms, made).await {
            Ok(Ok(password)) => password,
            Ok(Err(error)) => {
                observer.event(&Event::NotSigned { cause: &error });
                return Err(if P::is_lasting(&error) { Trouble::SLOW } else { Trouble::QUICK });
            }
            Err(_) => return Err(Trouble::timed_out(Step::Sign, timing.sign_ms, observer)),
        };
        let expires = password.as_ref().and_then(|password| password.expires);
        if let Some(expires) = expires {
            observer.event(&Event::Signed { expires });
        }

        let own = application.login();
        let login = Login { password: password.map(|password| password.bytes).or(own.password), ..own };
        let keep_alive_s = login.keep_alive.as_secs();
        let connect = Client::connect(transport, &login, receive, parts.transmit);
        let connected = within(clock, timing.answer_ms, connect).await;
        // Whatever became of it: the password is not needed any more.
        drop(room);
        let client = match connected {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return Err(failure::of_login(&error, D::refuses_identity, observer)),
            Err(_) => return Err(Trouble::timed_out(Step::Login, timing.answer_ms, observer)),
        };
        // The server has accepted what this clock says.
        time.trust();
        let longest_s = config.renewal_s.max(RENEWAL_MIN_S);
        let lifetime_s = expires.map_or(longest_s, |expires| longest_s.min(expires.saturating_sub(now)));
        let renewal_ms = timing.renewal_ms(lifetime_s, rng);
        let token = expires.is_some();
        observer.event(&Event::LoggedIn { server, renewal_s: renewal_ms / 1000, token });
        let online = Online {
            talk: BrokerTalk { client, application, topic: Topic::new() },
            clock,
            observer,
            outbox,
            payload,
            dropped,
            timing,
            ping_ms: ping_ms(keep_alive_s),
            renew_at_ms: begun_ms.saturating_add(renewal_ms),
        };
        online.run(backoff).await
    }
}
