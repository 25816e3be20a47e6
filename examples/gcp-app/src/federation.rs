//! Direct login at Google Cloud: Workload Identity Federation, then Pub/Sub over HTTPS.
//!
//! No bridge and no password: the device signs a token ([`FederatedToken`]) that names its key, Google's
//! Security Token Service exchanges it for an access token ([`exchange`]), and that opens Pub/Sub
//! ([`publish`]) or, on the way, a service account ([`impersonate`]). What Google must know beforehand is the
//! public key, in the form [`jwks`] writes.
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
//! **Several devices in one provider.** Nothing ties a key id to a subject: of several keys uploaded to one
//! provider, each can claim every subject. One provider per device, or one identity for the fleet.

mod access;
mod answer;
mod connection;
mod error;
mod exchange;
mod http;
mod impersonate;
mod json;
mod jwks;
mod message;
mod names;
mod publish;
mod refusal;
mod rfc3339;
mod scrub;
mod token;

pub use access::{ACCESS_TOKEN_MAX, AccessToken, RENEW_MARGIN};
pub use connection::Connection;
pub use error::{AnswerProblem, FederationError, Malformed};
pub use exchange::{EXCHANGE_BUFFER, STS_HOST, exchange};
pub use impersonate::{IAM_CREDENTIALS_HOST, Impersonation, impersonate};
pub use jwks::{JWKS_LEN, JwksError, jwks};
pub use message::{MESSAGES_MAX, Message, MessageError};
pub use names::{
    Field, FieldError, Identity, KEY_ID_MAX, Provider, SUBJECT_MAX, Scope, ServiceAccount, Topic,
};
pub use publish::{MessageIds, PUBSUB_HOST, publish};
pub use refusal::{Cause, DESCRIPTION_MAX, Refusal, Service};
pub use token::{FEDERATED_TOKEN_MAX, FederatedToken};
