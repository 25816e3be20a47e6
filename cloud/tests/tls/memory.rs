//! A server of rustls in this thread, behind a transport that can be cut after any byte: no sockets, no clock, no chance.

use crate::device::{NAME, entropy, roots};
use atecc608_cloud::signer::TokenSigner;
use atecc608_cloud::tls::{
    self, Buffers, ClientAuthentication, ClientIdentity, RECEIVE_BUFFER, Roots, Secured, Settings,
    TRANSMIT_BUFFER, TlsFailure,
};
use embassy_futures::block_on;
use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::tls::{Offer, acceptor};
use rustls::{ServerConfig, ServerConnection};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Display;
use std::future::poll_fn;
use std::io::{Read as _, Write as _};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

/// Where the way is cut: so many bytes still get through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Never,
    ToServer(usize),
    ToDevice(usize),
    /// When the application has said something: it gets no answer.
    BeforeAnswer,
}

/// How a device fails here.
pub(crate) type Failure = TlsFailure<ErrorKind>;

/// A server, and who may connect to it.
pub(crate) struct World {
    pub(crate) roots: Roots,
    pub(crate) devices: Holder,
    config: Arc<ServerConfig>,
}

impl World {
    /// A server that lets in devices of `devices` only.
    pub(crate) fn new() -> Self {
        Self::offering(Offer::default())
    }

    /// The same with these settings.
    pub(crate) fn offering(offer: Offer) -> Self {
        let devices = Holder::root(&Request::authority("Devices")).unwrap();
        let offer = Offer { clients_of: Some(devices.der().clone()), ..offer };
        Self { devices, ..Self::asking(offer) }
    }

    /// A server that asks clients for what the offer says.
    pub(crate) fn asking(offer: Offer) -> Self {
        let root = crate::device::root();
        let holder = root.issue(&Request::server(&[NAME])).unwrap();
        let config = Arc::clone(acceptor(&holder, &offer).unwrap().config());
        Self { roots: roots(&[&root]), devices: root, config }
    }

    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings::new(NAME, &self.roots, NOW)
    }

    pub(crate) fn line(&self, cut: Cut) -> Line {
        let tls = ServerConnection::new(Arc::clone(&self.config)).unwrap();
        let server = Server {
            tls,
            waiting: VecDeque::new(),
            over: false,
            cut,
            to_server: 0,
            to_device: 0,
            alert: None,
        };
        Line { server: Rc::new(RefCell::new(server)), yields: false }
    }

    /// Connects as `client`, pings, and says farewell.
    pub(crate) async fn visit<S: TokenSigner<Error: Display>>(
        &self,
        line: Line,
        client: ClientIdentity<'_, S>,
    ) -> Result<(), Failure> {
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], [0; TRANSMIT_BUFFER]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let settings = self.settings().with_client(client);
        let connection = tls::connect(line, settings, buffers, &mut entropy(1)).await?;
        assert_eq!(connection.client_authentication(), ClientAuthentication::Shown);
        ping(connection).await
    }
}

/// Connects with a transmit buffer of so many bytes, and does `then` with the connection.
pub(crate) fn visit_then<S: TokenSigner<Error: Display>, R>(
    line: &Line,
    settings: Settings<'_, S>,
    transmit: usize,
    then: impl AsyncFnOnce(Secured<'_, Line>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; transmit]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    block_on(async { then(tls::connect(line.clone(), settings, buffers, &mut entropy(1)).await?).await })
}

/// Connects, pings, and says farewell.
pub(crate) fn visit<S: TokenSigner<Error: Display>>(
    line: &Line,
    settings: Settings<'_, S>,
) -> Result<(), Failure> {
    visit_then(line, settings, TRANSMIT_BUFFER, ping)
}

/// Sends `ping`, wants `pong ping`, and says farewell.
pub(crate) async fn ping(mut connection: Secured<'_, Line>) -> Result<(), Failure> {
    connection.write_all(b"ping").await?;
    connection.flush().await?;
    let (mut answer, mut filled) = ([0; 9], 0);
    while filled < answer.len() {
        match connection.read(&mut answer[filled..]).await? {
            0 => return Err(TlsFailure::Truncated),
            count => filled += count,
        }
    }
    assert_eq!(&answer, b"pong ping");
    connection.close().await.map(|_| ())
}

struct Server {
    tls: ServerConnection,
    /// On its way to the device.
    waiting: VecDeque<u8>,
    /// The server has broken off, or the way is cut.
    over: bool,
    cut: Cut,
    to_server: usize,
    to_device: usize,
    /// What the device has broken off with.
    alert: Option<u8>,
}

impl Server {
    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            self.tls.read_tls(&mut bytes).unwrap();
            if let Err(error) = self.tls.process_new_packets() {
                self.over = true;
                if let rustls::Error::AlertReceived(alert) = error {
                    self.alert = Some(alert.into());
                }
            }
            let mut said = Vec::new();
            // That nothing is there now is an error to it.
            let _ = self.tls.reader().read_to_end(&mut said);
            if !said.is_empty() && self.cut == Cut::BeforeAnswer {
                self.over = true;
            } else if !said.is_empty() {
                self.tls.writer().write_all(&[b"pong ", &said[..]].concat()).unwrap();
            }
            let mut answer = Vec::new();
            while self.tls.wants_write() {
                self.tls.write_tls(&mut answer).unwrap();
            }
            self.waiting.extend(answer);
            if self.over {
                break;
            }
        }
    }
}

/// The device's end.
#[derive(Clone)]
pub(crate) struct Line {
    server: Rc<RefCell<Server>>,
    /// Every call is pending once before it does anything, so that it can be dropped there.
    pub(crate) yields: bool,
}

impl Line {
    /// Bytes that got through: to the server, to the device.
    pub(crate) fn carried(&self) -> (usize, usize) {
        let server = self.server.borrow();
        (server.to_server, server.to_device)
    }

    /// The certificates that the server was shown.
    pub(crate) fn shown(&self) -> Vec<Vec<u8>> {
        let server = self.server.borrow();
        server.tls.peer_certificates().unwrap_or_default().iter().map(|der| der.to_vec()).collect()
    }

    /// The alert with which the device has broken off.
    pub(crate) fn alert(&self) -> Option<u8> {
        self.server.borrow().alert
    }

    /// The protocol that the server has chosen.
    pub(crate) fn protocol(&self) -> Option<Vec<u8>> {
        self.server.borrow().tls.alpn_protocol().map(<[u8]>::to_vec)
    }

    async fn pend(&self) {
        let mut pending = self.yields;
        poll_fn(|_| if std::mem::take(&mut pending) { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

impl ErrorType for Line {
    type Error = ErrorKind;
}

impl Read for Line {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.pend().await;
        let server = &mut *self.server.borrow_mut();
        let mut count = server.waiting.len().min(buffer.len());
        if let Cut::ToDevice(left) = &mut server.cut {
            count = count.min(*left);
            *left -= count;
            server.over |= *left == 0;
        }
        assert!(count > 0 || server.over, "both sides wait for each other");
        for (to, from) in buffer.iter_mut().zip(server.waiting.drain(..count)) {
            *to = from;
        }
        server.to_device += count;
        Ok(count)
    }
}

impl Write for Line {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.pend().await;
        let server = &mut *self.server.borrow_mut();
        let mut count = bytes.len();
        if let Cut::ToServer(left) = &mut server.cut {
            count = count.min(*left);
            *left -= count;
            if count == 0 {
                server.over = true;
                return Err(ErrorKind::BrokenPipe);
            }
        }
        server.take(&bytes[..count]);
        server.to_server += count;
        Ok(count)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.pend().await;
        Ok(())
    }
}
