//! TLS servers of rustls, with the certificates that they are given, good or bad.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::{Error, RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio_rustls::TlsAcceptor;

use crate::pki::Holder;

/// What a server offers and demands.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Versions; TLS 1.3 is what devices speak.
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// Takes this key exchange only, as rustls names it.
    pub only_group: Option<rustls::NamedGroup>,
    /// Longest record that it sends, in bytes with header.
    pub longest_record: Option<usize>,
    /// Protocols it insists on (ALPN), for clients that name any.
    pub protocols: Vec<Vec<u8>>,
    /// Lets in only clients with a certificate of this authority, or one that it lists.
    pub clients_of: Option<CertificateDer<'static>>,
    /// By this clock, in Unix seconds.
    pub now: u64,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            versions: vec![&rustls::version::TLS13],
            only_group: None,
            longest_record: None,
            protocols: Vec::new(),
            clients_of: None,
            now: crate::pki::NOW,
        }
    }
}

/// A clock that stands still.
#[derive(Debug)]
struct Still(u64);

impl TimeProvider for Still {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

/// A TLS server with the certificate and key of `holder`.
///
/// # Errors
/// rustls can't use them.
pub fn acceptor(holder: &Holder, offer: &Offer) -> Result<TlsAcceptor, Error> {
    acceptor_with(holder.chain(), holder, offer)
}

/// A TLS server that shows `chain` and signs with the key of `holder`, whether they belong together or not.
///
/// # Errors
/// rustls can't use them.
pub fn acceptor_with(
    chain: &[CertificateDer<'static>],
    holder: &Holder,
    offer: &Offer,
) -> Result<TlsAcceptor, Error> {
    let mut provider = ring::default_provider();
    if let Some(only) = offer.only_group {
        provider.kx_groups.retain(|group| group.name() == only);
    }
    let key = provider.key_provider.load_private_key(holder.key())?;
    let provider = Arc::new(provider);
    let builder = ServerConfig::builder_with_details(Arc::clone(&provider), Arc::new(Still(offer.now)))
        .with_protocol_versions(&offer.versions)?;
    let builder = match &offer.clients_of {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.clone())?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| Error::General(error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let shown = CertifiedKey::new(chain.to_vec(), key);
    let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)));
    config.max_fragment_size = offer.longest_record;
    config.alpn_protocols.clone_from(&offer.protocols);
    Ok(TlsAcceptor::from(Arc::new(config)))
}
