//! The direct login with everything in place but Google and the chip's silicon: a simulated chip makes the key
//! and signs, TLS proves the servers, the mock servers check what they get.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use atecc608::blocking::Atecc608;
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, Slot};
use atecc608_cloud::federation::{
    Connection, EXCHANGE_BUFFER, FEDERATED_TOKEN_MAX, FederatedToken, IAM_CREDENTIALS_HOST, Identity,
    Impersonation, JWKS_LEN, Message, PUBSUB_HOST, Provider, STS_HOST, Scope, ServiceAccount, Topic,
    exchange, impersonate, jwks, publish,
};
use atecc608_cloud::tls::{
    self, Buffers, Entropy, RECEIVE_BUFFER, Roots, Secured, Settings, TRANSMIT_BUFFER,
};
use atecc608_cloud::token::BlockingChipSigner;
use embedded_io_adapters::tokio_1::FromTokio;
use mock_servers::google::{self, Pool, Rules, Service};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::tls::{Offer, acceptor};
use tokio::net::{TcpListener, TcpStream};

const ACCOUNT: &str = "publisher@my-project.iam.gserviceaccount.com";
const UPTIME: Duration = Duration::from_secs(60);

/// Serves `service` over TLS, on as many connections as are asked for; the port.
async fn listen(service: Service, certificate: &Holder) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = acceptor(certificate, &Offer::default()).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, service) = (acceptor.clone(), service.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    service.serve(stream).await;
                }
            });
        }
    });
    port
}

/// Memory of one TLS connection.
struct Memory {
    receive: Vec<u8>,
    transmit: Vec<u8>,
}

impl Memory {
    fn new() -> Self {
        Self { receive: vec![0; RECEIVE_BUFFER], transmit: vec![0; TRANSMIT_BUFFER] }
    }

    /// A connection to the server of this name, which it has proved.
    async fn connect<'m>(
        &'m mut self,
        port: u16,
        host: &'static str,
        roots: &Roots,
        entropy: &mut Entropy,
    ) -> Connection<'static, Secured<'m, FromTokio<TcpStream>>> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let buffers = Buffers { receive: &mut self.receive, transmit: &mut self.transmit };
        let settings = Settings::new(host, roots, NOW);
        let secured = tls::connect(FromTokio::new(stream), settings, buffers, entropy).await.unwrap();
        Connection::new(secured, host).unwrap()
    }
}

#[tokio::test]
async fn a_chips_key_publishes_over_tls() {
    let bus = atecc608_sim::Bus::with_blank_chip(608);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    let (key, _) = chip.ensure_key(Slot::S0).unwrap();
    chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();

    // The operator's part.
    let provider = Provider::new(123_456_789_012, "devices", "sensor-1").unwrap();
    let issuer = "https://devices.example";
    let allowed = google::Provider::new("sensor-1", issuer).with_condition("assertion.sub=='sensor-1'");
    let pool = Pool::new("devices", vec![allowed]);
    let principal = pool.principal(123_456_789_012, "sensor-1");
    let rules = Rules {
        project_number: 123_456_789_012,
        pools: vec![pool.clone()],
        access_lifetime: 3599,
        access_length: 12_288,
        project: "my-project".into(),
        topics: vec!["telemetry".into()],
        publishers: vec![principal.clone(), format!("serviceAccount:{ACCOUNT}")],
        accounts: HashMap::from([(ACCOUNT.into(), vec![principal.clone()])]),
    };
    let service = Service::new(rules, || NOW);
    service.upload(&provider.to_string(), jwks(&key, "key-1", &mut [0; JWKS_LEN]).unwrap()).unwrap();
    let root = Holder::root(&Request::authority("Test Root")).unwrap();
    let servers = root.issue(&Request::server(&[STS_HOST, IAM_CREDENTIALS_HOST, PUBSUB_HOST])).unwrap();
    let port = listen(service.clone(), &servers).await;

    // The device's.
    let mut roots = Roots::new();
    roots.add(root.der()).unwrap();
    let mut entropy = Entropy::new(&std::array::from_fn(|i| i as u8), &chip.random().unwrap()).unwrap();
    let identity = Identity::new(provider, issuer, "sensor-1", "key-1").unwrap();
    let mut text = [0; FEDERATED_TOKEN_MAX];
    let mut signer = BlockingChipSigner::new(&mut chip, Slot::S0);
    let lifetime = FederatedToken::LIFETIME;
    let own = FederatedToken::issue(&identity, NOW, lifetime, &mut signer, &mut text).await.unwrap();

    let (mut first, mut second) = (vec![0; EXCHANGE_BUFFER], vec![0; EXCHANGE_BUFFER]);
    let mut memory = Memory::new();
    let mut sts = memory.connect(port, STS_HOST, &roots, &mut entropy).await;
    let access =
        exchange(&mut sts, &provider, Scope::CLOUD_PLATFORM, &own, UPTIME, &mut first).await.unwrap();
    assert_eq!(access.as_str().len(), 12_288);
    sts.into_inner().close().await.unwrap();

    let mut iam = memory.connect(port, IAM_CREDENTIALS_HOST, &roots, &mut entropy).await;
    let account = ServiceAccount::new(ACCOUNT).unwrap();
    let who = Impersonation { account, scope: Scope::PUBSUB, lifetime };
    let account = impersonate(&mut iam, &who, &access, NOW, UPTIME, &mut second).await.unwrap();
    iam.into_inner().close().await.unwrap();

    let topic = Topic::new("my-project", "telemetry").unwrap();
    let mut pubsub = memory.connect(port, PUBSUB_HOST, &roots, &mut entropy).await;
    let mut buffer = vec![0; 16_384];
    // More than fits one record that the device sends.
    let large = vec![0x5A; 5000];
    for token in [&access, &account] {
        for data in [&b"21.5"[..], &large] {
            let message = Message { data, attributes: &[("device", "sensor-1")] };
            publish(&mut pubsub, &topic, token, &[message], &mut buffer).await.unwrap();
        }
    }
    pubsub.into_inner().close().await.unwrap();

    let seen = service.seen();
    assert_eq!(seen.complaints, [""; 0]);
    assert_eq!(seen.connections, 3);
    let published: Vec<_> = seen.published.iter().map(|m| (m.principal.as_str(), m.data.len())).collect();
    let account = format!("serviceAccount:{ACCOUNT}");
    let expected = [(&*principal, 4), (&*principal, 5000), (&*account, 4), (&*account, 5000)];
    assert_eq!(published, expected);
}
