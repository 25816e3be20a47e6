//! TLS to the mock without a network: server name and protocol.

use std::sync::Arc;
use std::time::Duration;

use mock_clouds::Peer;
use mock_clouds::tls::Offer;
use mock_servers::pki::{Holder, NOW, Request};
use rustls::crypto::ring;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::DuplexStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::world::{ENDPOINT, World};

#[derive(Debug)]
struct Still;

impl TimeProvider for Still {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(NOW)))
    }
}

/// What a client tells in its first message.
pub(crate) struct Hello {
    pub(crate) port: u16,
    pub(crate) names_server: bool,
    pub(crate) protocol: Option<&'static str>,
}

/// A handshake with the certificate of `device`.
pub(crate) async fn handshake(
    world: &World,
    device: &Holder,
    hello: &Hello,
) -> std::io::Result<TlsStream<DuplexStream>> {
    let root = Holder::root(&Request::authority("Server root")).unwrap();
    let server = root.issue(&Request::server(&[ENDPOINT])).unwrap();
    let protocols = if hello.port == 443 { vec![b"x-amzn-mqtt-ca".to_vec()] } else { Vec::new() };
    let door = world.service.door(&server, &Offer { protocols, ..Offer::new(hello.port) }).unwrap();
    let config = client_config(&root, device, hello);
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let broker = world.service.broker().clone();
    tokio::spawn(async move { broker.serve_secured(theirs, Peer::default(), &door).await });
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(ENDPOINT).unwrap(), ours).await
}

/// A device's TLS, which trusts `root`.
pub(crate) fn client_config(root: &Holder, device: &Holder, hello: &Hello) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(Still))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(device.chain().to_vec(), device.key())
        .unwrap();
    config.enable_sni = hello.names_server;
    config.alpn_protocols = hello.protocol.into_iter().map(|name| name.into()).collect();
    config
}
