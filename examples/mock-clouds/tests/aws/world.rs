//! An account with devices.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mock_clouds::Peer;
use mock_clouds::aws::{Rule, Service, Status};
use mock_clouds::mqtt::packet::{Connect, Packet, Publish};
use mock_clouds::mqtt::{Heard, Probe, Version};
use mock_servers::pki::{Holder, NOW, Request};
use serde_json::Value;

pub(crate) const ENDPOINT: &str = "a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com";
pub(crate) const DEVICE_POLICY: &str = include_str!("../../../mtls/aws/device-policy.json");
pub(crate) const CLAIM_POLICY: &str = include_str!("../../../mtls/aws/claim-policy.json");
pub(crate) const FLEET_TEMPLATE: &str = include_str!("../../../mtls/aws/fleet-template.json");
pub(crate) const JITP: &str = include_str!("../../../mtls/aws/jitp-registration.json");
/// Permits everything.
pub(crate) const OPEN: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}"#;

/// An account.
pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) owner: Holder,
    clock: Arc<AtomicU64>,
}

impl World {
    /// With policies and a template, but nobody in it.
    pub(crate) fn without(rules: &[Rule]) -> Self {
        Self::made(ENDPOINT, rules)
    }

    /// The same with an endpoint of this name.
    pub(crate) fn at(endpoint: &str) -> Self {
        Self::made(endpoint, &[])
    }

    fn made(endpoint: &str, rules: &[Rule]) -> Self {
        let clock = Arc::new(AtomicU64::new(NOW));
        let now = Arc::clone(&clock);
        let service = Service::new(endpoint, Arc::new(move || now.load(Ordering::Relaxed))).unwrap();
        let service = rules.iter().fold(service, |service, rule| service.without(*rule));
        service.registry(|registry| {
            registry.create_policy("open", OPEN).unwrap();
            registry.create_policy("atecc608-device", DEVICE_POLICY).unwrap();
            registry.create_policy("atecc608-claim", CLAIM_POLICY).unwrap();
            registry.create_template("atecc608", FLEET_TEMPLATE).unwrap();
        });
        Self { service, owner: Holder::root(&Request::authority("Owner's CA")).unwrap(), clock }
    }

    pub(crate) fn new() -> Self {
        Self::without(&[])
    }

    /// So much later, in seconds.
    pub(crate) fn later(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A device that nobody knows.
    pub(crate) fn stranger(&self, name: &str) -> Holder {
        self.owner.issue(&Request::device(name)).unwrap()
    }

    /// A device that is registered with its thing, and its certificate's name.
    pub(crate) fn register(&self, device: &Holder, thing: &str, policy: &str) -> String {
        self.service.registry(|registry| {
            registry.create_thing(thing);
            let id = registry.register_certificate(device.der(), Status::Active);
            assert!(registry.attach_policy(&id, policy) && registry.attach_thing(&id, thing));
            id
        })
    }

    /// What the mock believes of a device that connects without a network.
    pub(crate) fn peer(&self, device: &Holder) -> Peer {
        Peer { port: 8883, sni: Some(ENDPOINT.into()), chain: device.chain().to_vec(), ..Peer::default() }
    }

    pub(crate) async fn connect(&self, device: &Holder, connect: Connect) -> (Probe, Heard) {
        Probe::connect(self.service.broker(), self.peer(device), connect).await
    }

    /// A device "dev" with this policy, logged in with MQTT 3.1.1.
    pub(crate) async fn logged_in(&self, policy: &str) -> Probe {
        let device = self.stranger("dev");
        self.register(&device, "dev", policy);
        let (probe, heard) = self.connect(&device, Connect::new(Version::V311, "dev")).await;
        assert!(heard.is_welcome(), "{heard:?} {:?}", self.complaints());
        probe
    }

    pub(crate) fn complaints(&self) -> Vec<String> {
        self.service.broker().seen().complaints
    }
}

/// Asks by a topic of AWS's, whose answers are subscribed to: the last level of the answer's topic, and the answer.
pub(crate) async fn ask(probe: &mut Probe, topic: &str, payload: &[u8]) -> (String, Value) {
    let filters = ["accepted", "rejected"].map(|how| format!("{topic}/{how}"));
    probe.subscribe(900, &[&filters[0], &filters[1]]).await;
    assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(_))));
    probe.publish(901, topic, payload).await;
    assert!(matches!(probe.hear_answer().await, Heard::Packet(Packet::PubAck(_))));
    let Heard::Packet(Packet::Publish(answer)) = probe.hear().await else { panic!("no answer") };
    let how = answer.topic.rsplit('/').next().unwrap().to_owned();
    (how, serde_json::from_slice(&answer.payload).unwrap())
}

/// Whether the broker still answers: it has taken everything before. What it says before is passed over.
pub(crate) async fn answers(probe: &mut Probe) -> bool {
    probe.send(&Packet::PingReq).await;
    loop {
        match probe.hear().await {
            Heard::Packet(Packet::PingResp) => return true,
            Heard::Packet(_) => {}
            Heard::Closed | Heard::Silence => return false,
        }
    }
}

/// The next message.
pub(crate) fn message(heard: Heard) -> Option<Publish> {
    match heard {
        Heard::Packet(Packet::Publish(message)) => Some(message),
        _ => None,
    }
}
