//! Direct login at Google Cloud: Workload Identity Federation, then Pub/Sub over HTTPS.
//!
//! No bridge and no password: the device signs a token ([`FederatedToken`]) that names its key, Google's
//! Security Token Service exchanges it for an access token ([`exchange`]), and that opens Pub/Sub
//! ([`publish`]) or, on the way, a service account ([`impersonate`]). What Google must know beforehand is the
//! public key, in the form [`jwks`] writes.
//!
//! Instead of a token the device can show a certificate, over mutual TLS ([`CertificateChain`],
//! [`exchange_certificate`]); all that follows is the same. Its key does not sign then but in the handshake, and no
//! clock goes into what it shows. For that the certificate must be one of yours, and a new one comes every year.
//!
//! Every call talks over a [`Connection`]: an already secured transport to one server. `now` is Unix time and
//! goes into tokens; `uptime` is a clock that only ever counts up from wherever it started, and tells when an
//! access token ends, so that setting the clock never makes a token look fresh.
//!
//! **Time-outs and cancellation.** Nothing here waits for a clock: race a call against a timer. A call may be
//! dropped at any point: buffers that held a token are wiped, and the connection says that it is no longer
//! [open](Connection::is_open). Whether the server carried the request out is not known then; an exchange
//! can be repeated without harm, a publish may arrive twice.
//!
//! **Who may say that he is whom.** A policy names a pool and a subject. So every provider of the pool needs an
//! attribute condition with its device's subject, or the device of one provider is whoever it says it is; the
//! mock models that, and `tests/federation/two_devices.rs` attacks it. Several keys in one provider can't be told
//! apart at all: a condition sees the claims, which each device writes itself, and not which key has signed. One
//! provider with a condition per device, or one identity for the fleet. With certificates it is other: the name is
//! the signer's word, and one provider does for the fleet, as long as nobody else's certificates lead to its anchors.
//!
//! ```
//! use core::time::Duration;
//! use embedded_io_async::{Read, Write};
//! use atecc608_cloud::token::TokenSigner;
//! use atecc608_cloud::federation::{
//!     Connection, EXCHANGE_BUFFER, FEDERATED_TOKEN_MAX, FederatedToken, Identity, Message, PUBSUB_HOST,
//!     Provider, STS_HOST, Scope, Topic, exchange, publish,
//! };
//!
//! /// Logs in over one connection and publishes over another, both secured already.
//! async fn report<T, S>(sts: T, pubsub: T, signer: &mut S, now: u64, uptime: Duration) -> Option<()>
//! where
//!     T: Read + Write,
//!     S: TokenSigner,
//! {
//!     let provider = Provider::new(123_456_789_012, "devices", "sensor-1").ok()?;
//!     let identity = Identity::new(provider, "https://devices.example", "sensor-1", "key-1").ok()?;
//!     let mut text = [0; FEDERATED_TOKEN_MAX];
//!     let own =
//!         FederatedToken::issue(&identity, now, FederatedToken::LIFETIME, signer, &mut text).await.ok()?;
//!
//!     let mut buffer = [0; EXCHANGE_BUFFER];
//!     let mut sts = Connection::new(sts, STS_HOST).ok()?;
//!     let access = exchange(&mut sts, &provider, Scope::PUBSUB, &own, uptime, &mut buffer).await.ok()?;
//!
//!     let topic = Topic::new("my-project", "telemetry").ok()?;
//!     let messages = [Message { data: b"21.5", attributes: &[("device", "sensor-1")] }];
//!     let mut pubsub = Connection::new(pubsub, PUBSUB_HOST).ok()?;
//!     let ids = publish(&mut pubsub, &topic, &access, &messages, &mut [0; 2048]).await.ok()?.len();
//!     assert_eq!(ids, 1);
//!     Some(())
//! }
//! ```
//!
//! With a certificate: `sts` is a connection to [`STS_MTLS_HOST`] whose handshake has shown it.
//!
//! ```
//! use core::time::Duration;
//! use embedded_io_async::{Read, Write};
//! use atecc608_cloud::federation::{
//!     AccessToken, CertificateChain, Connection, Provider, STS_MTLS_HOST, Scope, exchange_certificate,
//! };
//!
//! async fn log_in<'b, T: Read + Write>(
//!     sts: T,
//!     device: &[u8],
//!     signer: &[u8],
//!     now: u64,
//!     uptime: Duration,
//!     buffer: &'b mut [u8],
//! ) -> Option<AccessToken<'b>> {
//!     let provider = Provider::new(123_456_789_012, "devices", "certificates").ok()?;
//!     let chain = [device, signer];
//!     // What Google would refuse is told here, in words.
//!     let chain = CertificateChain::new(&chain, now).ok()?;
//!     let mut sts = Connection::new(sts, STS_MTLS_HOST).ok()?;
//!     exchange_certificate(&mut sts, &provider, Scope::PUBSUB, &chain, uptime, buffer).await.ok()
//! }
//! ```
//!
//! # Choice of crates
//!
//! Measured for `riscv32imc-unknown-none-elf` (`opt-level = "s"`, fat LTO; .text and .rodata, beyond a program
//! that already formats and copies). Exchange, publishing and all that explains a refusal take 36 KB of flash
//! together, TLS and the token's SHA-256 not counted; impersonation another 7 KB.
//!
//! **HTTP**: [httparse] for heads and chunk sizes, and what is around them here: 11 KB for request and
//! answer. reqwless 0.14 without its TLS takes 26 KB, draws in p256, pkcs8 and others without need, and was fed
//! answers as a server or a machine in between may send them:
//!
//! - a connection closed in mid-chunk, or a chunk larger than the buffer: it reads for ever without ever
//!   waiting, so that no time-out helps;
//! - bytes behind a body of known length: an overflow (a panic where those are checked);
//! - a connection closed in mid-body: "buffer too small";
//! - both Content-Length and Transfer-Encoding: the framing of the chunks becomes part of the body; two lengths
//!   that differ: the last counts;
//! - 100 Continue: taken for the answer, or an error if both arrive at once; chunk extensions, trailers and
//!   `Chunked` with a capital: errors;
//! - the transport's own error is reduced to its kind, and a transport that takes nothing is a panic.
//!
//! httparse takes a line without any digit for a chunk of size zero; that is caught here.
//!
//! **JSON**: serde-json-core, which the driver uses already: it needs no heap, borrows from the buffer and
//! skips what is not asked for. The two forms of an error take 10 KB. It leaves escapes as they are, which is
//! made up for here, and calls itself for every level of what it skips, so that depth is limited before.
//!
//! **Dates**: time, for the one date of an impersonation: 2 KB.
//!
//! [httparse]: https://docs.rs/httparse

mod access;
mod answer;
mod base64;
mod certificate;
mod connection;
mod error;
mod exchange;
mod grant;
mod http;
mod impersonate;
mod json;
mod jwks;
mod message;
mod names;
mod publish;
mod pull;
mod refusal;
mod rfc3339;
mod scrub;
mod token;

pub use access::{ACCESS_TOKEN_MAX, AccessToken, RENEW_MARGIN};
pub use certificate::{
    CERTIFICATE_DAYS_MAX, CHAIN_LEN_MAX, CertificateChain, Limit, STS_MTLS_HOST, Unfit, exchange_certificate,
};
pub use connection::Connection;
pub use error::{AnswerProblem, FederationError, Malformed};
pub use exchange::{EXCHANGE_BUFFER, STS_HOST, exchange};
pub use impersonate::{IAM_CREDENTIALS_HOST, IAM_CREDENTIALS_MTLS_HOST, Impersonation, impersonate};
pub use jwks::{JWKS_LEN, JwksError, jwks};
pub use message::{MESSAGES_MAX, Message, MessageError};
pub use names::{
    Field, FieldError, Identity, KEY_ID_MAX, Provider, SUBJECT_MAX, Scope, ServiceAccount, Subscription,
    Topic,
};
pub use publish::{MessageIds, PUBSUB_HOST, PUBSUB_MTLS_HOST, publish};
pub use pull::{Pulled, acknowledge, pull};
pub use refusal::{Cause, DESCRIPTION_MAX, Refusal, Service};
pub use token::{FEDERATED_TOKEN_MAX, FederatedToken};
