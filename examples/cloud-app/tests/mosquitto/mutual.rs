//! A lamp at a mosquitto that knows devices by their certificates: the name in the certificate is the user name, and
//! the rules of the broker are about that.

use super::process::{Broker, Demands, pem, start};
use crate::chip::SoftChip;
use crate::host::{HostClock, HostNetwork};
use crate::lamp::Lamp;
use crate::real::{HERE, Log, Mail, NAME, authority, pass, sent, time_server};
use atecc608_cloud::mqtt::{Client, Login, QoS};
use atecc608_cloud::tls::{Buffers, ClientIdentity, Entropy, RECEIVE_BUFFER, Roots, TRANSMIT_BUFFER};
use cloud_app::{
    Backoff, BrokerConfig, BrokerParts, Identity, NoIdentity, NoPassword, Server, Span, TimeKeeper,
    TlsDialer, UnixClock,
};
use embedded_io_adapters::tokio_1::FromTokio;
use mock_clouds::Peer;
use mock_servers::pki::{Day, Holder, Request};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use std::io::{BufRead, BufReader, Lines};
use std::process::{ChildStdout, Stdio};
use std::sync::Arc;
use tokio::net::TcpStream;

/// mosquitto looks at the clock of this machine, whatever that says.
const ALWAYS: (Day, Day) = ((2000, 1, 1), (2099, 1, 1));

/// Who issues devices' certificates: mosquitto knows the root, devices show the signer's certificate.
struct Factory {
    root: Holder,
    signer: Holder,
}

impl Factory {
    fn new() -> Self {
        Self::of("Devices")
    }

    fn of(name: &str) -> Self {
        let authority = |name: &str| Request { valid: ALWAYS, ..Request::authority(name) };
        let root = Holder::root(&authority(&format!("{name} Root"))).unwrap();
        let signer = root.issue(&authority(&format!("{name} Signer"))).unwrap();
        Self { root, signer }
    }

    fn certify(&self, name: &str, chip: &SoftChip) -> CertificateDer<'static> {
        let request = Request { valid: ALWAYS, ..Request::device(name) };
        self.signer.certify(&request, &chip.public_key()).unwrap()
    }

    /// What a mosquitto demands that knows devices by their certificates.
    fn demands(&self) -> Demands {
        let lines = "cafile FOLDER/devices.pem\nrequire_certificate true\nuse_identity_as_username true\n\
                     acl_file FOLDER/acl\n";
        // Each device its own topics; one may read more.
        let acl = "pattern readwrite devices/%u/#\nuser lamp-2\ntopic read news/#\n";
        Demands {
            lines: lines.into(),
            files: vec![("devices.pem", pem("CERTIFICATE", self.root.der())), ("acl", acl.into())],
        }
    }
}

/// A lamp that shows `identity` to the broker, and trusts it, while a story is told.
async fn with_lamp<I: Identity>(
    broker: &Broker,
    root: &Holder,
    identity: I,
    lamp: &Lamp,
    outbox: &Mail,
    story: impl AsyncFnOnce(&Log),
) -> Log {
    let time = time_server().await;
    let mut roots = Roots::new();
    roots.add(root.der()).unwrap();
    let rng = Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let mut config = BrokerConfig::new(Server::at(NAME, broker.tls, HERE));
    config.timing.start_spread_ms = 0;
    let soon = Span { floor_ms: 50, first_ms: 100, cap_ms: 500 };
    config.backoff = Backoff::new(soon, soon);
    let log = Log::default();
    let parts = BrokerParts {
        dial: TlsDialer::new(HostNetwork, &roots, rng, buffers).with_identity(identity),
        clock: HostClock::start(),
        credentials: NoPassword,
        application: lamp.clone(),
        observer: log.clone(),
        outbox,
        receive: &mut [0; 1024],
        transmit: &mut [0; 512],
        password: &mut [],
        seed: 1,
    };
    let time_server = Server::at("time.example.com", time.address().port(), HERE);
    let time = TimeKeeper::new(time_server, UnixClock::default(), 3600);
    let mut device = cloud_app::Broker::new(config, time, parts);
    tokio::select! {
        biased;
        never = device.run() => match never {},
        () = story(&log) => {}
    }
    log
}

/// Sees what is published, from when this returns.
async fn watch(broker: &Broker, count: &str) -> Lines<BufReader<ChildStdout>> {
    broker.publish(&["-t", "watch", "-q", "1", "-r", "-m", "begin"]).await;
    let arguments = ["-t", "watch", "-t", "devices/#", "-q", "1", "-F", "%t %p", "-C", count, "-W", "60"];
    let mut sub = broker.client("mosquitto_sub", &arguments);
    sub.stdout(Stdio::piped());
    let mut lines = BufReader::new(start(sub).stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "watch begin");
    lines
}

/// The certificate's name is the user name; the will is delivered when the connection is cut.
#[tokio::test]
async fn the_certificate_says_who_it_is() {
    let (root, server) = authority();
    let (factory, chip, outbox) = (Factory::new(), SoftChip::new(1), Mail::new());
    let broker = Broker::start_with(&server, &factory.demands()).await;
    let own = factory.certify("lamp-1", &chip);
    let chain: [&[u8]; 2] = [&own, factory.signer.der()];
    let seen = watch(&broker, "8").await;
    let lamp = Lamp { client_id: "any-id".into(), ..Lamp::new("lamp-1") };
    outbox.set_state(b"off").unwrap();
    outbox.publish(None, b"t=21.5").unwrap();
    let identity = ClientIdentity { chain: &chain, signer: chip.clone() };
    let log = with_lamp(&broker, &root, identity, &lamp, &outbox, async |log| {
        log.wait("published the state").await;
        sent(&outbox).await;
        broker.publish(&["-t", "devices/lamp-1/set", "-q", "1", "-m", "bright?"]).await;
        log.wait("published the application's own message, 14 bytes").await;
        // Longer than the keep-alive interval of 6 seconds and mosquitto's patience of half as much again.
        pass(10_000).await;
        outbox.publish(Some("alerts"), b"hot").unwrap();
        sent(&outbox).await;
    })
    .await;
    // The device is gone without a word.
    let seen: Vec<_> = seen.map(Result::unwrap).collect();
    assert_eq!(
        seen,
        [
            "devices/lamp-1/online there",
            "devices/lamp-1/state off",
            "devices/lamp-1/telemetry t=21.5",
            "devices/lamp-1/set bright?",
            "devices/lamp-1/answers answer bright?",
            "devices/lamp-1/telemetry/alerts hot",
            "devices/lamp-1/online gone",
        ],
        "{}",
        log.text()
    );
    assert_eq!(*lamp.heard.borrow(), ["devices/lamp-1/set bright?"]);
    assert_eq!(log.text().matches("logged in").count(), 1, "{}", log.text());
    assert!(log.has("bridge.example.com has seen this device's certificate"), "{}", log.text());
    assert_eq!(chip.signatures.get(), 1, "one signature for one handshake");
    let mosquitto = broker.log();
    let line = mosquitto.lines().find(|line| line.contains("as any-id")).unwrap();
    assert!(line.contains("u'lamp-1'"), "{line}");
}

/// What a broker has against a device, in the device's words.
#[tokio::test]
async fn each_refusal_has_its_words() {
    let (root, server) = authority();
    let (factory, chip, outbox) = (Factory::new(), SoftChip::new(1), Mail::new());
    // Serial numbers are made of keys here.
    let sold = SoftChip::new(9);
    let revoked = factory.certify("lamp-9", &sold);
    let mut demands = factory.demands();
    demands.lines += "crlfile FOLDER/crl.pem\n";
    let peer = Peer { chain: vec![revoked.clone()], ..Peer::default() };
    let serial = peer.certificate().unwrap().raw_serial().to_vec();
    let list = factory.signer.revoke(&[&serial]).unwrap();
    demands.files.push(("crl.pem", pem("X509 CRL", &list)));
    let broker = Broker::start_with(&server, &demands).await;

    let good = factory.certify("lamp-1", &chip);
    let stranger = Factory::of("Other");
    let expired = Request { valid: ((2000, 1, 1), (2001, 1, 1)), ..Request::device("lamp-1") };
    let expired = factory.signer.certify(&expired, &chip.public_key()).unwrap();
    let other = stranger.certify("lamp-1", &chip);
    let signer = factory.signer.der();
    let cases: [(&[&[u8]], &SoftChip, &str); 5] = [
        (&[&other, stranger.signer.der()], &chip, "unknown_ca (48): the server does not know who has issued"),
        // The signer's certificate is missing, and mosquitto has the root only.
        (&[&good], &chip, "unknown_ca (48): the server does not know who has issued"),
        (&[&expired, signer], &chip, "certificate_expired (45): this device's certificate has expired"),
        (&[&revoked, signer], &sold, "certificate_revoked (44): this device's certificate was revoked"),
        (&[&other, signer], &chip, "unknown_ca (48)"),
    ];
    for (chain, chip, words) in cases {
        let identity = ClientIdentity { chain, signer: chip.clone() };
        let log = with_lamp(&broker, &root, identity, &Lamp::new("lamp-1"), &outbox, async |log| {
            log.wait(&format!("connection lost: the connection failed: the server broke off with {words}"))
                .await;
        })
        .await;
        assert!(!log.has("logged in"), "{}", log.text());
    }

    let log = with_lamp(&broker, &root, NoIdentity, &Lamp::new("lamp-1"), &outbox, async |log| {
        log.wait("the server wants a client certificate, and this device shows none").await;
    })
    .await;
    assert!(!log.has("logged in"), "{}", log.text());

    let chain: [&[u8]; 2] = [&good, signer];
    let identity = || ClientIdentity { chain: &chain, signer: chip.clone() };
    // A chip that is pulled out in the handshake, and comes back.
    chip.unplugged.set(true);
    let log = with_lamp(&broker, &root, identity(), &Lamp::new("lamp-1"), &outbox, async |log| {
        log.wait("the client certificate's key did not sign: Wake: no acknowledge on the bus").await;
        chip.unplugged.set(false);
        log.wait("logged in").await;
    })
    .await;
    assert!(log.has("not connected to bridge.example.com: "), "{}", log.text());
}

/// A name that the rules do not have is not told so: mosquitto grants the subscription and sends nothing, takes the
/// message and drops it. Its log says it.
#[tokio::test]
async fn others_topics_are_refused_without_a_word() {
    let (root, server) = authority();
    let (factory, chip, outbox) = (Factory::new(), SoftChip::new(1), Mail::new());
    let broker = Broker::start_with(&server, &factory.demands()).await;
    let own = factory.certify("lamp-1", &chip);
    let chain: [&[u8]; 2] = [&own, factory.signer.der()];
    let identity = ClientIdentity { chain: &chain, signer: chip.clone() };
    // The topics of another lamp than the certificate's.
    let lamp = Lamp { client_id: "lamp-1".into(), others: vec!["news/#".into()], ..Lamp::new("lamp-2") };
    outbox.publish(None, b"not mine").unwrap();
    with_lamp(&broker, &root, identity, &lamp, &outbox, async |log| {
        log.wait("published 8 bytes").await;
        broker.publish(&["-t", "news/today", "-q", "1", "-m", "rain"]).await;
        broker.publish(&["-t", "devices/lamp-2/set", "-q", "1", "-m", "on"]).await;
        log.wait("published the application's own message").await;
    })
    .await;
    assert!(lamp.heard.borrow().is_empty(), "{:?}", lamp.heard.borrow());
    let denied = "Denied PUBLISH from lamp-1";
    let mosquitto = broker.log();
    assert!(
        mosquitto.lines().any(|line| line.contains(denied) && line.contains("devices/lamp-2/telemetry")),
        "{mosquitto}"
    );
}

/// A second connection with the same client id ends the first.
#[tokio::test]
async fn one_client_id_for_two() {
    let (root, server) = authority();
    let (factory, outbox) = (Factory::new(), Mail::new());
    let broker = Broker::start_with(&server, &factory.demands()).await;
    let chips = [SoftChip::new(1), SoftChip::new(2)];
    let own: Vec<_> =
        ["lamp-1", "lamp-2"].iter().zip(&chips).map(|(name, chip)| factory.certify(name, chip)).collect();
    let chains = own.iter().map(|own| [own.as_ref(), factory.signer.der().as_ref()]).collect::<Vec<_>>();
    let identity = |n: usize| ClientIdentity { chain: &chains[n][..], signer: chips[n].clone() };
    let lamps = ["lamp-1", "lamp-2"].map(|name| Lamp { client_id: "the-same".into(), ..Lamp::new(name) });
    let outboxes = [outbox, Mail::new()];
    with_lamp(&broker, &root, identity(0), &lamps[0], &outboxes[0], async |first| {
        first.wait("logged in").await;
        with_lamp(&broker, &root, identity(1), &lamps[1], &outboxes[1], async |second| {
            second.wait("logged in").await;
            first.wait("the same client id logs in elsewhere").await;
        })
        .await;
    })
    .await;
}

/// TLS 1.2, by another library: the client above it is the same.
#[tokio::test]
async fn tls_1_2_by_rustls() {
    let (root, server) = authority();
    let factory = Factory::new();
    let mut demands = factory.demands();
    demands.lines += "tls_version tlsv1.2\n";
    let broker = Broker::start_with(&server, &demands).await;
    let device = factory.signer.issue(&Request { valid: ALWAYS, ..Request::device("lamp-1") }).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = |key: &Holder, chain: Vec<CertificateDer<'static>>| {
        rustls::ClientConfig::builder_with_details(Arc::clone(&provider), Arc::new(At2028))
            .with_protocol_versions(&[&rustls::version::TLS12])
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_client_auth_cert(chain, key.key())
            .unwrap()
    };
    let connect = async |config| {
        let stream = TcpStream::connect((HERE, broker.tls)).await.unwrap();
        let name = ServerName::try_from(NAME).unwrap();
        tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await
    };
    let stream = connect(config(&device, device.chain()[..2].to_vec())).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_2));
    let (mut rx, mut tx) = ([0; 256], [0; 256]);
    let login = Login { user_name: Some("somebody-else"), ..Login::new("by-rustls") };
    let mut client = Client::connect(FromTokio::new(stream), &login, &mut rx, &mut tx).await.unwrap();
    client.subscribe(&["devices/lamp-1/#"], &mut ()).await.unwrap();
    client.unsubscribe(&["devices/lamp-1/#"], &mut ()).await.unwrap();
    client.publish("devices/lamp-1/state", QoS::AtLeastOnce, b"on", &mut ()).await.unwrap();
    client.disconnect().await.unwrap();
    let mosquitto = broker.log();
    let line = mosquitto.lines().find(|line| line.contains("as by-rustls")).unwrap();
    assert!(line.contains("u'lamp-1'"), "the certificate counts, not the user name: {line}");

    // In TLS 1.2 a certificate is refused within the handshake.
    let stranger = Factory::of("Other");
    let other = stranger.signer.issue(&Request { valid: ALWAYS, ..Request::device("lamp-1") }).unwrap();
    let refused = connect(config(&other, other.chain()[..2].to_vec())).await.unwrap_err();
    assert!(refused.to_string().contains("UnknownCA"), "{refused}");
}

/// When the server's certificates are valid.
#[derive(Debug)]
struct At2028;

impl rustls::time_provider::TimeProvider for At2028 {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(mock_servers::pki::NOW)))
    }
}
