//! What the clients have in common: the chain on the chip and, if no other end is named, a server on this machine that knows devices by their certificates.

use std::sync::Arc;

use atecc608::PublicKey;
use atecc608::x509::trust::{MICROCHIP, TrustAnchor};
use atecc608_linux::Location;
use atecc608_linux::rustls::ChipKey;
use atecc608_sim::preset::demo_root;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::device::{Failure, provider};

/// A server's TLS, and the certificate by which clients know it.
pub(crate) struct Local {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) certificate: CertificateDer<'static>,
}

impl Local {
    /// For the name localhost. It wants a certificate of the root that simulated chips have.
    pub(crate) fn new() -> Result<Self, Failure> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(["localhost".to_owned()])?.self_signed(&key)?.der().clone();
        let mut devices = RootCertStore::empty();
        devices.add(demo_root().certificate.clone().into())?;
        let wanted = WebPkiClientVerifier::builder_with_provider(devices.into(), provider()).build()?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(wanted)
            .with_single_cert(
                vec![certificate.clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )?;
        Ok(Self { config: Arc::new(config), certificate })
    }
}

/// The chain of a Trust&GO or TrustFLEX chip, as it lies there.
pub(crate) fn trust_chain(key: &ChipKey) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let trust = match key.chip().location() {
        Location::Device(_) => MICROCHIP,
        // A simulated one has another root above it.
        _ => MICROCHIP.with_root(TrustAnchor::new(PublicKey::from_bytes(demo_root().public_key))),
    };
    Ok(key.chip().read_trust_chain(&trust)?.map(Into::into).to_vec())
}
