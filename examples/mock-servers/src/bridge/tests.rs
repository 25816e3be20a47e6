//! The bridge against a device that misbehaves.

use super::{wall_clock as now, *};
use atecc608_cloud::mqtt::Login;
use atecc608_cloud::mqtt::packet::{Encoder, PacketId};
use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CLIENT_ID: &str = "projects/proj/locations/reg-1/registries/regis/devices/dev";
const ACCEPTED: &[u8] = b"\x20\x02\0\0";

fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

fn pem(key: &SigningKey) -> String {
    p256::PublicKey::from(key.verifying_key()).to_public_key_pem(Default::default()).unwrap()
}

async fn bridge() -> Bridge {
    let rules = Rules {
        project: "proj".into(),
        region: "reg-1".into(),
        registry: "regis".into(),
        config: "the config".into(),
        command: "the command".into(),
        grace: Duration::ZERO,
    };
    let bridge = Bridge::start(rules).await.unwrap();
    bridge.register("dev", &pem(&key(1))).unwrap();
    bridge
}

fn token_with(header: Value, claims: Value, key: &SigningKey) -> String {
    let part = |json: Value| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
    let input = format!("{}.{}", part(header), part(claims));
    let signature: Signature = key.sign(input.as_bytes());
    format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
}

fn token(claims: Value) -> String {
    token_with(json!({"alg": "ES256", "typ": "JWT"}), claims, &key(1))
}

fn good_token() -> String {
    token(json!({"iat": now(), "exp": now() + 3600, "aud": "proj"}))
}

/// A device that sends what it likes.
struct Device(TcpStream);

impl Device {
    /// Sends CONNECT, or anything else, first.
    async fn with_first(bridge: &Bridge, bytes: &[u8]) -> Self {
        let mut stream = TcpStream::connect(bridge.address()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        Self(stream)
    }

    async fn connect(bridge: &Bridge, client_id: &str, password: &str) -> Self {
        let mut buffer = vec![0; 2000];
        let login =
            Login { user_name: Some("u"), password: Some(password.as_bytes()), ..Login::new(client_id) };
        Self::with_first(bridge, Encoder::new(&mut buffer).connect(&login).unwrap()).await
    }

    async fn logged_in(bridge: &Bridge) -> Self {
        let mut device = Self::connect(bridge, CLIENT_ID, &good_token()).await;
        device.expect(ACCEPTED).await;
        device
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    async fn expect(&mut self, bytes: &[u8]) {
        let mut got = vec![0; bytes.len()];
        self.0.read_exact(&mut got).await.unwrap();
        assert_eq!(got, bytes);
    }

    /// Everything the bridge still sends before it closes. A reset counts as closed.
    async fn rest(mut self) -> Vec<u8> {
        let mut rest = vec![];
        let _ = self.0.read_to_end(&mut rest).await;
        rest
    }
}

fn complaint(bridge: &Bridge) -> String {
    bridge.seen().complaints.join("; ")
}

/// PUBLISH of "hi" with this first byte; with packet id 5 above QoS 0.
fn publish(first: u8, topic: &str) -> Vec<u8> {
    let id: &[u8] = if first & 0b0110 == 0 { &[] } else { &[0, 5] };
    let len = (2 + topic.len() + id.len() + 2) as u8;
    [&[first, len, 0, topic.len() as u8], topic.as_bytes(), id, b"hi"].concat()
}

#[tokio::test]
async fn tokens_are_checked() {
    let (now, es256) = (now(), json!({"alg": "ES256", "typ": "JWT"}));
    let claims = |iat: u64, exp: u64| json!({"iat": iat, "exp": exp, "aud": "proj"});
    for good in [
        token(claims(now, now + 3600)),
        token(claims(now, now + 86_400)),
        token(claims(now + 500, now + 3600)),
        token(claims(now - 3600, now - 500)),
    ] {
        let bridge = bridge().await;
        Device::connect(&bridge, CLIENT_ID, &good).await.expect(ACCEPTED).await;
    }
    for (bad, reason) in [
        (token(json!({"iat": now, "exp": now + 60, "aud": "other"})), "InvalidAudience"),
        (token(json!({"iat": now, "exp": now + 60, "aud": ["proj"]})), "string"),
        (token(json!({"iat": now, "exp": now + 60})), "aud"),
        (token(json!({"iat": now, "aud": "proj"})), "exp"),
        (token(json!({"exp": now + 60, "aud": "proj"})), "iat"),
        (token(claims(now - 3600, now - 700)), "ExpiredSignature"),
        (token(claims(now + 700, now + 3600)), "issued in the future"),
        (token(claims(now, now + 86_401)), "longer than 24 hours"),
        (token(claims(now + 100, now + 100)), "before it was issued"),
        (token_with(es256.clone(), claims(now, now + 60), &key(2)), "InvalidSignature"),
        (
            token_with(json!({"alg": "HS256", "typ": "JWT"}), claims(now, now + 60), &key(1)),
            "InvalidAlgorithm",
        ),
        (token_with(json!({"alg": "ES256"}), claims(now, now + 60), &key(1)), "type is not JWT"),
        (good_token() + "=", ""),
        ("not a token".into(), "InvalidToken"),
        (String::new(), "InvalidToken"),
    ] {
        let bridge = bridge().await;
        let answer = Device::connect(&bridge, CLIENT_ID, &bad).await.rest().await;
        assert_eq!(answer, b"\x20\x02\0\x04", "{reason}");
        assert!(complaint(&bridge).starts_with("token: "), "{}", complaint(&bridge));
        assert!(complaint(&bridge).contains(reason), "{reason}: {}", complaint(&bridge));
    }
}

#[tokio::test]
async fn client_ids_are_checked() {
    for (client_id, code) in [
        ("projects/proj/locations/reg-1/registries/regis/devices/dev2", 5),
        ("projects/other/locations/reg-1/registries/regis/devices/dev", 2),
        ("projects/proj/locations/reg-2/registries/regis/devices/dev", 2),
        ("projects/proj/locations/reg-1/registries/other/devices/dev", 2),
        ("projects/proj/locations/reg-1/registries/regis/devices/", 2),
        ("projects/proj/locations/reg-1/registries/regis/devices/dev/x", 2),
        ("/projects/proj/locations/reg-1/registries/regis/devices/dev", 2),
        ("dev", 2),
        ("", 2),
    ] {
        let bridge = bridge().await;
        let answer = Device::connect(&bridge, client_id, &good_token()).await.rest().await;
        assert_eq!(answer, [0x20, 2, 0, code], "{client_id}");
    }
}

#[tokio::test]
async fn what_else_is_wrong_with_a_connect() {
    let connect = |level: u8, flags: u8, will: &[u8]| {
        let token = good_token();
        let body = [
            &[0, 4, b'M', b'Q', b'T', b'T', level, flags, 0, 60, 0, CLIENT_ID.len() as u8],
            CLIENT_ID.as_bytes(),
            will,
            &[0, 1, b'u', (token.len() >> 8) as u8, token.len() as u8],
            token.as_bytes(),
        ]
        .concat();
        [&[0x10, body.len() as u8 & 0x7F | 0x80, (body.len() >> 7) as u8], &body[..]].concat()
    };
    for (first, answer, reason) in [
        (connect(4, 0b1100_0010, b""), ACCEPTED, ""),
        (connect(5, 0b1100_0010, b""), b"\x20\x02\0\x01", "3.1.1"),
        (connect(3, 0b1100_0010, b""), b"\x20\x02\0\x01", "level 3"),
        (connect(4, 0b1100_0110, b"\0\x01a\0\x01b"), b"", "last will"),
        (b"\xC0\0".to_vec(), b"", "no CONNECT"),
    ] {
        let bridge = bridge().await;
        let mut device = Device::with_first(&bridge, &first).await;
        device.0.shutdown().await.unwrap();
        assert_eq!(device.rest().await, answer, "{reason}");
        assert!(complaint(&bridge).contains(reason), "{}", complaint(&bridge));
    }
}

#[tokio::test]
async fn malformed_packets_end_the_connection() {
    for packet in [
        &b"\x30\xFF\xFF\xFF\xFF"[..],
        b"\x30\xFF\xFF\xFF\x7F",
        b"\x00\0",
        b"\xF0\0",
        b"\x30\0",
        b"\x30\x03\0\x09a",
        b"\x30\x03\0\x01\xFF",
        b"\x32\x05\0\x01a\0\0",
        b"\x36\x05\0\x01a\0\x01",
        b"\x82\x02\0\x01",
        b"\x82\x05\0\x01\0\x09a",
        b"\x40\0",
    ] {
        let bridge = bridge().await;
        let mut device = Device::logged_in(&bridge).await;
        device.send(packet).await;
        assert_eq!(device.rest().await, b"", "{packet:02x?}");
        assert!(complaint(&bridge).starts_with("malformed"), "{packet:02x?}: {}", complaint(&bridge));
        let bridge = self::bridge().await;
        assert_eq!(Device::with_first(&bridge, packet).await.rest().await, b"");
        assert!(complaint(&bridge).starts_with("malformed"), "{packet:02x?}: {}", complaint(&bridge));
    }
}

#[tokio::test]
async fn devices_keep_to_their_topics() {
    let bridge = bridge().await;
    let mut device = Device::logged_in(&bridge).await;
    for topic in ["/devices/dev/events", "/devices/dev/events/a/b", "/devices/dev/state"] {
        device.send(&publish(0x32, topic)).await;
        device.expect(b"\x40\x02\0\x05").await;
        assert_eq!(bridge.seen().published.last().unwrap().topic, topic);
    }
    device.send(&publish(0x30, "/devices/dev/events")).await;
    device.send(b"\xC0\0").await;
    device.expect(b"\xD0\0").await;
    assert_eq!(bridge.seen().published.len(), 4);
    for (packet, reason) in [
        (publish(0x32, "/devices/dev2/events"), "dev2"),
        (publish(0x32, "/devices/dev/config"), "config"),
        (publish(0x32, "/devices/dev/commands/x"), "commands"),
        (publish(0x32, "/devices/dev/eventsx"), "eventsx"),
        (publish(0x32, "/devices/dev/events/#"), "#"),
        (publish(0x32, "/devices/dev/state/x"), "state/x"),
        (publish(0x32, "events"), "events"),
        (publish(0x34, "/devices/dev/events"), "QoS 2"),
        (publish(0x33, "/devices/dev/events"), "retained"),
        (b"\x40\x02\0\x01".to_vec(), "not in flight"),
        (b"\xA2\x05\0\x01\0\x01a".to_vec(), "does not send"),
    ] {
        let bridge = self::bridge().await;
        let mut device = Device::logged_in(&bridge).await;
        device.send(&packet).await;
        assert_eq!(device.rest().await, b"", "{reason}");
        assert!(complaint(&bridge).contains(reason), "{reason}: {}", complaint(&bridge));
        assert!(bridge.seen().published.is_empty());
    }
}

#[tokio::test]
async fn subscriptions_bring_config_and_command() {
    let bridge = bridge().await;
    let mut device = Device::logged_in(&bridge).await;
    let id = PacketId::new(9).unwrap();
    let filters = [
        "/devices/dev/config",
        "/devices/dev/commands/#",
        "/devices/dev2/config",
        "/devices/+/config",
        "#",
        "/devices/dev/events",
    ];
    let mut buffer = [0; 300];
    device.send(Encoder::new(&mut buffer).subscribe(id, &filters).unwrap()).await;
    device.expect(b"\x90\x08\0\x09\x01\x01\x80\x80\x80\x80").await;
    device.expect(b"\x32\x21\0\x13/devices/dev/config\0\x01the config").await;
    device.send(b"\x40\x02\0\x01").await;
    device.send(&publish(0x30, "/devices/dev/state")).await;
    device.send(&publish(0x30, "/devices/dev/events")).await;
    device.expect(b"\x32\x28\0\x19/devices/dev/commands/led\0\x02the command").await;
    device.send(b"\xE0\0").await;
    assert_eq!(device.rest().await, b"");
    let seen = bridge.seen();
    assert_eq!((seen.acknowledged, seen.complaints.len()), (1, 4), "{:?}", seen.complaints);
}

#[tokio::test]
async fn the_connection_ends_with_the_token() {
    let bridge = bridge().await;
    // Expired, but within the skew: logged in, and out at once.
    let token = token(json!({"iat": now() - 600, "exp": now() - 300, "aud": "proj"}));
    let device = Device::connect(&bridge, CLIENT_ID, &token).await;
    assert_eq!(device.rest().await, ACCEPTED);
    assert_eq!(complaint(&bridge), "the token has expired");
}
