//! The cloud as an operator has set it up, with everybody's certificates.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use atecc608::x509::{Attribute, Certificate, DateTime, Name, Profile, TbsCertificate, Validity};
use atecc608::{PublicKey, Signature};
use embedded_io_adapters::tokio_1::FromTokio;
use mock_clouds::google::{Doors, HOSTS, Provider, Service, TrustStore};
use mock_clouds::mqtt::Listening;
use mock_servers::google::{Pool, Rules};
use mock_servers::pki::{Holder, NOW, Request};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) const NUMBER: u64 = 123_456_789_012;
pub(crate) const ACCOUNT: &str = "publisher@my-project.iam.gserviceaccount.com";

/// The device's stream to a server.
pub(crate) type Stream = FromTokio<TlsStream<TcpStream>>;

/// A device: its certificate with its signer's, and its key.
pub(crate) struct Device {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

pub(crate) struct Cloud {
    pub(crate) service: Service,
    pub(crate) signer: Holder,
    /// Whom the device trusts as a server.
    pub(crate) servers: Holder,
    listening: Listening,
}

/// A device's name in policies.
pub(crate) fn principal(subject: &str) -> String {
    Pool::new("devices", vec![]).principal(NUMBER, subject)
}

impl Cloud {
    /// A cloud that listens. Its clock stands at [`NOW`].
    pub(crate) async fn new() -> Self {
        Self::with(|service| service).await
    }

    pub(crate) async fn with(change: impl FnOnce(Service) -> Service) -> Self {
        let root = Holder::root(&Request::authority("root")).unwrap();
        let signer = root.issue(&Request::authority("signer")).unwrap();
        let rules = Rules {
            project_number: NUMBER,
            pools: vec![Pool::new("devices", vec![])],
            access_lifetime: 3599,
            access_length: 1024,
            project: "my-project".into(),
            topics: vec!["telemetry".into()],
            publishers: vec![principal("sensor-1"), format!("serviceAccount:{ACCOUNT}")],
            accounts: HashMap::from([(ACCOUNT.into(), vec![principal("sensor-1")])]),
        };
        let service = change(Service::new(rules, || NOW));
        service.add(Provider::new("devices", "certificates", TrustStore::of(root.der()))).unwrap();
        let servers = Holder::root(&Request::authority("servers")).unwrap();
        let doors = Doors::new(&servers.issue(&Request::server(&HOSTS)).unwrap(), Arc::new(|| NOW)).unwrap();
        let listening = service.listen(0, doors).await.unwrap();
        Self { service, signer, servers, listening }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// A device whose certificate is made by the driver, for so many days.
    pub(crate) fn device(&self, profile: Profile, days: u64) -> Device {
        let random = SystemRandom::new();
        let make = || {
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            PrivateKeyDer::try_from(key.as_ref().to_vec()).unwrap()
        };
        let pair = |key: &PrivateKeyDer<'_>| {
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.secret_der(), &random).unwrap()
        };
        let public = |pair: &EcdsaKeyPair| {
            PublicKey::from_sec1(pair.public_key().as_ref().try_into().unwrap()).unwrap()
        };
        let (own, signer) = (make(), pair(&self.signer.key()));
        let from = NOW - 86_400;
        let at = |seconds| DateTime::from_unix(seconds).unwrap();
        let tbs = TbsCertificate {
            serial: &[7],
            issuer: Name::Der(Certificate::parse(self.signer.der()).unwrap().subject()),
            validity: Validity { not_before: at(from), not_after: at(from + days * 86_400) },
            subject: Name::Attributes(&[Attribute::common_name("sensor-1")]),
            subject_key: public(&pair(&own)),
            issuer_key: public(&signer),
            profile,
            alternative_names: &[],
        };
        let mut buffer = vec![0; tbs.max_der_len()];
        let unsigned = tbs.write(&mut buffer).unwrap();
        let signature = signer.sign(&random, unsigned.message()).unwrap();
        let signature = Signature::from_bytes(signature.as_ref().try_into().unwrap());
        let der = CertificateDer::from(unsigned.finish(&signature).unwrap().to_vec());
        Device { chain: vec![der, self.signer.der().clone()], key: own }
    }

    /// A connection to the server of this name; the certificate is shown if it is asked for.
    pub(crate) async fn connect(&self, host: &'static str, device: Option<&Device>) -> Stream {
        let mut roots = RootCertStore::empty();
        roots.add(self.servers.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_details(provider, Arc::new(Still))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match device {
            Some(device) => {
                builder.with_client_auth_cert(device.chain[..1].to_vec(), device.key.clone_key()).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        let stream = TcpStream::connect(self.address()).await.unwrap();
        let name = ServerName::try_from(host).unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        FromTokio::new(stream)
    }
}

/// The device's clock.
#[derive(Debug)]
struct Still;

impl rustls::time_provider::TimeProvider for Still {
    fn current_time(&self) -> Option<rustls::pki_types::UnixTime> {
        Some(rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(NOW)))
    }
}
