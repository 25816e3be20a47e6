//! What a cloud decides, and what it may answer.

use std::sync::Arc;
use std::time::Duration;

use super::packet::{Auth, Connect, Filter, Publish, Subscribe, Version};
use super::property::Properties;
use crate::Peer;

/// A cloud's rules: asked by the [`Broker`](super::Broker) about everything that a client does.
///
/// Whatever is refused comes with words, which go to [`Seen::complaints`](super::Seen::complaints).
pub trait Cloud: Send + Sync + Sized + 'static {
    /// What the cloud remembers of a client that is logged in.
    type Login: Send + Sync + 'static;

    /// What holds for all connections.
    fn settings(&self) -> Settings {
        Settings::default()
    }

    /// A client asks for TLS: its SNI, ALPN and port are known, its certificate is not.
    ///
    /// # Errors
    /// It gets no answer; the words are noted.
    fn hello(&self, _peer: &Peer) -> Result<(), String> {
        Ok(())
    }

    /// A client wants to log in.
    ///
    /// # Errors
    /// It may not.
    fn connect(&self, peer: &Peer, connect: &Connect) -> Result<Welcome<Self::Login>, Refusal>;

    /// AUTH of MQTT 5 while logged in. What is returned is sent.
    ///
    /// # Errors
    /// The connection ends.
    fn auth(&self, _client: &Client<Self::Login>, _auth: &Auth) -> Result<Auth, Cut> {
        Err(Cut::because(code::PROTOCOL_ERROR, "AUTH, and nothing was to be proven"))
    }

    /// A client subscribes. `held` are the filters that it has subscribed to already. Filters are well-formed.
    ///
    /// # Errors
    /// The connection ends.
    fn subscribe(
        &self,
        client: &Client<Self::Login>,
        subscribe: &Subscribe,
        held: &[String],
    ) -> Result<Subscribed, Cut>;

    /// A client publishes, or its will is published. The topic is well-formed.
    ///
    /// # Errors
    /// The connection ends.
    fn publish(&self, client: &Client<Self::Login>, publish: &Publish) -> Result<Taken, Cut>;

    /// Whether a client may be sent messages under a topic that it has subscribed to.
    fn receives(&self, _client_id: &str, _topic: &str) -> bool {
        true
    }

    /// A client is gone, for whatever reason.
    fn gone(&self, _client: &Client<Self::Login>) {}
}

/// What holds for all connections of a cloud.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Longest packet taken, in bytes after the fixed header.
    pub packet_max: usize,
    /// How long a client may take for TLS, and again for CONNECT.
    pub patience: Duration,
    /// `a/#` is also `a`, as in the standard.
    pub hash_is_parent: bool,
    /// Retained messages also come with a subscription that has wildcards.
    pub retained_for_wildcards: bool,
    /// A client that sends anything between CONNECT and CONNACK is cut off.
    pub wait_for_connack: bool,
    /// A second connection with a client id ends the first; else both live, and the second has the session.
    pub take_over: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            packet_max: 256 * 1024,
            patience: Duration::from_secs(10),
            hash_is_parent: true,
            retained_for_wildcards: true,
            wait_for_connack: false,
            take_over: true,
        }
    }
}

/// A client that is logged in.
#[derive(Debug, Clone)]
pub struct Client<L> {
    /// Client id: its own, or the one it was given.
    pub id: String,
    /// Version of MQTT.
    pub version: Version,
    /// What TLS tells of it.
    pub peer: Arc<Peer>,
    /// What the cloud remembers.
    pub login: Arc<L>,
}

/// A login that is taken.
#[derive(Debug, Clone)]
pub struct Welcome<L> {
    /// What to remember.
    pub login: L,
    /// The client's id from now on, if it is not the one it sent.
    pub client_id: Option<String>,
    /// How long it may be silent; none: for ever.
    pub silence: Option<Duration>,
    /// How long it may stay; none: for ever.
    pub stay: Option<Duration>,
    /// How long its session is kept when it has gone, in seconds.
    pub session_life: u32,
    /// How many messages to it may wait for its acknowledgement.
    pub in_flight: usize,
    /// How many topic aliases it may have.
    pub topic_aliases: u16,
    /// Properties of CONNACK in MQTT 5.
    pub properties: Properties,
}

impl<L> Welcome<L> {
    /// One and a half times the keep alive, sessions of MQTT 5 as long as asked for and of MQTT 3.1.1 for ever if they
    /// are not clean, nothing else limited.
    pub fn new(login: L, connect: &Connect) -> Self {
        let keep_alive = u64::from(connect.keep_alive);
        let asked = connect.properties.number(super::property::number::SESSION_EXPIRY).unwrap_or(0);
        Self {
            login,
            client_id: None,
            silence: (keep_alive > 0).then(|| Duration::from_millis(keep_alive * 1500)),
            stay: None,
            session_life: match connect.version {
                Version::V311 if connect.clean => 0,
                Version::V311 => u32::MAX,
                Version::V5 => asked,
            },
            in_flight: usize::MAX,
            topic_aliases: 0,
            properties: Properties::default(),
        }
    }
}

/// A login that is refused. Without a code the connection is closed, and that is all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// CONNACK's return code in MQTT 3.1.1.
    pub v311: Option<u8>,
    /// CONNACK's reason code in MQTT 5.
    pub v5: Option<u8>,
    /// Why.
    pub reason: String,
}

impl Refusal {
    /// CONNACK with one of these codes.
    pub fn with_code(v311: u8, v5: u8, reason: impl Into<String>) -> Self {
        Self { v311: Some(v311), v5: Some(v5), reason: reason.into() }
    }

    /// CONNACK with this code in MQTT 5; in MQTT 3.1.1 without a word.
    pub fn with_v5_code(v5: u8, reason: impl Into<String>) -> Self {
        Self { v311: None, v5: Some(v5), reason: reason.into() }
    }

    /// Without a word.
    pub fn silent(reason: impl Into<String>) -> Self {
        Self { v311: None, v5: None, reason: reason.into() }
    }
}

/// A connection that the cloud ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Reason code of DISCONNECT in MQTT 5; MQTT 3.1.1 has no such packet.
    pub code: Option<u8>,
    /// Why.
    pub reason: String,
}

impl Cut {
    /// With a DISCONNECT in MQTT 5.
    pub fn because(code: u8, reason: impl Into<String>) -> Self {
        Self { code: Some(code), reason: reason.into() }
    }
}

/// What becomes of a SUBSCRIBE.
#[derive(Debug, Clone, Default)]
pub struct Subscribed {
    /// For each filter the granted QoS, or a refusal of 128 and up.
    pub codes: Vec<u8>,
    /// Sent after SUBACK.
    pub deliveries: Vec<Delivery>,
    /// No SUBACK, no subscription: the packet is passed over.
    pub ignored: bool,
}

impl Subscribed {
    /// All of them, at most with QoS 1.
    pub fn all(filters: &[Filter]) -> Self {
        let codes = filters.iter().map(|filter| (filter.qos as u8).min(1)).collect();
        Self { codes, ..Self::default() }
    }
}

/// What becomes of a PUBLISH.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Everybody who subscribed gets it, and it is kept if it is marked so.
    pub routed: bool,
    /// It is acknowledged (QoS 1 and 2).
    pub acknowledged: bool,
    /// Reason code of PUBACK in MQTT 5.
    pub code: u8,
    /// What the cloud has to say to it.
    pub deliveries: Vec<Delivery>,
}

impl Taken {
    /// For those who subscribed.
    pub fn routed() -> Self {
        Self { routed: true, acknowledged: true, code: 0, deliveries: Vec::new() }
    }

    /// For the cloud itself, which says this.
    pub fn answered(deliveries: Vec<Delivery>) -> Self {
        Self { routed: false, acknowledged: true, code: 0, deliveries }
    }

    /// Passed over without an acknowledgement.
    pub fn ignored() -> Self {
        Self { routed: false, acknowledged: false, code: 0, deliveries: Vec::new() }
    }

    /// Refused in PUBACK, which only MQTT 5 can tell.
    pub fn refused(code: u8) -> Self {
        Self { routed: false, acknowledged: true, code, deliveries: Vec::new() }
    }
}

/// A message from the cloud.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Only to this client; none: to everybody who subscribed. Either way only with a subscription.
    pub to: Option<String>,
    /// The message.
    pub message: Publish,
}

impl Delivery {
    /// To everybody who subscribed.
    pub fn to_all(message: Publish) -> Self {
        Self { to: None, message }
    }

    /// To one client, if it subscribed.
    pub fn to(client: impl Into<String>, message: Publish) -> Self {
        Self { to: Some(client.into()), message }
    }
}

/// Reason codes of MQTT 5 (section 2.4).
#[expect(missing_docs, reason = "as the protocol names them")]
pub mod code {
    pub const UNSPECIFIED_ERROR: u8 = 0x80;
    pub const MALFORMED_PACKET: u8 = 0x81;
    pub const PROTOCOL_ERROR: u8 = 0x82;
    pub const IMPLEMENTATION_SPECIFIC_ERROR: u8 = 0x83;
    pub const UNSUPPORTED_PROTOCOL_VERSION: u8 = 0x84;
    pub const CLIENT_ID_NOT_VALID: u8 = 0x85;
    pub const BAD_USER_NAME_OR_PASSWORD: u8 = 0x86;
    pub const NOT_AUTHORIZED: u8 = 0x87;
    pub const BAD_AUTHENTICATION_METHOD: u8 = 0x8C;
    pub const KEEP_ALIVE_TIMEOUT: u8 = 0x8D;
    pub const SESSION_TAKEN_OVER: u8 = 0x8E;
    pub const TOPIC_FILTER_INVALID: u8 = 0x8F;
    pub const TOPIC_NAME_INVALID: u8 = 0x90;
    pub const RECEIVE_MAXIMUM_EXCEEDED: u8 = 0x93;
    pub const TOPIC_ALIAS_INVALID: u8 = 0x94;
    pub const PACKET_TOO_LARGE: u8 = 0x95;
    pub const MESSAGE_RATE_TOO_HIGH: u8 = 0x96;
    pub const QUOTA_EXCEEDED: u8 = 0x97;
    pub const ADMINISTRATIVE_ACTION: u8 = 0x98;
    pub const RETAIN_NOT_SUPPORTED: u8 = 0x9A;
    pub const QOS_NOT_SUPPORTED: u8 = 0x9B;
    pub const SHARED_NOT_SUPPORTED: u8 = 0x9E;
    pub const MAXIMUM_CONNECT_TIME: u8 = 0xA0;
}
