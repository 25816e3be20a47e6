//! Each rule, and a device that breaks it: refused with the rule, let through without.

use std::sync::Arc;

use mock_servers::pki::{Holder, NOW, Request};
use serde_json::json;

use super::*;
use crate::azure::{thumbprint, thumbprint_sha1, token};
use crate::mqtt::packet::{Filter, Packet};
use crate::mqtt::{Heard, Probe};

const HOST: &str = "greenhouse.azure-devices.net";
const KEY: &[u8] = &[0x5A; 32];

struct World {
    root: Holder,
    signer: Holder,
    /// By its thumbprint.
    known: Holder,
    /// By its chain.
    signed: Holder,
}

fn of(holder: &Holder) -> Peer {
    Peer { chain: holder.chain().to_vec(), ..Peer::default() }
}

fn connect(id: &str) -> Connect {
    Connect {
        user_name: Some(format!("{HOST}/{id}/?api-version=2021-04-12&DeviceClientType=x%20y")),
        ..Connect::new(Version::V311, id)
    }
}

fn with_token(resource: &str, key: &[u8], expires: u64) -> Connect {
    Connect { password: Some(token(resource, key, expires, None).into()), ..connect("keyed") }
}

fn own_resource() -> String {
    format!("{HOST}/devices/keyed")
}

impl World {
    fn new() -> Self {
        let root = Holder::root(&Request::authority("root")).unwrap();
        let signer = root.issue(&Request::authority("signer")).unwrap();
        let known = Holder::root(&Request::device("whatever")).unwrap();
        let signed = signer.issue(&Request::device("signed")).unwrap();
        Self { root, signer, known, signed }
    }

    fn service(&self) -> Hub {
        let hub = Hub::new(HOST, Arc::new(|| NOW)).with_authority(self.root.der().clone());
        hub.register("known", KnownBy::Thumbprint(thumbprint(self.known.der())));
        hub.register("signed", KnownBy::Authority);
        hub.register("keyed", KnownBy::Key(KEY.to_vec()));
        hub
    }

    async fn breaks(&self, hub: Hub, rule: Rule) -> bool {
        let broker = Broker::new(hub, Arc::new(|| NOW));
        let login = async |peer: Peer, connect| Probe::connect(&broker, peer, connect).await.1.is_welcome();
        let (peer, good) = (of(&self.signed), connect("signed"));
        let (resource, hour) = (own_resource(), NOW + 3600);
        let none = Peer::default();
        match rule {
            Rule::Tls12 => broker.cloud().offer().versions.contains(&&rustls::version::TLS13),
            Rule::Mqtt311 => login(peer, Connect { version: Version::V5, ..good }).await,
            Rule::UserName => {
                let user_name = Some("other.azure-devices.net/signed/?api-version=2021-04-12".into());
                login(peer, Connect { user_name, ..good }).await
            }
            Rule::ApiVersion => {
                login(peer, Connect { user_name: Some(format!("{HOST}/signed/")), ..good }).await
            }
            Rule::ClientId => login(peer, Connect { client_id: "x".into(), ..good }).await,
            Rule::Registered => {
                let other = self.signer.issue(&Request::device("other")).unwrap();
                login(of(&other), connect("other")).await
            }
            Rule::Enabled => {
                broker.cloud().enable("signed", false);
                login(peer, good).await
            }
            Rule::Certificate => login(none, good).await,
            Rule::Dates => {
                let old = Request { valid: ((2026, 1, 1), (2027, 1, 1)), ..Request::device("signed") };
                login(of(&self.signer.issue(&old).unwrap()), good).await
            }
            Rule::Thumbprint => login(peer, connect("known")).await,
            Rule::Chain => {
                // The right certificate, but the one between is not shown.
                let chain = peer.chain.iter().take(1).cloned().collect();
                login(Peer { chain, ..peer }, good).await
            }
            Rule::CommonName => login(of(&self.signer.issue(&Request::device("other")).unwrap()), good).await,
            Rule::NoPassword => login(peer, Connect { password: Some("x".into()), ..good }).await,
            Rule::Token => login(none, Connect { password: Some("secret".into()), ..connect("keyed") }).await,
            Rule::TokenSignature => login(none, with_token(&resource, &[1; 32], hour)).await,
            Rule::TokenExpiry => login(none, with_token(&resource, KEY, NOW)).await,
            Rule::TokenResource => login(none, with_token(&format!("{HOST}/devices/k"), KEY, hour)).await,
            _ => self.breaks_logged_in(&broker, rule).await,
        }
    }

    async fn breaks_logged_in(&self, broker: &Broker<Hub>, rule: Rule) -> bool {
        let (peer, connect) = match rule {
            Rule::TokenEnd => (Peer::default(), with_token(&own_resource(), KEY, NOW + 60)),
            Rule::Silence => (of(&self.signed), Connect { keep_alive: 0, ..connect("signed") }),
            _ => (of(&self.signed), connect("signed")),
        };
        let (mut probe, heard) = Probe::connect(broker, peer.clone(), connect.clone()).await;
        assert!(heard.is_welcome(), "{:?}", broker.seen().complaints);
        let message = Publish::new("devices/signed/messages/events/", "21.5").at_least_once();
        let publish = match rule {
            Rule::NewerWins => {
                let (_second, heard) = Probe::connect(broker, peer, connect).await;
                assert!(heard.is_welcome());
                return is_alive(&mut probe).await;
            }
            Rule::TokenEnd => {
                tokio::time::sleep(Duration::from_secs(50)).await;
                assert!(is_alive(&mut probe).await);
                tokio::time::sleep(Duration::from_secs(20)).await;
                return is_alive(&mut probe).await;
            }
            Rule::Silence => {
                tokio::time::sleep(Duration::from_secs(1760)).await;
                assert!(is_alive(&mut probe).await);
                tokio::time::sleep(Duration::from_secs(1770)).await;
                return is_alive(&mut probe).await;
            }
            Rule::SubscribeFilter => {
                probe.subscribe(1, &["devices/signed/messages/events/#"]).await;
                return is_granted(probe.hear().await);
            }
            Rule::FiveSubscriptions => {
                for number in 0..5 {
                    probe.subscribe(1, &[&format!("$iothub/methods/POST/{number}/#")]).await;
                    assert!(is_granted(probe.hear().await));
                }
                probe.subscribe(1, &["$iothub/methods/POST/5/#"]).await;
                return is_granted(probe.hear().await);
            }
            Rule::MessageSize => Publish { payload: vec![b'x'; MESSAGE_MAX].into(), ..message },
            Rule::NoQoS2 => Publish { qos: QoS::ExactlyOnce, ..message },
            Rule::PublishTopic => Publish { topic: "devices/known/messages/events/".into(), ..message },
            Rule::Properties => Publish { topic: format!("{}a=%zz", message.topic), ..message },
            Rule::MethodAnswer => Publish { topic: "$iothub/methods/res/ok/?$rid=1".into(), ..message },
            other => panic!("{other:?} is not tested"),
        };
        probe.send(&Packet::Publish(Publish { id: 7, ..publish })).await;
        is_alive(&mut probe).await
    }
}

async fn is_alive(probe: &mut Probe) -> bool {
    probe.send(&Packet::PingReq).await;
    loop {
        match probe.hear().await {
            Heard::Packet(Packet::PingResp) => return true,
            Heard::Closed => return false,
            _ => {}
        }
    }
}

fn is_granted(heard: Heard) -> bool {
    matches!(heard, Heard::Packet(Packet::SubAck(ack)) if ack.codes == [1])
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
async fn every_way_to_be_known() {
    let world = World::new();
    let broker = Broker::new(world.service(), Arc::new(|| NOW));
    broker.cloud().register("old", KnownBy::Thumbprint(thumbprint_sha1(world.known.der()).to_lowercase()));
    for (peer, connect) in [
        (of(&world.known), connect("known")),
        (of(&world.known), connect("old")),
        (of(&world.signed), connect("signed")),
        (Peer::default(), with_token(&own_resource(), KEY, NOW + 1)),
    ] {
        let (_, heard) = Probe::connect(&broker, peer, connect).await;
        assert!(heard.is_welcome(), "{:?}", broker.seen().complaints);
    }
}

#[tokio::test(start_paused = true)]
async fn twin_methods_and_messages() {
    let world = World::new();
    let broker = Broker::new(world.service(), Arc::new(|| NOW));
    let (mut probe, _) = Probe::connect(&broker, of(&world.signed), connect("signed")).await;
    let filters = [
        "$iothub/twin/res/#",
        "$iothub/twin/PATCH/properties/desired/#",
        "$iothub/methods/POST/#",
        "devices/signed/messages/devicebound/#",
    ];
    probe.subscribe(1, &filters).await;
    assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(ack)) if ack.codes == [1; 4]));
    let heard = async |probe: &mut Probe| loop {
        if let Heard::Packet(Packet::Publish(publish)) = probe.hear().await {
            return (publish.topic, String::from_utf8(publish.payload.to_vec()).unwrap());
        }
    };
    probe.publish(2, "$iothub/twin/PATCH/properties/reported/?$rid=a1", br#"{"battery":55}"#).await;
    assert_eq!(heard(&mut probe).await.0, "$iothub/twin/res/204/?$rid=a1&$version=2");
    probe.publish(3, "$iothub/twin/PATCH/properties/reported/?$rid=a2", b"not json").await;
    assert_eq!(heard(&mut probe).await.0, "$iothub/twin/res/400/?$rid=a2");
    assert!(broker.desire("signed", &json!({"interval": 5})));
    let (topic, change) = heard(&mut probe).await;
    assert_eq!(topic, "$iothub/twin/PATCH/properties/desired/?$version=2");
    assert_eq!(change, r#"{"$version":2,"interval":5}"#);
    probe.publish(4, "$iothub/twin/GET/?$rid=a3", b"").await;
    let (topic, twin) = heard(&mut probe).await;
    assert_eq!(topic, "$iothub/twin/res/200/?$rid=a3");
    assert!(twin.contains(r#""battery":55"#) && twin.contains(r#""interval":5"#), "{twin}");
    broker.deliver(broker.cloud().message("signed", "a=b%20c", "hello"));
    assert_eq!(heard(&mut probe).await.0, "devices/signed/messages/devicebound/a=b%20c");
    let call = broker.call("signed", "led", "1");
    let answer = async {
        let (topic, payload) = heard(&mut probe).await;
        let request = topic.strip_prefix("$iothub/methods/POST/led/?$rid=").unwrap();
        assert_eq!(payload, "1");
        probe.publish(5, &format!("$iothub/methods/res/200/?$rid={request}"), b"true").await;
    };
    assert_eq!(tokio::join!(call, answer).0, (200, "true".to_owned()));
    assert!(broker.seen().complaints.is_empty(), "{:?}", broker.seen().complaints);
}

#[test]
fn filters_of_others_are_none() {
    assert!(Hub::is_filter("a", "devices/a/messages/devicebound/#"));
    assert!(!Hub::is_filter("a", "devices/b/messages/devicebound/#"));
    assert!(!Hub::is_filter("a", "$iothub/twin/res/"));
    let filter = Filter::new("#");
    assert!(!Hub::is_filter("a", &filter.path));
}
