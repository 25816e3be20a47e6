//! The other end takes no signatures of the kind that the chip makes.

use std::sync::Arc;

use atecc608_linux::rustls::{ServerCertificate, certified_key};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    AlertDescription, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible,
    ServerConfig, SignatureScheme,
};

use super::{Device, assert_advice, assert_alert};
use crate::authority::Point;
use crate::board::Cost;
use crate::handshake::{Clock, NOW, SERVER, VERSIONS, provider, still, verifier};

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
        let mut only = rustls::crypto::ring::default_provider();
        let mapping = only.signature_verification_algorithms.mapping;
        let ed25519 = mapping.iter().position(|(scheme, _)| *scheme == SignatureScheme::ED25519).unwrap();
        only.signature_verification_algorithms.mapping = &mapping[ed25519..=ed25519];
        let mut client = ClientConfig::builder_with_provider(Arc::new(only))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(device.authority.roots())
            .with_no_client_auth();
        client.time_provider = Arc::new(Clock(NOW));

        let resolver = Arc::new(ServerCertificate::new(pair.clone()));
        let builder = ServerConfig::builder_with_provider(provider());
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
