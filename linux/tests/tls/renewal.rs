//! The certificate is replaced while connections run.

use std::io::{Read, Write};
use std::sync::Arc;

use atecc608::Slot;
use atecc608_linux::rustls::{ClientCertificate, ServerCertificate, certified_key};
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ServerConfig};

use crate::authority::{Authority, Point};
use crate::board::Board;
use crate::handshake::{
    Clients, Clock, NOW, Pair, SERVER, VERSIONS, client_config, provider, server_config, still,
};

/// A key of the chip with a certificate for it.
fn pair(board: &Board, slot: Slot, authority: &Authority) -> CertifiedKey {
    let key = board.key_in(slot);
    let mut chain = authority.device_named(&Point(key.public_key().to_sec1()), SERVER);
    chain.pop();
    certified_key(key, chain).unwrap()
}

#[test]
fn new_handshakes_show_the_new_certificate_and_old_connections_stay() {
    for version in VERSIONS {
        let board = Board::new();
        let authority = Authority::root("Root");
        let (old, new) = (pair(&board, Slot::S0, &authority), pair(&board, Slot::S2, &authority));
        let chains = (old.cert.clone(), new.cert.clone());
        let certificate = Arc::new(ClientCertificate::new(old));
        let client = Arc::new(client_config(&certificate, &authority));
        let clients = Clients::Below(authority.roots());
        let server = Arc::new(server_config(version, authority.server(SERVER), clients));

        let mut running = Pair::new(&client, &server);
        running.run().unwrap();
        assert_eq!(running.shown(), chains.0);

        let given_back = certificate.replace(new);
        assert_eq!((&given_back.cert, &certificate.current().cert), (&chains.0, &chains.1));
        // Not resumed, as that would be the old name.
        let mut renewed = Pair::new(&client, &server);
        let (outcome, cost) = board.measure(|| renewed.run());
        outcome.unwrap();
        assert_eq!((renewed.shown(), cost.signatures), (chains.1.clone(), 1));

        running.client.writer().write_all(b"more").unwrap();
        let (mut bytes, mut word) = (Vec::new(), [0; 4]);
        running.client.write_tls(&mut bytes).unwrap();
        running.server.read_tls(&mut &bytes[..]).unwrap();
        running.server.process_new_packets().unwrap();
        running.server.reader().read_exact(&mut word).unwrap();
        assert_eq!(&word, b"more");

        // Now the new session is resumed, as the new name.
        let mut resumed = Pair::new(&client, &server);
        let (outcome, cost) = board.measure(|| resumed.run());
        outcome.unwrap();
        assert_eq!((resumed.shown(), cost.signatures), (chains.1, 0));

        // The server takes back what it said: so does the client.
        certificate.replace(Arc::into_inner(given_back).unwrap());
        let mut returned = Pair::new(&client, &server);
        returned.run().unwrap();
        assert_eq!(returned.shown(), chains.0);
    }
}

/// The server's answer arrives in two parts, and the certificate is replaced between them.
#[test]
fn in_the_middle_of_a_handshake() {
    for version in VERSIONS {
        let board = Board::new();
        let authority = Authority::root("Root");
        let pairs = [Slot::S0, Slot::S2].map(|slot| pair(&board, slot, &authority));
        let clients = || Clients::Below(authority.roots());
        let server = Arc::new(server_config(version, authority.server(SERVER), clients()));
        let mut shown = Vec::new();
        // About every 100 bytes: inside of each message.
        for cut in (0..2000).step_by(97) {
            let certificate = Arc::new(ClientCertificate::new(pairs[0].clone()));
            let client = Arc::new(client_config(&certificate, &authority));
            let mut both = Pair::new(&client, &server);
            let (mut hello, mut answer) = (Vec::new(), Vec::new());
            both.client.write_tls(&mut hello).unwrap();
            both.server.read_tls(&mut &hello[..]).unwrap();
            both.server.process_new_packets().unwrap();
            while both.server.wants_write() {
                both.server.write_tls(&mut answer).unwrap();
            }
            let (first, second) = answer.split_at(cut.min(answer.len()));
            for part in [first, second] {
                let mut rest = part;
                while !rest.is_empty() {
                    both.client.read_tls(&mut rest).unwrap();
                    both.client.process_new_packets().unwrap();
                }
                certificate.replace(pairs[1].clone());
            }
            both.run().unwrap();
            shown.push(both.shown());
        }
        let of_old = shown.iter().filter(|chain| **chain == pairs[0].cert).count();
        let of_new = shown.iter().filter(|chain| **chain == pairs[1].cert).count();
        assert!(of_old > 0 && of_new > 0 && of_old + of_new == shown.len(), "{of_old} old, {of_new} new");
    }
}

#[test]
fn a_server_too() {
    for version in VERSIONS {
        let board = Board::new();
        let authority = Authority::root("Root");
        let [old, new] = [Slot::S0, Slot::S2].map(|slot| pair(&board, slot, &authority));
        let chains = [&old, &new].map(|pair| pair.cert.clone());
        let certificate = Arc::new(ServerCertificate::new(old));
        let builder =
            ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
        let server = Arc::new(still(builder.with_no_client_auth().with_cert_resolver(Arc::<
            ServerCertificate,
        >::clone(
            &certificate
        ))));
        let seen = || -> Vec<CertificateDer<'static>> {
            let mut client = ClientConfig::builder_with_provider(provider())
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(authority.roots())
                .with_no_client_auth();
            client.time_provider = Arc::new(Clock(NOW));
            let mut both = Pair::new(&Arc::new(client), &server);
            both.run().unwrap();
            both.client.peer_certificates().unwrap().to_vec()
        };
        assert_eq!(seen(), chains[0]);
        assert_eq!(certificate.replace(new).cert, chains[0]);
        assert_eq!((seen(), &certificate.current().cert), (chains[1].clone(), &chains[1]));
    }
}
