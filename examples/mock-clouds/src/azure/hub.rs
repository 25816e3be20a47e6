//! An IoT hub.

mod admission;
mod messages;
mod rule;
mod twin;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use serde_json::Value;

use super::Rules;
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
