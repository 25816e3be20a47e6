//! The wire protocol (`docs/i2c-wire.md` of `atecc608-sim`), from the master's side.
//!
//! Every thread has a connection of its own: it is a bus master, and the server keeps masters apart. So there
//! is no lock here, and a `fork` in the middle of another thread's transaction leaves nothing locked.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, IntoRawFd};

use libc::c_int;

use crate::adapter::Nack;
use crate::settings;

const ACK: u8 = 0x06;

/// The connection has failed: no error number, so that none is mistaken for it.
const LOST: c_int = -1;

/// The largest number of bytes `i2c-dev` moves in one message.
pub(crate) const MAX_LENGTH: usize = 8192;

/// One message of a transaction.
pub(crate) enum Message<'a> {
    Write(u8, &'a [u8]),
    Read(u8, &'a mut [u8]),
}

/// A process, and a file in it: device and inode number.
type Identity = (u32, libc::dev_t, libc::ino_t);

struct Link {
    stream: TcpStream,
    /// The process that made the connection and the socket: a program may fork, or close descriptors that it
    /// does not know.
    identity: Identity,
}

thread_local! {
    static LINK: RefCell<Option<Link>> = const { RefCell::new(None) };
}

/// One transaction: a START for each message, and a STOP. Fails with an error number, before anything is on the
/// wire if the adapter does not take one of the messages.
pub(crate) fn transaction(messages: &mut [Message<'_>]) -> Result<(), c_int> {
    let adapter = settings::adapter()?;
    for message in &mut *messages {
        match message {
            Message::Write(address, bytes) => {
                adapter.sends(*address)?;
                *bytes = &bytes[..adapter.takes(bytes.len())?];
            }
            Message::Read(address, _) => adapter.sends(*address)?,
        }
    }
    with_link(|link| {
        let result = messages.iter_mut().try_for_each(|message| match message {
            Message::Write(address, bytes) => link.write(*address, bytes, &adapter.nack),
            Message::Read(address, bytes) => link.read(*address, bytes, &adapter.nack),
        });
        let stopped = link.operation(b"P").map(drop).map_err(|_| LOST);
        result.and(stopped)
    })
}

/// Lets time pass on the bus. Fails if there is no bus.
pub(crate) fn delay(mut micros: u64) -> Result<(), c_int> {
    with_link(|link| {
        while micros > 0 {
            let step = u32::try_from(micros).unwrap_or(u32::MAX);
            let [a, b, c, d] = step.to_le_bytes();
            link.operation(&[b'D', a, b, c, d]).map_err(|_| LOST)?;
            micros -= u64::from(step);
        }
        Ok(())
    })
}

/// Makes this thread's connection if it has none.
pub(crate) fn connect() -> Result<(), c_int> {
    with_link(|_| Ok(()))
}

/// Runs `use_link` on this thread's connection. A connection that fails is closed, so that the server sees
/// a STOP; the next use makes another.
fn with_link(use_link: impl FnOnce(&mut Link) -> Result<(), c_int>) -> Result<(), c_int> {
    LINK.try_with(|slot| {
        // Taken already means: a signal handler in the middle of a transaction.
        let mut slot = slot.try_borrow_mut().map_err(|_| libc::EBUSY)?;
        if slot.as_ref().is_some_and(|link| link.identity != identity(&link.stream)) {
            forget(slot.take());
        }
        if slot.is_none() {
            *slot = Some(Link::new().map_err(|_| libc::ENODEV)?);
        }
        let result = slot.as_mut().map_or(Err(libc::ENODEV), use_link);
        if result == Err(LOST) {
            *slot = None;
            return Err(libc::EIO);
        }
        result
    })
    .unwrap_or(Err(libc::ENODEV))
}

/// Drops a connection that is no longer ours. Its descriptor is closed only if it still is that socket.
fn forget(link: Option<Link>) {
    if let Some(Link { stream, identity: (_, device, inode) }) = link {
        let (_, device_now, inode_now) = identity(&stream);
        if (device, inode) != (device_now, inode_now) {
            let _ = stream.into_raw_fd();
        }
    }
}

fn identity(stream: &TcpStream) -> Identity {
    // SAFETY: all-zero bytes are a `stat`, which is plain data.
    let mut status: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: `status` is a `stat` to write to; on an error it stays zero, which is no socket.
    unsafe { libc::fstat(stream.as_raw_fd(), &mut status) };
    (std::process::id(), status.st_dev, status.st_ino)
}

impl Link {
    fn new() -> io::Result<Link> {
        let settings = settings::get().ok_or(io::ErrorKind::NotFound)?;
        let stream = TcpStream::connect(settings.server)?;
        stream.set_nodelay(true)?;
        let identity = identity(&stream);
        Ok(Link { stream, identity })
    }

    fn operation(&mut self, bytes: &[u8]) -> io::Result<u8> {
        self.stream.write_all(bytes)?;
        let mut answer = [0];
        self.stream.read_exact(&mut answer)?;
        Ok(answer[0])
    }

    /// An operation that has to be acknowledged, or `errno` is what it means.
    fn acknowledged(&mut self, bytes: &[u8], errno: c_int) -> Result<(), c_int> {
        match self.operation(bytes) {
            Ok(ACK) => Ok(()),
            Ok(_) => Err(errno),
            Err(_) => Err(LOST),
        }
    }

    /// A master stops at the first byte that nobody acknowledges, so each answer is waited for.
    fn write(&mut self, address: u8, bytes: &[u8], nack: &Nack) -> Result<(), c_int> {
        self.acknowledged(&[b'S', address << 1], nack.address)?;
        bytes.iter().try_for_each(|&byte| self.acknowledged(&[b'W', byte], nack.data))
    }

    fn read(&mut self, address: u8, bytes: &mut [u8], nack: &Nack) -> Result<(), c_int> {
        self.acknowledged(&[b'S', address << 1 | 1], nack.address)?;
        let operations = [b'R'; MAX_LENGTH];
        let sent = self.stream.write_all(&operations[..bytes.len().min(MAX_LENGTH)]);
        sent.and_then(|()| self.stream.read_exact(bytes)).map_err(|_| LOST)
    }
}
