//! Each server is trusted by the roots pinned for it, and by no other's.

use crate::host::HostNetwork;
use atecc608_cloud::tls::{Buffers, Entropy, RECEIVE_BUFFER, Roots, Settings, TRANSMIT_BUFFER};
use cloud_app::{Dial, DialError, Pins, Server, TlsDialer};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::tls::{Offer, acceptor};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A root for each of two servers.
struct Two([(&'static str, Roots); 2]);

impl Pins for Two {
    fn roots(&self, server: &Server<'_>) -> Option<&Roots> {
        self.0.iter().find(|(name, _)| *name == server.name).map(|(_, roots)| roots)
    }
}

fn authority(name: &str) -> (Holder, Roots) {
    let root = Holder::root(&Request::authority(name)).unwrap();
    let mut roots = Roots::new();
    roots.add(root.der()).unwrap();
    (root, roots)
}

/// A server whose certificate, of `issuer`, has this name; its port, and how many have come to it.
async fn serve(issuer: &Holder, name: &str) -> (u16, Arc<AtomicUsize>) {
    serve_with(&issuer.issue(&Request::server(&[name])).unwrap()).await
}

async fn serve_with(holder: &Holder) -> (u16, Arc<AtomicUsize>) {
    let acceptor = acceptor(holder, &Offer::default()).unwrap();
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let visitors = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&visitors);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 16]).await;
            }
        }
    });
    (port, visitors)
}

#[tokio::test]
async fn roots_of_one_server_do_not_vouch_for_another() {
    let ((one, roots_of_one), (two, roots_of_two)) = (authority("Root one"), authority("Root two"));
    let pins = Two([("one.example.com", roots_of_one), ("two.example.com", roots_of_two)]);
    let rng = Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let mut dial = TlsDialer::new(HostNetwork, pins, rng, buffers);
    for (issuer, name, trusted) in [
        (&one, "one.example.com", true),
        (&two, "two.example.com", true),
        (&two, "one.example.com", false),
        (&one, "two.example.com", false),
    ] {
        let (port, visitors) = serve(issuer, name).await;
        let result = dial.dial(&Server::at(name, port, HERE), NOW).await;
        match (trusted, result.map(|connection| connection.chain().root.subject.clone())) {
            (true, Ok(root)) => assert!(root.contains("Root"), "{root}"),
            (false, Err(DialError::Untrusted(why))) => {
                assert!(why.to_string().contains("not a pinned root"), "{why}");
            }
            (_, other) => panic!("{name}: {other:?}"),
        }
        assert_eq!(visitors.load(Ordering::SeqCst), 1);
    }
    // Nobody may vouch for it, so nobody is asked.
    let (port, visitors) = serve(&one, "three.example.com").await;
    match dial.dial(&Server::at("three.example.com", port, HERE), NOW).await {
        Err(DialError::Untrusted(why)) => assert!(why.to_string().contains("no roots are pinned"), "{why}"),
        other => panic!("{:?}", other.map(|_| ())),
    }
    assert_eq!(visitors.load(Ordering::SeqCst), 0);
}

/// A server with an RSA certificate. A program that is built without RSA finds out: the first try names it as a likely
/// cause, the next one knows. One with RSA, be it by another package's choice, is let in.
#[tokio::test]
async fn an_rsa_certificate_is_found_out() {
    use mock_servers::pki::Key;
    let (root, pins) = authority("Root one");
    let request = Request { key: Key::Rsa, ..Request::server(&["one.example.com"]) };
    let holder = root.issue(&request).unwrap();
    let (port, visitors) = serve_with(&holder).await;
    let rng = Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let mut dial = TlsDialer::new(HostNetwork, &pins, rng, buffers);
    let mut said = Vec::new();
    if Settings::new("one.example.com", &pins, NOW).offer_rsa {
        let (port, _) = serve_with(&holder).await;
        let connection = dial.dial(&Server::at("one.example.com", port, HERE), NOW).await.unwrap();
        assert!(connection.chain().to_string().contains("(RSA-2048)"));
        return;
    }
    for _ in 0..4 {
        match dial.dial(&Server::at("one.example.com", port, HERE), NOW).await {
            Err(DialError::Untrusted(why)) => said.push(why.to_string()),
            other => panic!("{:?}", other.map(|_| ())),
        }
    }
    let known = "the certificate of CN=one.example.com has a key of kind RSA-2048, which this program is built without";
    for (index, said) in said.iter().enumerate() {
        match index % 2 {
            0 => assert!(said.contains("most likely its certificate is RSA"), "{said}"),
            _ => assert!(said.starts_with(known) && said.contains("--features rsa"), "{said}"),
        }
    }
    assert_eq!(visitors.load(Ordering::SeqCst), 4);
}
