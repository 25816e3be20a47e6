//! What OpenSSL says of certificates, and as a server.

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::made::Servers;
use crate::program::{json, text};

/// Runs openssl; what it prints, if it succeeds.
pub(crate) fn openssl(folder: &Path, line: &str) -> Result<String, String> {
    let output = Command::new("openssl").args(line.split_whitespace()).current_dir(folder).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(said(&output.stdout)) } else { Err(said(&output.stderr)) }
}

/// The report's certificates: the device's leads to the root, for a TLS client; its key is the chip's.
pub(crate) fn check_chain(report: &Value, strict: bool) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("device.pem", text(report, "device_pem"));
    write("chain.pem", text(report, "chain_pem"));
    write("root.pem", text(report, "root_pem"));
    assert!(text(report, "chain_pem").starts_with(text(report, "device_pem")));
    let strict = if strict { "-x509_strict " } else { "" };
    let verify =
        format!("verify {strict}-purpose sslclient -CAfile root.pem -untrusted chain.pem device.pem");
    assert_eq!(openssl(folder.path(), &verify).as_deref(), Ok("device.pem: OK\n"));
    assert!(openssl(folder.path(), "verify -CAfile root.pem device.pem").is_err(), "the signer is needed");
}

/// OpenSSL as a server, which wants the client's chain.
struct SServer {
    child: Child,
    port: u16,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl SServer {
    fn start(folder: &Path, servers: &Servers, authority: &str, options: &str) -> Self {
        fs::write(folder.join("server.pem"), &servers.chain_pem).unwrap();
        fs::write(folder.join("server.key"), &servers.key_pem).unwrap();
        fs::write(folder.join("clients.pem"), authority).unwrap();
        let line = format!(
            "s_server -accept 127.0.0.1:0 -naccept 1 -cert server.pem -key server.key -CAfile clients.pem -Verify 3 \
             -verify_return_error {options}"
        );
        let mut command = Command::new("openssl");
        command.args(line.split_whitespace()).current_dir(folder);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().unwrap().unwrap();
            if let Some(address) = line.strip_prefix("ACCEPT ") {
                break address.rsplit(':').next().unwrap().parse().unwrap();
            }
        };
        Self { child, port, lines }
    }

    /// What it has said, once it has gone.
    fn said(mut self) -> String {
        use std::io::Read;
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        let said: Vec<String> = self.lines.by_ref().map(Result::unwrap).collect();
        self.child.wait().unwrap();
        said.join("\n") + "\n" + &errors
    }
}

#[test]
fn a_server_of_openssl_is_shown_the_whole_chain() {
    let folder = tempfile::tempdir().unwrap();
    let servers = Servers::new(&["localhost"]);
    let ca = servers.root_file(folder.path());
    let chip = format!("sim:{}/chip", folder.path().display());
    let report = json(&["--i2c", &chip]);
    let root = text(&report, "root_pem");
    for (version, option, signature) in
        [("1.2", "-tls1_2", "Peer signature type: ECDSA"), ("1.3", "-tls1_3", "Peer signature type: ECDSA")]
    {
        let server = SServer::start(folder.path(), &servers, root, &format!("{option} -alpn x-amzn-mqtt-ca"));
        let endpoint = format!("localhost:{}", server.port);
        // It speaks no MQTT, so that nothing comes of it.
        let arguments = [
            "--i2c",
            &chip,
            "--endpoint",
            &endpoint,
            "--ca",
            &ca,
            "--alpn",
            "--timeout",
            "1s",
            "--tls",
            version,
        ];
        let refused = crate::program::failed(&arguments);
        assert!(refused.contains("the device tried to log in"), "{refused}");
        let said = server.said();
        for words in [
            "depth=2 O = Example Devices, CN = Example Root CA",
            "depth=1 O = Example Devices, CN = Example Signer 2C00",
            &format!("depth=0 O = Example Devices, CN = {}", text(&report, "client_id")),
            "verify return:1",
            signature,
            "Peer signing digest: SHA256",
            "ALPN protocols selected: x-amzn-mqtt-ca",
        ] {
            assert!(said.contains(words), "{words} is not in\n{said}");
        }
    }
    // One with another root refuses the handshake.
    let server = SServer::start(folder.path(), &servers, &servers.root_pem, "-tls1_3");
    let endpoint = format!("localhost:{}", server.port);
    let refused = crate::program::failed(&["--i2c", &chip, "--endpoint", &endpoint, "--ca", &ca]);
    assert!(refused.contains("cause: the server refused the device\n  seen as: "), "{refused}");
    assert!(server.said().contains("verify error"));
}
