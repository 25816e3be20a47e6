//! The master's side of a simulated bus behind a connection, as `docs/i2c-wire.md` of `atecc608-sim` describes it.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use embedded_hal::i2c::{Error, ErrorKind, NoAcknowledgeSource, Operation};

const ACK: u8 = 0x06;
const NACK: u8 = 0x15;

/// How long the server may take to answer, besides what it was asked to wait: another master may have the bus.
const PATIENCE: Duration = Duration::from_secs(5);

/// The bus.
#[derive(Debug)]
pub(crate) struct TcpBus {
    client: Arc<Mutex<Client>>,
}

/// Lets the bus's time pass.
#[derive(Debug)]
pub(crate) struct TcpDelay {
    client: Arc<Mutex<Client>>,
}

/// What the bus or the connection to it reports.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TcpError {
    /// Nobody acknowledged.
    NoAcknowledge(NoAcknowledgeSource),
    /// There is no connection to the server, or no longer one.
    Connection(String),
}

#[derive(Debug)]
struct Client {
    place: String,
    patience: Duration,
    /// Time that has passed on the bus, in nanoseconds: what was waited, and 90 us for what has nine bits at 100 kHz.
    passed: u64,
    /// Missing once it has failed, until the next session.
    state: Result<TcpStream, String>,
}

impl TcpBus {
    /// A connection to `HOST:PORT`.
    pub(crate) fn connect(place: &str) -> Result<Self, TcpError> {
        Self::connect_with(place, PATIENCE)
    }

    fn connect_with(place: &str, patience: Duration) -> Result<Self, TcpError> {
        let stream = connect(place, patience).map_err(TcpError::Connection)?;
        let client = Client { place: place.into(), patience, passed: 0, state: Ok(stream) };
        Ok(Self { client: Arc::new(Mutex::new(client)) })
    }

    /// The server's address, whatever name it was found by.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        lock(&self.client).state.as_ref().ok()?.peer_addr().ok()
    }

    pub(crate) fn delay(&self) -> TcpDelay {
        TcpDelay { client: Arc::clone(&self.client) }
    }

    /// A session begins: a connection that was lost is made again.
    pub(crate) fn begin(&mut self) {
        let mut client = lock(&self.client);
        if client.state.is_err() {
            client.state = connect(&client.place, client.patience);
        }
    }

    pub(crate) fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), TcpError> {
        let mut client = lock(&self.client);
        let result = client.messages(address, operations);
        let stopped = client.ask(b"P", &mut [0]);
        result.and(stopped)
    }
}

impl TcpDelay {
    /// A failure shows in the next transaction.
    fn pass(&mut self, us: u32) {
        let mut client = lock(&self.client);
        let [a, b, c, d] = us.to_le_bytes();
        let extra = Duration::from_micros(us.into());
        client.passed += u64::from(us) * 1_000;
        client.ask_within(&[b'D', a, b, c, d], &mut [0], extra).ok();
    }

    /// In nanoseconds.
    pub(crate) fn clock(&self) -> Box<dyn FnMut() -> u64> {
        let client = Arc::clone(&self.client);
        Box::new(move || lock(&client).passed)
    }

    pub(crate) fn delay_us(&mut self, us: u32) {
        self.pass(us);
    }

    pub(crate) fn delay_ns(&mut self, ns: u32) {
        self.pass(ns.div_ceil(1_000));
    }
}

/// Its user leaves it whole.
fn lock(client: &Mutex<Client>) -> MutexGuard<'_, Client> {
    client.lock().unwrap_or_else(PoisonError::into_inner)
}

/// To the first address of the host that answers.
fn connect(place: &str, patience: Duration) -> Result<TcpStream, String> {
    let addresses = place.to_socket_addrs().map_err(|error| {
        format!("the host of {place} was not found ({error}); write an address, or see to the name")
    })?;
    let mut last = None;
    for address in addresses {
        match TcpStream::connect_timeout(&address, patience).and_then(|stream| {
            stream.set_nodelay(true)?;
            stream.set_write_timeout(Some(patience))?;
            Ok(stream)
        }) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    let why = last.map_or_else(|| "the name has no address".into(), |error| error.to_string());
    Err(format!(
        "no simulator listens at {place} ({why}); start one with `atecc608-sim serve`, and look which address it prints"
    ))
}

impl Client {
    /// Everything from the first START to the STOP, which is not sent here.
    fn messages(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), TcpError> {
        let mut direction = None;
        for operation in operations {
            let reads = matches!(operation, Operation::Read(_));
            if direction != Some(reads) {
                direction = Some(reads);
                let start = [b'S', address << 1 | u8::from(reads)];
                self.acknowledged(&start, NoAcknowledgeSource::Address)?;
            }
            match operation {
                // Sent at once: nothing can go wrong between them.
                Operation::Read(buffer) => self.ask(&vec![b'R'; buffer.len()], buffer)?,
                Operation::Write(bytes) => {
                    for byte in *bytes {
                        self.acknowledged(&[b'W', *byte], NoAcknowledgeSource::Data)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn acknowledged(&mut self, operation: &[u8], source: NoAcknowledgeSource) -> Result<(), TcpError> {
        let mut answer = [0];
        self.ask(operation, &mut answer)?;
        match answer {
            [ACK] => Ok(()),
            [NACK] => Err(TcpError::NoAcknowledge(source)),
            [other] => Err(self.lost(format!(
                "{} answered {other:#04x}, which is neither ACK nor NACK: it is no atecc608-sim",
                self.place
            ))),
        }
    }

    fn ask(&mut self, operations: &[u8], answers: &mut [u8]) -> Result<(), TcpError> {
        self.ask_within(operations, answers, Duration::ZERO)
    }

    /// Sends operations and reads their answers, which may take so much longer than usual.
    fn ask_within(&mut self, operations: &[u8], answers: &mut [u8], extra: Duration) -> Result<(), TcpError> {
        let stream = match &mut self.state {
            Ok(stream) => stream,
            Err(why) => return Err(TcpError::Connection(why.clone())),
        };
        self.passed += answers.len() as u64 * 90_000;
        let asked = stream
            .set_read_timeout(Some(self.patience + extra))
            .and_then(|()| stream.write_all(operations))
            .and_then(|()| stream.read_exact(answers));
        asked.map_err(|error| {
            let place = &self.place;
            let why = match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!(
                    "the simulator at {place} has not answered for {} ms: it hangs, or something else listens there",
                    (self.patience + extra).as_millis()
                ),
                _ => format!("the simulator at {place} has cut the connection ({error}): see whether it still runs"),
            };
            self.lost(why)
        })
    }

    /// No more of this connection: answers would no longer belong to what is asked.
    fn lost(&mut self, why: String) -> TcpError {
        self.state = Err(why.clone());
        TcpError::Connection(why)
    }
}

impl Error for TcpError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoAcknowledge(source) => ErrorKind::NoAcknowledge(*source),
            Self::Connection(_) => ErrorKind::Other,
        }
    }
}

impl fmt::Display for TcpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAcknowledge(_) => write!(f, "simulated I2C bus: {}", self.kind()),
            Self::Connection(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for TcpError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::sync::mpsc;
    use std::thread;

    /// It takes the connection, and says nothing more.
    #[test]
    fn a_server_that_hangs_ends_the_wait_once() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let mut bus = TcpBus::connect_with(&place, Duration::from_millis(20)).unwrap();
        let hung = bus.transaction(0x60, &mut [Operation::Read(&mut [0; 4])]).unwrap_err();
        assert!(hung.to_string().contains("has not answered for 20 ms: it hangs"), "{hung}");
        // From here on, nothing is asked any more: a driver that polls is not to wait each time.
        let (client, _) = listener.accept().unwrap();
        client.shutdown(std::net::Shutdown::Both).unwrap();
        bus.delay().delay_us(1_000_000);
        assert_eq!(bus.transaction(0x60, &mut [Operation::Write(&[1])]), Err(hung));
    }

    /// What is asked, and the answers to a write that the chip does not take to its end.
    #[test]
    fn a_transaction_ends_where_it_is_not_acknowledged_and_always_with_a_stop() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let (seen, sees) = mpsc::channel();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // By the length of each operation.
            for (length, answer) in
                [(2, ACK), (2, ACK), (2, NACK), (1, ACK), (2, ACK), (1, 0xA5), (1, ACK), (5, ACK)]
            {
                let mut operation = vec![0; length];
                stream.read_exact(&mut operation).unwrap();
                stream.write_all(&[answer]).unwrap();
                seen.send(operation).unwrap();
            }
        });
        let mut bus = TcpBus::connect(&place).unwrap();
        let refused = bus.transaction(0x60, &mut [Operation::Write(&[1, 2, 3])]);
        assert_eq!(refused, Err(TcpError::NoAcknowledge(NoAcknowledgeSource::Data)));
        let mut byte = [0];
        bus.transaction(0x60, &mut [Operation::Read(&mut byte)]).unwrap();
        bus.delay().delay_us(0x0102_0304);
        assert_eq!(byte, [0xA5]);
        let operations: [&[u8]; 8] =
            [b"S\xC0", b"W\x01", b"W\x02", b"P", b"S\xC1", b"R", b"P", b"D\x04\x03\x02\x01"];
        assert_eq!(sees.iter().collect::<Vec<_>>(), operations);
    }

    #[test]
    fn a_host_that_is_not_known() {
        let error = TcpBus::connect("no-such-host.invalid:1").unwrap_err().to_string();
        assert!(error.starts_with("the host of no-such-host.invalid:1 was not found ("), "{error}");
    }
}
