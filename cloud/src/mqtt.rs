//! MQTT 3.1.1: [`packet`] is the codec, [`Client`] a connection that is logged in to any broker, [`Session`] one to an
//! IoT Core style bridge.
//!
//! A device logs in with its certificate, if the transport is TLS that has shown it, or with a token:
//! [`BrokerToken`], or [`Token`] for a bridge. Then it subscribes, publishes, receives, and logs out. Time-outs are the caller's; [`Client`] says
//! which calls may be cut short.
//!
//! ```
//! use atecc608::Signature;
//! use atecc608_cloud::mqtt::{Device, TOKEN_MAX, Token};
//! use atecc608_cloud::token::{Lifetime, TokenSigner};
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
//! let token = Token::issue(&device, 1_700_000_000, Lifetime::HOUR, &mut Signer, &mut buffer).await?;
//! assert_eq!(token.expires(), 1_700_003_600);
//! assert_eq!(device.events_topic(None)?, "/devices/sensor-1/events");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Why the codec is written here
//!
//! A device sends seven kinds of packets and receives six. The libraries
//! that speak it without `std` were tried first, built for `riscv32imc-unknown-none-elf`
//! (`opt-level = "s"`, fat LTO) and fed malformed packets:
//!
//! - mqtt-protocol-core 0.7.9 builds, is maintained and bounds what it receives, but needs a heap and takes
//!   79 KB of flash, where this module's whole session takes 15 KB. With automatic PUBACK it panics on a
//!   PUBLISH of packet id 0 (`32 09 00 03 61 2F 62 00 00 68 69`); without, it hands that packet on, as it
//!   does a second CONNACK and a topic with wildcards.
//! - mqttrs 0.4.1 builds and needs no heap, but its decoder panics on short packets (`40 00`, `20 00`,
//!   `90 01 00`, `32 02 00 00`).
//! - rust-mqtt, minimq and mountain-mqtt speak MQTT 5 only.
//!
//! So [`packet`] holds a codec of the packets needed, and nothing in it indexes or trusts a length.

mod broker_token;
mod client;
mod device;
mod error;
mod inbox;
mod keep_alive;
mod login;
mod messages;
pub mod packet;
#[cfg(test)]
pub(crate) mod script;
mod session;
mod text;
mod token;
mod topic;

pub use broker_token::{BrokerClaims, BrokerToken};
pub use client::{Client, ClientError, Grant, Grants, LoginRefusal, RECEIVE_MIN, Skipped};
pub use device::{CLIENT_ID_MAX, Device, Name, NameError, TOPIC_MAX, check_subfolder};
pub use error::{Refusal, SessionError, Subscription};
pub use inbox::Inbox;
pub use keep_alive::{KeepAlive, KeepAliveError};
pub use login::{FILTERS_MAX, FilterError, Login, LoginError, LoginField, QoS, Will};
pub use messages::Messages;
pub use session::{Session, TRANSMIT_BUFFER};
pub use text::Text;
pub use token::{TOKEN_MAX, Token};
pub use topic::{TEXT_MAX, TopicError, TopicFilter, TopicName};
