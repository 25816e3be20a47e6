//! Several handshakes at once, one chip.

use std::sync::Arc;
use std::thread;

use atecc608_linux::rustls::{ClientCertificate, certified_key};

use crate::authority::{Authority, Point};
use crate::board::Board;
use crate::handshake::{Clients, Pair, SERVER, VERSIONS, client_config, server_config};

#[test]
fn threads_wait_for_each_other() {
    const THREADS: usize = 8;
    let board = Board::new();
    let (key, authority) = (board.key(), Authority::root("Root"));
    let chain = authority.device(&Point(key.public_key().to_sec1()));
    let certificate = Arc::new(ClientCertificate::new(certified_key(key, chain).unwrap()));
    let mut client = client_config(&certificate, &authority);
    client.resumption = rustls::client::Resumption::disabled();
    let client = Arc::new(client);
    let servers = VERSIONS.map(|version| {
        Arc::new(server_config(version, authority.server(SERVER), Clients::Below(authority.roots())))
    });

    let (_, cost) = board.measure(|| {
        thread::scope(|scope| {
            for number in 0..THREADS {
                let (client, server) = (&client, &servers[number % 2]);
                scope.spawn(move || Pair::new(client, server).run().unwrap());
            }
        });
    });
    assert_eq!(cost.signatures, THREADS);
}
