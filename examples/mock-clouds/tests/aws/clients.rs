//! rumqttc at the mock, over TLS: a client of somebody else's.

use std::time::Duration;

use mock_clouds::mqtt::Listening;
use mock_servers::pki::{Holder, Request};
use rumqttc::{Event, Packet, Transport};

use crate::tls::{Hello, client_config};
use crate::world::World;

/// Only a stop for what hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mock on a port of this machine, and a device with its TLS.
async fn listening(world: &World, hello: &Hello) -> (Listening, Transport) {
    let root = Holder::root(&Request::authority("Server root")).unwrap();
    let server = root.issue(&Request::server(&["localhost"])).unwrap();
    let device = world.stranger("dev");
    world.register(&device, "dev", "atecc608-device");
    let listening = match hello.port {
        443 => world.service.listen_on_443(&server, 0).await.unwrap(),
        _ => world.service.listen(&server, 0).await.unwrap(),
    };
    let transport = Transport::tls_with_config(client_config(&root, &device, hello).into());
    (listening, transport)
}

#[tokio::test]
async fn rumqttc_with_mqtt_3_publishes_and_hears() {
    for hello in [
        Hello { port: 8883, names_server: true, protocol: None },
        Hello { port: 443, names_server: true, protocol: Some("x-amzn-mqtt-ca") },
    ] {
        let world = World::at("localhost");
        let (listening, transport) = listening(&world, &hello).await;
        let mut options = rumqttc::MqttOptions::new("dev", "localhost", listening.address().port());
        options.set_transport(transport).set_keep_alive(Duration::from_secs(60));
        let (client, mut events) = rumqttc::AsyncClient::new(options, 10);
        client.subscribe("devices/dev/+", rumqttc::QoS::AtLeastOnce).await.unwrap();
        client.publish("devices/dev/telemetry", rumqttc::QoS::AtLeastOnce, false, "21.5").await.unwrap();
        let heard = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Event::Incoming(Packet::Publish(message)) = events.poll().await.unwrap() {
                    return message;
                }
            }
        });
        assert_eq!(&heard.await.unwrap().payload[..], b"21.5");
        let seen = world.service.broker().seen();
        let (peer, connect) = &seen.connected[0];
        assert_eq!((connect.client_id.as_str(), peer.common_name().as_deref()), ("dev", Some("dev")));
        assert_eq!((peer.sni.as_deref(), peer.alpn.as_deref()), (Some("localhost"), hello.protocol));
        assert_eq!(peer.tls.as_deref(), Some("TLSv1_3"));
        assert_eq!(seen.payloads("devices/dev/telemetry"), ["21.5"]);
    }
}

#[tokio::test]
async fn rumqttc_with_mqtt_5_hears_why() {
    let world = World::at("localhost");
    let (listening, transport) =
        listening(&world, &Hello { port: 8883, names_server: true, protocol: None }).await;
    let mut options = rumqttc::v5::MqttOptions::new("dev", "localhost", listening.address().port());
    options.set_transport(transport).set_keep_alive(Duration::from_secs(60));
    let (client, mut events) = rumqttc::v5::AsyncClient::new(options, 10);
    let qos = rumqttc::v5::mqttbytes::QoS::AtLeastOnce;
    client.subscribe("devices/dev/+", qos).await.unwrap();
    client.publish("devices/dev/telemetry", qos, false, "22").await.unwrap();
    let (mut heard, mut acknowledged) = (Vec::new(), 0);
    let end = tokio::time::timeout(PATIENCE, async {
        loop {
            match events.poll().await {
                Ok(rumqttc::v5::Event::Incoming(rumqttc::v5::mqttbytes::v5::Packet::Publish(message))) => {
                    heard.push(message.payload);
                    client.try_publish("devices/other/telemetry", qos, false, "no").unwrap();
                }
                Ok(rumqttc::v5::Event::Incoming(rumqttc::v5::mqttbytes::v5::Packet::PubAck(_))) => {
                    acknowledged += 1
                }
                Ok(_) => {}
                Err(error) => return error.to_string(),
            }
        }
    });
    let words = end.await.unwrap();
    assert!(words.contains("NotAuthorized"), "{words}");
    assert_eq!((&heard[..], acknowledged), (&[bytes::Bytes::from("22")][..], 1));
    assert_eq!(world.complaints(), ["no policy permits iot:Publish of dev to \"devices/other/telemetry\""]);
}
