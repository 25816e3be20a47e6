//! The session against a scripted server.

use super::*;
use crate::mqtt::packet::Malformed;
use crate::mqtt::script::{AtEnd, Cut, Script, script};
use crate::mqtt::{LoginRefusal, RECEIVE_MIN, Refusal, Subscription, Token};
use crate::token::Lifetime;
use atecc608::Signature;
use core::convert::Infallible;
use core::task::Poll;
use embassy_futures::{block_on, poll_once};
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

#[derive(Default)]
struct Heard(Vec<(String, Vec<u8>)>);

impl Inbox for Heard {
    fn config(&mut self, payload: &[u8]) {
        self.0.push(("config".into(), payload.to_vec()));
    }

    fn command(&mut self, subfolder: &str, payload: &[u8]) {
        self.0.push((std::format!("command:{subfolder}"), payload.to_vec()));
    }
}

struct Zeros;

impl crate::token::TokenSigner for Zeros {
    type Error = Infallible;
    async fn sign_digest(&mut self, _: &[u8; 32]) -> Result<Signature, Infallible> {
        Ok(Signature::from_bytes([0; 64]))
    }
}

fn device() -> Device<'static> {
    Device::new("p", "r", "reg", "dev").unwrap()
}

/// Logs in with `first` as the server's first answer, then runs `work`.
fn run<T>(
    wire: &mut Script,
    rx: usize,
    work: impl AsyncFnOnce(&mut Session<'_, &mut Script>, &mut Heard) -> T,
) -> (Result<T, SessionError<Cut>>, Heard) {
    let (mut rx, mut tx, mut buffer) = (vec![0; rx], [0; TRANSMIT_BUFFER], [0; TOKEN_MAX]);
    let mut heard = Heard::default();
    let result = block_on(async {
        let token =
            Token::issue(&device(), 1_700_000_000, Lifetime::MAX, &mut Zeros, &mut buffer).await.unwrap();
        let mut session =
            Session::connect(wire, device(), token.as_str(), KeepAlive::DEFAULT, &mut rx, &mut tx).await?;
        Ok(work(&mut session, &mut heard).await)
    });
    (result, heard)
}

const OK: &[u8] = b"\x20\x02\0\0";
/// A command at QoS 1 with id 7.
const COMMAND: &[u8] = b"\x32\x1C\0\x17/devices/dev/commands/a\0\x07X";

fn sent_after_login(wire: &Script) -> &[u8] {
    // CONNECT with a token has a length of two bytes.
    let login = 3 + usize::from(wire.sent[1] & 0x7F) + (usize::from(wire.sent[2]) << 7);
    &wire.sent[login..]
}

fn command(topic: &str, first: u8, id: &[u8], payload: &[u8]) -> Vec<u8> {
    let len = (2 + topic.len() + id.len() + payload.len()) as u8;
    [&[first, len, 0, topic.len() as u8], topic.as_bytes(), id, payload].concat()
}

#[test]
fn login_names_device_and_token() {
    let mut wire = script(&[OK]);
    let (result, _) = run(&mut wire, 64, async |_, _| ());
    assert_eq!(result, Ok(()));
    let text = String::from_utf8_lossy(&wire.sent);
    assert_eq!(wire.sent[0], 0x10);
    assert_eq!(wire.flushed, wire.sent.len(), "flushed before waiting");
    // Clean session, no will, user name and password; ten minutes.
    assert!(text.contains(
        "MQTT\x04\u{FFFD}\x02\x58\0\x31projects/p/locations/r/registries/reg/devices/dev\0\x06unused\0"
    ));
    assert!(text.ends_with(&"A".repeat(86)), "the token's signature is last");
}

#[test]
fn a_whole_session_however_the_bytes_arrive() {
    let config = command("/devices/dev/config", 0x32, &[0, 9], b"fast");
    let order = command("/devices/dev/commands", 0x30, &[], b"stop");
    let mut stream = OK.to_vec();
    // The configuration overtakes the answer to SUBSCRIBE, a command the acknowledgement.
    for packet in [
        &config[..],
        b"\x90\x04\0\x01\x01\x01",
        COMMAND,
        b"\x40\x02\0\x02",
        b"\x40\x02\0\x03",
        b"\xD0\0",
        &order,
    ] {
        stream.extend(packet);
    }
    // Byte by byte, and several packets at once.
    for (read, write) in [(1, 3), (7, 1), (1000, 1000)] {
        let chunks: Vec<&[u8]> = stream.chunks(read).collect();
        let mut wire = script(&chunks);
        wire.write_limit = write;
        let (result, heard) = run(&mut wire, 64, async |session, heard| {
            session.subscribe(heard).await?;
            session.publish_telemetry(Some("t"), b"21.5", heard).await?;
            session.publish_state(b"up", heard).await?;
            session.ping(heard).await?;
            session.receive(heard).await
        });
        assert_eq!(result, Ok(Ok(())));
        assert_eq!(
            heard.0,
            [
                ("config".into(), b"fast".to_vec()),
                ("command:a".into(), b"X".to_vec()),
                ("command:".into(), b"stop".to_vec())
            ]
        );
        let expected = [
            &b"\x82\x32\0\x01\0\x13/devices/dev/config\x01\0\x17/devices/dev/commands/#\x01"[..],
            b"\x40\x02\0\x09",
            b"\x32\x1D\0\x15/devices/dev/events/t\0\x0221.5",
            b"\x40\x02\0\x07",
            b"\x32\x18\0\x12/devices/dev/state\0\x03up",
            b"\xC0\0",
        ]
        .concat();
        assert_eq!(sent_after_login(&wire), expected);
    }
}

#[test]
fn logout_is_sent() {
    let mut wire = script(&[OK]);
    let (mut rx, mut tx, mut buffer) = ([0; RECEIVE_MIN], [0; TRANSMIT_BUFFER], [0; TOKEN_MAX]);
    block_on(async {
        let token =
            Token::issue(&device(), 1_700_000_000, Lifetime::MAX, &mut Zeros, &mut buffer).await.unwrap();
        Session::connect(&mut wire, device(), token.as_str(), KeepAlive::DEFAULT, &mut rx, &mut tx)
            .await?
            .disconnect()
            .await
            .map(|_| ())
    })
    .unwrap();
    assert_eq!(sent_after_login(&wire), b"\xE0\0");
}

#[test]
fn every_refusal_is_named() {
    for code in 1..=5 {
        let (result, _) = run(&mut script(&[&[0x20, 2, 0, code]]), 64, async |_, _| ());
        assert_eq!(result, Err(SessionError::Refused(LoginRefusal::from_code(code).unwrap().into())));
    }
    for (answer, error) in [
        (&b""[..], SessionError::Closed),
        (b"\x20\x02\0\x09", SessionError::Refused(Refusal::Other(9))),
        (b"\xD0\0", SessionError::Unexpected),
        (b"HTTP", SessionError::Malformed(Malformed::Flags(b'H'))),
        (b"\x15\x03", SessionError::Malformed(Malformed::Kind(1))),
        (b"\x30\xFF\xFF\xFF\xFF", SessionError::Malformed(Malformed::Length)),
    ] {
        assert_eq!(run(&mut script(&[answer]), 64, async |_, _| ()).0, Err(error));
    }
}

#[test]
fn a_refused_subscription_is_named() {
    for (codes, error) in [
        (b"\x80\x01", SessionError::NotSubscribed(Subscription::Config)),
        (b"\x01\x80", SessionError::NotSubscribed(Subscription::Commands)),
    ] {
        let answer = [b"\x90\x04\0\x01", &codes[..]].concat();
        let (result, _) =
            run(&mut script(&[OK, &answer]), 64, async |session, heard| session.subscribe(heard).await);
        assert_eq!(result, Ok(Err(error)));
    }
    let (result, _) = run(&mut script(&[OK, b"\x90\x03\0\x01\x01"]), 64, async |session, heard| {
        session.subscribe(heard).await
    });
    assert_eq!(result, Ok(Err(SessionError::Unexpected)), "two filters, one answer");
}

#[test]
fn what_the_server_must_not_send_is_an_error_and_ends_the_session() {
    let foreign = command("/devices/dev2/config", 0x30, &[], b"");
    let qos2 = command("/devices/dev/config", 0x34, &[0, 1], b"");
    let id0 = command("/devices/dev/config", 0x32, &[0, 0], b"");
    for (packet, error) in [
        (&foreign[..], SessionError::ForeignTopic),
        (&qos2, SessionError::Malformed(Malformed::QoS2)),
        (&id0, SessionError::Malformed(Malformed::PacketId)),
        (b"\x40\x02\0\x05", SessionError::Unexpected),
        (b"\x90\x04\0\x01\x01\x01", SessionError::Unexpected),
        (OK, SessionError::Unexpected),
        (b"\x40\0", SessionError::Malformed(Malformed::Size)),
        (b"\x90\x3F", SessionError::TooLarge { size: 65, capacity: 64 }),
        (b"\x32\x1B\0\x17", SessionError::Closed),
    ] {
        let (result, heard) = run(&mut script(&[OK, packet]), 64, async |session, heard| {
            let first = session.publish_telemetry(None, b"x", heard).await;
            assert_eq!(session.receive(heard).await, Err(SessionError::Broken));
            assert_eq!(session.ping(heard).await, Err(SessionError::Broken));
            first
        });
        assert_eq!(result, Ok(Err(error)), "{packet:02x?}");
        assert!(heard.0.is_empty());
    }
}

#[test]
fn a_message_exactly_as_long_as_the_buffer_fits() {
    let (result, heard) =
        run(&mut script(&[OK, COMMAND]), COMMAND.len(), async |session, heard| session.receive(heard).await);
    assert_eq!((result, heard.0.len()), (Ok(Ok(())), 1));
    let (result, heard) = run(&mut script(&[OK, COMMAND]), COMMAND.len() - 1, async |session, heard| {
        session.receive(heard).await
    });
    assert_eq!((result, heard.0.len()), (Ok(Ok(())), 0), "passed over");
}

/// Whatever the buffer's size and however the bytes arrive: the message is acknowledged, said, and what comes
/// behind it is taken.
#[test]
fn a_message_longer_than_the_buffer_is_passed_over() {
    for qos in [0_u8, 1] {
        let topic = "/devices/dev/config";
        let mut body = vec![0, topic.len() as u8];
        body.extend(topic.as_bytes());
        body.extend(if qos == 1 { &[0x12, 0x34][..] } else { &[] });
        body.extend([b'x'; 1000]);
        let length = [(body.len() & 0x7F | 0x80) as u8, (body.len() >> 7) as u8];
        let long = [&[0x30 | qos << 1], &length[..], &body].concat();
        let short = command("/devices/dev/commands", 0x30, &[], b"stop");
        let stream = [OK, &long, &short, &long, b"\x40\x02\0\x01"].concat();
        for (rx, read) in [(RECEIVE_MIN, 1), (RECEIVE_MIN, 1000), (40, 7), (100, 1000), (long.len() - 1, 333)]
        {
            let chunks: Vec<&[u8]> = stream.chunks(read).collect();
            let mut wire = script(&chunks);
            let rx = if rx < short.len() { short.len() } else { rx };
            let (result, heard) = run(&mut wire, rx, async |session, heard| {
                session.arrival().await?;
                session.receive(heard).await?;
                let skipped = session.take_skipped();
                session.receive(heard).await?;
                // The second comes in place of an acknowledgement.
                session.publish_telemetry(None, b"x", heard).await?;
                assert_eq!(session.take_skipped(), skipped);
                assert_eq!(session.take_skipped(), None);
                Ok::<_, SessionError<Cut>>(skipped)
            });
            let size = long.len();
            assert_eq!(result, Ok(Ok(Some(Skipped { count: 1, size, capacity: rx }))), "{qos} {rx} {read}");
            assert_eq!(heard.0, [("command:".to_string(), b"stop".to_vec())]);
            let acknowledged =
                sent_after_login(&wire).windows(4).filter(|b| b == b"\x40\x02\x12\x34").count();
            assert_eq!(acknowledged, if qos == 1 { 2 } else { 0 });
        }
    }
}

/// With the smallest buffer, and dropped again and again.
#[test]
fn passing_over_may_be_dropped_at_any_byte() {
    let long = [&b"\x32\x30\0\x17/devices/dev/commands/a\0\x07"[..], &[b'y'; 21]].concat();
    let mut wire = script(&[OK]);
    wire.at_end = AtEnd::Hang;
    let (result, _) = run(&mut wire, RECEIVE_MIN, async |session, heard| {
        for byte in &long {
            assert!(matches!(poll_once(session.arrival()), Poll::Pending));
            session.client.wire.transport.chunks.push(vec![*byte]);
        }
        session.arrival().await?;
        session.receive(heard).await?;
        Ok::<_, SessionError<Cut>>(session.take_skipped().unwrap())
    });
    assert_eq!(result.unwrap().unwrap(), Skipped { count: 1, size: 50, capacity: RECEIVE_MIN });
    assert!(wire.sent.ends_with(b"\x40\x02\0\x07"));
}

#[test]
fn messages_that_are_too_long_and_malformed_end_the_session() {
    for (start, error) in [
        // A packet id of 0, none at all, and a topic longer than the packet.
        (&b"\x32\x40\0\x01a\0\0"[..], SessionError::Malformed(Malformed::PacketId)),
        (b"\x32\x40\0\x3E", SessionError::Malformed(Malformed::Size)),
        (b"\x32\x40\xFF\xFF", SessionError::Malformed(Malformed::Size)),
    ] {
        let packet = [start, &[0; 66][start.len()..]].concat();
        let (result, _) =
            run(&mut script(&[OK, &packet]), 32, async |session, heard| session.receive(heard).await);
        assert_eq!(result, Ok(Err(error)), "{start:02x?}");
    }
    // In place of the answer to the login.
    let (result, _) = run(&mut script(&[b"\x30\x40\0\x01a", &[0; 61]]), 32, async |_, _| ());
    assert_eq!(result, Err(SessionError::Unexpected));
}

#[test]
fn transport_errors_are_kept() {
    let mut wire = script(&[OK]);
    wire.at_end = AtEnd::Fail;
    let (result, _) = run(&mut wire, 64, async |session, heard| session.receive(heard).await);
    let error = result.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the connection failed: cable cut");
    assert_eq!(error, SessionError::Transport(Cut));
    let mut wire = script(&[OK]);
    wire.write_limit = 0;
    assert_eq!(run(&mut wire, 64, async |_, _| ()).0, Err(SessionError::Closed), "takes no bytes");
}

#[test]
fn a_receive_cut_short_goes_on_where_it_was() {
    for at in 1..COMMAND.len() {
        let mut wire = script(&[OK, &COMMAND[..at]]);
        wire.at_end = AtEnd::Hang;
        let (result, heard) = run(&mut wire, 64, async |session, heard| {
            assert!(poll_once(session.receive(heard)).is_pending());
            session.client.wire.transport.chunks.push(COMMAND[at..].to_vec());
            poll_once(session.receive(heard))
        });
        assert_eq!((result, heard.0.len()), (Ok(Poll::Ready(Ok(()))), 1), "cut after {at} bytes");
        assert_eq!(sent_after_login(&wire), b"\x40\x02\0\x07");
    }
}

#[test]
fn a_publish_cut_short_ends_the_session() {
    let mut wire = script(&[OK]);
    wire.at_end = AtEnd::Hang;
    let (result, _) = run(&mut wire, 64, async |session, heard| {
        assert!(poll_once(session.publish_telemetry(None, b"x", heard)).is_pending());
        // The late PUBACK would come in its place.
        poll_once(session.publish_telemetry(None, b"x", heard))
    });
    assert_eq!(result, Ok(Poll::Ready(Err(SessionError::Broken))));
}

#[test]
fn nothing_is_sent_under_a_bad_name_and_the_session_goes_on() {
    let mut wire = script(&[OK, b"\xD0\0"]);
    let (result, _) = run(&mut wire, 64, async |session, heard| {
        let bad = session.publish_telemetry(Some("a/#"), b"x", heard).await;
        assert!(matches!(bad, Err(SessionError::Name(_))));
        session.ping(heard).await
    });
    assert_eq!(result, Ok(Ok(())));
    assert_eq!(sent_after_login(&wire), b"\xC0\0");
}

#[test]
fn packet_ids_go_round_without_zero() {
    let mut wire = script(&[OK, b"\x40\x02\xFF\xFF", b"\x40\x02\0\x01"]);
    let (result, _) = run(&mut wire, 64, async |session, heard| {
        session.client.last_id = 0xFFFE;
        session.publish_state(b"", heard).await?;
        session.publish_state(b"", heard).await
    });
    assert_eq!(result, Ok(Ok(())));
}

#[test]
fn a_small_transmit_buffer_is_an_error() {
    let (mut rx, mut tx, mut buffer) = ([0; 64], [0; 100], [0; TOKEN_MAX]);
    let mut wire = script(&[OK]);
    let result = block_on(async {
        let token =
            Token::issue(&device(), 1_700_000_000, Lifetime::MAX, &mut Zeros, &mut buffer).await.unwrap();
        Session::connect(&mut wire, device(), token.as_str(), KeepAlive::DEFAULT, &mut rx, &mut tx)
            .await
            .map(|_| ())
    });
    assert_eq!(result, Err(SessionError::TransmitBuffer));
    assert!(wire.sent.is_empty());
}
