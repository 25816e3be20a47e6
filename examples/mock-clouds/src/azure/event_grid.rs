//! A namespace of Event Grid with its MQTT broker.

mod admission;
mod permission;
mod rule;

use std::collections::HashMap;
use std::sync::Mutex;

use rustls::pki_types::CertificateDer;

use super::Rules;
use crate::mqtt::packet::{Connect, Publish, Subscribe};
use crate::mqtt::property::number;
use crate::mqtt::{
    Client, Cloud, Cut, Properties, QoS, Refusal, Settings, Subscribed, Taken, Version, Welcome, code,
};
use crate::tls::{Clients, Now, Offer};
use crate::{Peer, lock};
pub use permission::TopicSpace;
pub use rule::Rule;

/// Longest keep alive, in seconds.
const KEEP_ALIVE_MAX: u16 = 1160;
/// Longest packet, in bytes.
const PACKET_MAX: usize = 512 * 1024;
/// Most topic aliases of a client.
const ALIASES_MAX: u16 = 10;
/// Longest delay of a will, in seconds.
const WILL_DELAY_MAX: u32 = 300;

/// How a client is known.
#[derive(Debug, Clone)]
pub enum KnownBy {
    /// By its certificate's SHA-256 (`ThumbprintMatch`).
    Thumbprint(String),
    /// By an authority of the namespace and the subject's common name (`SubjectMatchesAuthenticationName`).
    Subject,
}

/// A namespace. What it permits its [`TopicSpace`]s say.
pub struct EventGrid {
    rules: Rules<Rule>,
    now: Now,
    /// By authentication name.
    clients: HashMap<String, KnownBy>,
    authorities: Vec<CertificateDer<'static>>,
    spaces: Vec<TopicSpace>,
    /// Whether the name may come from the certificate's subject instead of the user name.
    alternative_name: bool,
    /// By name.
    sessions: Mutex<HashMap<String, Session>>,
}

/// A session of a client.
#[derive(Debug)]
struct Session {
    /// Authentication name.
    owner: String,
    connections: usize,
}

/// What the broker remembers of a client.
#[derive(Debug)]
pub struct Login {
    /// Authentication name.
    name: String,
    /// Its session outlives the connection.
    kept: bool,
}

impl std::fmt::Debug for EventGrid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventGrid").field("clients", &self.clients).finish_non_exhaustive()
    }
}

impl EventGrid {
    /// A namespace without clients, by this clock.
    pub fn new(now: Now) -> Self {
        let (rules, clients, authorities, spaces, alternative_name, sessions) = Default::default();
        Self { rules, now, clients, authorities, spaces, alternative_name, sessions }
    }

    /// Takes a rule away.
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Self {
        self.rules.without(rule);
        self
    }

    /// Registers a client by its authentication name.
    #[must_use]
    pub fn with_client(mut self, name: &str, known_by: KnownBy) -> Self {
        self.clients.insert(name.to_owned(), known_by);
        self
    }

    /// Uploads the certificate of an authority that signs clients.
    #[must_use]
    pub fn with_authority(mut self, der: CertificateDer<'static>) -> Self {
        self.authorities.push(der);
        self
    }

    /// Adds topics with permissions.
    #[must_use]
    pub fn with_space(mut self, space: TopicSpace) -> Self {
        self.spaces.push(space);
        self
    }

    /// Takes the authentication name from the certificate's subject if there is no user name.
    #[must_use]
    pub fn with_names_from_subjects(mut self) -> Self {
        self.alternative_name = true;
        self
    }

    /// What its port offers.
    pub fn offer(&self) -> Offer {
        Offer { clients: Clients::Anyone, ..Offer::new(8883) }
    }

    /// What holds for a message, whoever it is from.
    fn message(&self, publish: &Publish) -> Result<(), Cut> {
        let check = |rule, fulfilled, code, words: &str| {
            let words = || format!("{:?}: {words}", publish.topic);
            self.rules.check(rule, fulfilled, words).map_err(|reason| Cut::because(code, reason))
        };
        let two = publish.qos == QoS::ExactlyOnce;
        check(Rule::NoQoS2, !two, code::QOS_NOT_SUPPORTED, "QoS 2")?;
        check(Rule::NoRetain, !publish.retain, code::RETAIN_NOT_SUPPORTED, "retained")?;
        let topic = &publish.topic;
        check(Rule::TopicLength, topic.len() <= 256, code::TOPIC_NAME_INVALID, "longer than 256 bytes")?;
        let parts = topic.split('/').count();
        check(Rule::TopicSegments, parts <= 15, code::TOPIC_NAME_INVALID, "more than 15 segments")
    }
}

fn has_pairs(properties: &Properties) -> bool {
    properties.0.iter().any(|(own, _)| *own == number::USER_PROPERTY)
}

impl Cloud for EventGrid {
    type Login = Login;

    fn settings(&self) -> Settings {
        let packet_max = if self.rules.holds(Rule::PacketSize) { PACKET_MAX } else { 4 * PACKET_MAX };
        Settings { packet_max, ..Settings::default() }
    }

    fn connect(&self, peer: &Peer, connect: &Connect) -> Result<Welcome<Login>, Refusal> {
        let refuse = |v311, v5| move |reason: String| Refusal::with_code(v311, v5, reason);
        self.properties(connect).map_err(refuse(5, code::BAD_AUTHENTICATION_METHOD))?;
        let named = !connect.client_id.is_empty();
        self.rules
            .check(Rule::ClientId, named, || "no client id".to_owned())
            .map_err(refuse(2, code::CLIENT_ID_NOT_VALID))?;
        let name = self.name(peer, connect).map_err(refuse(5, code::NOT_AUTHORIZED))?;
        let short = (1..=KEEP_ALIVE_MAX).contains(&connect.keep_alive);
        let mut connect = connect.clone();
        let mut properties = Properties::default();
        if connect.version == Version::V5 && self.rules.holds(Rule::KeepAlive) && !short {
            connect.keep_alive = KEEP_ALIVE_MAX;
            properties = properties.with_number(number::SERVER_KEEP_ALIVE, KEEP_ALIVE_MAX.into());
        } else {
            // MQTT 3.1.1 has no way to say so. A guess.
            self.rules
                .check(Rule::KeepAlive, short, || format!("a keep alive of {} s", connect.keep_alive))
                .map_err(refuse(5, code::NOT_AUTHORIZED))?;
        }
        self.session(&name, &connect.client_id).map_err(refuse(5, code::NOT_AUTHORIZED))?;
        let topic_aliases = if self.rules.holds(Rule::TopicAliases) { ALIASES_MAX } else { u16::MAX };
        properties = properties
            .with_number(number::MAXIMUM_QOS, 1)
            .with_number(number::RETAIN_AVAILABLE, 0)
            .with_number(number::MAXIMUM_PACKET_SIZE, PACKET_MAX as u32)
            .with_number(number::TOPIC_ALIAS_MAXIMUM, topic_aliases.into())
            .with_number(number::SUBSCRIPTION_IDS_AVAILABLE, 0)
            .with_number(number::SHARED_AVAILABLE, 0);
        let mut welcome = Welcome::new(Login { name, kept: false }, &connect);
        welcome.login.kept = welcome.session_life > 0;
        Ok(Welcome { topic_aliases, properties, ..welcome })
    }

    fn subscribe(
        &self,
        client: &Client<Login>,
        subscribe: &Subscribe,
        _: &[String],
    ) -> Result<Subscribed, Cut> {
        let cut = |code| move |reason: String| Cut::because(code, reason);
        let pairs = has_pairs(&subscribe.properties);
        self.rules
            .check(Rule::UserProperties, !pairs, || "user properties in SUBSCRIBE".to_owned())
            .map_err(cut(code::IMPLEMENTATION_SPECIFIC_ERROR))?;
        let tagged = subscribe.properties.number(number::SUBSCRIPTION_ID).is_some();
        self.rules
            .check(Rule::NoSubscriptionIds, !tagged, || "a subscription identifier".to_owned())
            .map_err(cut(0xA1))?;
        let mut subscribed = Subscribed::all(&subscribe.filters);
        for (filter, code) in subscribe.filters.iter().zip(&mut subscribed.codes) {
            let shared = filter.path.starts_with("$share/");
            let permitted =
                self.spaces.iter().any(|space| space.lets_subscribe(&client.login.name, &filter.path));
            let path = || filter.path.clone();
            let fine = self
                .rules
                .check(Rule::NoSharedSubscriptions, !shared, path)
                .and_then(|()| self.rules.check(Rule::SubscribePermission, permitted || shared, path));
            if fine.is_err() {
                *code = if client.version == Version::V5 { code::NOT_AUTHORIZED } else { 0x80 };
            }
        }
        Ok(subscribed)
    }

    fn publish(&self, client: &Client<Login>, publish: &Publish) -> Result<Taken, Cut> {
        self.message(publish)?;
        let permitted =
            self.spaces.iter().any(|space| space.lets_publish(&client.login.name, &publish.topic));
        let words = || format!("{} may not publish to {:?}", client.login.name, publish.topic);
        match self.rules.check(Rule::PublishPermission, permitted, words) {
            Ok(()) => Ok(Taken::routed()),
            // MQTT 5 has PUBACK for it.
            Err(_) if client.version == Version::V5 && publish.qos == QoS::AtLeastOnce => {
                Ok(Taken::refused(code::NOT_AUTHORIZED))
            }
            Err(reason) => Err(Cut::because(code::NOT_AUTHORIZED, reason)),
        }
    }

    fn gone(&self, client: &Client<Login>) {
        // A session that is not kept is free again. One that is kept this mock holds for ever.
        let mut sessions = lock(&self.sessions);
        if let Some(session) = sessions.get_mut(&client.id) {
            session.connections = session.connections.saturating_sub(1);
            if session.connections == 0 && !client.login.kept {
                sessions.remove(&client.id);
            }
        }
    }
}

#[cfg(test)]
mod tests;
