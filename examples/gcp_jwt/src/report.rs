//! What the program reports: one JSON object at the end.

use atecc608::PublicKey;
use mock_servers::Message;
use serde::Serialize;

/// Everything that happened.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) revision: String,
    pub(crate) serial: String,
    pub(crate) slot: u8,
    pub(crate) public_key_pem: String,
    /// The same key, if the chip gives it.
    #[serde(skip)]
    pub(crate) public_key: Option<PublicKey>,
    /// The key as it is uploaded for Workload Identity Federation.
    pub(crate) jwks: String,
    /// Whether this run made the key.
    pub(crate) new_key: bool,
    /// Whether this run locked a zone of the chip.
    pub(crate) locked_now: bool,
    pub(crate) broker: String,
    /// The certificates that were verified, the server's first and the pinned root last; none without TLS.
    pub(crate) certificates: Vec<String>,
    pub(crate) client_id: String,
    pub(crate) jwt: String,
    /// When the token expires, in Unix seconds.
    pub(crate) expires: u64,
    pub(crate) published: Vec<Message>,
    pub(crate) received: Vec<Message>,
    /// The ids that Pub/Sub gave.
    pub(crate) message_ids: Vec<String>,
}
