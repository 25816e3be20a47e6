//! An IoT hub.

mod rule;
mod twin;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use serde_json::Value;

use super::{Rules, Token, certificate, query};
use crate::mqtt::packet::{Connect, Publish, Subscribe};
use crate::mqtt::{
    Broker, Client, Cloud, Cut, Delivery, QoS, Refusal, Settings, Subscribed, Taken, Version, Welcome, code,
};
use crate::tls::{Clients, Now, Offer};
use crate::{Peer, lock};
pub use rule::Rule;
pub use twin::Twin;

/// Longest message, in bytes.
const MESSAGE_MAX: usize = 256 * 1024;
/// The longest silence, in seconds: the load balancer's.
const SILENCE_MAX: u64 = 1767;
/// Most subscriptions of a device.
const SUBSCRIPTIONS_MAX: usize = 5;

/// How a device is known.
#[derive(Debug, Clone)]
pub enum KnownBy {
    /// By its certificate's SHA-256 or SHA-1 (`x509_thumbprint`).
    Thumbprint(String),
    /// By a chain to an authority of the hub, and the common name (`x509_ca`).
    Authority,
    /// By a symmetric key (`shared_private_key`).
    Key(Vec<u8>),
}

/// What the hub keeps of a device.
#[derive(Debug)]
struct Device {
    known_by: KnownBy,
    enabled: bool,
    twin: Twin,
}

/// A hub.
pub struct Hub {
    rules: Rules<Rule>,
    now: Now,
    host: String,
    authorities: Vec<CertificateDer<'static>>,
    devices: Mutex<HashMap<String, Device>>,
    calls: Mutex<u64>,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub without devices, by this clock.
    pub fn new(host: &str, now: Now) -> Self {
        let (rules, authorities, devices, calls) = Default::default();
        Self { rules, now, host: host.to_owned(), authorities, devices, calls }
    }

    /// Takes a rule away.
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Self {
        self.rules.without(rule);
        self
    }

    /// Uploads the certificate of an authority.
    #[must_use]
    pub fn with_authority(mut self, der: CertificateDer<'static>) -> Self {
        self.authorities.push(der);
        self
    }

    /// Registers a device; one of the same id is replaced, but for its twin.
    pub fn register(&self, id: &str, known_by: KnownBy) {
        let mut devices = lock(&self.devices);
        let twin = devices.remove(id).map(|old| old.twin).unwrap_or_default();
        devices.insert(id.to_owned(), Device { known_by, enabled: true, twin });
    }

    /// Disables a device, or enables it again.
    pub fn enable(&self, id: &str, enabled: bool) {
        if let Some(device) = lock(&self.devices).get_mut(id) {
            device.enabled = enabled;
        }
    }

    /// What its port offers: TLS 1.2.
    pub fn offer(&self) -> Offer {
        let mut offer = Offer { clients: Clients::Anyone, ..Offer::new(8883) };
        if self.rules.holds(Rule::Tls12) {
            offer.versions = vec![&rustls::version::TLS12];
        }
        offer
    }

    /// A device's twin.
    pub fn twin(&self, id: &str) -> Option<Twin> {
        lock(&self.devices).get(id).map(|device| device.twin.clone())
    }

    /// Changes desired properties; what is sent to the device.
    pub fn desire(&self, id: &str, patch: &Value) -> Option<Delivery> {
        let mut devices = lock(&self.devices);
        let change = devices.get_mut(id)?.twin.desire(patch)?;
        let topic = format!("$iothub/twin/PATCH/properties/desired/?$version={}", change["$version"]);
        Some(Delivery::to(id, Publish::new(topic, change.to_string()).at_least_once()))
    }

    /// Calls a direct method: the call's id, and what is sent to the device.
    pub fn method(&self, id: &str, name: &str, payload: &str) -> (String, Delivery) {
        let mut calls = lock(&self.calls);
        *calls += 1;
        let request = format!("{:x}-call", *calls);
        let topic = format!("$iothub/methods/POST/{name}/?$rid={request}");
        (request, Delivery::to(id, Publish::new(topic, payload.to_owned()).at_least_once()))
    }

    /// A message to a device, with percent-encoded properties.
    pub fn message(&self, id: &str, properties: &str, payload: &str) -> Delivery {
        let topic = format!("devices/{id}/messages/devicebound/{properties}");
        Delivery::to(id, Publish::new(topic, payload.to_owned()).at_least_once())
    }

    /// The device's id in a user name `HOST/ID/?api-version=...`.
    fn device_id(&self, user_name: Option<&str>) -> Result<String, String> {
        let user_name = user_name.unwrap_or_default();
        let (names, query) = user_name.split_once("/?").unwrap_or((user_name.trim_end_matches('/'), ""));
        let version = query::value(query, "api-version").unwrap_or_default();
        let dated = version.len() >= 10 && version.starts_with("20");
        self.rules.check(Rule::ApiVersion, dated, || format!("user name {user_name:?}: no api-version"))?;
        let (host, id) = names.split_once('/').unwrap_or(("", names));
        let own = host.eq_ignore_ascii_case(&self.host) && !id.is_empty();
        self.rules.check(Rule::UserName, own, || format!("user name {user_name:?}: not HOST/DEVICE/?..."))?;
        Ok(id.to_owned())
    }

    /// Until when the device may stay, if that is limited.
    fn admit(&self, peer: &Peer, connect: &Connect, id: &str) -> Result<Option<u64>, String> {
        let (known_by, enabled) = {
            let devices = lock(&self.devices);
            let device = devices.get(id);
            (device.map(|device| device.known_by.clone()), device.is_some_and(|device| device.enabled))
        };
        self.rules.check(Rule::Registered, known_by.is_some(), || format!("no device {id:?}"))?;
        let Some(known_by) = known_by else { return Ok(None) };
        self.rules.check(Rule::Enabled, enabled, || format!("device {id:?} is disabled"))?;
        if let KnownBy::Key(key) = known_by {
            return self.token(connect, id, &key);
        }
        let password = connect.password.as_ref().is_some_and(|password| !password.is_empty());
        self.rules
            .check(Rule::NoPassword, !password, || format!("{id}: a password beside the certificate"))?;
        let own = peer.chain.first();
        self.rules.check(Rule::Certificate, own.is_some(), || format!("{id}: no certificate"))?;
        let Some(own) = own else { return Ok(None) };
        let valid = certificate::is_valid_at(own, (self.now)());
        self.rules.check(Rule::Dates, valid, || format!("{id}: the certificate is not valid now"))?;
        if let KnownBy::Thumbprint(known) = &known_by {
            let prints = [certificate::thumbprint(own), certificate::thumbprint_sha1(own)];
            let same = prints.iter().any(|print| print.eq_ignore_ascii_case(known));
            self.rules.check(Rule::Thumbprint, same, || format!("{id}: another thumbprint"))?;
            return Ok(None);
        }
        let leads = self.authorities.iter().any(|above| certificate::leads_to(&peer.chain, above));
        self.rules.check(Rule::Chain, leads, || {
            format!("{id}: the certificates shown do not lead to an authority of the hub")
        })?;
        let named = peer.common_name().as_deref() == Some(id);
        self.rules.check(Rule::CommonName, named, || format!("{id}: the common name is another"))?;
        Ok(None)
    }

    fn token(&self, connect: &Connect, id: &str, key: &[u8]) -> Result<Option<u64>, String> {
        let password = connect.password.as_deref().unwrap_or_default();
        let token = match Token::parse(password) {
            Ok(token) => token,
            Err(reason) => {
                self.rules.check(Rule::Token, false, || format!("{id}: {reason}"))?;
                return Ok(None);
            }
        };
        let signed = token.is_signed_with(key);
        self.rules.check(Rule::TokenSignature, signed, || format!("{id}: the token has another key"))?;
        let now = (self.now)();
        self.rules
            .check(Rule::TokenExpiry, now < token.expires, || format!("{id}: the token has expired"))?;
        let resource = format!("{}/devices/{id}", self.host);
        let own = token.resource.eq_ignore_ascii_case(&resource);
        self.rules
            .check(Rule::TokenResource, own, || format!("{id}: the token is for {:?}", token.resource))?;
        Ok(self.rules.holds(Rule::TokenEnd).then_some(token.expires))
    }

    /// What a device may subscribe to. The pages name these four and say that there are no others; a part of one is let through, as
    /// else nobody could ever have five.
    fn is_filter(id: &str, filter: &str) -> bool {
        [
            &format!("devices/{id}/messages/devicebound/"),
            "$iothub/twin/res/",
            "$iothub/twin/PATCH/properties/desired/",
            "$iothub/methods/POST/",
        ]
        .iter()
        .any(|start| filter.strip_prefix(*start).is_some_and(|rest| rest == "#" || rest.ends_with("/#")))
    }

    /// What the hub makes of a message by its topic.
    fn handle(&self, id: &str, publish: &Publish) -> Result<Vec<Delivery>, String> {
        let topic = publish.topic.as_str();
        if let Some(bag) = topic.strip_prefix(&format!("devices/{id}/messages/events")) {
            let bag = bag.strip_prefix('/').or(bag.is_empty().then_some(bag));
            let pairs = bag.and_then(query::pairs);
            let own = |pairs: &Vec<(String, _)>| pairs.iter().all(|(name, _)| !name.is_empty());
            let fine = pairs.as_ref().is_some_and(own);
            self.rules
                .check(Rule::Properties, fine, || format!("{topic:?}: no percent-encoded properties"))?;
            return Ok(Vec::new());
        }
        let answer = |status: u16, rid: &str, more: &str, payload: String| {
            let topic = format!("$iothub/twin/res/{status}/?$rid={rid}{more}");
            vec![Delivery::to(id, Publish::new(topic, payload).at_least_once())]
        };
        if let Some(rid) = request(topic, "$iothub/twin/GET/") {
            let twin = self.twin(id).unwrap_or_default();
            return Ok(answer(200, &rid, "", twin.to_json().to_string()));
        }
        if let Some(rid) = request(topic, "$iothub/twin/PATCH/properties/reported/") {
            let mut devices = lock(&self.devices);
            let report = |device: &mut Device| {
                serde_json::from_slice(&publish.payload).ok().and_then(|patch| device.twin.report(&patch))
            };
            return Ok(match devices.get_mut(id).and_then(report) {
                Some(version) => answer(204, &rid, &format!("&$version={version}"), String::new()),
                None => answer(400, &rid, "", String::new()),
            });
        }
        let method = topic.strip_prefix("$iothub/methods/res/");
        if let Some((status, _)) = method.and_then(|rest| rest.split_once("/?$rid=")) {
            let is_json = publish.payload.is_empty()
                || serde_json::from_slice::<serde::de::IgnoredAny>(&publish.payload).is_ok();
            self.rules.check(Rule::MethodAnswer, is_json && status.parse::<i32>().is_ok(), || {
                format!("{topic:?}: no number as status, or no JSON")
            })?;
            return Ok(Vec::new());
        }
        self.rules.check(Rule::PublishTopic, false, || format!("{id} may not publish to {topic:?}"))?;
        Ok(Vec::new())
    }
}

/// The request id of `START?$rid=ID`.
fn request(topic: &str, start: &str) -> Option<String> {
    query::value(topic.strip_prefix(start)?, "$rid").filter(|rid| !rid.is_empty())
}

impl Broker<Hub> {
    /// Changes a device's desired properties, as a back end does.
    pub fn desire(&self, id: &str, patch: &Value) -> bool {
        let delivery = self.cloud().desire(id, patch);
        let known = delivery.is_some();
        delivery.into_iter().for_each(|delivery| self.deliver(delivery));
        known
    }

    /// Calls a direct method, and waits for its answer: status and payload.
    pub async fn call(&self, id: &str, name: &str, payload: &str) -> (i32, String) {
        let (request, delivery) = self.cloud().method(id, name, payload);
        self.deliver(delivery);
        let end = format!("/?$rid={request}");
        self.until(|seen| {
            seen.published.iter().find_map(|(_, message)| {
                let status = message.topic.strip_prefix("$iothub/methods/res/")?.strip_suffix(&end)?;
                Some((status.parse().ok()?, String::from_utf8_lossy(&message.payload).into_owned()))
            })
        })
        .await
    }
}

impl Cloud for Hub {
    /// Nothing: the client id is the device's id.
    type Login = ();

    fn settings(&self) -> Settings {
        let packet_max = if self.rules.holds(Rule::MessageSize) { MESSAGE_MAX } else { 4 * MESSAGE_MAX };
        Settings { packet_max, take_over: self.rules.holds(Rule::NewerWins), ..Settings::default() }
    }

    fn connect(&self, peer: &Peer, connect: &Connect) -> Result<Welcome<()>, Refusal> {
        let refuse = |code, v5| move |reason: String| Refusal::with_code(code, v5, reason);
        let v311 = connect.version == Version::V311;
        self.rules
            .check(Rule::Mqtt311, v311, || "MQTT 5".to_owned())
            .map_err(refuse(1, code::UNSUPPORTED_PROTOCOL_VERSION))?;
        let id = self
            .device_id(connect.user_name.as_deref())
            .map_err(refuse(4, code::BAD_USER_NAME_OR_PASSWORD))?;
        let same = connect.client_id == id;
        self.rules
            .check(Rule::ClientId, same, || format!("client id {:?} of {id:?}", connect.client_id))
            .map_err(refuse(2, code::CLIENT_ID_NOT_VALID))?;
        let ends = self.admit(peer, connect, &id).map_err(refuse(5, code::NOT_AUTHORIZED))?;
        let mut welcome = Welcome::new((), connect);
        welcome.client_id = Some(id);
        welcome.stay = ends.map(|ends| Duration::from_secs(ends.saturating_sub((self.now)())));
        if self.rules.holds(Rule::Silence) {
            let most = Duration::from_secs(SILENCE_MAX);
            welcome.silence = Some(welcome.silence.map_or(most, |silence| silence.min(most)));
        }
        Ok(welcome)
    }

    fn subscribe(
        &self,
        client: &Client<()>,
        subscribe: &Subscribe,
        held: &[String],
    ) -> Result<Subscribed, Cut> {
        let mut subscribed = Subscribed::all(&subscribe.filters);
        let mut count = held.len();
        for (filter, code) in subscribe.filters.iter().zip(&mut subscribed.codes) {
            let known = Self::is_filter(&client.id, &filter.path);
            let is_new = !held.contains(&filter.path);
            let room = !is_new || count < SUBSCRIPTIONS_MAX;
            let words = String::new;
            let fine = self.rules.check(Rule::SubscribeFilter, known, words).is_ok()
                && self.rules.check(Rule::FiveSubscriptions, room, words).is_ok();
            if fine {
                count += usize::from(is_new);
            } else {
                *code = 0x80;
            }
        }
        Ok(subscribed)
    }

    fn publish(&self, client: &Client<()>, publish: &Publish) -> Result<Taken, Cut> {
        let two = publish.qos == QoS::ExactlyOnce;
        let cut = |reason| Cut::because(code::QOS_NOT_SUPPORTED, reason);
        self.rules.check(Rule::NoQoS2, !two, || "QoS 2".to_owned()).map_err(cut)?;
        let deliveries = self.handle(&client.id, publish);
        deliveries.map(Taken::answered).map_err(|reason| Cut::because(code::TOPIC_NAME_INVALID, reason))
    }
}

#[cfg(test)]
mod tests;
