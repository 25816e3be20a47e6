//! TLS: how many certificates a device shows, and what memory they take.

use crate::device::{Connection, Device, NAME, SoftKey, root, roots};
use crate::memory::{Cut, World, ping, visit, visit_then};
use atecc608_cloud::tls::{ClientIdentity, TlsFailure};
use embedded_io_async::{Read, Write};
use mock_servers::pki::Request;
use mock_servers::tls::{Offer, acceptor};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

#[test]
fn chains_that_can_not_be_sent() {
    let world = World::new();
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let own: &[u8] = device.der();
    let long = vec![0x30; 16_000];
    for (chain, bytes) in
        [(vec![], 0), (vec![own; 17], 17 * (own.len() + 5)), (vec![own, &long], own.len() + 16_010)]
    {
        let line = world.line(Cut::Never);
        let settings =
            world.settings().with_client(ClientIdentity { chain: &chain, signer: SoftKey::of(&device) });
        let failure = visit_then(&line, settings, 1 << 15, ping).unwrap_err();
        assert_eq!(line.carried(), (0, 0));
        assert!(
            matches!(failure, TlsFailure::ClientChain { certificates, bytes: all } if (certificates, all) == (chain.len(), bytes)),
            "{failure}"
        );
    }
    // As many as can be.
    let chain: Vec<&[u8]> = std::iter::once(own).chain([&world.devices.der()[..]; 15]).collect();
    let line = world.line(Cut::Never);
    let settings =
        world.settings().with_client(ClientIdentity { chain: &chain, signer: SoftKey::of(&device) });
    visit_then(&line, settings, 1 << 14, ping).unwrap();
    assert_eq!(line.shown(), chain);
}

/// What is needed is told before anything is sent, and is enough.
#[test]
fn transmit_buffer_of_the_size_that_is_asked_for() {
    let world = World::new();
    let between = world.devices.issue(&Request::authority("Between")).unwrap();
    let device = between.issue(&Request::device("device-1")).unwrap();
    let chain: Vec<&[u8]> = device.chain().iter().map(|der| &der[..]).collect();
    let attempt = |size: usize| {
        let line = world.line(Cut::Never);
        let client = ClientIdentity { chain: &chain, signer: SoftKey::of(&device) };
        (visit_then(&line, world.settings().with_client(client), size, ping), line.carried().0)
    };
    let (failure, sent) = attempt(700);
    let Err(TlsFailure::BufferTooSmall { transmit, .. }) = failure else { panic!("{failure:?}") };
    assert_eq!((transmit, sent), (285 + chain.iter().map(|der| der.len() + 5).sum::<usize>(), 0));
    assert!(matches!(attempt(transmit - 1), (Err(TlsFailure::BufferTooSmall { .. }), 0)));
    attempt(transmit).0.unwrap();
    let text = attempt(700).0.unwrap_err().to_string();
    assert!(text.contains(&format!("{transmit} to transmit")), "{text}");
}

/// What the documentation says of the usual one.
#[test]
fn the_usual_transmit_buffer_holds_1241_bytes_of_two_certificates() {
    let world = World::new();
    let device = world.devices.issue(&Request::device("device-1")).unwrap();
    let attempt = |size: usize| {
        // The last byte that gets through is the first one: it was big enough.
        let line = world.line(Cut::ToServer(1));
        let other = vec![0x30; size - device.der().len()];
        let chain: &[&[u8]] = &[device.der(), &other];
        visit(&line, world.settings().with_client(ClientIdentity { chain, signer: SoftKey::of(&device) }))
            .unwrap_err()
    };
    assert!(matches!(attempt(1241), TlsFailure::Transport(_)));
    assert!(matches!(attempt(1242), TlsFailure::BufferTooSmall { transmit: 1537, .. }));
}

/// A record has 16 KB at most (RFC 8446, section 5.1), whatever the buffer has room for.
#[tokio::test]
async fn transmit_buffer_longer_than_a_record() {
    const MESSAGE: usize = 100_000;
    let root = root();
    let acceptor = acceptor(&root.issue(&Request::server(&[NAME])).unwrap(), &Offer::default()).unwrap();
    for transmit in [1 << 14, (1 << 14) + 133, (1 << 14) + 134, 80_000] {
        let server = async |stream: TcpStream| {
            let mut received = vec![0; MESSAGE];
            acceptor.accept(stream).await?.read_exact(&mut received).await?;
            std::io::Result::Ok(received)
        };
        let send = async |mut connection: Connection<'_>| {
            connection.write_all(&[7; MESSAGE]).await?;
            connection.flush().await?;
            // Until the server has read all of it and hangs up.
            Ok(connection.read(&mut [0; 1]).await)
        };
        let roots = roots(&[&root]);
        let (outcome, received) = Device { transmit, ..Device::new(&roots) }.visit(server, send).await;
        outcome.unwrap().unwrap_err();
        assert!(received.unwrap() == [7; MESSAGE], "{transmit}");
    }
}
