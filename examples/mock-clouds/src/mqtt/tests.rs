//! The broker with a cloud that permits everything.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mock_servers::pki::NOW;

use super::packet::{Connect, Disconnect, Filter, Packet, PubAck, Publish, SubAck, Subscribe, Unsubscribe};
use super::property::{Value, number};
use super::*;
use crate::Peer;

/// Permits everything.
struct Open(Settings);

impl Cloud for Open {
    type Login = ();

    fn settings(&self) -> Settings {
        self.0.clone()
    }

    fn connect(&self, _peer: &Peer, connect: &Connect) -> Result<Welcome<()>, Refusal> {
        Ok(Welcome { in_flight: 2, topic_aliases: 3, ..Welcome::new((), connect) })
    }

    fn subscribe(&self, _: &Client<()>, subscribe: &Subscribe, _: &[String]) -> Result<Subscribed, Cut> {
        Ok(Subscribed::all(&subscribe.filters))
    }

    fn publish(&self, _: &Client<()>, publish: &Publish) -> Result<Taken, Cut> {
        Ok(if publish.qos == QoS::ExactlyOnce { Taken::ignored() } else { Taken::routed() })
    }
}

fn broker() -> Broker<Open> {
    Broker::new(Open(Settings::default()), Arc::new(|| NOW))
}

async fn probe(broker: &Broker<Open>, version: Version, id: &str) -> Probe {
    let (probe, heard) = Probe::connect(broker, Peer::default(), Connect::new(version, id)).await;
    assert!(heard.is_welcome(), "{heard:?}");
    probe
}

fn puback(id: u16) -> Heard {
    Heard::Packet(Packet::PubAck(PubAck { id, code: 0 }))
}

fn suback(id: u16, codes: &[u8]) -> Heard {
    Heard::Packet(Packet::SubAck(SubAck { id, codes: codes.to_vec() }))
}

fn message(heard: Heard) -> Publish {
    match heard {
        Heard::Packet(Packet::Publish(publish)) => publish,
        other => panic!("{other:?}"),
    }
}

/// What mqttbytes writes is read, and what is written mqttbytes reads: each version.
#[test]
fn packets_are_those_of_mqttbytes() {
    fn mine(bytes: &[u8], version: Option<Version>) -> Packet {
        read::packet(&mut BytesMut::from(bytes), version, 1000).unwrap().unwrap()
    }
    fn written(packet: &Packet) -> BytesMut {
        let mut bytes = BytesMut::new();
        write::packet(packet, Version::V311, &mut bytes);
        bytes
    }
    let mut bytes = BytesMut::new();
    let mut connect = mqttbytes::v4::Connect::new("id");
    connect.set_login("user", "pass");
    connect.last_will = Some(mqttbytes::v4::LastWill::new("t", "gone", mqttbytes::QoS::AtLeastOnce, true));
    connect.write(&mut bytes).unwrap();
    let expected = Connect {
        keep_alive: 10,
        user_name: Some("user".into()),
        password: Some(Bytes::from("pass")),
        will: Some(Publish { retain: true, ..Publish::new("t", "gone").at_least_once() }),
        ..Connect::new(Version::V311, "id")
    };
    assert_eq!(mine(&bytes, None), Packet::Connect(expected.clone()));
    assert_eq!(written(&Packet::Connect(expected)), bytes);

    let mut bytes = BytesMut::new();
    let mut publish = mqttbytes::v4::Publish::new("a/b", mqttbytes::QoS::AtLeastOnce, "hi");
    publish.pkid = 7;
    publish.write(&mut bytes).unwrap();
    let expected = Packet::Publish(Publish { id: 7, ..Publish::new("a/b", "hi").at_least_once() });
    assert_eq!(mine(&bytes, Some(Version::V311)), expected);
    assert_eq!(written(&expected), bytes);

    let mut bytes = BytesMut::new();
    let mut connect = mqttbytes::v5::Connect::new("id");
    connect.properties = Some(mqttbytes::v5::ConnectProperties {
        session_expiry_interval: Some(99),
        receive_maximum: Some(4),
        max_packet_size: Some(70_000),
        topic_alias_max: None,
        request_response_info: Some(1),
        request_problem_info: None,
        user_properties: vec![("name".into(), "value".into())],
        authentication_method: Some("CUSTOM-JWT".into()),
        authentication_data: Some(Bytes::from_static(b"\xFF\0")),
    });
    connect.write(&mut bytes).unwrap();
    let Packet::Connect(read) = mine(&bytes, None) else { panic!("no CONNECT") };
    assert_eq!(read.properties.number(number::SESSION_EXPIRY), Some(99));
    assert_eq!(read.properties.number(number::MAXIMUM_PACKET_SIZE), Some(70_000));
    assert_eq!(read.properties.pair("name"), Some("value"));
    assert_eq!(read.properties.text(number::AUTHENTICATION_METHOD), Some("CUSTOM-JWT"));
    assert_eq!(read.properties.bytes(number::AUTHENTICATION_DATA), Some(&Bytes::from_static(b"\xFF\0")));
}

/// Each packet of each version comes back as it was written.
#[test]
fn what_is_written_is_read_again() {
    let properties = Properties::default()
        .with_number(number::MESSAGE_EXPIRY, 70_000)
        .with_text(number::RESPONSE_TOPIC, "r")
        .with(number::CORRELATION_DATA, Value::Bytes(Bytes::from_static(b"\0\xFF")))
        .with_number(number::SUBSCRIPTION_ID, 300)
        .with_number(number::SUBSCRIPTION_ID, 5)
        .with_number(number::TOPIC_ALIAS, 3)
        .with_pair("a", "b");
    for version in [Version::V311, Version::V5] {
        let v5 = version == Version::V5;
        let with = |properties: &Properties| if v5 { properties.clone() } else { Properties::default() };
        for packet in [
            Packet::Publish(Publish { properties: with(&properties), ..Publish::new("t", vec![7; 300]) }),
            Packet::PubAck(PubAck { id: 5, code: if v5 { 0x87 } else { 0 } }),
            Packet::ExactlyOnce(6, 9),
            Packet::Subscribe(Subscribe {
                id: 3,
                filters: vec![Filter {
                    no_local: v5,
                    retain_handling: 2 * u8::from(v5),
                    ..Filter::new("a/#")
                }],
                properties: Properties::default(),
            }),
            Packet::SubAck(SubAck { id: 3, codes: vec![1, 128] }),
            Packet::Unsubscribe(Unsubscribe { id: 4, filters: vec!["a".into(), "b".into()] }),
            Packet::UnsubAck(SubAck { id: 4, codes: if v5 { vec![0, 0x11] } else { vec![] } }),
            Packet::PingReq,
            Packet::PingResp,
            Packet::Disconnect(Disconnect {
                code: if v5 { 0x8E } else { 0 },
                properties: Properties::default(),
            }),
        ] {
            let mut bytes = BytesMut::new();
            write::packet(&packet, version, &mut bytes);
            let whole = bytes.clone();
            for length in 0..whole.len() {
                let part = read::packet(&mut BytesMut::from(&whole[..length]), Some(version), 1000);
                assert_eq!(part, Ok(None), "{packet:?} cut at {length}");
            }
            assert_eq!(read::packet(&mut bytes, Some(version), 1000), Ok(Some(packet)));
            assert!(bytes.is_empty());
        }
    }
}

#[test]
fn what_is_no_packet_is_told() {
    for (bytes, version, expected) in [
        (&b"\x30\x02\0\0"[..], None, "the first packet is no CONNECT but of type 3"),
        (b"\x80\x02\0\0", Some(Version::V311), "packet type 8 with flags 0"),
        (b"\x82\x02\0\x01", Some(Version::V311), "SUBSCRIBE without a filter"),
        (b"\x82\x06\0\x00\0\x01a\0", Some(Version::V311), "packet id 0"),
        (b"\x82\x06\0\x01\0\x01a\x04", Some(Version::V311), "filter \"a\" with options 0x04"),
        (b"\x82\x06\0\x01\0\x01a\x03", Some(Version::V311), "QoS 3"),
        (b"\x36\x03\0\x01a", Some(Version::V311), "QoS 3"),
        (b"\x38\x03\0\x01a", Some(Version::V311), "QoS 0, and sent before"),
        (b"\x30\x03\0\x01\xFF", Some(Version::V311), "text that is no UTF-8"),
        (b"\x30\x03\0\x01\0", Some(Version::V311), "text with a NUL"),
        (b"\x30\x03\0\x05a", Some(Version::V311), "1 bytes where 5 are promised"),
        (b"\x40\x03\0\x01\0", Some(Version::V311), "1 bytes after the end of the packet"),
        (b"\xF0\0", Some(Version::V311), "packet type 15"),
        (b"\x30\xFF\xFF\xFF\xFF", Some(Version::V311), "a length of more than four bytes"),
        (b"\x30\x80\0", Some(Version::V311), "a length with more bytes than it needs"),
        (b"\x30\xFF\x7F", Some(Version::V311), "a packet of 16383 bytes"),
        (b"\x10\x02\0\0", Some(Version::V5), "a second CONNECT"),
        (b"\x10\x0C\0\x04MQTT\x03\0\0\0\0\0", None, "protocol level 3"),
        (b"\x10\x0C\0\x04MQTX\x04\0\0\0\0\0", None, "the protocol's name is not MQTT"),
        (b"\x10\x0C\0\x04MQTT\x04\x01\0\0\0\0", None, "CONNECT with flags 0x01"),
        (b"\x10\x0C\0\x04MQTT\x04\x20\0\0\0\0", None, "CONNECT with flags 0x20"),
        (b"\x10\x0C\0\x04MQTT\x04\x40\0\0\0\0", None, "a password without a user name"),
        (b"\x30\x07\0\x01a\x03\x04\0\0", Some(Version::V5), "property 4"),
        (b"\x30\x08\0\x01a\x04\x01\0\x01\0", Some(Version::V5), "property 1 twice"),
    ] {
        let malformed = read::packet(&mut BytesMut::from(bytes), version, 1000).unwrap_err();
        assert_eq!(malformed.to_string(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn messages_go_to_those_who_subscribed() {
    let broker = broker();
    let mut ear = probe(&broker, Version::V311, "ear").await;
    ear.subscribe(1, &["a/+", "a/b"]).await;
    assert_eq!(ear.hear().await, suback(1, &[1, 1]));
    let mut mouth = probe(&broker, Version::V5, "mouth").await;
    mouth.publish(9, "a/b", b"hi").await;
    assert_eq!(mouth.hear().await, puback(9));
    mouth.publish(10, "c", b"not").await;
    assert_eq!(mouth.hear().await, puback(10));
    // Once, though both filters match.
    let heard = message(ear.hear().await);
    assert_eq!((heard.topic.as_str(), &heard.payload[..], heard.qos), ("a/b", &b"hi"[..], QoS::AtLeastOnce));
    ear.send(&Packet::PubAck(PubAck { id: heard.id, code: 0 })).await;
    broker.until(|seen| (!seen.acknowledged.is_empty()).then_some(())).await;
    // At most with the QoS that it was published with.
    broker.publish(Publish::new("a/b", "once"));
    assert_eq!(message(ear.hear().await).qos, QoS::AtMostOnce);
    ear.send(&Packet::Unsubscribe(Unsubscribe { id: 2, filters: vec!["a/+".into(), "x".into()] })).await;
    assert_eq!(ear.hear().await, Heard::Packet(Packet::UnsubAck(SubAck { id: 2, codes: vec![] })));
    assert_eq!(broker.seen().payloads("a/b"), ["hi"]);
    // One and a half times the keep alive.
    assert_eq!(ear.hear().await, Heard::Closed);
    let silent = Packet::Disconnect(Disconnect { code: 0x8D, properties: Properties::default() });
    assert_eq!(mouth.hear().await, Heard::Packet(silent));
    assert_eq!(broker.seen().complaints, ["silent for too long", "silent for too long"]);
}

#[tokio::test(start_paused = true)]
async fn keep_alive_is_one_and_a_half_times() {
    let broker = broker();
    let mut probe = probe(&broker, Version::V311, "dev").await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(89)).await;
        probe.send(&Packet::PingReq).await;
        assert_eq!(probe.hear().await, Heard::Packet(Packet::PingResp));
    }
    let start = tokio::time::Instant::now();
    assert_eq!(probe.hear().await, Heard::Closed);
    assert_eq!(start.elapsed().as_secs(), 90);
}

#[tokio::test(start_paused = true)]
async fn the_newer_of_two_connections_lives() {
    let broker = broker();
    let mut first = probe(&broker, Version::V5, "dev").await;
    let mut second = probe(&broker, Version::V5, "dev").await;
    let taken = Packet::Disconnect(Disconnect { code: 0x8E, properties: Properties::default() });
    assert_eq!(first.hear().await, Heard::Packet(taken));
    assert_eq!(first.hear().await, Heard::Closed);
    second.send(&Packet::PingReq).await;
    assert_eq!(second.hear().await, Heard::Packet(Packet::PingResp));
    assert_eq!(broker.connected(), ["dev"]);
}

#[tokio::test(start_paused = true)]
async fn a_session_waits_for_its_client() {
    let broker = broker();
    let connect = Connect { clean: false, ..Connect::new(Version::V311, "dev") };
    let (mut dev, _) = Probe::connect(&broker, Peer::default(), connect.clone()).await;
    dev.subscribe(1, &["t"]).await;
    assert_eq!(dev.hear().await, suback(1, &[1]));
    broker.publish(Publish::new("t", "0").at_least_once());
    let unacknowledged = message(dev.hear().await);
    drop(dev);
    broker.until(|seen| (!seen.gone.is_empty()).then_some(())).await;
    for number in 1..4 {
        broker.publish(Publish::new("t", number.to_string()).at_least_once());
    }
    broker.publish(Publish::new("t", "lost"));
    let (mut dev, heard) = Probe::connect(&broker, Peer::default(), connect).await;
    assert!(matches!(heard, Heard::Packet(Packet::ConnAck(ack)) if ack.session_present));
    let again = message(dev.hear().await);
    assert_eq!((again.dup, again.id, &again.payload[..]), (true, unacknowledged.id, &b"0"[..]));
    assert_eq!(&message(dev.hear().await).payload[..], b"1");
    // Two in flight, no more before one is acknowledged.
    dev.send(&Packet::PingReq).await;
    assert_eq!(dev.hear().await, Heard::Packet(Packet::PingResp));
    dev.send(&Packet::PubAck(PubAck { id: again.id, code: 0 })).await;
    assert_eq!(&message(dev.hear().await).payload[..], b"2");
    dev.send(&Packet::PubAck(PubAck { id: 99, code: 0 })).await;
    assert_eq!(dev.hear().await, Heard::Closed);
    assert_eq!(broker.seen().complaints, ["PUBACK of 99, which is not in flight"]);
    let clean = Connect::new(Version::V311, "dev");
    let (_, heard) = Probe::connect(&broker, Peer::default(), clean).await;
    assert!(matches!(heard, Heard::Packet(Packet::ConnAck(ack)) if !ack.session_present));
}

#[tokio::test(start_paused = true)]
async fn wills_and_retained_messages() {
    let broker = broker();
    let will = Some(Publish { retain: true, ..Publish::new("will", "gone").at_least_once() });
    let connect = Connect { will, ..Connect::new(Version::V5, "dev") };
    let (mut polite, _) = Probe::connect(&broker, Peer::default(), connect.clone()).await;
    polite.send(&Packet::Disconnect(Disconnect::default())).await;
    assert_eq!(polite.hear().await, Heard::Closed);
    assert!(broker.seen().published.is_empty());
    let (rude, _) = Probe::connect(&broker, Peer::default(), connect).await;
    drop(rude);
    broker.until(|seen| (!seen.published.is_empty()).then_some(())).await;
    let mut ear = probe(&broker, Version::V311, "ear").await;
    ear.subscribe(1, &["+"]).await;
    assert_eq!(ear.hear().await, suback(1, &[1]));
    let heard = message(ear.hear().await);
    assert!(heard.retain && heard.topic == "will");
    ear.send(&Packet::Publish(Publish { retain: true, ..Publish::new("will", "") })).await;
    assert!(!message(ear.hear().await).retain);
    ear.subscribe(2, &["will"]).await;
    assert_eq!(ear.hear().await, suback(2, &[1]));
    ear.send(&Packet::PingReq).await;
    assert_eq!(ear.hear().await, Heard::Packet(Packet::PingResp));
}

#[tokio::test(start_paused = true)]
async fn topic_aliases_and_subscription_ids() {
    let broker = broker();
    let mut probe = probe(&broker, Version::V5, "dev").await;
    let properties = Properties::default().with_number(number::SUBSCRIPTION_ID, 300);
    let filters = vec![Filter { qos: QoS::AtMostOnce, ..Filter::new("t") }];
    probe.send(&Packet::Subscribe(Subscribe { id: 1, filters, properties })).await;
    assert_eq!(probe.hear().await, suback(1, &[0]));
    let alias = |topic: &str, alias: u32| {
        let properties = Properties::default().with_number(number::TOPIC_ALIAS, alias).with_pair("k", "v");
        Packet::Publish(Publish { properties, ..Publish::new(topic, "hi") })
    };
    for topic in ["t", ""] {
        probe.send(&alias(topic, 3)).await;
        let heard = message(probe.hear().await);
        assert_eq!(heard.topic, "t");
        let expected = Properties::default().with_pair("k", "v").with_number(number::SUBSCRIPTION_ID, 300);
        assert_eq!(heard.properties, expected);
    }
    probe.send(&alias("t", 4)).await;
    let over = Packet::Disconnect(Disconnect { code: 0x94, properties: Properties::default() });
    assert_eq!(probe.hear().await, Heard::Packet(over));
}
