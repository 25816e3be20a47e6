//! TLS: versions, records, ends and cancellation, against servers of rustls.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::io::ErrorKind;
use std::rc::Rc;
use std::task::Poll;

use crate::device::{Connection, Device, Failure, NAME, connect_with, echo, entropy, ping, root, roots};
use atecc608_cloud::tls as app_tls;
use atecc608_cloud::tls::{Alert, Buffers, RECEIVE_BUFFER, Settings, TlsFailure};
use embedded_io_adapters::tokio_1::FromTokio;
use embedded_io_async::{ErrorType, Read, Write};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::tls::{Offer, acceptor};
use rustls::NamedGroup;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;

/// A root, and a server with a good certificate.
fn good() -> (Holder, Holder) {
    let root = root();
    let holder = root.issue(&Request::server(&[NAME])).unwrap();
    (root, holder)
}

/// What a device says to a server with this offer.
async fn attempt(offer: Offer) -> Result<(), Failure> {
    let (root, holder) = good();
    let roots = roots(&[&root]);
    connect_with(Device::new(&roots), acceptor(&holder, &offer).unwrap()).await.0.map(|_| ())
}

/// What a device says to a server that does this.
async fn attempt_at(server: impl AsyncFnOnce(TcpStream)) -> Failure {
    let (root, _) = good();
    let roots = roots(&[&root]);
    Device::new(&roots).visit(server, ping).await.0.unwrap_err()
}

#[tokio::test]
async fn server_with_tls_1_2_only() {
    let failure =
        attempt(Offer { versions: vec![&rustls::version::TLS12], ..Offer::default() }).await.unwrap_err();
    assert!(matches!(failure, TlsFailure::Version(None)), "{failure}");
    assert!(failure.to_string().contains("does not speak TLS 1.3"), "{failure}");
}

#[tokio::test]
async fn server_with_both_versions() {
    let versions = vec![&rustls::version::TLS12, &rustls::version::TLS13];
    attempt(Offer { versions, ..Offer::default() }).await.unwrap();
}

/// rustls answers with a HelloRetryRequest.
#[tokio::test]
async fn server_that_wants_another_key_exchange() {
    let only_group = Some(NamedGroup::secp384r1);
    // The group is not among those offered, so there is nothing to ask for again.
    let failure = attempt(Offer { only_group, ..Offer::default() }).await.unwrap_err();
    assert!(matches!(failure, TlsFailure::Alert(Alert(40))), "{failure}");
    assert!(failure.to_string().contains("P-256"), "{failure}");
}

/// The device names no protocol, so none is negotiated, and servers that have some do not mind.
#[tokio::test]
async fn server_with_protocols() {
    attempt(Offer { protocols: vec![b"mqtt".to_vec()], ..Offer::default() }).await.unwrap();
}

#[tokio::test]
async fn garbage() {
    let failure = attempt_at(async |mut stream| {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    })
    .await;
    assert!(matches!(failure, TlsFailure::NotTls { start } if &start == b"HTTP/"), "{failure}");
    assert!(failure.to_string().contains("is the port right?"), "{failure}");
}

#[tokio::test]
async fn server_that_hangs_up_at_once() {
    let failure = attempt_at(async |mut stream| {
        let _ = stream.read(&mut [0; 1024]).await;
    })
    .await;
    assert!(matches!(failure, TlsFailure::ClosedInHandshake), "{failure}");
}

/// After its first bytes, wherever they end.
#[tokio::test]
async fn server_that_hangs_up_in_the_handshake() {
    let (root, holder) = good();
    let roots = roots(&[&root]);
    // What a good server sends is recorded, and then cut.
    let whole = Rc::new(Cell::new(usize::MAX));
    let mut cuts = vec![usize::MAX];
    let mut cut = 1;
    while let Some(limit) = cuts.pop() {
        let acceptor = acceptor(&holder, &Offer::default()).unwrap();
        let outcome = Device::new(&roots)
            .visit(
                async |stream| {
                    let (near, far) = tokio::io::duplex(1 << 16);
                    tokio::join!(echo(near, acceptor), relay(stream, far, limit, Rc::clone(&whole)));
                },
                ping,
            )
            .await
            .0;
        match outcome {
            Ok(_) => assert_eq!(limit, usize::MAX),
            Err(failure) => assert!(
                match &failure {
                    TlsFailure::ClosedInHandshake | TlsFailure::Truncated => true,
                    // What the device had sent was not read.
                    TlsFailure::Transport(error) => {
                        matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
                    }
                    _ => false,
                },
                "cut after {limit}: {failure}"
            ),
        }
        if cut < whole.get() - 60 {
            cuts.push(cut);
            cut += 97;
        }
    }
    assert!(cut > 700, "a handshake is longer");
}

/// Carries bytes both ways, but no more than `limit` to the device.
async fn relay(mut device: TcpStream, mut server: DuplexStream, limit: usize, carried: Rc<Cell<usize>>) {
    let (mut up, mut down, mut sent) = ([0; 4096], [0; 4096], 0);
    loop {
        tokio::select! {
            count = device.read(&mut up) => match count {
                Ok(count @ 1..) => server.write_all(&up[..count]).await.unwrap(),
                _ => break,
            },
            count = server.read(&mut down) => match count {
                Ok(count @ 1..) => {
                    let count = count.min(limit - sent);
                    device.write_all(&down[..count]).await.unwrap();
                    sent += count;
                    if sent == limit {
                        break;
                    }
                }
                _ => break,
            },
        }
    }
    if limit == usize::MAX {
        carried.set(sent);
    }
}

#[tokio::test]
async fn record_longer_than_the_buffer() {
    let (root, holder) = good();
    let roots = roots(&[&root]);
    let answer = async |stream: TcpStream, length: usize| {
        let mut stream = acceptor(&holder, &Offer::default()).unwrap().accept(stream).await.unwrap();
        stream.read_exact(&mut [0; 4]).await.unwrap();
        let _ = stream.write_all(&vec![7; length]).await;
        let _ = stream.shutdown().await;
    };
    let take = async |mut connection: Connection<'_>| {
        connection.write_all(b"ping").await?;
        connection.flush().await?;
        let (mut total, mut buffer) = (0, [0; 1000]);
        loop {
            match connection.read(&mut buffer).await? {
                0 => return Ok(total),
                count => total += count,
            }
        }
    };
    let device = |receive| Device { receive, ..Device::new(&roots) };
    let small = device(2000).visit(async |stream| answer(stream, 5000).await, take).await.0.unwrap_err();
    // 5000 bytes, their type, and a tag of 16 bytes.
    assert!(matches!(small, TlsFailure::RecordTooLarge { size: 5017, capacity: 2000 }), "{small}");
    let enough = device(RECEIVE_BUFFER).visit(async |stream| answer(stream, 100_000).await, take).await.0;
    assert_eq!(enough.unwrap(), 100_000);
}

#[tokio::test]
async fn certificates_longer_than_the_buffer() {
    let (root, holder) = good();
    let roots = roots(&[&root]);
    let device = Device { receive: 512, ..Device::new(&roots) };
    let names: Vec<_> = (0..30).map(|n| format!("name-{n}.example.com")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).chain([NAME]).collect();
    let long = root.issue(&Request::server(&names)).unwrap();
    let failure = connect_with(device, acceptor(&long, &Offer::default()).unwrap()).await.0.unwrap_err();
    assert!(matches!(failure, TlsFailure::RecordTooLarge { capacity: 512, .. }), "{failure}");
    drop(holder);
}

#[tokio::test]
async fn buffers_too_small_for_any_server() {
    let (root, _) = good();
    let roots = roots(&[&root]);
    for (receive, transmit) in [(511, 2048), (2048, 300), (0, 0)] {
        let (mut receive, mut transmit) = (vec![0; receive], vec![0; transmit]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let settings = Settings::new(NAME, &roots, NOW);
        let outcome = app_tls::connect(Mute, settings, buffers, &mut entropy(1)).await;
        assert!(matches!(outcome, Err(TlsFailure::BufferTooSmall { .. })));
    }
}

#[tokio::test]
async fn name_that_is_none() {
    let (root, _) = good();
    let roots = roots(&[&root]);
    for name in ["", "two words", "https://bridge.example.com", "bridge.example.com:8883"] {
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; 2048]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let settings = Settings::new(name, &roots, NOW);
        let outcome = app_tls::connect(Mute, settings, buffers, &mut entropy(1)).await;
        assert!(matches!(outcome, Err(TlsFailure::Name)), "{name}");
    }
}

/// Takes nothing and gives nothing.
#[derive(Debug)]
struct Mute;

impl ErrorType for Mute {
    type Error = embedded_io_async::ErrorKind;
}

impl Read for Mute {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Self::Error> {
        Err(embedded_io_async::ErrorKind::TimedOut)
    }
}

impl Write for Mute {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

#[tokio::test]
async fn the_transports_error_is_kept() {
    let (root, _) = good();
    let roots = roots(&[&root]);
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; 2048]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let settings = Settings::new(NAME, &roots, NOW);
    let outcome = app_tls::connect(Mute, settings, buffers, &mut entropy(1)).await;
    assert!(matches!(outcome, Err(TlsFailure::Transport(embedded_io_async::ErrorKind::TimedOut))));
}

/// What is wrong when a stream is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// Half of it gets out, and nothing more.
    Stuck,
    /// Half of it gets out, and then the stream fails.
    Fails,
}

/// A stream that gives a byte at a time and makes its reader wait before each; and, once told so, has a fault when
/// written to.
struct Slow {
    inner: FromTokio<TcpStream>,
    fault: Rc<Cell<Fault>>,
}

impl ErrorType for Slow {
    type Error = std::io::Error;
}

impl Read for Slow {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        tokio::task::yield_now().await;
        self.inner.read(&mut buffer[..1]).await
    }
}

impl Write for Slow {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        let fault = self.fault.get();
        if fault == Fault::None {
            return self.inner.write(bytes).await;
        }
        self.inner.write(&bytes[..bytes.len() / 2]).await?;
        if fault == Fault::Stuck {
            pending::<()>().await;
        }
        Err(ErrorKind::TimedOut.into())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.inner.flush().await
    }
}

/// Polls once; `None` if it was not ready, and dropped.
async fn once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Connects to an echo through [`Slow`], and does `then`.
async fn slowly<R>(
    then: impl AsyncFnOnce(atecc608_cloud::tls::Secured<'_, Slow>, Rc<Cell<Fault>>) -> R,
) -> R {
    let (root, holder) = good();
    let roots = roots(&[&root]);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let device = async {
        let fault = Rc::new(Cell::new(Fault::None));
        let inner = FromTokio::new(TcpStream::connect(address).await.unwrap());
        let slow = Slow { inner, fault: Rc::clone(&fault) };
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; 2048]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let settings = Settings::new(NAME, &roots, NOW);
        let connection = app_tls::connect(slow, settings, buffers, &mut entropy(1)).await.unwrap();
        then(connection, fault).await
    };
    let server = async {
        echo(listener.accept().await.unwrap().0, acceptor(&holder, &Offer::default()).unwrap()).await;
    };
    tokio::join!(device, server).0
}

#[tokio::test]
async fn a_dropped_read_loses_nothing() {
    slowly(async |mut connection, _| {
        let (mut dropped, mut answer) = (0, Vec::new());
        for _ in 0..3 {
            connection.write_all(b"ping").await.unwrap();
            connection.flush().await.unwrap();
            let mut buffer = [0; 64];
            let mut missing = b"pong ping".len();
            while missing > 0 {
                // Time for a byte or two.
                let given_up = async {
                    for _ in 0..3 {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::select! {
                    biased;
                    count = connection.read(&mut buffer) => {
                        let count = count.unwrap();
                        answer.extend_from_slice(&buffer[..count]);
                        missing -= count;
                    }
                    () = given_up => dropped += 1,
                }
            }
        }
        assert_eq!(answer, b"pong pingpong pingpong ping");
        assert!(dropped > 50, "{dropped}");
    })
    .await;
}

/// To go on would encrypt another record with the same nonce.
#[tokio::test]
async fn nothing_is_sent_after_a_dropped_write() {
    slowly(async |mut connection, fault| {
        connection.write_all(b"secret").await.unwrap();
        fault.set(Fault::Stuck);
        assert!(once(connection.flush()).await.is_none());
        fault.set(Fault::None);
        assert!(matches!(connection.write(b"other").await, Err(TlsFailure::Broken)));
        assert!(matches!(connection.flush().await, Err(TlsFailure::Broken)));
        assert!(matches!(connection.read(&mut [0; 8]).await, Err(TlsFailure::Broken)));
        assert!(matches!(connection.close().await, Err(TlsFailure::Broken)));
    })
    .await;
}

/// The same, when the transport has failed.
#[tokio::test]
async fn nothing_is_sent_after_a_failed_write() {
    slowly(async |mut connection, fault| {
        connection.write_all(b"secret").await.unwrap();
        fault.set(Fault::Fails);
        let failure = connection.flush().await.unwrap_err();
        assert!(matches!(&failure, TlsFailure::Transport(error) if error.kind() == ErrorKind::TimedOut));
        fault.set(Fault::None);
        assert!(matches!(connection.write(b"other").await, Err(TlsFailure::Broken)));
        assert!(matches!(connection.flush().await, Err(TlsFailure::Broken)));
        assert!(matches!(connection.close().await, Err(TlsFailure::Broken)));
    })
    .await;
}

/// embedded-tls alone would panic.
#[tokio::test]
async fn transport_that_takes_nothing() {
    let (root, _) = good();
    let roots = roots(&[&root]);
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; 2048]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let settings = Settings::new(NAME, &roots, NOW);
    let outcome = app_tls::connect(Full, settings, buffers, &mut entropy(1)).await;
    assert!(matches!(outcome, Err(TlsFailure::Truncated)));
}

/// Has no room.
#[derive(Debug)]
struct Full;

impl ErrorType for Full {
    type Error = embedded_io_async::ErrorKind;
}

impl Read for Full {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Self::Error> {
        pending().await
    }
}

impl Write for Full {
    async fn write(&mut self, _: &[u8]) -> Result<usize, Self::Error> {
        Ok(0)
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
