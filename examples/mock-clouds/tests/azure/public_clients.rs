//! rumqttc, unchanged, as an oracle of the mocks: MQTT 3.1.1 at the hub, both versions at Event Grid.

use std::sync::Arc;
use std::time::Duration;

use mock_clouds::azure::event_grid::{self, EventGrid, TopicSpace};
use mock_clouds::azure::hub::{Hub, KnownBy};
use mock_clouds::azure::token;
use mock_clouds::mqtt::Broker;
use mock_servers::pki::NOW;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS, TlsConfiguration, Transport, v5};

use crate::device::{ID, World};

/// A hang is a failure.
const PATIENCE: Duration = Duration::from_secs(60);
const HOST: &str = "localhost";

fn transport(config: rustls::ClientConfig) -> Transport {
    Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config)))
}

/// Publishes to a topic, and waits for what comes to a filter that it has subscribed to.
async fn talk(
    options: MqttOptions,
    filter: &str,
    topic: &str,
    after: impl FnOnce(),
) -> Option<(String, String)> {
    let (client, mut events) = AsyncClient::new(options, 10);
    let mut after = Some(after);
    let talk = async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
                }
                Ok(Event::Incoming(Packet::SubAck(_))) => {
                    client.publish(topic, QoS::AtLeastOnce, false, "21.5").await.unwrap();
                }
                Ok(Event::Incoming(Packet::PubAck(_))) => after.take().into_iter().for_each(|after| after()),
                Ok(Event::Incoming(Packet::Publish(publish))) => {
                    let payload = String::from_utf8(publish.payload.to_vec()).unwrap();
                    return Some((publish.topic, payload));
                }
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    };
    tokio::time::timeout(PATIENCE, talk).await.expect("neither an answer nor an end")
}

#[tokio::test]
async fn a_hub_by_certificate_and_by_token() {
    let world = World::new();
    for by_token in [false, true] {
        let hub = Hub::new(HOST, Arc::new(|| NOW)).with_authority(world.root.der().clone());
        hub.register(ID, if by_token { KnownBy::Key(vec![1; 20]) } else { KnownBy::Authority });
        let broker = Broker::new(hub, Arc::new(|| NOW));
        let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
        let mut options = MqttOptions::new(ID, HOST, listening.address().port());
        let password = match by_token {
            true => token(&format!("{HOST}/devices/{ID}"), &[1; 20], NOW + 60, None),
            false => String::new(),
        };
        options.set_credentials(format!("{HOST}/{ID}/?api-version=2021-04-12"), password);
        options.set_transport(transport(match by_token {
            true => world.without_certificate(&[&rustls::version::TLS12]),
            false => world.with_certificate(),
        }));
        let message = broker.cloud().message(ID, "a=b", "hello");
        let topic = "devices/sensor-1/messages/events/a=b";
        let heard =
            talk(options, "devices/sensor-1/messages/devicebound/#", topic, || broker.deliver(message));
        let expected = ("devices/sensor-1/messages/devicebound/a=b".to_owned(), "hello".to_owned());
        assert_eq!(heard.await, Some(expected), "{:?}", broker.seen().complaints);
        assert_eq!(broker.seen().payloads(topic), ["21.5"]);
    }
}

fn namespace(world: &World) -> Broker<EventGrid> {
    let cloud = EventGrid::new(Arc::new(|| NOW))
        .with_client(ID, event_grid::KnownBy::Subject)
        .with_authority(world.signer.der().clone())
        .with_space(TopicSpace::open("devices/${client.authenticationName}/#"));
    Broker::new(cloud, Arc::new(|| NOW))
}

#[tokio::test]
async fn event_grid_in_mqtt_3_1_1() {
    let world = World::new();
    let broker = namespace(&world);
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    let options = |user: &str| {
        let mut options = MqttOptions::new(ID, HOST, listening.address().port());
        options.set_credentials(user, "");
        options.set_transport(transport(world.with_certificate()));
        options
    };
    let topic = "devices/sensor-1/t";
    let heard = talk(options(ID), "devices/sensor-1/#", topic, || ()).await;
    assert_eq!(heard, Some((topic.to_owned(), "21.5".to_owned())), "{:?}", broker.seen().complaints);
    assert_eq!(talk(options("sensor-2"), "devices/sensor-1/#", topic, || ()).await, None);
}

#[tokio::test]
async fn event_grid_in_mqtt_5() {
    let world = World::new();
    let broker = namespace(&world);
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    let mut options = v5::MqttOptions::new(ID, HOST, listening.address().port());
    options.set_credentials(ID, "");
    options.set_transport(transport(world.with_certificate()));
    let (client, mut events) = v5::AsyncClient::new(options, 10);
    let talk = async {
        use v5::Event::Incoming;
        use v5::mqttbytes::QoS;
        use v5::mqttbytes::v5::Packet;
        loop {
            match events.poll().await.unwrap() {
                Incoming(Packet::ConnAck(ack)) => {
                    let properties = ack.properties.unwrap();
                    assert_eq!(properties.max_qos, Some(1));
                    assert_eq!(properties.topic_alias_max, Some(10));
                    client.subscribe("devices/sensor-1/#", QoS::AtLeastOnce).await.unwrap();
                }
                Incoming(Packet::SubAck(_)) => {
                    client.publish("devices/sensor-1/t", QoS::AtLeastOnce, false, "21.5").await.unwrap();
                }
                Incoming(Packet::Publish(publish)) => return publish.payload,
                _ => {}
            }
        }
    };
    let payload = tokio::time::timeout(PATIENCE, talk).await.expect("an answer");
    assert_eq!(payload, "21.5");
}
