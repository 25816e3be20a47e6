//! A device at the bridge over real sockets, TLS and SNTP.

use crate::chip::SoftChip;
use crate::real::{HERE, Mail, NAME, authority, offset, sent, time_server, with_device};
use cloud_app::Server;
use mock_servers::bridge::{Rules, Service, wall_clock};
use mock_servers::pki::Holder;
use mock_servers::tls::{Offer, acceptor};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinHandle};

/// The bridge behind TLS. It stops when it is dropped.
struct TlsBridge {
    service: Service,
    port: u16,
    server: JoinHandle<()>,
    connections: std::sync::Arc<std::sync::Mutex<Vec<AbortHandle>>>,
}

impl TlsBridge {
    async fn start(holder: &Holder, chip: &SoftChip) -> Self {
        let rules = Rules {
            project: "proj".into(),
            region: "europe-west1".into(),
            registry: "greenhouse".into(),
            config: "the config".into(),
            command: "the command".into(),
            grace: Duration::from_secs(2),
        };
        let offset = offset();
        let service = Service::new(rules, move || wall_clock().saturating_add_signed(offset));
        service.register("sensor-1", &chip.public_key_pem()).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = acceptor(holder, &Offer::default()).unwrap();
        let connections = std::sync::Arc::<std::sync::Mutex<Vec<AbortHandle>>>::default();
        let (accepted, shared) = (service.clone(), connections.clone());
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (service, acceptor) = (accepted.clone(), acceptor.clone());
                let connection = tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        service.serve(stream).await;
                    }
                });
                shared.lock().unwrap().push(connection.abort_handle());
            }
        });
        Self { service, port, server, connections }
    }

    /// Forgets every connection, and closes it.
    fn close_all(&self) {
        self.connections.lock().unwrap().drain(..).for_each(|connection| connection.abort());
    }
}

impl Drop for TlsBridge {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tokio::test]
async fn logs_in_over_tls_and_comes_back() {
    let (root, server) = authority();
    let (chip, outbox, time) = (SoftChip::new(1), Mail::new(), time_server().await);
    let bridge = TlsBridge::start(&server, &chip).await;
    outbox.publish(None, b"first").unwrap();
    let address = Server::at(NAME, bridge.port, HERE);
    let log = with_device(address, &root, &time, &chip, &outbox, async |log| {
        log.wait("command led: the command").await;
        assert!(log.has(
            "bridge.example.com is verified: CN=bridge.example.com (P-256), 2026-01-01 00:00:00 UTC to \
             2032-01-01 00:00:00 UTC; issued by CN=Test Root (P-256)"
        ));
        assert!(log.has("config: the config"));
        bridge.close_all();
        outbox.publish(Some("alerts"), b"second").unwrap();
        sent(&outbox).await;
    })
    .await;
    let seen: Vec<_> = bridge.service.seen().published.into_iter().map(|m| (m.topic, m.payload)).collect();
    assert_eq!(
        seen,
        [
            ("/devices/sensor-1/events".to_owned(), "first".to_owned()),
            ("/devices/sensor-1/events/alerts".to_owned(), "second".to_owned()),
        ],
        "{}",
        log.text()
    );
    assert!(log.has("connection lost"), "{}", log.text());
    assert!(bridge.service.seen().complaints.is_empty());
}

/// A server that is not the one named gets no token, and is trusted once it shows the right certificate.
#[tokio::test]
async fn a_server_that_is_not_trusted_gets_no_token() {
    let (root, _) = authority();
    let (_, impostor) = authority();
    let (chip, outbox, time) = (SoftChip::new(1), Mail::new(), time_server().await);
    let bridge = TlsBridge::start(&impostor, &chip).await;
    let address = Server::at(NAME, bridge.port, HERE);
    let log = with_device(address, &root, &time, &chip, &outbox, async |log| {
        log.wait("bridge.example.com is not trusted").await;
    })
    .await;
    assert!(log.has("nothing was sent"), "{}", log.text());
    assert_eq!(chip.signatures.get(), 0);
}

#[tokio::test]
async fn nobody_listens_and_no_such_name() {
    let (root, _) = authority();
    let (chip, outbox, time) = (SoftChip::new(1), Mail::new(), time_server().await);
    // A port that was free a moment ago.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap().port();
    let refused = Server::at(NAME, port, HERE);
    with_device(refused, &root, &time, &chip, &outbox, async |log| {
        log.wait("refused the connection").await;
    })
    .await;
    // A name of the kind that no server gives an address (RFC 6761).
    let unknown = Server::new("bridge.invalid", 8883);
    with_device(unknown, &root, &time, &chip, &outbox, async |log| {
        log.wait("no DNS for bridge.invalid").await;
    })
    .await;
}
