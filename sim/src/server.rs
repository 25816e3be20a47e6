//! The bus as a TCP server that speaks the wire protocol of `docs/i2c-wire.md`.

use core::fmt;
use std::io::{self, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::bus::{Bus, Master};
use crate::chip::{Ack, Nanos};

const ACK: u8 = 0x06;
const NACK: u8 = 0x15;

type Hook = Box<dyn FnMut(&Bus) -> io::Result<()> + Send>;

/// What [`serve`] does besides serving.
#[derive(Default)]
pub struct Options {
    hooks: Vec<Hook>,
}

impl Options {
    /// Nothing.
    #[must_use]
    pub fn new() -> Options {
        Options::default()
    }

    /// Calls `hook` after every operation of every master, before the operation is acknowledged: to keep
    /// the chip's EEPROM, to log. Hooks run one at a time, in the order they were given. An error ends
    /// the server, and the operation is not acknowledged.
    #[must_use]
    pub fn after_each(mut self, hook: impl FnMut(&Bus) -> io::Result<()> + Send + 'static) -> Options {
        self.hooks.push(Box::new(hook));
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("hooks", &self.hooks.len()).finish()
    }
}

/// What all connections share.
struct Service {
    bus: Bus,
    hooks: Mutex<Vec<Hook>>,
    failure: Mutex<Option<io::Error>>,
}

/// Serves until something fails, and returns what: the listener, or a hook of `options`. Every connection
/// is a bus master with a thread of its own.
pub fn serve(listener: TcpListener, bus: Bus, options: Options) -> io::Error {
    let address = match listener.local_addr() {
        Ok(address) => address,
        Err(error) => return error,
    };
    let service = Arc::new(Service { bus, hooks: Mutex::new(options.hooks), failure: Mutex::new(None) });
    loop {
        let accepted = listener.accept();
        if let Some(error) = service.failure().take() {
            return error;
        }
        match accepted {
            Ok((stream, _)) => {
                let service = Arc::clone(&service);
                thread::spawn(move || {
                    if service.connection(&stream).is_err() && service.failure().is_some() {
                        // The listener learns of a failure when it next accepts.
                        drop(TcpStream::connect(address));
                    }
                });
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => return error,
        }
    }
}

/// Serves one master over any streams, until it leaves or says what is no operation; the bus sees a STOP
/// then.
///
/// # Errors
///
/// What the streams fail with; the end of the input is one.
pub fn converse(bus: &Bus, input: impl Read, output: impl Write) -> io::Result<()> {
    let service = Service { bus: bus.clone(), hooks: Mutex::default(), failure: Mutex::default() };
    let mut master = bus.master();
    // Dropped, the master sends the STOP.
    service.operations(input, output, &mut master)
}

impl Service {
    fn failure(&self) -> std::sync::MutexGuard<'_, Option<io::Error>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves one master until it leaves or says what is no operation; the bus sees a STOP then.
    fn connection(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut master = self.bus.master();
        let result = self.operations(stream, stream, &mut master);
        master.stop();
        self.run_hooks()?;
        result
    }

    fn operations(&self, input: impl Read, mut output: impl Write, master: &mut Master) -> io::Result<()> {
        let mut input = BufReader::new(input);
        loop {
            let [operation] = take(&mut input)?;
            let answer = match operation {
                b'S' => acknowledge(master.start(u8::from_le_bytes(take(&mut input)?))),
                b'W' => acknowledge(master.write(u8::from_le_bytes(take(&mut input)?))),
                b'R' => master.read(),
                b'P' => {
                    master.stop();
                    ACK
                }
                b'D' => {
                    let micros = u32::from_le_bytes(take(&mut input)?);
                    self.bus.advance(Nanos::from(micros) * 1_000);
                    ACK
                }
                b'F' => {
                    master.set_clock_hz(u32::from_le_bytes(take(&mut input)?));
                    ACK
                }
                _ => return Ok(()),
            };
            self.run_hooks()?;
            output.write_all(&[answer])?;
        }
    }

    fn run_hooks(&self) -> io::Result<()> {
        let mut hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        for hook in hooks.iter_mut() {
            hook(&self.bus).map_err(|error| {
                let kind = error.kind();
                self.failure().get_or_insert(error);
                io::Error::from(kind)
            })?;
        }
        Ok(())
    }
}

fn take<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn acknowledge(ack: Ack) -> u8 {
    match ack {
        Ack::Ack => ACK,
        Ack::Nack => NACK,
    }
}
