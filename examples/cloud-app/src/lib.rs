//! A device that stays logged in to a cloud for months, whatever fails: to any MQTT broker by its certificate or a
//! password ([`Broker`]: AWS, Azure, mosquitto), over a bridge that speaks IoT Core's MQTT ([`Bridge`]), or to Google
//! Cloud without one ([`Direct`]).
//!
//! This is the application on top of [`atecc608_cloud`], which has tokens, TLS, MQTT and federation. It is for firmware
//! and host alike: `no_std`, without a clock or a network stack of its own. The caller hands in a [`Clock`], a [`Dial`]
//! such as [`TlsDialer`] over a [`Network`], a signer, and an [`Outbox`] that other tasks of the same executor fill.
//! The supervisors keep the time ([`TimeKeeper`], SNTP), renew tokens before they expire, wait with jitter after
//! failures ([`Backoff`]), and tell an [`Observer`] in one clear line each what happens ([`Event`]).
//!
//! [`apps`] has what firmware says to a broker, and to AWS: telemetry, a state, what the cloud may set.
//!
//! `MESSAGES.md` lists what a person reads then, and what helps.

#![cfg_attr(not(test), no_std)]

#[cfg(test)]
extern crate std;

pub mod apps;
mod backoff;
mod bridge;
mod broker;
mod clock;
mod dialer;
mod direct;
mod event;
mod identity;
mod net;
mod online;
mod outbox;
mod rounds;
pub mod time;
mod timing;
mod trouble;

pub use backoff::{Backoff, Pace, Span};
pub use bridge::{Bridge, BridgeConfig, Parts};
pub use broker::{
    Application, Broker, BrokerConfig, BrokerParts, Credentials, Draft, NoPassword, Password, TOPIC_MAX,
    TokenPassword, Topic,
};
pub use clock::{Clock, Elapsed, within};
pub use dialer::{Kinds, Pins, TlsDialer, Untrusted};
pub use direct::{Direct, DirectConfig, DirectParts};
pub use event::{Counters, Event, Observer, Step};
pub use identity::{Identity, NoIdentity};
pub use net::{Dial, DialError, Network, NetworkError, Server, Unreachable};
pub use outbox::{Outbox, OutboxError, OutboxStats};
pub use time::{TimeKeeper, UnixClock};
pub use timing::Timing;
