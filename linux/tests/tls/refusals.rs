//! One end does not want the other: what reaches the user, and what helps.

use std::sync::Arc;

use atecc608_linux::rustls::{ClientCertificate, ServerCertificate, advice, certified_key};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error,
    PeerIncompatible, ServerConfig, SignatureScheme,
};

use crate::authority::{Authority, Point};
use crate::board::{Board, Cost};
use crate::handshake::{
    Clients, Clock, NOW, Outcome, Pair, SERVER, VERSIONS, client_config, provider, server_config, still,
    verifier,
};

/// Half a century, in seconds: the certificates here are valid from 2020 to 2080.
const FIFTY_YEARS: u64 = 50 * 365 * 86_400;

/// A device with its certificate, and the authority that issued it.
struct Device {
    board: Board,
    authority: Authority,
    certificate: Arc<ClientCertificate>,
}

impl Device {
    fn new() -> Self {
        let (board, authority) = (Board::new(), Authority::root("Root"));
        let key = board.key();
        let chain = authority.device(&Point(key.public_key().to_sec1()));
        let certificate = Arc::new(ClientCertificate::new(certified_key(key, chain).unwrap()));
        Self { board, authority, certificate }
    }

    fn client(&self) -> ClientConfig {
        client_config(&self.certificate, &self.authority)
    }

    fn server(&self, version: &'static rustls::SupportedProtocolVersion) -> ServerConfig {
        let clients = Clients::Below(self.authority.roots());
        server_config(version, self.authority.server(SERVER), clients)
    }

    /// How a handshake ends, and what the chip did.
    fn meets(&self, client: ClientConfig, server: ServerConfig) -> (Outcome, Cost) {
        let mut pair = Pair::new(&Arc::new(client), &Arc::new(server));
        self.board.measure(|| pair.run())
    }
}

/// The client heard this alert: it stands in the error's words, and there is advice.
fn assert_alert(outcome: &Outcome, alert: AlertDescription, advises: &str) {
    let error = outcome.client.as_ref().unwrap_err();
    assert_eq!(*error, Error::AlertReceived(alert));
    assert_eq!(error.to_string(), format!("received fatal alert: {alert:?}"));
    assert_advice(error, advises);
}

/// Also where the error is inside of others, as programs get it.
fn assert_advice(error: &Error, advises: &str) {
    let wrapped = std::io::Error::other(std::io::Error::new(std::io::ErrorKind::InvalidData, error.clone()));
    for error in [error as &dyn std::error::Error, &wrapped] {
        let advice = advice(error).unwrap_or_else(|| panic!("no advice: {error}"));
        assert!(advice.contains(advises), "{error}: {advice}");
    }
}

#[test]
fn a_server_that_asks_for_no_certificate() {
    let device = Device::new();
    for version in VERSIONS {
        let server = server_config(version, device.authority.server(SERVER), Clients::Any);
        let (outcome, cost) = device.meets(device.client(), server);
        outcome.unwrap();
        assert_eq!((cost, device.certificate.refused_schemes()), (Cost::NOTHING, None));
    }
}

#[test]
fn a_server_with_another_authority() {
    let device = Device::new();
    for version in VERSIONS {
        let others = Clients::Below(Authority::root("Others").roots());
        let server = server_config(version, device.authority.server(SERVER), others);
        let (outcome, cost) = device.meets(device.client(), server);
        let error = outcome.server.as_ref().unwrap_err();
        assert_eq!(*error, Error::InvalidCertificate(CertificateError::UnknownIssuer));
        assert_alert(&outcome, AlertDescription::UnknownCA, "does not know who issued the certificate");
        assert_eq!(cost.signatures, 1);
    }
}

/// The signer's certificate is missing from the chain, and the server knows only the root.
#[test]
fn a_chain_that_is_too_short() {
    let device = Device::new();
    let key = device.board.key();
    let mut chain = device.authority.below("Signer").device(&Point(key.public_key().to_sec1()));
    for version in VERSIONS {
        chain.truncate(1);
        let certificate = ClientCertificate::new(certified_key(key.clone(), chain.clone()).unwrap());
        let client = client_config(&Arc::new(certificate), &device.authority);
        let (outcome, _) = device.meets(client, device.server(version));
        assert_alert(&outcome, AlertDescription::UnknownCA, "send the signer's certificate along");
    }
}

#[test]
fn a_certificate_that_the_servers_clock_does_not_take() {
    let device = Device::new();
    for version in VERSIONS {
        for now in [NOW + FIFTY_YEARS + FIFTY_YEARS / 5, NOW - FIFTY_YEARS / 5] {
            let mut server = device.server(version);
            server.time_provider = Arc::new(Clock(now));
            let (outcome, _) = device.meets(device.client(), server);
            assert_alert(&outcome, AlertDescription::CertificateExpired, "see to both clocks");
        }
    }
}

#[test]
fn a_client_whose_own_clock_is_wrong() {
    let device = Device::new();
    for version in VERSIONS {
        for now in [NOW + 2 * FIFTY_YEARS, 0] {
            let mut client = device.client();
            client.time_provider = Arc::new(Clock(now));
            let (outcome, cost) = device.meets(client, device.server(version));
            let error = outcome.client.unwrap_err();
            assert_advice(&error, "by this machine's clock");
            assert_eq!(cost, Cost::NOTHING, "something was signed for a server that is not trusted");
        }
    }
}

#[test]
fn a_server_that_is_not_trusted_or_has_another_name() {
    let device = Device::new();
    for version in VERSIONS {
        let clients = || Clients::Below(device.authority.roots());
        let server = server_config(version, Authority::root("Others").server(SERVER), clients());
        let (outcome, cost) = device.meets(device.client(), server);
        assert_advice(&outcome.client.unwrap_err(), "by none of the roots");
        assert_eq!(cost, Cost::NOTHING);

        let server = server_config(version, device.authority.server("other.example"), clients());
        let (outcome, cost) = device.meets(device.client(), server);
        assert_advice(&outcome.client.unwrap_err(), "connect by a name");
        assert_eq!(cost, Cost::NOTHING);
    }
}

/// What `openssl req -x509` makes is an authority's.
#[test]
fn a_server_that_shows_an_authoritys_certificate() {
    let device = Device::new();
    for version in VERSIONS {
        let root = Authority::root(SERVER);
        let shown = (vec![root.chain[0].clone()], root.key());
        let server = server_config(version, shown, Clients::Below(device.authority.roots()));
        let client = client_config(&device.certificate, &root);
        let (outcome, cost) = device.meets(client, server);
        assert_advice(&outcome.client.unwrap_err(), "CA:FALSE");
        assert_eq!(cost, Cost::NOTHING);
    }
}

#[test]
fn a_client_without_a_certificate() {
    let device = Device::new();
    let client = || {
        let mut client = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(device.authority.roots())
            .with_no_client_auth();
        client.time_provider = Arc::new(Clock(NOW));
        client
    };
    let (outcome, _) = device.meets(client(), device.server(VERSIONS[0]));
    assert_alert(&outcome, AlertDescription::CertificateRequired, "wants a certificate and got none");
    let (outcome, _) = device.meets(client(), device.server(VERSIONS[1]));
    assert_eq!(outcome.server.unwrap_err(), Error::NoCertificatesPresented);
}

/// Another chip of the same kind is in the socket, so another key in the slot.
#[test]
fn a_chip_that_was_exchanged() {
    let device = Device::new();
    for version in VERSIONS {
        device.board.plug(Board::SEED + 1);
        let (outcome, _) = device.meets(device.client(), device.server(version));
        assert_alert(&outcome, AlertDescription::DecryptError, "see whether the chip was exchanged");
        device.board.plug(Board::SEED);
        device.meets(device.client(), device.server(version)).0.unwrap();
    }
}

/// Takes no signatures but these.
#[derive(Debug)]
struct Only(Vec<SignatureScheme>, Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Only {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.1.root_hint_subjects()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.1.client_auth_mandatory()
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.1.verify_client_cert(own, others, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.1.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.1.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.clone()
    }
}

#[test]
fn a_server_that_takes_no_such_signature() {
    let device = Device::new();
    let ed25519 = vec![SignatureScheme::ED25519];
    for version in VERSIONS {
        let server = |schemes: &[SignatureScheme]| {
            let (chain, key) = device.authority.server(SERVER);
            let verifier = Arc::new(Only(schemes.to_vec(), verifier(device.authority.roots())));
            let builder = ServerConfig::builder_with_provider(provider());
            let builder = builder.with_protocol_versions(&[version]).unwrap();
            still(builder.with_client_cert_verifier(verifier).with_single_cert(chain, key).unwrap())
        };
        let (outcome, cost) = device.meets(device.client(), server(&ed25519));
        assert_eq!(outcome.server.unwrap_err(), Error::NoCertificatesPresented);
        assert_eq!(cost, Cost::NOTHING);
        assert_eq!(device.certificate.refused_schemes(), Some(ed25519.clone()));

        let (outcome, _) =
            device.meets(device.client(), server(&[ed25519[0], SignatureScheme::ECDSA_NISTP256_SHA256]));
        outcome.unwrap();
        assert_eq!(device.certificate.refused_schemes(), None);
    }
}

/// The same the other way round: the chip is the server's.
#[test]
fn a_client_that_takes_no_such_signature() {
    let device = Device::new();
    let key = device.board.key();
    let chain = device.authority.device_named(&Point(key.public_key().to_sec1()), SERVER);
    let pair = certified_key(key, chain).unwrap();
    for version in VERSIONS {
        let mut provider = rustls::crypto::ring::default_provider();
        let mapping = provider.signature_verification_algorithms.mapping;
        let ed25519 = mapping.iter().position(|(scheme, _)| *scheme == SignatureScheme::ED25519).unwrap();
        provider.signature_verification_algorithms.mapping = &mapping[ed25519..=ed25519];
        let mut client = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(device.authority.roots())
            .with_no_client_auth();
        client.time_provider = Arc::new(Clock(NOW));

        let resolver = Arc::new(ServerCertificate::new(pair.clone()));
        let builder = ServerConfig::builder_with_provider(crate::handshake::provider());
        let builder = builder.with_protocol_versions(&[version]).unwrap();
        let server = still(builder.with_no_client_auth().with_cert_resolver(resolver));
        let (outcome, cost) = device.meets(client, server);
        let error = outcome.server.as_ref().unwrap_err();
        if version == VERSIONS[0] {
            assert_eq!(*error, Error::PeerIncompatible(PeerIncompatible::NoSignatureSchemesInCommon));
            assert_advice(error, "ecdsa_secp256r1_sha256");
            assert_alert(&outcome, AlertDescription::HandshakeFailure, "ecdsa_secp256r1_sha256");
        } else {
            // rustls' words; it tells the client nothing.
            assert_eq!(error.to_string(), "unexpected error: incompatible signing key");
        }
        assert_eq!(cost, Cost::NOTHING);
    }
}
