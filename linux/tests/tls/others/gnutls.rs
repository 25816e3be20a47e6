//! `gnutls-serv` and `gnutls-cli`.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use super::{Program, World, free_port, serve, talk};
use crate::handshake::SERVER;

fn gnutls(program: &str, [root, own, key]: &[PathBuf; 3], port: u16, version: &str) -> Command {
    let mut command = Command::new(program);
    command.args([
        "--port",
        &port.to_string(),
        "--priority",
        &format!("NORMAL:-VERS-ALL:+VERS-TLS{version}"),
    ]);
    command.arg("--x509cafile").arg(root).arg("--x509certfile").arg(own).arg("--x509keyfile").arg(key);
    command
}

#[test]
fn as_server_it_sees_device_and_signer() {
    if !testkit::gnutls::installed() {
        return;
    }
    for version in ["1.3", "1.2"] {
        let world = World::new();
        let port = free_port();
        let mut command = gnutls("gnutls-serv", &world.files(), port, version);
        let server =
            Program::start(command.args(["--echo", "--require-client-cert", "--verify-client-cert"]));
        assert_eq!(talk(&world, port).unwrap(), "hello\n");
        let said = server.said();
        for line in [
            "Got a certificate list of 2 certificates.",
            &format!("Subject: CN={SERVER}"),
            "Subject: CN=Signer",
            "The certificate is trusted",
            &format!("- Description: (TLS{version}"),
        ] {
            assert!(said.contains(line), "no {line:?} in\n{said}");
        }
    }
}

#[test]
fn as_client_of_a_server_with_the_chips_key() {
    if !testkit::gnutls::installed() {
        return;
    }
    for version in ["1.3", "1.2"] {
        let world = World::new();
        let (port, server) = serve(&world);
        let mut command = gnutls("gnutls-cli", &world.files(), port, version);
        let mut client = Program::start(command.args(["--verify-hostname", SERVER, "127.0.0.1"]));
        client.0.stdin.as_mut().unwrap().write_all(b"ping\n").unwrap();
        assert_eq!(server.join().unwrap(), (1, "ping\n".into()));
        let said = client.ended();
        for line in ["- Status: The certificate is trusted", &format!("- Description: (TLS{version}"), "pong"]
        {
            assert!(said.contains(line), "no {line:?} in\n{said}");
        }
    }
}
