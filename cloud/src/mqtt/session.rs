//! One connection to the bridge, from login to logout.

use super::device::{CLIENT_ID_MAX, Device, Incoming, TOPIC_MAX};
use super::error::{Refusal, SessionError, Subscription};
use super::packet::{self, Encoder, Full, Malformed, Packet, PacketId};
use super::{Inbox, KeepAlive, TOKEN_MAX};
use core::fmt;
use embedded_io_async::{Read, Write};

/// A transmit buffer of this size, in bytes, is always large enough. Payloads do not pass through it.
pub const TRANSMIT_BUFFER: usize = CLIENT_ID_MAX + TOKEN_MAX + TOPIC_MAX + 32;

/// The smallest receive buffer, in bytes, with which every packet but a message fits.
pub const RECEIVE_MIN: usize = 8;

/// The bridge ignores the user name, but libraries and servers expect one.
const USER: &str = "unused";

/// A connection that is logged in.
///
/// The receive buffer sets the longest message taken: the bridge's configurations may have 64 KB. A longer
/// one is passed over and acknowledged, or the server would send it again and again;
/// [`take_skipped`](Self::take_skipped) tells.
///
/// **Time-outs and cancellation.** Nothing here waits for a clock: race a call against a timer. Dropping
/// [`arrival`](Self::arrival) is harmless if the transport's `read` is; what had arrived of a packet is kept.
/// After any other call that was dropped while it waited, and after an error, drop the session and connect again.
#[derive(Debug)]
pub struct Session<'s, T> {
    transport: T,
    device: Device<'s>,
    rx: &'s mut [u8],
    /// Bytes of a packet that have arrived.
    filled: usize,
    tx: &'s mut [u8],
    last_id: u16,
    /// A message that is too long for the buffer is arriving.
    passing: Option<Passing>,
    skipped: Option<Skipped>,
    /// What is on the wire, or what the server waits for, is not known.
    broken: bool,
}

/// Messages of the server that the receive buffer can't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// How many.
    pub count: u32,
    /// The size of the last, in bytes, topic included.
    pub size: usize,
    /// The receive buffer's.
    pub capacity: usize,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, size, capacity } = self;
        match count {
            1 => write!(f, "a message of {size} bytes is passed over: there is room for {capacity}"),
            _ => write!(
                f,
                "{count} messages are passed over: there is room for {capacity} bytes, the last has {size}"
            ),
        }
    }
}

/// A message on its way past the buffer.
#[derive(Debug, Clone, Copy)]
struct Passing {
    /// Bytes of the whole packet,
    size: usize,
    /// and those that have arrived.
    at: usize,
    /// Where its packet id is, if it has one.
    id_at: Option<usize>,
    id: [u8; 2],
}

impl Passing {
    /// Takes the next bytes.
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let offset = self.id_at.and_then(|id_at| self.at.checked_sub(id_at));
            if let Some(place) = offset.and_then(|offset| self.id.get_mut(offset)) {
                *place = *byte;
            }
            self.at = self.at.saturating_add(1);
        }
    }

    /// What to acknowledge, of a message that has gone past.
    fn id(&self) -> Result<Option<PacketId>, Malformed> {
        match self.id_at {
            None => Ok(None),
            Some(id_at) if id_at.saturating_add(2) > self.size => Err(Malformed::Size),
            Some(_) => PacketId::new(u16::from_be_bytes(self.id)).map(Some).ok_or(Malformed::PacketId),
        }
    }
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    Message,
    PubAck(PacketId),
    SubAck(PacketId),
    PingResp,
}

impl<'s, T: Read + Write> Session<'s, T> {
    /// Logs in: sends CONNECT with the token as password, and waits for the server's answer.
    ///
    /// The token is one of [`Token::issue`](super::Token::issue), or the chip's own
    /// ([`Atecc608::sign_jwt`](atecc608::blocking::Atecc608::sign_jwt)).
    ///
    /// `rx` needs [`RECEIVE_MIN`] bytes and room for the longest message, topic included; `tx` needs
    /// [`TRANSMIT_BUFFER`] for the longest names, less for shorter ones.
    ///
    /// # Errors
    /// [`SessionError::Refused`] with the server's reason; [`Closed`](SessionError::Closed) if the server
    /// gave none; [`TransmitBuffer`](SessionError::TransmitBuffer); transport and protocol errors.
    pub async fn connect(
        transport: T,
        device: Device<'s>,
        token: &str,
        keep_alive: KeepAlive,
        rx: &'s mut [u8],
        tx: &'s mut [u8],
    ) -> Result<Self, SessionError<T::Error>> {
        let mut session = Self {
            transport,
            device,
            rx,
            filled: 0,
            tx,
            last_id: 0,
            passing: None,
            skipped: None,
            broken: false,
        };
        let client_id = device.client_id();
        session.send(&[], |encoder| encoder.connect(&client_id, USER, token, keep_alive.as_secs())).await?;
        let size = session.read_packet().await?;
        let code = match packet::decode(session.packet(size)) {
            Ok(Packet::ConnAck { code }) => code,
            Err(what) if session.passing.is_none() => return Err(what.into()),
            _ => return Err(SessionError::Unexpected),
        };
        session.filled = 0;
        match Refusal::from_code(code) {
            None => Ok(session),
            Some(refusal) => Err(SessionError::Refused(refusal)),
        }
    }

    /// Subscribes to the device's configuration and commands, both at QoS 1, and waits for the answer. The
    /// server sends the configuration at once.
    ///
    /// # Errors
    /// [`SessionError::NotSubscribed`] if the server refuses either; transport and protocol errors.
    pub async fn subscribe<I: Inbox>(&mut self, inbox: &mut I) -> Result<(), SessionError<T::Error>> {
        let id = self.next_id();
        let (config, commands) = (self.device.config_topic(), self.device.commands_filter());
        self.send(&[], |encoder| encoder.subscribe(id, &[&config, &commands])).await?;
        self.wait(Wait::SubAck(id), inbox).await
    }

    /// Publishes telemetry at QoS 1 and waits until the server has it.
    ///
    /// # Errors
    /// [`SessionError::Name`] for a subfolder that is not allowed, before anything is sent; transport and
    /// protocol errors, after which the message may or may not have arrived.
    pub async fn publish_telemetry<I: Inbox>(
        &mut self,
        subfolder: Option<&str>,
        payload: &[u8],
        inbox: &mut I,
    ) -> Result<(), SessionError<T::Error>> {
        let topic = self.device.events_topic(subfolder)?;
        self.publish(&topic, payload, inbox).await
    }

    /// Publishes the device's state at QoS 1 and waits until the server has it.
    ///
    /// # Errors
    /// As [`publish_telemetry`](Self::publish_telemetry).
    pub async fn publish_state<I: Inbox>(
        &mut self,
        payload: &[u8],
        inbox: &mut I,
    ) -> Result<(), SessionError<T::Error>> {
        let topic = self.device.state_topic();
        self.publish(&topic, payload, inbox).await
    }

    /// Waits until a whole packet has arrived; [`receive`](Self::receive) takes it then. Dropping this is
    /// harmless if the transport's `read` is, whereas `receive` may be in the middle of an acknowledgement.
    ///
    /// # Errors
    /// Transport and protocol errors, [`SessionError::TooLarge`].
    pub async fn arrival(&mut self) -> Result<(), SessionError<T::Error>> {
        if self.broken {
            return Err(SessionError::Broken);
        }
        self.read_packet().await.map(|_| ())
    }

    /// Waits for one message.
    ///
    /// # Errors
    /// Transport and protocol errors, [`SessionError::TooLarge`].
    pub async fn receive<I: Inbox>(&mut self, inbox: &mut I) -> Result<(), SessionError<T::Error>> {
        self.wait(Wait::Message, inbox).await
    }

    /// Tells the server that the device is there, and waits for its answer. Due when nothing was sent for
    /// the keep-alive interval.
    ///
    /// # Errors
    /// Transport and protocol errors.
    pub async fn ping<I: Inbox>(&mut self, inbox: &mut I) -> Result<(), SessionError<T::Error>> {
        self.send(&[], |encoder| encoder.ping()).await?;
        self.wait(Wait::PingResp, inbox).await
    }

    /// What was passed over since the last call, because the receive buffer can't hold it.
    pub const fn take_skipped(&mut self) -> Option<Skipped> {
        self.skipped.take()
    }

    /// Logs out and gives the transport back, which is still open.
    ///
    /// # Errors
    /// Transport errors.
    pub async fn disconnect(mut self) -> Result<T, SessionError<T::Error>> {
        self.send(&[], |encoder| encoder.disconnect()).await?;
        Ok(self.transport)
    }

    async fn publish<I: Inbox>(
        &mut self,
        topic: &str,
        payload: &[u8],
        inbox: &mut I,
    ) -> Result<(), SessionError<T::Error>> {
        let id = self.next_id();
        self.send(payload, |encoder| encoder.publish(id, topic, payload.len())).await?;
        self.wait(Wait::PubAck(id), inbox).await
    }

    /// 1 to 65,535, round and round; at most one is in use at a time.
    fn next_id(&mut self) -> PacketId {
        self.last_id = self.last_id.wrapping_add(1);
        PacketId::new(self.last_id).unwrap_or_else(|| {
            self.last_id = 1;
            PacketId::MIN
        })
    }

    /// Reads packets until the one waited for; messages go to the inbox and are acknowledged.
    async fn wait<I: Inbox>(&mut self, wait: Wait, inbox: &mut I) -> Result<(), SessionError<T::Error>> {
        // An answer that nobody waits for any more would be taken for the next call's.
        let resumable = wait == Wait::Message;
        if self.broken {
            return Err(SessionError::Broken);
        }
        self.broken = !resumable;
        loop {
            let done = self.step(wait, inbox).await;
            if !matches!(done, Ok(false)) {
                self.broken = done.is_err();
                return done.map(|_| ());
            }
        }
    }

    /// One packet; true if it is the one waited for.
    async fn step<I: Inbox>(&mut self, wait: Wait, inbox: &mut I) -> Result<bool, SessionError<T::Error>> {
        let size = self.read_packet().await?;
        if let Some(passed) = self.passing.take() {
            self.filled = 0;
            let count = self.skipped.map_or(0, |skipped| skipped.count).saturating_add(1);
            self.skipped = Some(Skipped { count, size: passed.size, capacity: self.rx.len() });
            if let Some(id) = passed.id()? {
                self.acknowledge(id).await?;
            }
            return Ok(wait == Wait::Message);
        }
        let device = self.device;
        // From here to the next await the packet counts as read.
        self.filled = 0;
        let packet = packet::decode(self.packet(size))?;
        let id = match (packet, wait) {
            (Packet::Publish { topic, id, payload }, _) => {
                match device.incoming(topic).ok_or(SessionError::ForeignTopic)? {
                    Incoming::Config => inbox.config(payload),
                    Incoming::Command(subfolder) => inbox.command(subfolder, payload),
                }
                id
            }
            (Packet::PubAck(id), Wait::PubAck(expected)) if id == expected => return Ok(true),
            (Packet::SubAck { id, codes }, Wait::SubAck(expected)) if id == expected => {
                return match codes {
                    [0x80, _] => Err(SessionError::NotSubscribed(Subscription::Config)),
                    [_, 0x80] => Err(SessionError::NotSubscribed(Subscription::Commands)),
                    [_, _] => Ok(true),
                    _ => Err(SessionError::Unexpected),
                };
            }
            (Packet::PingResp, Wait::PingResp) => return Ok(true),
            _ => return Err(SessionError::Unexpected),
        };
        if let Some(id) = id {
            self.acknowledge(id).await?;
        }
        Ok(wait == Wait::Message)
    }

    async fn acknowledge(&mut self, id: PacketId) -> Result<(), SessionError<T::Error>> {
        // `wait` may have set the flag already; `send` refuses then.
        let waiting = core::mem::replace(&mut self.broken, false);
        self.send(&[], |encoder| encoder.puback(id)).await?;
        self.broken = waiting;
        Ok(())
    }

    /// Reads until the buffer holds a whole packet, and not a byte more; returns its size. A message that does
    /// not fit is `passing` instead, to its end. What has arrived stays if this is dropped.
    async fn read_packet(&mut self) -> Result<usize, SessionError<T::Error>> {
        loop {
            if self.passing.is_some() {
                return self.pass().await;
            }
            let start = self.rx.get(..self.filled).unwrap_or_default();
            // The shortest packet has two bytes; a longer length is read byte by byte.
            let (whole, target) = match packet::frame(start)? {
                Some(size) if size > self.rx.len() && packet::is_message(start) => {
                    match packet::id_position(start) {
                        Some(id_at) => {
                            self.passing = Some(Passing { size, at: self.filled, id_at, id: [0; 2] });
                            continue;
                        }
                        None => (false, self.filled + 1),
                    }
                }
                Some(size) => (true, size),
                None => (false, (self.filled + 1).max(2)),
            };
            if whole && self.filled >= target {
                return Ok(target);
            }
            let capacity = self.rx.len();
            let space = self
                .rx
                .get_mut(self.filled..target)
                .ok_or(SessionError::TooLarge { size: target, capacity })?;
            match self.transport.read(space).await.map_err(SessionError::Transport)? {
                0 => return Err(SessionError::Closed),
                n => self.filled = self.filled.saturating_add(n).min(target),
            }
        }
    }

    /// Reads over what is left of a message.
    async fn pass(&mut self) -> Result<usize, SessionError<T::Error>> {
        while let Some(passing) = self.passing.as_mut().filter(|passing| passing.at < passing.size) {
            let room = self.rx.len().min(passing.size.saturating_sub(passing.at));
            let space = self.rx.get_mut(..room).unwrap_or_default();
            match self.transport.read(space).await.map_err(SessionError::Transport)? {
                0 => return Err(SessionError::Closed),
                n => passing.take(space.get(..n.min(room)).unwrap_or_default()),
            }
        }
        Ok(0)
    }

    fn packet(&self, size: usize) -> &[u8] {
        self.rx.get(..size).unwrap_or_default()
    }

    /// Sends one packet and, behind it, the payload. The session is broken if this is dropped or the
    /// transport fails.
    async fn send(
        &mut self,
        payload: &[u8],
        encode: impl FnOnce(Encoder<'_>) -> Result<&[u8], Full>,
    ) -> Result<(), SessionError<T::Error>> {
        if self.broken {
            return Err(SessionError::Broken);
        }
        let packet = encode(Encoder::new(self.tx)).map_err(|Full| SessionError::TransmitBuffer)?;
        self.broken = true;
        write_all(&mut self.transport, packet).await?;
        write_all(&mut self.transport, payload).await?;
        self.transport.flush().await.map_err(SessionError::Transport)?;
        self.broken = false;
        Ok(())
    }
}

/// Writes everything. The trait's own method panics when a transport takes nothing.
async fn write_all<T: Write>(transport: &mut T, mut bytes: &[u8]) -> Result<(), SessionError<T::Error>> {
    while !bytes.is_empty() {
        match transport.write(bytes).await.map_err(SessionError::Transport)? {
            0 => return Err(SessionError::Closed),
            n => bytes = bytes.get(n..).unwrap_or_default(),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
