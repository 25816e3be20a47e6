//! What happened so far.

use crate::Peer;

use super::packet::{Connect, Publish};

/// What happened so far, in order.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// Clients that logged in: what TLS told of them, what they said.
    pub connected: Vec<(Peer, Connect)>,
    /// Filters that were granted: client id, filter.
    pub subscribed: Vec<(String, String)>,
    /// Messages taken from clients, wills among them: client id, message.
    pub published: Vec<(String, Publish)>,
    /// Messages to clients that they have acknowledged: client id, topic.
    pub acknowledged: Vec<(String, String)>,
    /// Client ids of those who have gone.
    pub gone: Vec<String>,
    /// Why connections were refused or closed, and what was passed over.
    pub complaints: Vec<String>,
}

impl Seen {
    /// The payloads that were published to a topic, as text; bytes that are no UTF-8 are replaced.
    pub fn payloads(&self, topic: &str) -> Vec<String> {
        let of = self.published.iter().filter(|(_, publish)| publish.topic == topic);
        of.map(|(_, publish)| String::from_utf8_lossy(&publish.payload).into_owned()).collect()
    }
}
