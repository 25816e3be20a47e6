//! A device that logs in to a Google Cloud IoT Core style MQTT bridge with a key it cannot give away.
//!
//! The whole application logic, for firmware and host alike: `no_std`, no clock, no network stack,
//! and `alloc` for [`tls`] only. The caller hands in
//!
//! - a transport: anything with [`embedded_io_async::Read`] and [`Write`](embedded_io_async::Write), such
//!   as a TCP socket or a TLS connection over one,
//! - a [`TokenSigner`], usually a chip and a slot: [`ChipSigner`] or [`BlockingChipSigner`],
//! - the time of day in Unix seconds,
//!
//! and gets a token ([`Token::issue`]) and a [`Session`]: log in, subscribe, publish, receive, log out.
//! Time-outs are the caller's too; see [`Session`] for what may be cut short. The other way in, to Google
//! itself without a bridge, is [`federation`].
//!
//! Above these stand supervisors that stay logged in for months, whatever fails: [`Bridge`] and, without a
//! bridge, [`Direct`]. They take a [`Clock`], a [`Dial`] such as [`TlsDialer`] over a [`Network`], a signer, and
//! an [`Outbox`] that other tasks of the same executor fill; they keep the time ([`TimeKeeper`], SNTP), renew
//! tokens before they expire, wait with jitter after failures ([`Backoff`]), and tell an [`Observer`] in one
//! clear line each what happens ([`Event`]).
//!
//! ```
//! use gcp_app::{Device, Lifetime, Token, TokenSigner, TOKEN_MAX};
//! use atecc608::Signature;
//!
//! /// Stands for a chip here.
//! struct Signer;
//!
//! impl TokenSigner for Signer {
//!     type Error = core::convert::Infallible;
//!     async fn sign_digest(&mut self, _digest: &[u8; 32]) -> Result<Signature, Self::Error> {
//!         Ok(Signature::from_bytes([0x5A; 64]))
//!     }
//! }
//!
//! # embassy_futures::block_on(async {
//! let device = Device::new("my-project", "us-central1", "greenhouse", "sensor-1")?;
//! let mut buffer = [0; TOKEN_MAX];
//! let token = Token::issue(&device, 1_700_000_000, Lifetime::from_secs(3600)?, &mut Signer, &mut buffer).await?;
//! assert_eq!(token.expires(), 1_700_003_600);
//! assert_eq!(device.events_topic(None)?, "/devices/sensor-1/events");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Why MQTT is written here
//!
//! The bridge speaks MQTT 3.1.1, of which a device sends six packets and receives five. The libraries
//! that speak it without `std` were tried first, built for `riscv32imc-unknown-none-elf`
//! (`opt-level = "s"`, fat LTO) and fed malformed packets:
//!
//! - mqtt-protocol-core 0.7.9 builds, is maintained and bounds what it receives, but needs a heap and takes
//!   79 KB of flash, where this crate's whole session takes 15 KB. With automatic PUBACK it panics on a
//!   PUBLISH of packet id 0 (`32 09 00 03 61 2F 62 00 00 68 69`); without, it hands that packet on, as it
//!   does a second CONNACK and a topic with wildcards.
//! - mqttrs 0.4.1 builds and needs no heap, but its decoder panics on short packets (`40 00`, `20 00`,
//!   `90 01 00`, `32 02 00 00`).
//! - rust-mqtt, minimq and mountain-mqtt speak MQTT 5 only.
//!
//! So [`mqtt`] holds a codec of the packets needed, and nothing in it indexes or trusts a length.

#![cfg_attr(not(test), no_std)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod backoff;
mod bridge;
mod clock;
mod dialer;
mod direct;
mod error;
mod event;
pub mod federation;
mod inbox;
mod keep_alive;
pub mod mqtt;
mod names;
mod net;
mod outbox;
mod session;
mod shown;
mod signer;
mod signing_slot;
pub mod time;
pub mod tls;
mod token;
mod trouble;

pub use backoff::{Backoff, Pace, Span};
pub use bridge::{Bridge, BridgeConfig, Parts, Timing};
pub use clock::{Clock, Elapsed, within};
pub use dialer::{Kinds, Pins, TlsDialer, Untrusted};
pub use direct::{Direct, DirectConfig, DirectParts};
pub use error::{Refusal, SessionError, Subscription};
pub use event::{Counters, Event, Observer, Step};
pub use inbox::Inbox;
pub use keep_alive::{KeepAlive, KeepAliveError};
pub use names::{CLIENT_ID_MAX, Device, Name, NameError, NameProblem, TOPIC_MAX};
pub use net::{Dial, DialError, Network, NetworkError, Server, Unreachable};
pub use outbox::{Outbox, OutboxError, OutboxStats};
pub use session::{RECEIVE_MIN, Session, Skipped, TRANSMIT_BUFFER};
pub use shown::Shown;
pub use signer::{BlockingChipSigner, ChipSigner, TokenSigner};
pub use signing_slot::{CanNotSign, USUAL_ADDRESSES, may_sign, signing_slots};
pub use time::{TimeKeeper, UnixClock};
pub use token::{Lifetime, LifetimeError, TOKEN_MAX, Token, TokenError};
