//! A device with a simulated chip: a signing key with its certificate, a symmetric key; TLS by rustls on the host.

use std::sync::Arc;
use std::time::Duration;

use atecc608::blocking::Atecc608;
use atecc608::config::build::{Builder, Purpose};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{Address, DataContents, Slot};
use atecc608_cloud::azure::sas::{BlockingChipHmac, Resource, SasToken, SymmetricKey};
use atecc608_cloud::mqtt::Messages;
use atecc608_cloud::tls::Entropy;
use atecc608_cloud::token::Lifetime;
use atecc608_linux::SharedChip;
use atecc608_linux::rustls::{ChipKey, ClientCertificate, certified_key};
use embedded_io_adapters::tokio_1::FromTokio;
use mock_clouds::mqtt::{Broker, Cloud, Listening};
use mock_clouds::tls::{Door, Offer};
use mock_servers::pki::{Holder, NOW, Request};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) const ID: &str = "sensor-1";
pub(crate) const SIGNING: Slot = Slot::S0;
pub(crate) const HMAC: Slot = Slot::S3;

/// A clock that stands still.
#[derive(Debug)]
struct Still;

impl TimeProvider for Still {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(NOW)))
    }
}

/// Authorities, and a device.
pub(crate) struct World {
    pub(crate) server_root: Holder,
    pub(crate) root: Holder,
    pub(crate) signer: Holder,
    pub(crate) bus: atecc608_sim::Bus,
    pub(crate) chip: SharedChip,
    /// The device's certificate and its signer's.
    pub(crate) chain: Vec<CertificateDer<'static>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_key(&SymmetricKey::from_bytes(&[0x5A; 32]).unwrap())
    }

    /// A chip with this symmetric key.
    pub(crate) fn with_key(key: &SymmetricKey) -> Self {
        let bus = atecc608_sim::Bus::with_blank_chip(1);
        let mut chip = Atecc608::new(bus.i2c(), bus.delay());
        let builder = Builder::new(&chip.read_config().unwrap());
        let builder = builder.slot(SIGNING, Purpose::SigningKey).slot(HMAC, Purpose::MacKey);
        let wanted = builder.build().unwrap();
        chip.write_config(&wanted).unwrap();
        chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
        let (public, _) = chip.ensure_key(SIGNING).unwrap();
        chip.write_slot(HMAC, 0, key.secret().expose()).unwrap();
        let contents = DataContents::BLANK.with_slot(HMAC, key.secret().expose()).unwrap();
        chip.lock_data(&contents, NoMoreFreeDataWrites).unwrap();
        drop(chip);

        let server_root = Holder::root(&Request::authority("servers")).unwrap();
        let root = Holder::root(&Request::authority("root")).unwrap();
        let signer = root.issue(&Request::authority("signer")).unwrap();
        let sec1 = [&[4][..], public.x(), public.y()].concat();
        let own = signer.certify(&Request::device(ID), &sec1).unwrap();
        let chain = vec![own, signer.der().clone()];
        let chip = SharedChip::on_simulator(&bus, Address::DEFAULT);
        Self { server_root, root, signer, bus, chip, chain }
    }

    /// A port of a cloud.
    pub(crate) async fn listen<C: Cloud>(&self, broker: &Broker<C>, host: &str, offer: &Offer) -> Listening {
        let server = self.server_root.issue(&Request::server(&[host])).unwrap();
        broker.listen(0, Door::new(&server, offer, Arc::new(|| NOW)).unwrap()).await.unwrap()
    }

    /// TLS with the chip's key.
    pub(crate) fn with_certificate(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.server_root.der().clone()).unwrap();
        let key = ChipKey::new(self.chip.clone(), SIGNING).unwrap();
        let certificate = ClientCertificate::new(certified_key(key, self.chain.clone()).unwrap());
        let mut config = Arc::new(certificate).config(Arc::new(ring::default_provider()), roots).unwrap();
        config.time_provider = Arc::new(Still);
        config
    }

    /// TLS without a certificate.
    pub(crate) fn without_certificate(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.server_root.der().clone()).unwrap();
        ClientConfig::builder_with_details(Arc::new(ring::default_provider()), Arc::new(Still))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    /// Writes a token by the chip; its length.
    pub(crate) async fn token(&self, resource: &Resource<'_>, now: u64, buffer: &mut [u8]) -> usize {
        // The simulated chip answers at once, so the blocking driver blocks nobody.
        let mut chip = Atecc608::new(self.bus.i2c(), self.bus.delay());
        let mut signer = BlockingChipHmac::new(&mut chip, HMAC);
        let mut own = [0; atecc608_cloud::azure::sas::TOKEN_MAX];
        let token = SasToken::issue(resource, now, Lifetime::HOUR, &mut signer, &mut own).await.unwrap();
        let len = token.as_bytes().len();
        buffer[..len].copy_from_slice(token.as_bytes());
        len
    }
}

/// Connects; which version of TLS it is.
pub(crate) async fn dial(
    config: ClientConfig,
    listening: &Listening,
    host: &str,
) -> std::io::Result<(FromTokio<TlsStream<TcpStream>>, String)> {
    let tcp = TcpStream::connect(listening.address()).await?;
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    let version = format!("{:?}", stream.get_ref().1.protocol_version().unwrap());
    Ok((FromTokio::new(stream), version))
}

/// Randomness of the TLS of microcontrollers.
pub(crate) fn entropy() -> Entropy {
    let bytes = |start: u8| std::array::from_fn(|index| start.wrapping_add(index as u8 * 7));
    Entropy::new(&bytes(1), &bytes(254)).unwrap()
}

/// Messages, in order.
#[derive(Debug, Default)]
pub(crate) struct Heard(pub(crate) Vec<(String, String)>);

impl Messages for Heard {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        self.0.push((topic.to_owned(), String::from_utf8(payload.to_vec()).unwrap()));
    }
}
