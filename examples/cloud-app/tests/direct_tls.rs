//! A device at mocks of Google's servers, over real sockets, TLS and SNTP: the supervisor that firmware runs, and each
//! way in which the servers turn it down.

use crate::chip::SoftChip;
use crate::host::{HostClock, HostNetwork};
use crate::real::{HERE, Log, Mail, offset, sent, time_server};
use atecc608::PublicKey;
use atecc608_cloud::federation::{
    EXCHANGE_BUFFER, IAM_CREDENTIALS_HOST, Identity, JWKS_LEN, PUBSUB_HOST, Provider, STS_HOST, Topic, jwks,
};
use atecc608_cloud::tls::{Buffers, Entropy, RECEIVE_BUFFER, Roots, TRANSMIT_BUFFER};
use cloud_app::{Backoff, Direct, DirectConfig, DirectParts, Server, Span, TimeKeeper, TlsDialer, UnixClock};
use mock_servers::bridge::wall_clock;
use mock_servers::google::{self, Misbehaviour, Pool, Rules, Service};
use mock_servers::pki::{Holder, Request};
use mock_servers::sntp::{Manner, TimeServer};
use mock_servers::tls::{Offer, acceptor};
use p256::pkcs8::DecodePublicKey;
use std::collections::HashMap;
use tokio::net::TcpListener;

const ISSUER: &str = "https://devices.example";

/// Google, as far as a device sees it.
struct Cloud {
    service: Service,
    root: Holder,
    port: u16,
    time: TimeServer,
}

impl Cloud {
    /// With the key of `chip` uploaded; `change` is what the operator got wrong, `skew` how far Google's clock
    /// is ahead of the time server's.
    async fn new(chip: &SoftChip, change: impl FnOnce(&mut Rules), skew: i64) -> Self {
        let mut rules = Rules {
            project_number: 123_456_789_012,
            pools: vec![Pool::new("devices", vec![google::Provider::new("sensor-1", ISSUER)])],
            access_lifetime: 3599,
            access_length: 1024,
            project: "my-project".into(),
            topics: vec!["telemetry".into()],
            publishers: vec![],
            accounts: HashMap::new(),
        };
        rules.publishers.push(rules.pools[0].principal(123_456_789_012, "sensor-1"));
        change(&mut rules);
        let offset = offset() + skew;
        let service = Service::new(rules, move || wall_clock().saturating_add_signed(offset));
        let key = p256::PublicKey::from_public_key_pem(&chip.public_key_pem()).unwrap().to_sec1_bytes();
        let key = PublicKey::from_bytes(key[1..].try_into().unwrap());
        service.upload(&provider().to_string(), jwks(&key, "key-1", &mut [0; JWKS_LEN]).unwrap()).unwrap();

        let root = Holder::root(&Request::authority("Test Root")).unwrap();
        let servers = root.issue(&Request::server(&[STS_HOST, IAM_CREDENTIALS_HOST, PUBSUB_HOST])).unwrap();
        let acceptor = acceptor(&servers, &Offer::default()).unwrap();
        let listener = TcpListener::bind((HERE, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let google = service.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, google) = (acceptor.clone(), google.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        google.serve(stream).await;
                    }
                });
            }
        });
        Self { service, root, port, time: time_server().await }
    }

    fn published(&self) -> Vec<Vec<u8>> {
        self.service.seen().published.into_iter().map(|message| message.data).collect()
    }

    /// Runs a device while a story is told.
    async fn with_device(&self, chip: &SoftChip, outbox: &Mail, story: impl AsyncFnOnce(&Log)) -> Log {
        let identity = Identity::new(provider(), ISSUER, "sensor-1", "key-1").unwrap();
        let server = |name| Server::at(name, self.port, HERE);
        let mut config = DirectConfig::new(identity, Topic::new("my-project", "telemetry").unwrap());
        config.token_service = server(STS_HOST);
        config.credentials_service = server(IAM_CREDENTIALS_HOST);
        config.pubsub = server(PUBSUB_HOST);
        // Nobody waits for a fleet here.
        config.timing.start_spread_ms = 0;
        let soon = Span { floor_ms: 50, first_ms: 100, cap_ms: 500 };
        config.backoff = Backoff::new(soon, soon);

        let mut roots = Roots::new();
        roots.add(self.root.der()).unwrap();
        let rng =
            Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let (mut access, mut work) = (vec![0; EXCHANGE_BUFFER], vec![0; EXCHANGE_BUFFER]);
        let log = Log::default();
        let parts = DirectParts {
            dial: TlsDialer::new(HostNetwork, &roots, rng, buffers),
            clock: HostClock::start(),
            signer: chip.clone(),
            observer: log.clone(),
            outbox,
            access: &mut access,
            work: &mut work,
            seed: 1,
        };
        let time = Server::at("time.example.com", self.time.address().port(), HERE);
        let mut direct = Direct::new(config, TimeKeeper::new(time, UnixClock::default(), 3600), parts);
        tokio::select! {
            biased;
            never = direct.run() => match never {},
            () = story(&log) => {}
        }
        log
    }
}

fn provider() -> Provider<'static> {
    Provider::new(123_456_789_012, "devices", "sensor-1").unwrap()
}

/// Nothing gets through, and the line says why.
async fn refused(chip: &SoftChip, cloud: &Cloud, words: &[&str]) {
    let outbox = Mail::new();
    outbox.publish(None, b"21.5").unwrap();
    let log = cloud.with_device(chip, &outbox, async |log| log.wait(words[0]).await).await;
    for words in words {
        assert!(log.has(words), "{words:?} is not in\n{}", log.text());
    }
    assert_eq!(cloud.published(), [[0u8; 0]; 0]);
    assert_eq!(outbox.stats().waiting, 1, "it waits for better times");
}

/// One answer is bad, the message arrives all the same and once; the line says what happened.
async fn survived(misbehaviours: &[Misbehaviour], words: &str) {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let cloud = Cloud::new(&chip, |_| {}, 0).await;
    for kind in misbehaviours {
        cloud.service.misbehave(kind.clone());
    }
    outbox.publish(None, b"21.5").unwrap();
    let log = cloud.with_device(&chip, &outbox, async |_| sent(&outbox).await).await;
    assert!(log.has(words), "{words:?} is not in\n{}", log.text());
    assert_eq!(cloud.published(), [b"21.5"], "{}", log.text());
}

#[tokio::test]
async fn publishes_over_tls() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let cloud = Cloud::new(&chip, |_| {}, 0).await;
    outbox.publish(None, b"first").unwrap();
    let log = cloud
        .with_device(&chip, &outbox, async |_| {
            sent(&outbox).await;
            outbox.publish(Some("alerts"), b"second").unwrap();
            sent(&outbox).await;
        })
        .await;
    assert!(log.has("sts.googleapis.com is verified: CN=sts.googleapis.com (P-256)"), "{}", log.text());
    assert!(log.has("pubsub.googleapis.com is verified"), "{}", log.text());
    assert_eq!(cloud.published(), [&b"first"[..], b"second"]);
    let seen = cloud.service.seen();
    assert_eq!((seen.exchanged.len(), seen.complaints), (1, vec![]));
    assert_eq!(chip.signatures.get(), 1);
}

#[tokio::test]
async fn wrong_audience() {
    let chip = SoftChip::new(1);
    let cloud =
        Cloud::new(&chip, |rules| rules.pools[0].providers[0].audiences = vec!["somebody-else".into()], 0)
            .await;
    refused(&chip, &cloud, &["look at aud"]).await;
}

#[tokio::test]
async fn wrong_issuer() {
    let chip = SoftChip::new(1);
    let cloud =
        Cloud::new(&chip, |rules| rules.pools[0].providers[0].issuer = "https://somebody.example".into(), 0)
            .await;
    refused(&chip, &cloud, &["look at iss; it must be the provider's issuer URI"]).await;
}

#[tokio::test]
async fn unknown_key() {
    let chip = SoftChip::new(1);
    // The uploaded key is another chip's.
    let cloud = Cloud::new(&SoftChip::new(2), |_| {}, 0).await;
    refused(&chip, &cloud, &["the signature is not of the key that the provider has"]).await;
}

/// Two hours behind, the device's tokens are over before they are used.
#[tokio::test]
async fn expired_token() {
    let chip = SoftChip::new(1);
    let cloud = Cloud::new(&chip, |_| {}, 2 * 3600).await;
    refused(&chip, &cloud, &["look at iat and exp; the token has expired"]).await;
}

/// A clock that runs ahead gives tokens from the future; when the time server is right again, so is the device.
#[tokio::test]
async fn clock_skew_heals() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let cloud = Cloud::new(&chip, |_| {}, 0).await;
    cloud.time.set_manner(Manner::Off(offset() + 3 * 3600));
    outbox.publish(None, b"21.5").unwrap();
    let log = cloud
        .with_device(&chip, &outbox, async |log| {
            log.wait("next try in").await;
            assert_eq!(cloud.published(), [[0u8; 0]; 0]);
            cloud.time.set_manner(Manner::Off(offset()));
            sent(&outbox).await;
        })
        .await;
    assert_eq!(cloud.published(), [b"21.5"], "{}", log.text());
}

#[tokio::test]
async fn may_not_publish() {
    let chip = SoftChip::new(1);
    let cloud = Cloud::new(&chip, |rules| rules.publishers = vec![], 0).await;
    refused(&chip, &cloud, &["roles/pubsub.publisher"]).await;
}

#[tokio::test]
async fn sts_has_too_many_requests() {
    survived(&[Misbehaviour::TooManyRequests(Some("1".into()))], "429").await;
}

#[tokio::test]
async fn sts_is_unavailable() {
    survived(&[Misbehaviour::Unavailable(None), Misbehaviour::BadGateway], "503").await;
}

#[tokio::test]
async fn sts_closes_in_mid_answer() {
    survived(&[Misbehaviour::CutOff(20), Misbehaviour::Close], "connection lost").await;
}

#[tokio::test]
async fn an_answer_larger_than_the_buffer() {
    survived(&[Misbehaviour::Large(2 * EXCHANGE_BUFFER)], "there is room for 13312").await;
}

#[tokio::test]
async fn a_server_nobody_vouches_for() {
    let chip = SoftChip::new(1);
    let mut cloud = Cloud::new(&chip, |_| {}, 0).await;
    cloud.root = Holder::root(&Request::authority("Another Root")).unwrap();
    refused(&chip, &cloud, &["sts.googleapis.com is not trusted", "not a pinned root"]).await;
    assert_eq!(chip.signatures.get(), 0, "no token for a server that is not trusted");
}
