//! This project's device at each broker: a chip that signs in the handshake, and one that signs tokens.

use std::sync::Arc;
use std::time::Duration;

use atecc608::blocking::Atecc608;
use atecc608::config::build::{Builder, Purpose};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{Address, DataContents, PublicKey, Signature, Slot};
use atecc608_cloud::mqtt::{
    BrokerClaims, BrokerToken, Client, ClientError, Login, LoginRefusal, Messages, QoS,
};
use atecc608_cloud::token::{Lifetime, TokenSigner};
use atecc608_linux::rustls::{ChipKey, ClientCertificate, certified_key};
use atecc608_linux::{ChipError, SharedChip};
use base64ct::{Base64UrlUnpadded, Encoding};
use embedded_io_adapters::tokio_1::FromTokio;
use mock_clouds::Peer;
use mock_clouds::broker::mosquitto::{Acl, Settings};
use mock_clouds::broker::{Emqx, HiveMq, Jwks, Mosquitto, emqx, hivemq};
use mock_clouds::mqtt::packet::Publish;
use mock_clouds::mqtt::{Broker, Cloud};
use mock_clouds::tls::Now;
use mock_servers::pki::{Holder, NOW, Request};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const ID: &str = "sensor-1";

/// A chip with a key, and what is known of it.
struct Device {
    chip: SharedChip,
    key: PublicKey,
    _bus: atecc608_sim::Bus,
}

impl Device {
    fn new() -> Self {
        let bus = atecc608_sim::Bus::with_blank_chip(1);
        let mut chip = Atecc608::new(bus.i2c(), bus.delay());
        let wanted =
            Builder::new(&chip.read_config().unwrap()).slot(Slot::S0, Purpose::SigningKey).build().unwrap();
        chip.write_config(&wanted).unwrap();
        chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
        let (key, _) = chip.ensure_key(Slot::S0).unwrap();
        chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();
        let chip = SharedChip::on_simulator(&bus, Address::DEFAULT);
        Self { chip, key, _bus: bus }
    }

    fn jwks(&self) -> Jwks {
        let [x, y] = [self.key.x(), self.key.y()].map(|half| Base64UrlUnpadded::encode_string(half));
        Jwks::parse(
            &json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "key-1", "x": x, "y": y}]}).to_string(),
        )
        .unwrap()
    }
}

impl TokenSigner for &Device {
    type Error = ChipError;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, ChipError> {
        self.chip.sign_digest(Slot::S0, digest)
    }
}

/// What was heard.
#[derive(Default)]
struct Heard(Vec<(String, Vec<u8>)>);

impl Messages for Heard {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        self.0.push((topic.to_owned(), payload.to_vec()));
    }
}

/// The device's clock.
#[derive(Debug)]
struct Still;

impl rustls::time_provider::TimeProvider for Still {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(NOW)))
    }
}

#[tokio::test]
async fn a_chips_certificate_at_mosquitto() {
    let device = Device::new();
    let root = Holder::root(&Request::authority("root")).unwrap();
    let signer = root.issue(&Request::authority("signer")).unwrap();
    let sec1 = [&[4][..], device.key.x(), device.key.y()].concat();
    let own = signer.certify(&Request::device(ID), &sec1).unwrap();
    let servers = Holder::root(&Request::authority("servers")).unwrap();
    let server = servers.issue(&Request::server(&["localhost"])).unwrap();

    let acl = "pattern readwrite devices/%u/#\n";
    let settings = Settings {
        authorities: vec![root.der().clone()],
        revoked: None,
        acl: Some(Acl::parse(acl).unwrap()),
    };
    let now: Now = Arc::new(|| NOW);
    let mosquitto = Mosquitto::new(settings, Now::clone(&now)).unwrap();
    let door = mosquitto.door(&server).unwrap();
    let broker = Broker::new(mosquitto, now);
    let listening = broker.listen(0, door).await.unwrap();

    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut roots = RootCertStore::empty();
        roots.add(servers.der().clone()).unwrap();
        let key = ChipKey::new(device.chip.clone(), Slot::S0).unwrap();
        let chain: Vec<CertificateDer<'static>> = vec![own.clone(), signer.der().clone()];
        let identity = ClientCertificate::new(certified_key(key, chain).unwrap());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_details(provider, Arc::new(Still))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(identity));
        let stream = TcpStream::connect(listening.address()).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        let (mut rx, mut tx, mut heard) = ([0; 256], [0; 256], Heard::default());
        let login = Login::new("any");
        let mut client = Client::connect(FromTokio::new(stream), &login, &mut rx, &mut tx).await.unwrap();
        client.subscribe(&["devices/sensor-1/set"], &mut heard).await.unwrap();
        client.publish("devices/sensor-1/up", QoS::AtLeastOnce, b"21.5", &mut heard).await.unwrap();
        client.publish("devices/sensor-2/up", QoS::AtLeastOnce, b"21.5", &mut heard).await.unwrap();
        broker.publish(Publish::new("devices/sensor-1/set", "on").at_least_once());
        client.receive(&mut heard).await.unwrap();
        assert_eq!(heard.0, [("devices/sensor-1/set".to_owned(), b"on".to_vec())]);
        client.disconnect().await.unwrap();
        let (peer, _) = broker.seen().connected.pop().unwrap();
        assert_eq!(peer.common_name().as_deref(), Some(ID));
        assert_eq!(peer.tls.as_deref(), Some(format!("{:?}", version.version).as_str()));
    }
    let seen = broker.seen();
    assert_eq!(
        (seen.payloads("devices/sensor-1/up").len(), seen.payloads("devices/sensor-2/up").len()),
        (2, 0)
    );
}

/// Logs in with a token of these claims, publishes and subscribes; what the broker does.
async fn enter<C: Cloud, A: serde::Serialize>(
    broker: &Broker<C>,
    device: &Device,
    claims: &BrokerClaims<'_, A>,
    now: u64,
) -> Result<(), ClientError<std::io::Error>> {
    let (near, far) = tokio::io::duplex(10_000);
    let serving = broker.clone();
    tokio::spawn(async move { serving.serve(far, Peer::default()).await });
    let mut text = [0; 1024];
    let mut signer = device;
    let token = BrokerToken::issue(claims, now, Lifetime::HOUR, &mut signer, &mut text).await.unwrap();
    let (mut rx, mut tx) = ([0; 256], [0; 1200]);
    let mut client = Client::connect(FromTokio::new(near), &token.login(ID, ID), &mut rx, &mut tx).await?;
    client.subscribe(&["down/sensor-1"], &mut ()).await?;
    client.publish("up/sensor-1", QoS::AtLeastOnce, b"21.5", &mut ()).await?;
    client.disconnect().await.map(drop)
}

fn refused(result: Result<(), ClientError<std::io::Error>>) -> LoginRefusal {
    match result {
        Err(ClientError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_chips_token_at_emqx() {
    let device = Device::new();
    let now: Now = Arc::new(|| NOW);
    let broker = Broker::new(Emqx::new(emqx::Settings::new(device.jwks()), Now::clone(&now)), now);
    let lists = json!({"acl": {"pub": ["up/${clientid}"], "sub": ["down/${clientid}"]}});
    let rules: Value = json!({"acl": [{"permission": "allow", "action": "all", "topic": "+/${username}"}]});
    for own in [&lists, &rules] {
        enter(&broker, &device, &BrokerClaims::new(ID).with_own(own), NOW).await.unwrap();
    }
    assert_eq!(broker.seen().payloads("up/sensor-1").len(), 2);
    // A clock that is fast by half a minute is made up for.
    let claims = BrokerClaims::new(ID).with_own(&lists).with_not_before();
    enter(&broker, &device, &claims, NOW + 30).await.unwrap();
    for (claims, now) in [
        (BrokerClaims::new("sensor-2").with_own(&lists), NOW),
        (BrokerClaims::new(ID).with_own(&lists), NOW + 31),
        (BrokerClaims::new(ID).with_own(&lists), NOW - 3600),
    ] {
        let refusal = refused(enter(&broker, &device, &claims, now).await);
        assert_eq!(refusal, LoginRefusal::Credentials);
    }
    // Without a list nothing is allowed.
    let error = enter(&broker, &device, &BrokerClaims::new(ID), NOW).await.unwrap_err();
    assert!(matches!(error, ClientError::NotSubscribed(_)), "{error:?}");
    let stranger = Device::new();
    let other =
        Broker::new(Emqx::new(emqx::Settings::new(Jwks::default()), Arc::new(|| NOW)), Arc::new(|| NOW));
    let refusal = refused(enter(&other, &stranger, &BrokerClaims::new(ID), NOW).await);
    assert_eq!(refusal, LoginRefusal::NotAuthorised);
}

#[tokio::test]
async fn a_chips_token_at_hivemq() {
    let device = Device::new();
    let now: Now = Arc::new(|| NOW);
    let broker = Broker::new(HiveMq::new(hivemq::Settings::new(), device.jwks(), Now::clone(&now)), now);
    enter(&broker, &device, &BrokerClaims::new(ID).with_key_id("key-1"), NOW).await.unwrap();
    for claims in [BrokerClaims::new(ID), BrokerClaims::new(ID).with_key_id("key-2")] {
        assert_eq!(refused(enter(&broker, &device, &claims, NOW).await), LoginRefusal::NotAuthorised);
    }
    assert_eq!(broker.seen().payloads("up/sensor-1"), ["21.5"]);
}
