//! Packets, the same for both versions: what a version lacks is empty.

use bytes::Bytes;

use super::property::Properties;

/// Version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// MQTT 3.1.1.
    V311,
    /// MQTT 5.
    V5,
}

/// Quality of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QoS {
    /// 0.
    AtMostOnce,
    /// 1.
    AtLeastOnce,
    /// 2, which no cloud here has.
    ExactlyOnce,
}

/// A packet.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "as the protocol names them")]
pub enum Packet {
    Connect(Connect),
    ConnAck(ConnAck),
    Publish(Publish),
    PubAck(PubAck),
    /// The three other packets of QoS 2: first half of the first byte, packet id.
    ExactlyOnce(u8, u16),
    Subscribe(Subscribe),
    SubAck(SubAck),
    Unsubscribe(Unsubscribe),
    UnsubAck(SubAck),
    PingReq,
    PingResp,
    Disconnect(Disconnect),
    Auth(Auth),
}

/// CONNECT.
#[derive(Debug, Clone, PartialEq)]
pub struct Connect {
    /// Version of everything that follows.
    pub version: Version,
    /// Client id.
    pub client_id: String,
    /// Clean session; in MQTT 5 clean start.
    pub clean: bool,
    /// Keep alive, in seconds; 0: none.
    pub keep_alive: u16,
    /// User name.
    pub user_name: Option<String>,
    /// Password: any bytes.
    pub password: Option<Bytes>,
    /// Last will, as it will be published.
    pub will: Option<Publish>,
    /// Of the connection.
    pub properties: Properties,
}

/// CONNACK.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnAck {
    /// The server knew the session.
    pub session_present: bool,
    /// Return code, or reason code in MQTT 5; 0: logged in.
    pub code: u8,
    /// Only sent in MQTT 5.
    pub properties: Properties,
}

/// PUBLISH.
#[derive(Debug, Clone, PartialEq)]
pub struct Publish {
    /// Sent before.
    pub dup: bool,
    /// Quality of service.
    pub qos: QoS,
    /// To be kept for those who subscribe later; or kept since earlier.
    pub retain: bool,
    /// Topic; empty with a topic alias.
    pub topic: String,
    /// Packet id; 0 with QoS 0.
    pub id: u16,
    /// Only sent in MQTT 5.
    pub properties: Properties,
    /// What is published.
    pub payload: Bytes,
}

impl Publish {
    /// A message with QoS 0.
    pub fn new(topic: impl Into<String>, payload: impl Into<Bytes>) -> Self {
        Self {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            topic: topic.into(),
            id: 0,
            properties: Properties::default(),
            payload: payload.into(),
        }
    }

    /// The same with QoS 1.
    pub fn at_least_once(self) -> Self {
        Self { qos: QoS::AtLeastOnce, ..self }
    }
}

/// PUBACK.
#[derive(Debug, Clone, PartialEq)]
pub struct PubAck {
    /// Of the packet that is acknowledged.
    pub id: u16,
    /// Reason code of MQTT 5; 0: taken.
    pub code: u8,
}

/// SUBSCRIBE.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscribe {
    /// Packet id.
    pub id: u16,
    /// At least one.
    pub filters: Vec<Filter>,
    /// Only in MQTT 5.
    pub properties: Properties,
}

/// A filter to subscribe to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The filter.
    pub path: String,
    /// Highest QoS that the client wants.
    pub qos: QoS,
    /// MQTT 5: not what this client published itself.
    pub no_local: bool,
    /// MQTT 5: messages stay marked as retained.
    pub retain_as_published: bool,
    /// MQTT 5: when retained messages come: 0 always, 1 with a new subscription, 2 never.
    pub retain_handling: u8,
}

/// SUBACK and UNSUBACK.
#[derive(Debug, Clone, PartialEq)]
pub struct SubAck {
    /// Of the packet that is acknowledged.
    pub id: u16,
    /// A code for each filter: the granted QoS, or a refusal. MQTT 3.1.1 has none in UNSUBACK.
    pub codes: Vec<u8>,
}

/// UNSUBSCRIBE.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsubscribe {
    /// Packet id.
    pub id: u16,
    /// At least one.
    pub filters: Vec<String>,
}

/// DISCONNECT.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Disconnect {
    /// Reason code of MQTT 5.
    pub code: u8,
    /// Only in MQTT 5.
    pub properties: Properties,
}

/// AUTH, of MQTT 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Auth {
    /// Reason code.
    pub code: u8,
    /// With method and data.
    pub properties: Properties,
}
