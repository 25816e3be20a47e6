//! Who may log in, and what he may do then.

use std::sync::Mutex;
use std::time::Duration;

use super::limits::PAYLOAD_MAX;
use super::policy::Variables;
use super::{Aws, CertificateId, PROTOCOL, Rule, certificate};
use crate::mqtt::packet::{Connect, Filter, Subscribe};
use crate::mqtt::property::number;
use crate::mqtt::{
    Client, Cloud, Cut, Delivery, Properties, Publish, Refusal, Settings, Subscribed, Taken, Version,
    Welcome, code,
};
use crate::{Peer, lock};

/// Bounds of keep alive, in seconds; without one it is the upper.
const KEEP_ALIVE: (u64, u64) = (30, 1200);
/// How long a session outlives its connection, in seconds.
const SESSION_LIFE: u32 = 60 * 60;
/// Most messages to a client that wait for its acknowledgement.
const IN_FLIGHT_MAX: usize = 100;
/// Longest client id, in bytes.
const CLIENT_ID_MAX: usize = 128;

/// A client that is logged in.
#[derive(Debug)]
pub struct Login {
    certificate: CertificateId,
    variables: Variables,
    /// A second, and how often was published in it.
    rate: Mutex<(u64, u32)>,
}

impl Cloud for Aws {
    type Login = Login;

    fn settings(&self) -> Settings {
        Settings {
            packet_max: if self.holds(Rule::PayloadLength) { PAYLOAD_MAX + 1024 } else { 4 * PAYLOAD_MAX },
            hash_is_parent: !self.holds(Rule::HashParent),
            retained_for_wildcards: !self.holds(Rule::RetainWildcard),
            wait_for_connack: self.holds(Rule::WaitForConnack),
            take_over: self.holds(Rule::TakeOver),
            ..Settings::default()
        }
    }

    fn hello(&self, peer: &Peer) -> Result<(), String> {
        if peer.sni.as_deref() != Some(self.endpoint.as_str()) && self.holds(Rule::ServerName) {
            return Err(format!("server name (SNI) {:?}, which is not {:?}", peer.sni, self.endpoint));
        }
        if peer.port == 443 && !peer.offered.iter().any(|own| own == PROTOCOL) && self.holds(Rule::Protocol) {
            return Err(format!("port 443 without the protocol (ALPN) {PROTOCOL}: {:?}", peer.offered));
        }
        Ok(())
    }

    fn connect(&self, peer: &Peer, connect: &Connect) -> Result<Welcome<Login>, Refusal> {
        let own = peer.chain.first().ok_or_else(|| Refusal::silent("no certificate"))?;
        let parsed = certificate::parse(own).map_err(Refusal::silent)?;
        let id = certificate::id(own);
        self.check_certificate(&id, own, &parsed, peer)?;
        let length = connect.client_id.len();
        if !(1..=CLIENT_ID_MAX).contains(&length) && self.holds(Rule::ClientId) {
            return Err(Refusal::with_code(
                2,
                code::CLIENT_ID_NOT_VALID,
                format!("a client id of {length} bytes"),
            ));
        }
        let registry = lock(&self.registry);
        let things = registry.certificates.get(&id).map(|own| &own.things);
        let thing = things.is_some_and(|things| things.contains(&connect.client_id));
        let variables = Variables {
            client_id: connect.client_id.clone(),
            thing: thing.then(|| connect.client_id.clone()),
            common_name: peer.common_name(),
        };
        let resource = format!("client/{}", connect.client_id);
        if !registry.permits(&id, "iot:Connect", &resource, &variables) && self.holds(Rule::ConnectPolicy) {
            let reason = format!("no policy permits iot:Connect as {:?}", connect.client_id);
            return Err(Refusal::with_v5_code(code::NOT_AUTHORIZED, reason));
        }
        Ok(self.welcome(connect, Login { certificate: id, variables, rate: Mutex::default() }))
    }

    fn subscribe(
        &self,
        client: &Client<Login>,
        subscribe: &Subscribe,
        held: &[String],
    ) -> Result<Subscribed, Cut> {
        self.measure_subscribe(subscribe, held)?;
        if subscribe.filters.iter().any(|filter| self.passes_over(filter.qos)) {
            return Ok(Subscribed { ignored: true, ..Subscribed::default() });
        }
        for Filter { path, .. } in &subscribe.filters {
            let resource = format!("topicfilter/{path}");
            if !self.permits(&client.login, "iot:Subscribe", &resource) && self.holds(Rule::SubscribePolicy) {
                let reason = format!("no policy permits iot:Subscribe of {} to {path:?}", client.id);
                return Err(Cut::because(code::NOT_AUTHORIZED, reason));
            }
        }
        lock(&self.registry).logins.insert(client.id.clone(), client.login.clone());
        Ok(Subscribed::all(&subscribe.filters))
    }

    fn publish(&self, client: &Client<Login>, publish: &Publish) -> Result<Taken, Cut> {
        self.measure_rate(client.login.count(self.now()))?;
        self.measure_message(publish)?;
        let topic = &publish.topic;
        let resource = format!("topic/{topic}");
        for (action, rule, due) in [
            ("iot:Publish", Rule::PublishPolicy, true),
            ("iot:RetainPublish", Rule::RetainPolicy, publish.retain),
        ] {
            if due && !self.permits(&client.login, action, &resource) && self.holds(rule) {
                let reason = format!("no policy permits {action} of {} to {topic:?}", client.id);
                return Err(Cut::because(code::NOT_AUTHORIZED, reason));
            }
        }
        if self.passes_over(publish.qos) {
            return Ok(Taken::ignored());
        }
        // Basic ingest: to a rule, and to nobody else.
        if !topic.starts_with('$') || topic.starts_with("$aws/rules/") {
            return Ok(if topic.starts_with('$') { Taken::answered(Vec::new()) } else { Taken::routed() });
        }
        if let Some(messages) = self.shadow_topic(topic, &publish.payload) {
            return Ok(Taken::answered(messages.into_iter().map(Delivery::to_all).collect()));
        }
        match self.fleet_topic(&client.id, topic, &publish.payload) {
            Some(deliveries) => Ok(Taken::answered(deliveries)),
            None if self.holds(Rule::ReservedTopics) => {
                let reason = format!("{topic:?} is reserved, and no service takes it");
                Err(Cut::because(code::TOPIC_NAME_INVALID, reason))
            }
            None => Ok(Taken::routed()),
        }
    }

    fn receives(&self, client_id: &str, topic: &str) -> bool {
        if !self.holds(Rule::ReceivePolicy) {
            return true;
        }
        let login = lock(&self.registry).logins.get(client_id).cloned();
        login.is_none_or(|login| self.permits(&login, "iot:Receive", &format!("topic/{topic}")))
    }
}

impl Login {
    /// Counts a publish: how many there were in this second.
    fn count(&self, now: u64) -> u32 {
        let mut rate = lock(&self.rate);
        if rate.0 != now {
            *rate = (now, 0);
        }
        rate.1 += 1;
        rate.1
    }
}

impl Aws {
    fn permits(&self, login: &Login, action: &str, resource: &str) -> bool {
        lock(&self.registry).permits(&login.certificate, action, resource, &login.variables)
    }

    fn welcome(&self, connect: &Connect, login: Login) -> Welcome<Login> {
        let mut welcome = Welcome::new(login, connect);
        let asked = u64::from(connect.keep_alive);
        let (least, most) = KEEP_ALIVE;
        let kept = match asked {
            _ if !self.holds(Rule::KeepAliveRange) => asked,
            0 => most,
            asked => asked.clamp(least, most),
        };
        welcome.silence = if self.holds(Rule::KeepAlive) && kept > 0 {
            Some(Duration::from_millis(kept * 1500))
        } else {
            None
        };
        if self.holds(Rule::SessionLife) {
            welcome.session_life = welcome.session_life.min(SESSION_LIFE);
        }
        if self.holds(Rule::InFlight) {
            welcome.in_flight = IN_FLIGHT_MAX;
        }
        if connect.version == Version::V5 {
            welcome.topic_aliases = 8;
            let server_keep_alive = u32::try_from(kept).unwrap_or(0);
            welcome.properties = Properties::default()
                .with_number(number::SESSION_EXPIRY, welcome.session_life)
                .with_number(number::RECEIVE_MAXIMUM, 100)
                .with_number(number::MAXIMUM_QOS, 1)
                .with_number(number::MAXIMUM_PACKET_SIZE, 149_504)
                .with_number(number::TOPIC_ALIAS_MAXIMUM, 8)
                .with_number(number::SERVER_KEEP_ALIVE, server_keep_alive);
        }
        welcome
    }
}
