//! What a person reads for each cause: `MESSAGES.md` says it, and this that it is true. Servers fail in each way,
//! and what is printed must be in the table, word for word; every text of the table must have been printed.

use std::collections::BTreeSet;

use crate::host::HostNetwork;
use crate::real::{HERE, NAME};
use atecc608_cloud::mqtt::{
    self, Client, ClientError, Device, KeepAlive, QoS, Session, SessionError, Skipped, TOKEN_MAX,
    TRANSMIT_BUFFER as MQTT_BUFFER, Token, TopicError,
};
use atecc608_cloud::tls::{
    Buffers, CertificateRefusal, ClientIdentity, Entropy, KeyKind, RECEIVE_BUFFER, Roots, TRANSMIT_BUFFER,
    TlsFailure,
};
use atecc608_cloud::token::{Lifetime, TokenSigner};
use cloud_app::{Backoff, Dial, DialError, Event, Identity, NoIdentity, Server, TlsDialer};
use embedded_io_async::{ErrorKind, Read, Write};
use mock_servers::pki::{ExtendedUsage, Holder, NOW, Request};
use mock_servers::rogue::{self, Misdeed};
use mock_servers::tls::{Offer, acceptor, acceptor_with};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::DecodePrivateKey;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const TABLE: &str = include_str!("../MESSAGES.md");

/// The texts of the table whose rows are about this crate: between backticks, in the second column.
fn table() -> BTreeSet<String> {
    let (table, _) = TABLE.split_once("## The host program").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells = rows.map(|row| row.split(" | ").nth(1).unwrap());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn root() -> Holder {
    Holder::root(&Request::authority("Test Root")).unwrap()
}

fn roots(holders: &[&Holder]) -> Roots {
    let mut roots = Roots::new();
    for holder in holders {
        roots.add(holder.der()).unwrap();
    }
    roots
}

fn entropy() -> Entropy {
    let bytes = |start: u8| std::array::from_fn(|index| start.wrapping_add(index as u8 * 7));
    Entropy::new(&bytes(1), &bytes(!1)).unwrap()
}

/// Signs anything.
struct Signer;

impl TokenSigner for Signer {
    type Error = core::convert::Infallible;
    async fn sign_digest(&mut self, _: &[u8; 32]) -> Result<atecc608::Signature, Self::Error> {
        Ok(atecc608::Signature::from_bytes([0x5A; 64]))
    }
}

/// The key of a certificate, in software.
struct SoftKey(SigningKey);

impl SoftKey {
    fn of(holder: &Holder) -> Self {
        let PrivateKeyDer::Pkcs8(key) = holder.key() else { panic!() };
        Self(SigningKey::from_pkcs8_der(key.secret_pkcs8_der()).unwrap())
    }
}

impl TokenSigner for SoftKey {
    type Error = core::convert::Infallible;
    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<atecc608::Signature, Self::Error> {
        let signature: p256::ecdsa::Signature = self.0.sign_prehash(digest).unwrap();
        Ok(atecc608::Signature::from_bytes(signature.to_bytes().into()))
    }
}

/// A chip that is not there.
struct Unplugged;

impl TokenSigner for Unplugged {
    type Error = &'static str;
    async fn sign_digest(&mut self, _: &[u8; 32]) -> Result<atecc608::Signature, Self::Error> {
        Err("Wake: no acknowledge on the bus")
    }
}

/// What a device that trusts `roots` prints when it dials the server, and logs in with a token if it gets so far.
async fn prints(roots: &Roots, serve: impl AsyncFnOnce(TcpStream)) -> String {
    prints_as(roots, NoIdentity, Login::Token, serve).await
}

/// With what a device logs in.
enum Login {
    Token,
    /// With its certificate, if it has one, and the name lamp-1.
    Certificate,
}

/// The same for a device with a certificate, or without.
async fn prints_as<I: Identity>(
    roots: &Roots,
    identity: I,
    login: Login,
    serve: impl AsyncFnOnce(TcpStream),
) -> String {
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::at(NAME, port, HERE);
    let device = async {
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let mut dial = TlsDialer::new(HostNetwork, roots, entropy(), buffers).with_identity(identity);
        let connection = match dial.dial(&server, NOW).await {
            Ok(connection) => connection,
            Err(DialError::Untrusted(cause)) => {
                return Event::Untrusted { server, cause: &cause }.to_string();
            }
            Err(DialError::Network(error)) => return Event::Unreachable { server, error }.to_string(),
            Err(DialError::NotSigned(cause)) => {
                return Event::NotProved { server, cause: &cause }.to_string();
            }
            Err(DialError::Unsuitable(cause)) => return Event::Denied { server, cause: &cause }.to_string(),
        };
        if let Login::Certificate = login {
            return prints_at_broker(connection).await;
        }
        let device = Device::new("my-project", "us-central1", "greenhouse", "sensor-1").unwrap();
        let (mut rx, mut tx, mut text) = ([0; 256], [0; MQTT_BUFFER], [0; TOKEN_MAX]);
        let token = Token::issue(&device, NOW, Lifetime::HOUR, &mut Signer, &mut text).await.unwrap();
        match Session::connect(connection, device, token.as_str(), KeepAlive::DEFAULT, &mut rx, &mut tx).await
        {
            Ok(_) => "logged in".to_owned(),
            Err(SessionError::Refused(refusal)) => Event::Refused(refusal).to_string(),
            Err(error) => Event::Lost { cause: &error }.to_string(),
        }
    };
    let both = async { tokio::join!(device, async { serve(listener.accept().await.unwrap().0).await }).0 };
    let printed = tokio::time::timeout(std::time::Duration::from_secs(60), both).await.unwrap();
    printed.replace(&format!(":{port} at 127.0.0.1"), ":8883")
}

/// What a device prints that logs in as lamp-1, subscribes and publishes.
async fn prints_at_broker<T: Read + Write>(connection: T) -> String {
    let (mut rx, mut tx) = ([0; 256], [0; 256]);
    let login = mqtt::Login::new("lamp-1");
    let mut client = match Client::connect(connection, &login, &mut rx, &mut tx).await {
        Ok(client) => client,
        Err(ClientError::Refused(refusal)) => return Event::LoginRefused(refusal).to_string(),
        Err(error) => return Event::Lost { cause: &error }.to_string(),
    };
    let subscribed = client.subscribe(&["lamp-1/set", "lamps/#"], &mut ()).await;
    let published = match subscribed {
        Ok(_) => client.publish("lamp-1/state", QoS::AtLeastOnce, b"on", &mut ()).await,
        Err(error) => Err(error),
    };
    match published {
        Ok(()) => "published".to_owned(),
        Err(error) => Event::Lost { cause: &error }.to_string(),
    }
}

/// A TLS server that answers the first packet with these bytes.
async fn answers(acceptor: TlsAcceptor, stream: TcpStream, answer: &[u8]) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let _ = stream.read(&mut [0; 2048]).await;
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
    while stream.read(&mut [0; 2048]).await.is_ok_and(|count| count > 0) {}
}

/// A TLS server that hangs up right after the handshake.
async fn answers_to_handshake(acceptor: TlsAcceptor, stream: TcpStream) {
    if let Ok(stream) = acceptor.accept(stream).await {
        // Without TLS's farewell.
        drop(stream.into_inner());
    }
}

async fn prints_at(roots: &Roots, holder: &Holder, offer: &Offer) -> String {
    let acceptor = acceptor(holder, offer).unwrap();
    prints(roots, async |stream| answers(acceptor, stream, b"\x20\x02\0\0").await).await
}

async fn prints_for(root: &Holder, request: &Request) -> String {
    prints_at(&roots(&[root]), &root.issue(request).unwrap(), &Offer::default()).await
}

#[tokio::test]
async fn what_is_printed_is_what_the_table_says() {
    let mut printed = BTreeSet::new();
    let mut note = |text: String| {
        assert!(!text.contains('\n'), "one line: {text:?}");
        printed.insert(text);
    };
    let root = root();
    let pinned = roots(&[&root]);
    let server = Request::server(&[NAME]);
    let good = root.issue(&server).unwrap();
    assert_eq!(prints_at(&pinned, &good, &Offer::default()).await, "logged in");

    // Versions, algorithms, and what is no TLS.
    let old = Offer { versions: vec![&rustls::version::TLS12], ..Offer::default() };
    note(prints_at(&pinned, &good, &old).await);
    note(prints(&pinned, async |stream| drop(rogue::serve(stream, &good, Misdeed::OldVersion).await)).await);
    let other = Offer { only_group: Some(rustls::NamedGroup::secp384r1), ..Offer::default() };
    note(prints_at(&pinned, &good, &other).await);
    let hang_up = async |mut stream: TcpStream| drop(stream.read(&mut [0; 1024]).await);
    note(prints(&pinned, hang_up).await);
    let plain = async |mut stream: TcpStream| stream.write_all(b"\x15\x03\0\0\0HTTP/1.1 400").await.unwrap();
    let text = prints(&pinned, plain).await;
    assert!(text.contains("not trusted"), "{text}");
    let plain = async |mut stream: TcpStream| stream.write_all(b"HTTP/1.1 400 Bad\r\n\r\n").await.unwrap();
    note(prints(&pinned, plain).await);

    // RSA: as with the feature it works, the refusals are made here; `dialer.rs` has them from a server.
    let rsa = CertificateRefusal::NotBuiltIn {
        subject: format!("CN={NAME}"),
        key: KeyKind::Rsa(2048),
        feature: "rsa",
    };
    let at = Server::new(NAME, 8883);
    let cause: TlsFailure<ErrorKind> = TlsFailure::Certificate(rsa);
    note(Event::Untrusted { server: at, cause: &cause }.to_string());

    // A client certificate.
    let devices = Holder::root(&Request::authority("Devices")).unwrap();
    let closed = Offer { clients_of: Some(devices.der().clone()), ..Offer::default() };
    note(prints_at(&pinned, &good, &closed).await);

    // Chains.
    let mut issuer = Holder::root(&Request::authority("Test Root")).unwrap();
    let deep = roots(&[&issuer]);
    for number in 0..7 {
        issuer = issuer.issue(&Request::authority(&format!("Between {number}"))).unwrap();
    }
    note(prints_at(&deep, &issuer.issue(&server).unwrap(), &Offer::default()).await);
    let many = acceptor_with(&vec![good.der().clone(); 17], &good, &Offer::default()).unwrap();
    note(prints(&pinned, async |stream| answers(many, stream, b"").await).await);
    let unknown = vec![vec![1, 3, 6, 1, 4, 1, 99_999, 7]];
    note(prints_for(&root, &Request { unknown_extensions: unknown, ..server.clone() }).await);
    let narrow = Holder::root(&Request { path_length: Some(0), ..Request::authority("Test Root") }).unwrap();
    let below = roots(&[&narrow]);
    let between = narrow.issue(&Request::authority("Between")).unwrap();
    note(prints_at(&below, &between.issue(&server).unwrap(), &Offer::default()).await);
    note(prints_at(&deep, &Holder::root(&server).unwrap(), &Offer::default()).await);
    let stranger = Holder::root(&Request::authority("Other Root")).unwrap();
    note(prints_at(&pinned, &stranger.issue(&server).unwrap(), &Offer::default()).await);
    note(prints_for(&root, &Request::server(&["other.example.com"])).await);
    note(prints_for(&root, &Request { valid: ((2026, 1, 1), (2027, 6, 1)), ..server.clone() }).await);
    note(prints_for(&root, &Request { valid: ((2029, 1, 1), (2030, 1, 1)), ..server.clone() }).await);
    let wrong = Request { extended_usages: vec![ExtendedUsage::ClientAuth], ..server.clone() };
    note(prints_for(&root, &wrong).await);

    // The login.
    for answer in [
        &b"\x20\x02\0\x02"[..],
        b"\x20\x02\0\x04",
        b"\x20\x02\0\x05",
        b"\x20\x02\0\x0D",
        b"\x20\x03\0\x84\0",
        b"",
        b"HTTP",
    ] {
        let acceptor = acceptor(&good, &Offer::default()).unwrap();
        note(prints(&pinned, async |stream| answers(acceptor, stream, answer).await).await);
    }

    // A login with a certificate, and what the broker has against it.
    let own = devices.issue(&Request::device("lamp-1")).unwrap();
    let stranger = Holder::root(&Request::authority("Strangers")).unwrap();
    let strange = stranger.issue(&Request::device("lamp-1")).unwrap();
    let old = Request { valid: ((2026, 1, 1), (2026, 1, 2)), ..Request::device("lamp-1") };
    let old = devices.issue(&old).unwrap();
    for holder in [&strange, &old] {
        let acceptor = acceptor(&good, &closed).unwrap();
        let chain = [holder.der().as_ref()];
        let identity = ClientIdentity { chain: &chain, signer: SoftKey::of(holder) };
        let serve = async |stream| answers(acceptor, stream, b"\x20\x02\0\0").await;
        note(prints_as(&pinned, identity, Login::Certificate, serve).await);
    }
    let chain = [own.der().as_ref()];
    let unplugged = ClientIdentity { chain: &chain, signer: Unplugged };
    let at_closed = acceptor(&good, &closed).unwrap();
    let serve = async |stream| answers(at_closed, stream, b"").await;
    note(prints_as(&pinned, unplugged, Login::Certificate, serve).await);
    // A server that does not answer after it has seen the certificate, as mosquitto that does not take it.
    let at_closed = acceptor(&good, &closed).unwrap();
    let serve = async |stream| answers_to_handshake(at_closed, stream).await;
    let identity = || ClientIdentity { chain: &chain, signer: SoftKey::of(&own) };
    note(prints_as(&pinned, identity(), Login::Certificate, serve).await);
    let long = vec![0x30; 3000];
    let too_long = [long.as_slice()];
    let identity_too_long = ClientIdentity { chain: &too_long, signer: SoftKey::of(&own) };
    let at_closed = acceptor(&good, &closed).unwrap();
    let serve = async |stream| answers(at_closed, stream, b"").await;
    note(prints_as(&pinned, identity_too_long, Login::Certificate, serve).await);
    note(Event::NotAsked { server: at }.to_string());

    // The login, the subscription and a message at a broker.
    for answer in [
        &b"\x20\x02\0\x02"[..],
        b"\x20\x02\0\x04",
        b"\x20\x02\0\x05",
        b"\x20\x03\0\x84\0",
        b"\x20\x02\0\x97",
        b"",
        b"\x20\x02\0\0\x90\x04\0\x01\x01\x80",
        b"\x20\x02\0\0\x90\x04\0\x01\x01\x01",
    ] {
        let acceptor = acceptor(&good, &Offer::default()).unwrap();
        let serve = async |stream| answers(acceptor, stream, answer).await;
        note(prints_as(&pinned, NoIdentity, Login::Certificate, serve).await);
    }
    for cause in [TopicError::Wildcard('+'), TopicError::Empty] {
        note(Event::Unsendable { cause: &cause }.to_string());
    }

    // Afterwards; `bridge_life_failures.rs` and `direct_life.rs` have them from servers.
    for event in [
        Event::GivenUp { length: 34, tries: 3, state: false },
        Event::GivenUp { length: 47, tries: 3, state: true },
        Event::Skipped(Skipped { count: 1, size: 5000, capacity: 2048 }),
        Event::Dropped { count: 3 },
        Event::Waiting { ms: Backoff::default().longest_ms() + 3_500, failures: 1 },
    ] {
        note(event.to_string());
    }

    let table = table();
    let missing: Vec<_> = printed.difference(&table).collect();
    let never: Vec<_> = table.difference(&printed).collect();
    assert!(
        missing.is_empty() && never.is_empty(),
        "not in the table: {missing:#?}\nnever printed: {never:#?}"
    );
}
