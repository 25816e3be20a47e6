//! The Device Provisioning Service.

mod enrollment;
mod rule;

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::{Rules, query};
use crate::mqtt::packet::{Connect, Publish, Subscribe};
use crate::mqtt::{
    Client, Cloud, Cut, Delivery, QoS, Refusal, Settings, Subscribed, Taken, Version, Welcome, code,
};
use crate::tls::{Clients, Now, Offer};
use crate::{Peer, lock};
use bytes::Bytes;
pub use enrollment::{Attestation, Enrollment};
pub use rule::Rule;

const FILTER: &str = "$dps/registrations/res/#";
/// What a device is told to wait, in seconds.
const RETRY_AFTER: u32 = 3;

/// Where a device went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// Registration id, as the device said it.
    pub registration_id: String,
    /// The hub.
    pub hub: String,
    /// The device's id there.
    pub device_id: String,
}

/// A registration under way.
#[derive(Debug)]
struct Operation {
    assigned: Assigned,
    /// How often it is still "assigning".
    polls: u32,
}

/// A service with its enrollments.
pub struct Dps {
    rules: Rules<Rule>,
    now: Now,
    id_scope: String,
    enrollments: Vec<Enrollment>,
    /// How often a registration is "assigning" before it is done.
    polls: u32,
    /// How many of the next requests are answered with 429.
    busy: Mutex<u32>,
    operations: Mutex<HashMap<String, Operation>>,
    assigned: Mutex<Vec<Assigned>>,
}

impl std::fmt::Debug for Dps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dps").field("id_scope", &self.id_scope).finish_non_exhaustive()
    }
}

impl Dps {
    /// A service without enrollments, by this clock.
    pub fn new(id_scope: &str, now: Now) -> Self {
        let (rules, enrollments, busy, operations, assigned) = Default::default();
        let id_scope = id_scope.to_owned();
        Self { rules, now, id_scope, enrollments, polls: 1, busy, operations, assigned }
    }

    /// Takes a rule away.
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Self {
        self.rules.without(rule);
        self
    }

    /// Adds an enrollment. The first that fits counts; individual ones go before groups.
    #[must_use]
    pub fn with_enrollment(mut self, enrollment: Enrollment) -> Self {
        self.enrollments.push(enrollment);
        self.enrollments.sort_by_key(|enrollment| enrollment.registration_id.is_none());
        self
    }

    /// Says "assigning" so often before a hub is assigned.
    #[must_use]
    pub fn with_polls(mut self, polls: u32) -> Self {
        self.polls = polls;
        self
    }

    /// Answers the next requests with 429.
    pub fn be_busy(&self, requests: u32) {
        *lock(&self.busy) = requests;
    }

    /// What its port offers: TLS 1.2.
    pub fn offer(&self) -> Offer {
        let mut offer = Offer { clients: Clients::Anyone, ..Offer::new(8883) };
        if self.rules.holds(Rule::Tls12) {
            offer.versions = vec![&rustls::version::TLS12];
        }
        offer
    }

    /// Who was assigned, in order.
    pub fn assigned(&self) -> Vec<Assigned> {
        lock(&self.assigned).clone()
    }

    /// The registration id in a user name `IDSCOPE/registrations/ID/api-version=...`.
    fn registration_id(&self, user_name: Option<&str>) -> Result<String, String> {
        let user_name = user_name.unwrap_or_default();
        let mut parts = user_name.split('/');
        let (scope, fixed, id) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
        let formed = fixed == Some("registrations") && !id.is_empty();
        let words = || format!("user name {user_name:?}: not IDSCOPE/registrations/ID/api-version=...");
        self.rules.check(Rule::UserName, formed, words)?;
        let version = parts.next().and_then(|rest| query::value(rest, "api-version")).unwrap_or_default();
        let dated = version.len() >= 10 && version.starts_with("20");
        self.rules.check(Rule::ApiVersion, dated, || format!("user name {user_name:?}: no api-version"))?;
        let own = scope == Some(&self.id_scope);
        self.rules.check(Rule::IdScope, own, || format!("id scope {scope:?}"))?;
        Ok(id.to_owned())
    }

    /// Answers a request: status, what else is in the topic, body.
    fn answer(&self, client: &Client<Login>, publish: &Publish) -> Result<(u16, String, Value), String> {
        let topic = publish.topic.as_str();
        let retry = format!("&retry-after={RETRY_AFTER}");
        {
            let mut busy = lock(&self.busy);
            if *busy > 0 {
                *busy -= 1;
                return Ok((429, retry, error(429_001, "Operations are being throttled for this tenant.")));
            }
        }
        if topic.starts_with("$dps/registrations/PUT/iotdps-register/") {
            let body: Option<Value> = serde_json::from_slice(&publish.payload).ok();
            let id = body.as_ref().and_then(|body| body["registrationId"].as_str());
            let same = id.is_some_and(|id| id.eq_ignore_ascii_case(&client.login.registration_id));
            if self.rules.check(Rule::Body, same, String::new).is_err() {
                return Ok((400, String::new(), error(400_004, "Registration id mismatch.")));
            }
            return Ok(match self.enroll(client) {
                Ok(assigned) => {
                    let operation = format!("4.{}.{:x}", self.id_scope, lock(&self.operations).len() + 1);
                    let said = json!({"operationId": operation, "status": "assigning"});
                    let state = Operation { assigned, polls: self.polls };
                    lock(&self.operations).insert(operation, state);
                    (202, retry, said)
                }
                Err((status, code, reason)) => (status, String::new(), error(code, &reason)),
            });
        }
        if topic.starts_with("$dps/registrations/GET/iotdps-get-operationstatus/") {
            let query = topic.split_once("/?").map_or("", |(_, query)| query);
            let id = query::value(query, "operationId").unwrap_or_default();
            let mut operations = lock(&self.operations);
            let Some(operation) = operations.get_mut(&id) else {
                return Ok((404, String::new(), error(404_203, "Operation not found.")));
            };
            if operation.polls > 0 {
                operation.polls -= 1;
                return Ok((202, retry, json!({"operationId": id, "status": "assigning"})));
            }
            let Assigned { registration_id, hub, device_id } = operation.assigned.clone();
            lock(&self.assigned).push(operation.assigned.clone());
            let state = json!({
                "registrationId": registration_id, "assignedHub": hub, "deviceId": device_id, "status": "assigned",
                "substatus": "initialAssignment", "createdDateTimeUtc": "2028-01-15T00:00:00.0Z",
                "lastUpdatedDateTimeUtc": "2028-01-15T00:00:01.0Z", "etag": "IjEi",
            });
            return Ok((
                200,
                String::new(),
                json!({"operationId": id, "status": "assigned", "registrationState": state}),
            ));
        }
        self.rules.check(Rule::PublishTopic, false, || format!("no topic {topic:?}"))?;
        Ok((200, String::new(), Value::Null))
    }
}

fn error(code: u32, message: &str) -> Value {
    json!({
        "errorCode": code, "trackingId": "8ad0463c-0000-0000-0000-000000000000", "message": message,
        "timestampUtc": "2028-01-15T00:00:00Z",
    })
}

/// What DPS remembers of a client until it registers.
#[derive(Debug)]
pub struct Login {
    registration_id: String,
    password: Bytes,
}

impl Cloud for Dps {
    type Login = Login;

    fn settings(&self) -> Settings {
        Settings { packet_max: 64 * 1024, ..Settings::default() }
    }

    fn connect(&self, peer: &Peer, connect: &Connect) -> Result<Welcome<Login>, Refusal> {
        let refuse = |code, v5| move |reason: String| Refusal::with_code(code, v5, reason);
        let v311 = connect.version == Version::V311;
        self.rules
            .check(Rule::Mqtt311, v311, || "MQTT 5".to_owned())
            .map_err(refuse(1, code::UNSUPPORTED_PROTOCOL_VERSION))?;
        let id = self
            .registration_id(connect.user_name.as_deref())
            .map_err(refuse(4, code::BAD_USER_NAME_OR_PASSWORD))?;
        let same = connect.client_id == id;
        self.rules
            .check(Rule::ClientId, same, || format!("client id {:?} of {id:?}", connect.client_id))
            .map_err(refuse(2, code::CLIENT_ID_NOT_VALID))?;
        let password = connect.password.clone().unwrap_or_default();
        let shown = !peer.chain.is_empty() || !password.is_empty();
        self.rules
            .check(Rule::Credentials, shown, || format!("{id}: neither certificate nor token"))
            .map_err(refuse(5, code::NOT_AUTHORIZED))?;
        let login = Login { registration_id: id, password };
        // "It treats every session as non-persistent."
        Ok(Welcome { session_life: 0, ..Welcome::new(login, connect) })
    }

    fn subscribe(&self, _: &Client<Login>, subscribe: &Subscribe, _: &[String]) -> Result<Subscribed, Cut> {
        let mut subscribed = Subscribed::all(&subscribe.filters);
        for (filter, code) in subscribe.filters.iter().zip(&mut subscribed.codes) {
            if self.rules.check(Rule::SubscribeFilter, filter.path == FILTER, String::new).is_err() {
                *code = 0x80;
            }
        }
        Ok(subscribed)
    }

    fn publish(&self, client: &Client<Login>, publish: &Publish) -> Result<Taken, Cut> {
        let two = publish.qos == QoS::ExactlyOnce;
        let cut = |code| move |reason| Cut::because(code, reason);
        let words = || "QoS 2".to_owned();
        self.rules.check(Rule::NoQoS2, !two, words).map_err(cut(code::QOS_NOT_SUPPORTED))?;
        let (status, more, body) = self.answer(client, publish).map_err(cut(code::TOPIC_NAME_INVALID))?;
        let query = publish.topic.split_once("/?").map_or("", |(_, query)| query);
        let Some(rid) = query::value(query, "$rid") else { return Ok(Taken::answered(Vec::new())) };
        let topic = format!("$dps/registrations/res/{status}/?$rid={rid}{more}");
        let message = Publish::new(topic, body.to_string()).at_least_once();
        Ok(Taken::answered(vec![Delivery::to(&client.id, message)]))
    }
}

#[cfg(test)]
mod tests;
