//! `openssl s_server` and `s_client`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Command;

use super::{Program, World, pem, serve, talk};
use crate::authority::Authority;
use crate::handshake::SERVER;

fn openssl_server(root: &Path, [own, key]: [&Path; 2], version: &str) -> (Program, u16) {
    let mut command = Command::new("openssl");
    command.args("s_server -accept 127.0.0.1:0 -naccept 1 -Verify 3 -verify_return_error -rev".split(' '));
    command.arg(version).arg("-CAfile").arg(root).arg("-cert").arg(own).arg("-key").arg(key);
    let mut program = Program::start(&mut command);
    let mut lines = BufReader::new(program.0.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("ACCEPT ") {
        line.clear();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "openssl s_server has ended");
    }
    let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
    program.0.stdout = Some(lines.into_inner());
    (program, port)
}

#[test]
fn as_server_it_sees_device_and_signer() {
    for (version, name) in [("-tls1_3", "TLSv1.3"), ("-tls1_2", "TLSv1.2")] {
        let world = World::new();
        let [root, own, key] = world.files();
        let (server, port) = openssl_server(&root, [&own, &key], version);
        assert_eq!(talk(&world, port).unwrap(), "olleh\n");
        assert_eq!(world.board.signatures(), 1);
        let said = server.ended();
        for line in [
            "depth=2 CN = Root",
            "depth=1 CN = Signer",
            &format!("depth=0 CN = {SERVER}"),
            &format!("Protocol version: {name}"),
            &format!("Peer certificate: CN = {SERVER}"),
            "Hash used: SHA256",
            "Signature type: ECDSA",
            "Verification: OK",
        ] {
            assert!(said.contains(line), "no {line:?} in\n{said}");
        }
    }
}

#[test]
fn as_server_with_another_authority() {
    for version in ["-tls1_3", "-tls1_2"] {
        let world = World::new();
        let [_, own, key] = world.files();
        let others = world.file("others.pem", &pem("CERTIFICATE", &Authority::root("Others").chain));
        let (server, port) = openssl_server(&others, [&own, &key], version);
        let error = talk(&world, port).unwrap_err();
        assert!(error.to_string().contains("UnknownCA"), "{error}");
        assert!(atecc608_linux::rustls::advice(&error).unwrap().contains("who issued the certificate"));
        let said = server.ended();
        assert!(said.contains("unable to get local issuer certificate"), "{said}");
    }
}

#[test]
fn as_client_of_a_server_with_the_chips_key() {
    for version in ["-tls1_3", "-tls1_2"] {
        let world = World::new();
        let [root, own, key] = world.files();
        let (port, server) = serve(&world);
        let mut command = Command::new("openssl");
        command.args("s_client -verify 3 -verify_return_error -ign_eof -verify_hostname".split(' '));
        command.args([SERVER, "-servername", SERVER, version, "-connect", &format!("127.0.0.1:{port}")]);
        command.arg("-CAfile").arg(root).arg("-cert").arg(own).arg("-key").arg(key);
        let mut client = Program::start(&mut command);
        client.0.stdin.as_mut().unwrap().write_all(b"ping\n").unwrap();
        assert_eq!(server.join().unwrap().1, "ping\n");
        assert_eq!(world.board.signatures(), 1);
        let said = client.ended();
        for line in [
            &format!(" 0 s:CN = {SERVER}"),
            " 1 s:CN = Signer",
            "Peer signing digest: SHA256",
            "Peer signature type: ECDSA",
            "Verification: OK",
            "pong",
        ] {
            assert!(said.contains(line), "no {line:?} in\n{said}");
        }
    }
}
