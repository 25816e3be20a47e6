//! TLS: servers of OpenSSL and of GnuTLS, as programs of their own.

use crate::chip::{ChipDevice, SLOT};
use crate::device::{Failure, NAME, entropy, roots};
use atecc608_cloud::signer::{BlockingChipSigner, TokenSigner};
use atecc608_cloud::tls::{
    self, Alert, Buffers, ClientAuthentication, ClientIdentity, RECEIVE_BUFFER, Roots, Settings,
    TRANSMIT_BUFFER, TlsFailure,
};
use base64ct::{Base64, Encoding};
use embedded_io_adapters::tokio_1::FromTokio;
use embedded_io_async::{Read, Write};
use mock_servers::pki::{Holder, NOW, Request};
use rustls::pki_types::PrivateKeyDer;
use std::fmt::Display;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpStream;

fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The files of a server, the roots that a device needs, and who issues devices.
struct Site {
    folder: tempfile::TempDir,
    roots: Roots,
    devices: Holder,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = crate::device::root();
        let server = root.issue(&Request::server(&[NAME])).unwrap();
        let devices = Holder::root(&Request::authority("Devices")).unwrap();
        let PrivateKeyDer::Pkcs8(key) = server.key() else { panic!() };
        for (name, text) in [
            ("server.pem", pem("CERTIFICATE", server.der())),
            ("server.key", pem("PRIVATE KEY", key.secret_pkcs8_der())),
            ("devices.pem", pem("CERTIFICATE", devices.der())),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder, roots: roots(&[&root]), devices }
    }

    /// Connects to that server, sends a line and wants one; the protocol that it chose.
    async fn visit<S: TokenSigner<Error: Display>>(
        &self,
        server: &mut Server,
        client: Option<ClientIdentity<'_, S>>,
    ) -> Result<Option<String>, Failure> {
        let address = (Ipv4Addr::LOCALHOST, server.port);
        let stream = FromTokio::new(TcpStream::connect(address).await.unwrap());
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let shown = client.is_some();
        let settings =
            Settings::new(NAME, &self.roots, NOW).with_protocols(&["x-amzn-mqtt-ca"]).with_client_if(client);
        let talk = async {
            let mut connection = tls::connect(stream, settings, buffers, &mut entropy(1)).await?;
            let authentication = connection.client_authentication();
            assert_eq!(authentication == ClientAuthentication::Shown, shown);
            connection.write_all(b"ping\n").await?;
            connection.flush().await?;
            server.say(b"pong\n");
            let mut answer = Vec::new();
            while !answer.ends_with(b"\n") {
                let mut buffer = [0; 64];
                match connection.read(&mut buffer).await? {
                    0 => return Err(TlsFailure::Truncated),
                    count => answer.extend_from_slice(&buffer[..count]),
                }
            }
            // GnuTLS's is an echo.
            assert!(answer == b"pong\n" || answer == b"ping\n", "{answer:?}");
            let protocol = connection.protocol().map(str::to_owned);
            connection.close().await?;
            Ok(protocol)
        };
        tokio::time::timeout(Duration::from_secs(60), talk).await.unwrap()
    }
}

/// A server that is ended with the test, and what it prints.
struct Server {
    child: Child,
    printed: Option<JoinHandle<Vec<String>>>,
    port: u16,
}

impl Server {
    /// Starts one, and waits until it has printed this.
    fn start(site: &Site, line: &str, ready: &str) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut words = line.split_whitespace();
        let (printed, writer) = std::io::pipe().unwrap();
        let child = Command::new(words.next().unwrap())
            .args(words.map(|word| word.replace("PORT", &port.to_string())))
            .current_dir(site.folder.path())
            .stdin(Stdio::piped())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer)
            .spawn()
            .unwrap_or_else(|error| panic!("{line}: {error}"));
        let mut lines = BufReader::new(printed).lines().map_while(Result::ok);
        assert!(lines.by_ref().any(|printed| printed.contains(ready)), "{line}: ended");
        Self { child, printed: Some(std::thread::spawn(move || lines.collect())), port }
    }

    /// Lets it send this.
    fn say(&mut self, line: &[u8]) {
        self.child.stdin.as_mut().unwrap().write_all(line).unwrap();
    }

    /// Asks it to end, so that it prints what it has kept back.
    fn ask_to_end(&self) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
    }

    /// All that it has printed, until it ended.
    fn end(mut self) -> String {
        self.printed.take().unwrap().join().unwrap().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A device in a chip with an intermediate between it and what the server knows.
fn device(site: &Site) -> (ChipDevice, Vec<u8>) {
    let between = site.devices.issue(&Request::authority("Signer")).unwrap();
    (ChipDevice::new(&between), between.der().to_vec())
}

fn openssl(site: &Site) -> Server {
    let line = format!(
        "openssl s_server -accept 127.0.0.1:PORT -cert server.pem -key server.key -CAfile devices.pem -Verify 3 \
         -verify_return_error -attime {NOW} -tls1_3 -alpn x-amzn-mqtt-ca -naccept 1"
    );
    Server::start(site, &line, "ACCEPT")
}

#[tokio::test]
async fn openssl_sees_the_chain() {
    let site = Site::new();
    let (device, signer) = device(&site);
    let mut server = openssl(&site);
    let chain: &[&[u8]] = &[&device.certificate, &signer];
    let mut chip = device.blocking();
    let client = ClientIdentity { chain, signer: BlockingChipSigner::new(&mut chip, SLOT) };
    let protocol = site.visit(&mut server, Some(client)).await.unwrap();
    assert_eq!(protocol.unwrap(), "x-amzn-mqtt-ca");
    let printed = server.end();
    for expected in [
        "depth=2 CN = Devices\nverify return:1",
        "depth=1 CN = Signer\nverify return:1",
        "depth=0 CN = device-1\nverify return:1",
        "ALPN protocols selected: x-amzn-mqtt-ca",
        "Peer signing digest: SHA256",
        "Peer signature type: ECDSA",
        "CIPHER is TLS_AES_128_GCM_SHA256",
    ] {
        assert!(printed.contains(expected), "{expected}:\n{printed}");
    }
}

#[tokio::test]
async fn openssl_refuses() {
    let site = Site::new();
    let (device, _) = device(&site);
    let mut server = openssl(&site);
    let none = None::<ClientIdentity<'_, atecc608_cloud::signer::NoSigner>>;
    let failure = site.visit(&mut server, none).await.unwrap_err();
    assert!(matches!(failure, TlsFailure::ClientCertificate(Some(Alert(116)))), "{failure}");

    // Without what lies between.
    let mut server = openssl(&site);
    let mut chip = device.blocking();
    let signer = BlockingChipSigner::new(&mut chip, SLOT);
    let client = ClientIdentity { chain: &[&device.certificate], signer };
    let failure = site.visit(&mut server, Some(client)).await.unwrap_err();
    assert!(matches!(failure, TlsFailure::Alert(Alert(48))), "{failure}");
}

/// Debian's package of `gnutls-serv` has `certtool`, too: where CI wants the one it has the other.
const GNUTLS_REQUIRED: &str = "ATECC608_TESTS_GNUTLS";

#[tokio::test]
async fn gnutls_sees_the_chain() {
    let there = Command::new("gnutls-serv").arg("--version").stdout(Stdio::null()).status().is_ok();
    assert!(there || std::env::var_os(GNUTLS_REQUIRED).is_none(), "gnutls-serv is not installed");
    if !there {
        println!("not asked: gnutls-serv is not installed");
        return;
    }
    let site = Site::new();
    let (device, signer) = device(&site);
    // It looks at the signature only: it has no way to be told the time.
    let line = "gnutls-serv --port PORT --x509certfile server.pem --x509keyfile server.key --x509cafile devices.pem \
                --require-client-cert --echo --alpn x-amzn-mqtt-ca --priority NORMAL:-VERS-ALL:+VERS-TLS1.3";
    let mut server = Server::start(&site, line, "listening");
    let chain: &[&[u8]] = &[&device.certificate, &signer];
    let mut chip = device.blocking();
    let client = ClientIdentity { chain, signer: BlockingChipSigner::new(&mut chip, SLOT) };
    let protocol = site.visit(&mut server, Some(client)).await.unwrap();
    assert_eq!(protocol.unwrap(), "x-amzn-mqtt-ca");
    server.ask_to_end();
    let printed = server.end();
    for expected in [
        "Got a certificate list of 2 certificates",
        "Subject: CN=device-1",
        "Subject: CN=Signer",
        "Version: TLS1.3",
        "Client Signature: ECDSA-SECP256R1-SHA256",
    ] {
        assert!(printed.contains(expected), "{expected}:\n{printed}");
    }
}
