//! The client against a scripted broker. What it has in common with the bridge's session, the packet loop, is tested
//! there byte by byte.

use super::*;
use crate::mqtt::packet::Malformed;
use crate::mqtt::script::{AtEnd, Cut, Script, script};
use crate::mqtt::{KeepAlive, LoginError, TopicError, Will};
use embassy_futures::{block_on, poll_once};
use std::string::{String, ToString};
use std::vec::Vec;

#[derive(Default)]
struct Heard(Vec<(String, Vec<u8>)>);

impl Messages for Heard {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        self.0.push((topic.into(), payload.to_vec()));
    }

    fn accepts(&self, topic: &str) -> bool {
        topic != "foreign"
    }
}

const OK: &[u8] = b"\x20\x02\0\0";
/// CONNECT of the id "id": what is sent first.
const CONNECT: &[u8] = b"\x10\x0E\0\x04MQTT\x04\x02\x02\x58\0\x02id";

/// Logs in, then runs `work`; what was sent after CONNECT.
fn run<T>(
    wire: &mut Script,
    work: impl AsyncFnOnce(&mut Client<'_, &mut Script>, &mut Heard) -> T,
) -> (Result<T, ClientError<Cut>>, Heard) {
    let (mut rx, mut tx, mut heard) = ([0; 64], [0; 64], Heard::default());
    let result = block_on(async {
        let mut client = Client::connect(wire, &Login::new("id"), &mut rx, &mut tx).await?;
        Ok(work(&mut client, &mut heard).await)
    });
    (result, heard)
}

fn sent(wire: &Script) -> &[u8] {
    wire.sent.strip_prefix(CONNECT).unwrap()
}

#[test]
fn a_login_with_everything() {
    let will = Will { topic: "w", payload: b"gone", qos: QoS::AtLeastOnce, retain: true };
    let login = Login {
        user_name: Some("user"),
        password: Some(b"p\0\xFF"),
        will: Some(will),
        keep_alive: KeepAlive::from_secs(30).unwrap(),
        clean_session: false,
        ..Login::new("lamp-1")
    };
    let (mut rx, mut tx) = ([0; RECEIVE_MIN], [0xEE; 64]);
    let mut wire = script(&[b"\x20\x02\x01\0"]);
    let client = block_on(Client::connect(&mut wire, &login, &mut rx, &mut tx)).unwrap();
    assert!(client.session_present());
    assert_eq!(
        wire.sent,
        b"\x10\x26\0\x04MQTT\x04\xEC\0\x1E\0\x06lamp-1\0\x01w\0\x04gone\0\x04user\0\x03p\0\xFF"
    );
    assert_eq!(tx, [0; 64], "the password does not stay");
}

/// Also of a login that fails.
#[test]
fn the_password_does_not_stay() {
    let login = Login { user_name: Some("user"), password: Some(b"secret"), ..Login::new("id") };
    for (answer, write_limit) in [(&b"\x20\x02\0\x04"[..], 1000), (b"", 1000), (b"", 0)] {
        let (mut rx, mut tx) = ([0; RECEIVE_MIN], [0xEE; 64]);
        let mut wire = script(&[answer]);
        wire.write_limit = write_limit;
        block_on(Client::connect(&mut wire, &login, &mut rx, &mut tx)).unwrap_err();
        assert_eq!(tx, [0; 64]);
    }
}

/// Takes no byte for the time being.
struct Stuck;

impl embedded_io_async::ErrorType for Stuck {
    type Error = Cut;
}

impl Read for Stuck {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Cut> {
        core::future::pending().await
    }
}

impl Write for Stuck {
    async fn write(&mut self, _: &[u8]) -> Result<usize, Cut> {
        core::future::pending().await
    }

    async fn flush(&mut self) -> Result<(), Cut> {
        Ok(())
    }
}

/// Nor of one whose time is up while it is sent.
#[test]
fn the_password_does_not_stay_after_a_login_cut_short() {
    let login = Login { user_name: Some("user"), password: Some(b"secret"), ..Login::new("id") };
    let (mut rx, mut tx) = ([0; RECEIVE_MIN], [0xEE; 64]);
    assert!(poll_once(Client::connect(Stuck, &login, &mut rx, &mut tx)).is_pending());
    assert_eq!(tx, [0; 64]);
}

/// What came may be a secret of the cloud's, such as a claim's ownership token.
#[test]
fn messages_are_not_printed() {
    let mut wire = script(&[OK, b"\x30\x09\0\x01bsecret"]);
    let (result, heard) = run(&mut wire, async |client, heard| {
        client.receive(heard).await.unwrap();
        std::format!("{client:?}")
    });
    assert_eq!(heard.0, [("b".to_string(), b"secret".to_vec())]);
    let shown = result.unwrap();
    assert!(!shown.contains("115, 101, 99, 114, 101, 116"), "{shown}");
}

#[test]
fn a_whole_life_however_the_bytes_arrive() {
    let stream = [
        OK,
        // A retained message overtakes the answer to SUBSCRIBE.
        b"\x33\x08\0\x02a/\0\x09on",
        b"\x90\x05\0\x01\x01\0",
        b"\x01",
        b"\x40\x02\0\x02",
        // A message that was on its way when the subscription ended.
        b"\x30\x05\0\x02b/X",
        b"\xB0\x02\0\x03",
        b"\xD0\0",
        b"\x30\x05\0\x02c/Y",
    ]
    .concat();
    for (read, write) in [(1, 1), (7, 3), (1000, 1000)] {
        let chunks: Vec<&[u8]> = stream.chunks(read).collect();
        let mut wire = script(&chunks);
        wire.write_limit = write;
        let (result, heard) = run(&mut wire, async |client, heard| {
            let grants = client.subscribe(&["a/#", "b/+", "c"], heard).await?;
            client.publish("t", QoS::AtLeastOnce, b"1", heard).await?;
            client.publish("t", QoS::AtMostOnce, b"0", heard).await?;
            client.publish_retained("t", QoS::AtMostOnce, b"", heard).await?;
            client.unsubscribe(&["b/+"], heard).await?;
            client.ping(heard).await?;
            client.receive(heard).await?;
            Ok::<_, ClientError<Cut>>(grants)
        });
        let grants = result.unwrap().unwrap();
        assert_eq!(grants.get(1), Some(Grant::Granted(QoS::AtMostOnce)));
        assert_eq!(grants.iter().filter(|grant| *grant == Grant::Granted(QoS::AtLeastOnce)).count(), 2);
        let topics: Vec<_> = heard.0.iter().map(|(topic, payload)| (topic.as_str(), &payload[..])).collect();
        assert_eq!(topics, [("a/", &b"on"[..]), ("b/", b"X"), ("c/", b"Y")]);
        let expected = [
            &b"\x82\x12\0\x01\0\x03a/#\x01\0\x03b/+\x01\0\x01c\x01"[..],
            b"\x40\x02\0\x09",
            b"\x32\x06\0\x01t\0\x021",
            b"\x30\x04\0\x01t0",
            b"\x31\x03\0\x01t",
            b"\xA2\x07\0\x03\0\x03b/+",
            b"\xC0\0",
        ]
        .concat();
        assert_eq!(sent(&wire), expected, "{read} {write}");
    }
}

#[test]
fn refusals_of_the_login() {
    for code in 1..=255 {
        let refusal = LoginRefusal::from_code(code).unwrap();
        let (result, _) = run(&mut script(&[&[0x20, 2, 0, code]]), async |_, _| ());
        assert_eq!(result, Err(ClientError::Refused(refusal)));
    }
    for (answer, error) in [
        (&b""[..], ClientError::ClosedAtLogin),
        (b"\x20\x02", ClientError::ClosedAtLogin),
        (b"\xD0\0", ClientError::Unexpected),
        (b"HTTP", ClientError::Malformed(Malformed::Flags(b'H'))),
    ] {
        assert_eq!(run(&mut script(&[answer]), async |_, _| ()).0, Err(error));
    }
    let mut wire = script(&[]);
    wire.at_end = AtEnd::Fail;
    assert_eq!(run(&mut wire, async |_, _| ()).0, Err(ClientError::Transport(Cut)));
}

/// Each filter's answer is told, and the connection goes on.
#[test]
fn a_refused_filter_is_told() {
    let mut wire = script(&[OK, b"\x90\x05\0\x01\x01\x80\0", b"\xD0\0"]);
    let (result, _) = run(&mut wire, async |client, heard| {
        let error = client.subscribe(&["a", "b", "c"], heard).await.unwrap_err();
        client.ping(heard).await.unwrap();
        error
    });
    let error = result.unwrap();
    let ClientError::NotSubscribed(grants) = error else { panic!("{error}") };
    assert_eq!(
        grants.iter().collect::<Vec<_>>(),
        [Grant::Granted(QoS::AtLeastOnce), Grant::Refused, Grant::Granted(QoS::AtMostOnce)]
    );
    assert_eq!(
        error.to_string(),
        "the server refused to subscribe: filter 2 of 3 refused; the client may not read there"
    );
    for codes in [&b"\x01\x01"[..], b"\x01\x01\x01\x01"] {
        let answer = [&[0x90, 2 + codes.len() as u8, 0, 1], codes].concat();
        let (result, _) = run(&mut script(&[OK, &answer]), async |client, heard| {
            client.subscribe(&["a", "b", "c"], heard).await
        });
        assert_eq!(result, Ok(Err(ClientError::Unexpected)), "{} answers to three", codes.len());
    }
}

#[test]
fn nothing_is_sent_that_no_server_would_take() {
    let mut wire = script(&[OK, b"\xD0\0"]);
    let long = "x".repeat(100);
    let (result, _) = run(&mut wire, async |client, heard| {
        let one = QoS::AtLeastOnce;
        let wildcard = ClientError::Topic(TopicError::Wildcard('#'));
        assert_eq!(client.publish("a/#", one, b"", heard).await, Err(wildcard));
        assert_eq!(client.publish_retained("a/#", one, b"", heard).await, Err(wildcard));
        assert_eq!(client.publish("", one, b"", heard).await, Err(ClientError::Topic(TopicError::Empty)));
        assert_eq!(client.publish(&long, one, b"", heard).await, Err(ClientError::TransmitBuffer));
        let bad = ClientError::Filters(FilterError::Filter { index: 1, error: TopicError::MultiLevel });
        assert_eq!(client.subscribe(&["a", "#/b"], heard).await, Err(bad));
        assert_eq!(client.unsubscribe(&["a", "#/b"], heard).await, Err(bad));
        let none = ClientError::Filters(FilterError::Count(0));
        assert_eq!(client.subscribe(&[], heard).await, Err(none));
        client.ping(heard).await
    });
    assert_eq!(result, Ok(Ok(())));
    assert_eq!(sent(&wire), b"\xC0\0");

    let mut wire = script(&[OK]);
    let login = Login { password: Some(b"x"), ..Login::new("id") };
    let (mut rx, mut tx) = ([0; 64], [0; 64]);
    let error = block_on(Client::connect(&mut wire, &login, &mut rx, &mut tx)).unwrap_err();
    assert_eq!(error, ClientError::Login(LoginError::PasswordAlone));
    let error = block_on(Client::connect(&mut wire, &Login::new(&long), &mut rx, &mut tx)).unwrap_err();
    assert_eq!(error, ClientError::TransmitBuffer);
    assert!(wire.sent.is_empty());
}

#[test]
fn what_the_server_must_not_send_ends_the_connection() {
    for (packet, error) in [
        (&b"\x30\x09\0\x07foreign"[..], ClientError::ForeignTopic),
        (b"\x40\x02\0\x01", ClientError::Unexpected),
        (b"\xB0\x02\0\x02", ClientError::Unexpected),
        (b"\x90\x03\0\x01\x01", ClientError::Unexpected),
        (b"\xB0\x02\0\0", ClientError::Malformed(Malformed::PacketId)),
        (b"", ClientError::Closed),
    ] {
        let (result, heard) = run(&mut script(&[OK, packet]), async |client, heard| {
            let first = client.unsubscribe(&["a"], heard).await;
            assert_eq!(client.arrival().await, Err(ClientError::Broken));
            assert_eq!(client.receive(heard).await, Err(ClientError::Broken));
            assert_eq!(client.publish("t", QoS::AtMostOnce, b"", heard).await, Err(ClientError::Broken));
            first
        });
        assert_eq!(result, Ok(Err(error)), "{packet:02x?}");
        assert!(heard.0.is_empty());
    }
}

/// Whatever call waits for an answer: cut short, its late answer would be taken for another's.
#[test]
fn a_call_cut_short_ends_the_connection() {
    for call in 0..4 {
        let mut wire = script(&[OK]);
        wire.at_end = AtEnd::Hang;
        let (result, _) = run(&mut wire, async |client, heard| {
            let pending = match call {
                0 => poll_once(client.subscribe(&["a"], heard)).is_pending(),
                1 => poll_once(client.unsubscribe(&["a"], heard)).is_pending(),
                2 => poll_once(client.publish("t", QoS::AtLeastOnce, b"", heard)).is_pending(),
                _ => poll_once(client.ping(heard)).is_pending(),
            };
            assert!(pending);
            client.publish("t", QoS::AtMostOnce, b"", heard).await
        });
        assert_eq!(result, Ok(Err(ClientError::Broken)), "call {call}");
    }
}

/// Waiting for a message may be dropped at any byte.
#[test]
fn an_arrival_cut_short_goes_on_where_it_was() {
    let message = b"\x32\x08\0\x02a/\0\x07on";
    for at in 1..message.len() {
        let mut wire = script(&[OK, &message[..at]]);
        wire.at_end = AtEnd::Hang;
        let (result, heard) = run(&mut wire, async |client, heard| {
            assert!(poll_once(client.arrival()).is_pending());
            client.wire.transport.chunks.push(message[at..].to_vec());
            client.arrival().await?;
            client.receive(heard).await
        });
        assert_eq!((result, heard.0.len()), (Ok(Ok(())), 1), "cut after {at} bytes");
        assert_eq!(sent(&wire), b"\x40\x02\0\x07");
    }
}

#[test]
fn a_message_longer_than_the_buffer_is_passed_over() {
    let long = [&b"\x32\x50\0\x02a/\x12\x34"[..], &[b'x'; 0x4A]].concat();
    let mut wire = script(&[OK, &long, b"\x30\x04\0\x01bY"]);
    let (result, heard) = run(&mut wire, async |client, heard| {
        client.receive(heard).await.unwrap();
        let skipped = client.take_skipped();
        client.receive(heard).await.unwrap();
        skipped
    });
    assert_eq!(result, Ok(Some(Skipped { count: 1, size: 82, capacity: 64 })));
    assert_eq!(heard.0, [("b".to_string(), b"Y".to_vec())]);
    assert_eq!(sent(&wire), b"\x40\x02\x12\x34");
}

#[test]
fn logout_gives_the_transport_back() {
    let mut wire = script(&[OK]);
    let (mut rx, mut tx) = ([0; RECEIVE_MIN], [0; 64]);
    let back = block_on(async {
        Client::connect(&mut wire, &Login::new("id"), &mut rx, &mut tx).await?.disconnect().await
    });
    assert!(back.is_ok_and(|wire| wire.flushed == wire.sent.len()));
    assert_eq!(sent(&wire), b"\xE0\0");
}
