//! What a client showed before it said anything.

use std::net::SocketAddr;

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A client, by what TLS tells of it.
#[derive(Debug, Clone, Default)]
pub struct Peer {
    /// Where it calls from; none without a network.
    pub address: Option<SocketAddr>,
    /// The cloud's port that it called, whatever it is on this machine.
    pub port: u16,
    /// Server name that it asked for (SNI).
    pub sni: Option<String>,
    /// Protocols that it offered (ALPN).
    pub offered: Vec<String>,
    /// The one that was chosen.
    pub alpn: Option<String>,
    /// `TLSv1_2` or `TLSv1_3`; none without TLS.
    pub tls: Option<String>,
    /// Cipher suite, as rustls names it.
    pub suite: Option<String>,
    /// Its certificates as it sent them, its own first. The key of the first is proven.
    pub chain: Vec<CertificateDer<'static>>,
}

impl Peer {
    /// Its own certificate.
    pub fn certificate(&self) -> Option<X509Certificate<'_>> {
        let own = self.chain.first()?;
        X509Certificate::from_der(own).ok().map(|(_, certificate)| certificate)
    }

    /// Common name of its certificate.
    pub fn common_name(&self) -> Option<String> {
        let certificate = self.certificate()?;
        let name = certificate.subject().iter_common_name().next()?.as_str().ok()?;
        Some(name.to_owned())
    }
}
