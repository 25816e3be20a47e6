//! What handshakes cost on the bus. `docs/tls.md` has these figures.

use std::sync::Arc;

use atecc608::PublicKey;
use atecc608::x509::trust::{MICROCHIP, TrustAnchor};
use atecc608_linux::rustls::{ChipKey, ClientCertificate, ServerCertificate, certified_key};
use atecc608_sim::preset::demo_root;
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion};

use crate::authority::{Authority, Point};
use crate::board::{Board, Cost};
use crate::handshake::{Clients, Pair, SERVER, VERSIONS, client_config, provider, server_config, still};

/// A row of the table.
struct Row(String, Cost);

fn name(version: &SupportedProtocolVersion) -> &'static str {
    if version == &rustls::version::TLS13 { "TLS 1.3" } else { "TLS 1.2" }
}

/// One handshake, and what the server was shown.
fn cost(board: &Board, client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> (usize, Cost) {
    let mut pair = Pair::new(client, server);
    let (outcome, cost) = board.measure(|| pair.run());
    outcome.unwrap();
    (pair.shown().len(), cost)
}

/// As a client with 1, 2, 3 certificates; then with the session resumed; then at a server that asks for none.
fn as_client(board: &Board, rows: &mut Vec<Row>) {
    let key = board.key();
    for version in VERSIONS {
        let mut authority = Authority::root("Devices");
        let server_authority = Authority::root("Servers");
        let server = |clients| Arc::new(server_config(version, server_authority.server(SERVER), clients));
        let mut costs = Vec::new();
        for length in 1..=3 {
            let mut chain = authority.device(&Point(key.public_key().to_sec1()));
            let root = chain.pop().unwrap();
            assert_eq!(chain.len(), length);
            let certificate =
                Arc::new(ClientCertificate::new(certified_key(key.clone(), chain.clone()).unwrap()));
            let config = Arc::new(client_config(&certificate, &server_authority));
            let asks = server(Clients::Below(crate::authority::roots([root])));
            let (shown, full) = cost(board, &config, &asks);
            assert_eq!(shown, length);
            costs.push(full);
            let (shown, resumed) = cost(board, &config, &asks);
            assert_eq!((shown, resumed), (length, Cost::NOTHING), "the session was not resumed");
            let (shown, unasked) = cost(board, &config, &server(Clients::Any));
            assert_eq!((shown, unasked), (0, Cost::NOTHING), "a signature that nobody asked for");
            authority = authority.below(&format!("Signer {length}"));
        }
        assert!(costs.iter().all(|cost| *cost == costs[0]), "the chain's length shows on the bus: {costs:?}");
        rows.push(Row(format!("client, {}", name(version)), costs[0]));
    }
    for what in ["session resumed", "server asks for no certificate"] {
        rows.push(Row(format!("client, {what}"), Cost::NOTHING));
    }
}

/// As a server, and with the session resumed.
fn as_server(board: &Board, rows: &mut Vec<Row>) {
    let key = board.key();
    let authority = Authority::root("Servers");
    for version in VERSIONS {
        let chain = authority.device_named(&Point(key.public_key().to_sec1()), SERVER);
        let certificate = ServerCertificate::new(certified_key(key.clone(), chain).unwrap());
        let builder =
            ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
        let server = Arc::new(still(builder.with_no_client_auth().with_cert_resolver(Arc::new(certificate))));
        let mut client = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(authority.roots())
            .with_no_client_auth();
        client.time_provider = Arc::new(crate::handshake::Clock(crate::handshake::NOW));
        let client = Arc::new(client);
        rows.push(Row(format!("server, {}", name(version)), cost(board, &client, &server).1));
        assert_eq!(cost(board, &client, &server).1, Cost::NOTHING, "the session was not resumed");
    }
    rows.push(Row("server, session resumed".into(), Cost::NOTHING));
}

/// What comes once, when the program starts.
fn at_the_start(rows: &mut Vec<Row>) {
    let board = Board::new();
    let (key, cost) = board.measure(|| ChipKey::new(board.chip.clone(), Board::SLOT));
    key.unwrap();
    rows.push(Row("once: the public key, `ChipKey::new`".into(), cost));
    let root = TrustAnchor::new(PublicKey::from_bytes(demo_root().public_key));
    let (chain, cost) = board.measure(|| board.chip.read_trust_chain(&MICROCHIP.with_root(root)));
    assert_eq!(chain.unwrap().len(), 2);
    rows.push(Row("once: a Trust&GO chain of two, verified, `read_trust_chain`".into(), cost));
}

#[test]
fn the_documented_figures_are_right() {
    let board = Board::new();
    let mut rows = Vec::new();
    as_client(&board, &mut rows);
    as_server(&board, &mut rows);
    for Row(what, cost) in &rows {
        let nothing = *cost == Cost::NOTHING;
        assert_eq!(cost.signatures, usize::from(!nothing), "{what}: {cost:?}");
    }
    at_the_start(&mut rows);

    let mut table = String::from(
        "| The chip is | Signatures | Time on the bus | Bytes | Transactions |\n|---|---:|---:|---:|---:|\n",
    );
    for Row(what, cost) in &rows {
        let Cost { signatures, bytes, transactions, micros } = cost;
        let tenths = (micros + 50) / 100;
        let (whole, tenths) = (tenths / 10, tenths % 10);
        table += &format!("| {what} | {signatures} | {whole}.{tenths} ms | {bytes} | {transactions} |\n");
    }
    println!("{table}");
    let documented = include_str!("../../docs/tls.md");
    assert!(documented.contains(&table), "docs/tls.md has other figures than these:\n{table}");
}
