//! AWS IoT Core: certificates that are registered, or register themselves; policies; shadows; fleet provisioning.
//!
//! What it refuses is listed in [`Rule`], with what it does then. Where AWS's documents are silent on how, the mock closes
//! the connection. Not there: custom authorizers, HTTP, WebSockets, jobs, CBOR, fleet indexing, delayed delivery.

mod admission;
mod certificate;
mod enrolment;
mod fleet;
mod limits;
mod policy;
mod registry;
mod rule;
mod shadow;
mod template;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock};

use mock_servers::pki::{self, Holder, Key, Request};
use serde_json::Value;

pub use admission::Login;
pub use policy::{Policy, PolicyError};
pub use registry::{Registry, Status};
pub use rule::Rule;
pub use template::{Template, TemplateError};

use crate::lock;
use crate::mqtt::{Broker, Delivery, Listening, Publish};
use crate::tls::{Door, Now, Offer};

/// The account's name for a device that its certificate has: SHA-256, in hexadecimal digits.
pub type CertificateId = String;

/// The account in which everything here is.
pub const ACCOUNT: &str = "123456789012";
/// Its region.
pub const REGION: &str = "eu-central-1";
/// ALPN of MQTT with certificates on port 443.
pub const PROTOCOL: &str = "x-amzn-mqtt-ca";

/// What AWS knows and asks of its clients: the cloud behind the [`Broker`].
#[derive(Debug)]
pub struct Aws {
    /// Full name of the data endpoint.
    endpoint: String,
    rules: Mutex<HashSet<Rule>>,
    registry: Mutex<Registry>,
    amazon: &'static Holder,
    now: Clock,
}

struct Clock(Now);

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// The CA that signs certificates made by AWS: the same for all accounts, with an RSA key; with one on P-256 where there
/// is no openssl to make it.
fn amazon() -> Result<&'static Holder, pki::Error> {
    static AMAZON: OnceLock<Holder> = OnceLock::new();
    if let Some(made) = AMAZON.get() {
        return Ok(made);
    }
    let request = Request::authority("Amazon Root CA 1");
    let made =
        Holder::root(&Request { key: Key::Rsa, ..request.clone() }).or_else(|_| Holder::root(&request))?;
    Ok(AMAZON.get_or_init(|| made))
}

/// AWS IoT Core for one account.
#[derive(Debug, Clone)]
pub struct Service {
    broker: Broker<Aws>,
}

impl Service {
    /// An empty account with the full name of its endpoint; its clock gives Unix seconds.
    ///
    /// # Errors
    /// Amazon's certificate can't be made.
    pub fn new(endpoint: &str, now: Now) -> Result<Self, pki::Error> {
        let aws = Aws {
            endpoint: endpoint.to_owned(),
            rules: Mutex::new(Rule::ALL.iter().copied().collect()),
            registry: Mutex::default(),
            amazon: amazon()?,
            now: Clock(Arc::clone(&now)),
        };
        Ok(Self { broker: Broker::new(aws, now) })
    }

    /// The same without one of its rules.
    pub fn without(self, rule: Rule) -> Self {
        lock(&self.aws().rules).remove(&rule);
        self
    }

    /// The broker, for what happened and for messages to devices.
    pub fn broker(&self) -> &Broker<Aws> {
        &self.broker
    }

    fn aws(&self) -> &Aws {
        self.broker.cloud()
    }

    /// Does something in the account: registers, creates, attaches.
    pub fn registry<R>(&self, with: impl FnOnce(&mut Registry) -> R) -> R {
        with(&mut lock(&self.aws().registry))
    }

    /// Its endpoint.
    pub fn endpoint(&self) -> &str {
        &self.aws().endpoint
    }

    /// Listens as the endpoint's port 8883: MQTT, without ALPN.
    ///
    /// # Errors
    /// The port can't be had, or the certificate not be used.
    pub async fn listen(&self, server: &Holder, port: u16) -> std::io::Result<Listening> {
        self.open(server, port, Offer::new(8883)).await
    }

    /// Listens as the endpoint's port 443: MQTT for clients that offer [`PROTOCOL`].
    ///
    /// # Errors
    /// The port can't be had, or the certificate not be used.
    pub async fn listen_on_443(&self, server: &Holder, port: u16) -> std::io::Result<Listening> {
        let protocols = vec![PROTOCOL.into(), "mqtt".into(), "x-amzn-http-ca".into()];
        self.open(server, port, Offer { protocols, ..Offer::new(443) }).await
    }

    async fn open(&self, server: &Holder, port: u16, offer: Offer) -> std::io::Result<Listening> {
        let door = self.door(server, &offer).map_err(std::io::Error::other)?;
        self.broker.listen(port, door).await
    }

    /// The endpoint's TLS, for connections that are not made by a port of this machine.
    ///
    /// # Errors
    /// The certificate can't be used.
    pub fn door(&self, server: &Holder, offer: &Offer) -> Result<Door, rustls::Error> {
        Door::new(server, offer, Arc::clone(&self.aws().now.0))
    }

    /// An application writes into a thing's shadow, as `update-thing-shadow` does. `shadow`: name, if it has one. What was
    /// answered: the document under `accepted`, or the error under `rejected`.
    pub fn update_shadow(&self, thing: &str, shadow: Option<&str>, document: &Value) -> Result<Value, Value> {
        let (answer, deliveries) =
            self.aws().shadow_updated(thing, shadow.unwrap_or_default(), document.to_string().as_bytes());
        deliveries.into_iter().for_each(|message| self.broker.deliver(Delivery::to_all(message)));
        answer
    }

    /// A thing's shadow, as `get-thing-shadow` shows it; none: there is no such shadow.
    pub fn shadow(&self, thing: &str, shadow: Option<&str>) -> Option<Value> {
        lock(&self.aws().registry).shadow(thing, shadow.unwrap_or_default(), self.broker.now())
    }

    /// A message from an application.
    pub fn publish(&self, topic: &str, payload: &[u8]) {
        self.broker.publish(Publish::new(topic, payload.to_vec()).at_least_once());
    }
}

impl Aws {
    fn holds(&self, rule: Rule) -> bool {
        lock(&self.rules).contains(&rule)
    }

    fn now(&self) -> u64 {
        (self.now.0)()
    }
}
