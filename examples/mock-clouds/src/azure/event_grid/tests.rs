//! Each rule, and a client that breaks it: refused with the rule, let through without.

use std::sync::Arc;

use mock_servers::pki::{Holder, NOW, Request};

use super::*;
use crate::azure::thumbprint;
use crate::mqtt::packet::{Filter, Packet};
use crate::mqtt::{Heard, Probe};

struct World {
    signer: Holder,
    device: Holder,
    pump: Holder,
}

impl World {
    fn new() -> Self {
        let root = Holder::root(&Request::authority("root")).unwrap();
        let signer = root.issue(&Request::authority("signer")).unwrap();
        let device = signer.issue(&Request::device("sensor-1")).unwrap();
        let pump = Holder::root(&Request::device("a pump")).unwrap();
        Self { signer, device, pump }
    }

    fn service(&self) -> EventGrid {
        EventGrid::new(Arc::new(|| NOW))
            .with_client("sensor-1", KnownBy::Subject)
            .with_client("sensor-2", KnownBy::Subject)
            .with_client("pump-1", KnownBy::Thumbprint(thumbprint(self.pump.der())))
            .with_authority(self.signer.der().clone())
            .with_space(TopicSpace::open("devices/${client.authenticationName}/#"))
            .with_space(TopicSpace { publisher: false, ..TopicSpace::open("all/#") })
    }

    /// One try to break the rule. Whether it is let through.
    async fn breaks(&self, service: EventGrid, rule: Rule) -> bool {
        let broker = Broker::new(service, Arc::new(|| NOW));
        let peer = of(&self.device);
        let good = connect(Version::V5, "sensor-1");
        let login = async |peer: Peer, connect| Probe::connect(&broker, peer, connect).await.1.is_welcome();
        let day = |valid| self.signer.issue(&Request { valid, ..Request::device("sensor-1") }).unwrap();
        match rule {
            Rule::Certificate => login(Peer::default(), good).await,
            Rule::UserName => login(peer, Connect { user_name: None, ..good }).await,
            Rule::Registered => {
                let other = self.signer.issue(&Request::device("sensor-9")).unwrap();
                login(of(&other), connect(Version::V5, "sensor-9")).await
            }
            Rule::Thumbprint => login(peer, connect(Version::V5, "pump-1")).await,
            Rule::Authority => {
                // An authority below the one that is uploaded does not count: the direct one has to be.
                let below = self.signer.issue(&Request::authority("below")).unwrap();
                login(of(&below.issue(&Request::device("sensor-1")).unwrap()), good).await
            }
            Rule::Subject => login(peer, connect(Version::V5, "sensor-2")).await,
            Rule::Dates => {
                login(of(&day(((2026, 1, 1), (2027, 1, 1)))), good.clone()).await
                    || login(of(&day(((2029, 1, 1), (2030, 1, 1)))), good).await
            }
            Rule::ClientId => login(peer, Connect { client_id: String::new(), ..good }).await,
            Rule::SessionOwner => {
                let (_first, heard) = Probe::connect(&broker, peer, good).await;
                assert!(heard.is_welcome());
                let pump = Connect { client_id: "sensor-1".into(), ..connect(Version::V5, "pump-1") };
                login(of(&self.pump), pump).await
            }
            Rule::OneSession => {
                let (_first, heard) = Probe::connect(&broker, peer.clone(), good.clone()).await;
                assert!(heard.is_welcome());
                login(peer, Connect { client_id: "another".into(), ..good }).await
            }
            Rule::KeepAlive => {
                let long = Connect { keep_alive: 1161, ..connect(Version::V311, "sensor-1") };
                let (_, five) =
                    Probe::connect(&broker, peer.clone(), Connect { keep_alive: 1161, ..good }).await;
                let Heard::Packet(Packet::ConnAck(ack)) = five else { panic!("{five:?}") };
                let free = ack.properties.number(number::SERVER_KEEP_ALIVE).is_none();
                assert_eq!(free, login(peer, long).await);
                free
            }
            Rule::UserProperties => {
                let properties = Properties::default().with_pair("a", "b");
                login(peer, Connect { properties, ..good }).await
            }
            Rule::AuthenticationMethod => {
                let properties = Properties::default().with_text(number::AUTHENTICATION_METHOD, "CUSTOM-JWT");
                login(peer, Connect { properties, ..good }).await
            }
            Rule::WillDelay => {
                let properties = Properties::default().with_number(number::WILL_DELAY, 301);
                let will = Some(Publish { properties, ..Publish::new("devices/sensor-1/gone", "x") });
                login(peer, Connect { will, ..good }).await
            }
            _ => self.breaks_logged_in(&broker, rule).await,
        }
    }

    async fn breaks_logged_in(&self, broker: &Broker<EventGrid>, rule: Rule) -> bool {
        // With MQTT 3.1.1 a refusal is a closed connection; topic aliases and the like are MQTT 5's.
        let five = matches!(rule, Rule::TopicAliases | Rule::NoSubscriptionIds);
        let version = if five { Version::V5 } else { Version::V311 };
        let (mut probe, heard) = Probe::connect(broker, of(&self.device), connect(version, "sensor-1")).await;
        assert!(heard.is_welcome(), "{heard:?}");
        let message = Publish::new("devices/sensor-1/t", "21.5").at_least_once();
        let filter = |path: &str, properties| {
            Packet::Subscribe(Subscribe { id: 1, filters: vec![Filter::new(path)], properties })
        };
        let sent = match rule {
            Rule::PacketSize => Publish { payload: vec![b'x'; PACKET_MAX].into(), ..message },
            Rule::NoQoS2 => Publish { qos: QoS::ExactlyOnce, ..message },
            Rule::NoRetain => Publish { retain: true, ..message },
            Rule::TopicLength => {
                Publish { topic: format!("devices/sensor-1/{}", "x".repeat(240)), ..message }
            }
            Rule::TopicSegments => {
                Publish { topic: format!("devices/sensor-1/{}", ["x"; 14].join("/")), ..message }
            }
            Rule::PublishPermission => Publish { topic: "devices/sensor-2/t".into(), ..message },
            Rule::TopicAliases => {
                let properties = Properties::default().with_number(number::TOPIC_ALIAS, 11);
                Publish { properties, ..message }
            }
            Rule::SubscribePermission | Rule::NoSharedSubscriptions | Rule::NoSubscriptionIds => {
                let (path, properties) = match rule {
                    Rule::SubscribePermission => ("devices/+/t", Properties::default()),
                    Rule::NoSharedSubscriptions => ("$share/g/devices/sensor-1/t", Properties::default()),
                    _ => {
                        ("devices/sensor-1/t", Properties::default().with_number(number::SUBSCRIPTION_ID, 1))
                    }
                };
                probe.send(&filter(path, properties)).await;
                let heard = probe.hear().await;
                return matches!(heard, Heard::Packet(Packet::SubAck(ack)) if ack.codes == [1]);
            }
            other => panic!("{other:?} is not tested"),
        };
        probe.send(&Packet::Publish(Publish { id: 7, ..sent })).await;
        // The broker knows no PUBREC, so what tells is that it goes on.
        probe.send(&Packet::PingReq).await;
        loop {
            match probe.hear().await {
                Heard::Packet(Packet::PingResp) => return true,
                Heard::Packet(Packet::Disconnect(_)) | Heard::Closed => return false,
                _ => {}
            }
        }
    }
}

fn of(holder: &Holder) -> Peer {
    Peer { chain: holder.chain().to_vec(), ..Peer::default() }
}

fn connect(version: Version, name: &str) -> Connect {
    Connect { user_name: Some(name.to_owned()), ..Connect::new(version, name) }
}

use crate::mqtt::Broker;

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
async fn good_clients_of_both_versions_talk() {
    let world = World::new();
    let broker = Broker::new(world.service(), Arc::new(|| NOW));
    for (version, holder, name) in
        [(Version::V311, &world.device, "sensor-1"), (Version::V5, &world.pump, "pump-1")]
    {
        let (mut probe, heard) = Probe::connect(&broker, of(holder), connect(version, name)).await;
        assert!(heard.is_welcome(), "{:?}", broker.seen().complaints);
        probe.subscribe(1, &[&format!("devices/{name}/cmd/#"), "all/news"]).await;
        let Heard::Packet(Packet::SubAck(ack)) = probe.hear().await else { panic!() };
        assert_eq!(ack.codes, [1, 1]);
        probe.publish(2, &format!("devices/{name}/cmd/echo"), b"hi").await;
        assert!(matches!(probe.hear_answer().await, Heard::Packet(Packet::PubAck(ack)) if ack.code == 0));
        assert!(matches!(probe.hear().await, Heard::Packet(Packet::Publish(_))));
    }
    assert!(broker.seen().complaints.is_empty(), "{:?}", broker.seen().complaints);
}

#[tokio::test(start_paused = true)]
async fn names_may_come_from_the_certificate() {
    let world = World::new();
    let broker = Broker::new(world.service().with_names_from_subjects(), Arc::new(|| NOW));
    let nameless = Connect::new(Version::V311, "session-1");
    assert!(Probe::connect(&broker, of(&world.device), nameless).await.1.is_welcome());
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_is_a_code_in_mqtt_5() {
    let world = World::new();
    let broker = Broker::new(world.service(), Arc::new(|| NOW));
    let (mut probe, _) = Probe::connect(&broker, of(&world.device), connect(Version::V5, "sensor-1")).await;
    probe.publish(3, "all/news", b"x").await;
    assert!(
        matches!(probe.hear().await, Heard::Packet(Packet::PubAck(ack)) if ack.code == code::NOT_AUTHORIZED)
    );
    assert!(broker.seen().published.is_empty());
}
