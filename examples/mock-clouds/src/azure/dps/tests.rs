//! Each rule, and a device that breaks it: refused with the rule, let through without.

use std::sync::Arc;

use mock_servers::pki::{Holder, NOW, Request};

use super::*;
use crate::azure::token;
use crate::mqtt::packet::Packet;
use crate::mqtt::{Broker, Heard, Probe};

const SCOPE: &str = "0ne00ABCDEF";
const KEY: &[u8] = &[0x5A; 32];
const GROUP_KEY: &[u8] = &[0xA5; 64];
const HUB: &str = "greenhouse.azure-devices.net";

struct World {
    root: Holder,
    signer: Holder,
    one: Holder,
    many: Holder,
}

fn of(holder: &Holder) -> Peer {
    Peer { chain: holder.chain().to_vec(), ..Peer::default() }
}

fn connect(id: &str) -> Connect {
    Connect {
        user_name: Some(format!("{SCOPE}/registrations/{id}/api-version=2019-03-31")),
        ..Connect::new(Version::V311, id)
    }
}

fn with_token(id: &str, resource: &str, key: &[u8], expires: u64, policy: &str) -> Connect {
    Connect { password: Some(token(resource, key, expires, Some(policy)).into()), ..connect(id) }
}

impl World {
    fn new() -> Self {
        let root = Holder::root(&Request::authority("root")).unwrap();
        let signer = root.issue(&Request::authority("signer")).unwrap();
        let one = Holder::root(&Request::device("one")).unwrap();
        let many = signer.issue(&Request::device("many")).unwrap();
        Self { root, signer, one, many }
    }

    fn service(&self) -> Dps {
        let x509 = |holder: &Holder| Attestation::X509(holder.der().clone());
        let off = Enrollment {
            enabled: false,
            ..Enrollment::individual("off", Attestation::Key(KEY.to_vec()), HUB)
        };
        let one = Enrollment {
            device_id: Some("device-1".into()),
            ..Enrollment::individual("one", x509(&self.one), HUB)
        };
        Dps::new(SCOPE, Arc::new(|| NOW))
            .with_enrollment(Enrollment::group(x509(&self.root), HUB))
            .with_enrollment(one)
            .with_enrollment(Enrollment::individual("keyed", Attestation::Key(KEY.to_vec()), HUB))
            .with_enrollment(off)
    }

    async fn breaks(&self, dps: Dps, rule: Rule) -> bool {
        let broker = Broker::new(dps, Arc::new(|| NOW));
        let through = async |peer: Peer, connect| register(&broker, peer, connect).await == Some(202);
        let (peer, good, none) = (of(&self.many), connect("many"), Peer::default());
        let (resource, hour) = (format!("{SCOPE}/registrations/keyed"), NOW + 3600);
        let named = |user_name: String| Connect { user_name: Some(user_name), ..good.clone() };
        match rule {
            Rule::Tls12 => broker.cloud().offer().versions.contains(&&rustls::version::TLS13),
            Rule::Mqtt311 => login(&broker, peer, Connect { version: Version::V5, ..good }).await.is_some(),
            Rule::UserName => {
                login(&broker, peer, named(format!("{SCOPE}/devices/many/api-version=2019-03-31")))
                    .await
                    .is_some()
            }
            Rule::ApiVersion => {
                login(&broker, peer, named(format!("{SCOPE}/registrations/many"))).await.is_some()
            }
            Rule::IdScope => {
                let other = named("0ne00OTHER/registrations/many/api-version=2019-03-31".into());
                login(&broker, peer, other).await.is_some()
            }
            Rule::ClientId => login(&broker, peer, Connect { client_id: "x".into(), ..good }).await.is_some(),
            Rule::Credentials => login(&broker, none, good).await.is_some(),
            Rule::Certificate => {
                through(of(&Holder::root(&Request::device("one")).unwrap()), connect("one")).await
            }
            Rule::Chain => {
                let chain = peer.chain.iter().take(1).cloned().collect();
                through(Peer { chain, ..peer }, good).await
            }
            Rule::Dates => {
                let old = Request { valid: ((2026, 1, 1), (2027, 1, 1)), ..Request::device("many") };
                through(of(&self.signer.issue(&old).unwrap()), good).await
            }
            Rule::CommonName => through(peer, connect("others")).await,
            Rule::Enabled => {
                let resource = format!("{SCOPE}/registrations/off");
                through(none, with_token("off", &resource, KEY, hour, "registration")).await
            }
            Rule::TokenSignature => {
                through(none, with_token("keyed", &resource, &[1; 32], hour, "registration")).await
            }
            Rule::TokenExpiry => {
                through(none, with_token("keyed", &resource, KEY, NOW, "registration")).await
            }
            Rule::TokenResource => {
                let other = format!("{SCOPE}/registrations/one");
                through(none, with_token("keyed", &other, KEY, hour, "registration")).await
            }
            Rule::TokenPolicy => through(none, with_token("keyed", &resource, KEY, hour, "device")).await,
            Rule::Body | Rule::PublishTopic | Rule::NoQoS2 | Rule::SubscribeFilter => {
                let mut probe = login(&broker, peer, good).await.unwrap();
                let put = Publish::new(PUT, r#"{"registrationId":"many"}"#).at_least_once();
                let publish = match rule {
                    Rule::Body => Publish { payload: r#"{"registrationId":"other"}"#.into(), ..put },
                    Rule::PublishTopic => Publish { topic: "telemetry/?$rid=1".into(), ..put },
                    Rule::NoQoS2 => Publish { qos: QoS::ExactlyOnce, ..put },
                    _ => {
                        probe.subscribe(9, &["$dps/registrations/#"]).await;
                        let heard = probe.hear().await;
                        return matches!(heard, Heard::Packet(Packet::SubAck(ack)) if ack.codes == [1]);
                    }
                };
                probe.send(&Packet::Publish(Publish { id: 7, ..publish })).await;
                answer(&mut probe).await.is_some_and(|(status, _)| status < 300)
            }
        }
    }
}

const PUT: &str = "$dps/registrations/PUT/iotdps-register/?$rid=1";

/// Logged in and subscribed.
async fn login(broker: &Broker<Dps>, peer: Peer, connect: Connect) -> Option<Probe> {
    let (mut probe, heard) = Probe::connect(broker, peer, connect).await;
    if !heard.is_welcome() {
        return None;
    }
    probe.subscribe(1, &[FILTER]).await;
    assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(ack)) if ack.codes == [1]));
    Some(probe)
}

/// Status and payload of the next answer.
async fn answer(probe: &mut Probe) -> Option<(u16, Value)> {
    loop {
        match probe.hear().await {
            Heard::Packet(Packet::Publish(publish)) => {
                let status = publish.topic.strip_prefix("$dps/registrations/res/")?.get(..3)?.parse().ok()?;
                return Some((status, serde_json::from_slice(&publish.payload).unwrap()));
            }
            Heard::Closed => return None,
            _ => {}
        }
    }
}

async fn register(broker: &Broker<Dps>, peer: Peer, connect: Connect) -> Option<u16> {
    let body = json!({"registrationId": connect.client_id}).to_string();
    let mut probe = login(broker, peer, connect).await?;
    probe.publish(2, PUT, body.as_bytes()).await;
    answer(&mut probe).await.map(|(status, _)| status)
}

#[tokio::test(start_paused = true)]
async fn no_rule_is_decoration() {
    let world = World::new();
    for rule in Rule::ALL {
        assert!(!world.breaks(world.service(), rule).await, "{rule:?} is not enforced");
        assert!(
            world.breaks(world.service().without(rule), rule).await,
            "{rule:?} is refused without it, too"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn from_the_question_to_the_hub() {
    let world = World::new();
    let broker = Broker::new(world.service().with_polls(2), Arc::new(|| NOW));
    broker.cloud().be_busy(1);
    let mut probe = login(&broker, of(&world.one), connect("one")).await.unwrap();
    for expected in [429, 202] {
        probe.publish(2, PUT, br#"{"registrationId":"one"}"#).await;
        let (status, body) = answer(&mut probe).await.unwrap();
        assert_eq!(status, expected);
        if status == 202 {
            let topic = "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=";
            let id = body["operationId"].as_str().unwrap();
            for (poll, status) in [(3, 202), (4, 202), (5, 200)] {
                probe.publish(poll, &format!("{topic}{id}"), b"").await;
                let answered = answer(&mut probe).await.unwrap();
                assert_eq!(answered.0, status);
                if status == 200 {
                    assert_eq!(answered.1["registrationState"]["assignedHub"], HUB);
                    assert_eq!(answered.1["registrationState"]["deviceId"], "device-1");
                }
            }
            probe.publish(6, &format!("{topic}none"), b"").await;
            assert_eq!(answer(&mut probe).await.unwrap().0, 404);
        }
    }
    assert_eq!(broker.cloud().assigned().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn keys_of_groups_are_derived() {
    let group = Enrollment::group(Attestation::Key(GROUP_KEY.to_vec()), HUB);
    let dps = Dps::new(SCOPE, Arc::new(|| NOW)).with_enrollment(group);
    let broker = Broker::new(dps, Arc::new(|| NOW));
    let resource = format!("{SCOPE}/registrations/a-1");
    let derived = super::super::sas::hmac_sha256(GROUP_KEY, b"a-1");
    for (key, status) in [(&derived[..], 202), (GROUP_KEY, 401)] {
        let connect = with_token("a-1", &resource, key, NOW + 60, "registration");
        assert_eq!(register(&broker, Peer::default(), connect).await, Some(status));
    }
}
