//! OpenSSL and GnuTLS at the other end, over loopback. OpenSSL has to be there, GnuTLS is asked where it is installed.

mod gnutls;
mod openssl;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use atecc608_linux::rustls::{ClientCertificate, ServerCertificate, certified_key};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConnection, ServerConfig, ServerConnection, Stream};

use crate::authority::{Authority, Point};
use crate::board::Board;
use crate::handshake::{SERVER, provider, verifier};

/// A stop for what hangs, and no more.
const STOP: Duration = Duration::from_secs(60);

/// Root, signer and device; another one of the same root with its key in a file, for the other end.
struct World {
    board: Board,
    root: Authority,
    signer: Authority,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let root = Authority::root("Root");
        let signer = root.below("Signer");
        Self { board: Board::new(), root, signer, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// The root's certificate, and those and the key of somebody whose key is in software.
    fn files(&self) -> [PathBuf; 3] {
        let (chain, key) = self.root.server(SERVER);
        let PrivateKeyDer::Pkcs8(key) = key else { panic!("another kind of key") };
        [
            self.file("root.pem", &pem("CERTIFICATE", &self.root.chain)),
            self.file("own.pem", &pem("CERTIFICATE", &chain)),
            self.file("own.key", &pem("PRIVATE KEY", &[key.secret_pkcs8_der()])),
        ]
    }

    /// The chip's key with device's and signer's certificate.
    fn pair(&self) -> rustls::sign::CertifiedKey {
        let key = self.board.key();
        let mut chain = self.signer.device_named(&Point(key.public_key().to_sec1()), SERVER);
        chain.pop();
        assert_eq!(chain.len(), 2);
        certified_key(key, chain).unwrap()
    }
}

fn pem(label: &str, values: &[impl AsRef<[u8]>]) -> String {
    use base64ct::{Base64, Encoding};
    let one = |der: &[u8]| {
        let text = Base64::encode_string(der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    };
    values.iter().map(|der| one(der.as_ref())).collect()
}

/// A program that is ended when this is dropped.
struct Program(Child);

impl Program {
    fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display())))
    }

    /// What it has said when it ends by itself.
    fn ended(mut self) -> String {
        drop(self.0.stdin.take());
        let began = Instant::now();
        while self.0.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < STOP, "it does not end");
            thread::sleep(Duration::from_millis(10));
        }
        self.said()
    }

    /// Ends it, and gives what it said.
    fn said(mut self) -> String {
        let _ = self.0.kill();
        let mut text = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody has at the moment.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn connect(port: u16) -> TcpStream {
    let began = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => {
                stream.set_read_timeout(Some(STOP)).unwrap();
                return stream;
            }
            Err(error) => assert!(began.elapsed() < STOP, "{error}"),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// What a client with the chip's key does: a line out, the answer in.
fn talk(world: &World, port: u16) -> Result<String, std::io::Error> {
    let certificate = Arc::new(ClientCertificate::new(world.pair()));
    let config = certificate.config(provider(), world.root.roots()).unwrap();
    let name = ServerName::try_from(SERVER).unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = connect(port);
    let mut stream = Stream::new(&mut connection, &mut socket);
    stream.write_all(b"hello\n")?;
    let mut answer = [0; 6];
    stream.read_exact(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// What a server with the chip's key does with one client that it wants a certificate of: a line in, another one out.
/// Gives how many certificates the client has shown, and what was read.
fn serve(world: &World) -> (u16, thread::JoinHandle<(usize, String)>) {
    let resolver = Arc::new(ServerCertificate::new(world.pair()));
    let builder =
        ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_client_cert_verifier(verifier(world.root.roots())).with_cert_resolver(resolver);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(STOP)).unwrap();
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = Stream::new(&mut connection, &mut socket);
        let mut line = [0; 5];
        stream.read_exact(&mut line).unwrap();
        stream.write_all(b"pong\n").unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
        let shown = connection.peer_certificates().map_or(0, <[CertificateDer<'_>]>::len);
        (shown, String::from_utf8_lossy(&line).into_owned())
    });
    (port, server)
}
