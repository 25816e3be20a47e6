//! A connection to any MQTT 3.1.1 broker, from login to logout.

mod error;
mod grants;
mod skipped;
mod wire;

pub use error::{ClientError, LoginRefusal};
pub use grants::{Grant, Grants};
pub use skipped::Skipped;

use super::login::{FILTERS_MAX, FilterError};
use super::packet::{self, Packet, PacketId};
use super::{Login, Messages, QoS, TopicName};
use embedded_io_async::{Read, Write};
use wire::Outgoing;
pub(super) use wire::Wire;

/// The smallest receive buffer, in bytes, with which every packet but a message fits.
pub const RECEIVE_MIN: usize = 4 + FILTERS_MAX;

/// A connection that is logged in to a broker.
///
/// The receive buffer sets the longest message taken, topic included. A longer one is passed over and acknowledged,
/// or the server would send it again and again; [`take_skipped`](Self::take_skipped) tells.
///
/// **Time-outs and cancellation.** Nothing here waits for a clock: race a call against a timer. Dropping
/// [`arrival`](Self::arrival) is harmless if the transport's `read` is; what had arrived of a packet is kept.
/// After any other call that was dropped while it waited, and after an error, drop the client and connect again;
/// [`ClientError`] names the exceptions.
///
/// ```
/// use atecc608_cloud::mqtt::{Client, ClientError, Login, Messages, QoS};
/// use embedded_io_async::{Read, Write};
///
/// /// Turns a lamp on and off.
/// struct Lamp(bool);
///
/// impl Messages for Lamp {
///     fn message(&mut self, topic: &str, payload: &[u8]) {
///         if topic == "lamp-1/set" {
///             self.0 = payload == b"on";
///         }
///     }
/// }
///
/// async fn shine<T: Read + Write>(transport: T, lamp: &mut Lamp) -> Result<(), ClientError<T::Error>> {
///     let (mut rx, mut tx) = ([0; 256], [0; 256]);
///     let mut client = Client::connect(transport, &Login::new("lamp-1"), &mut rx, &mut tx).await?;
///     client.subscribe(&["lamp-1/set"], lamp).await?;
///     client.publish("lamp-1/state", QoS::AtLeastOnce, b"off", lamp).await?;
///     client.receive(lamp).await?;
///     client.disconnect().await?;
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Client<'s, T> {
    pub(super) wire: Wire<'s, T>,
    pub(super) last_id: u16,
    skipped: Option<Skipped>,
    session_present: bool,
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    Message,
    PubAck(PacketId),
    /// With the number of filters.
    SubAck(PacketId, usize),
    UnsubAck(PacketId),
    PingResp,
}

impl<'s, T: Read + Write> Client<'s, T> {
    /// Logs in: sends CONNECT, and waits for the server's answer.
    ///
    /// `rx` needs [`RECEIVE_MIN`] bytes and room for the longest message, topic included. `tx` needs room for the
    /// longest packet without its payload, plus 5 bytes: the login with its will, or a topic. It is wiped after the
    /// login, as the password was in it, and when this is dropped.
    ///
    /// # Errors
    /// [`ClientError::Login`] and [`TransmitBuffer`](ClientError::TransmitBuffer) before anything is sent;
    /// [`Refused`](ClientError::Refused) with the server's reason; [`ClosedAtLogin`](ClientError::ClosedAtLogin) if
    /// it gave none; transport and protocol errors.
    pub async fn connect(
        transport: T,
        login: &Login<'_>,
        rx: &'s mut [u8],
        tx: &'s mut [u8],
    ) -> Result<Self, ClientError<T::Error>> {
        login.check()?;
        Self::open(transport, login, rx, tx).await
    }

    /// The same with a login that is known to be in order.
    pub(super) async fn open(
        transport: T,
        login: &Login<'_>,
        rx: &'s mut [u8],
        tx: &'s mut [u8],
    ) -> Result<Self, ClientError<T::Error>> {
        let mut client =
            Self { wire: Wire::new(transport, rx, tx), last_id: 0, skipped: None, session_present: false };
        client.wire.send_login(login).await?;
        let size = client.wire.read_packet().await.map_err(|error| match error {
            ClientError::Closed => ClientError::ClosedAtLogin,
            error => error,
        })?;
        let passed = client.wire.has_passed();
        let (code, session_present) = match packet::decode(client.wire.take(size)) {
            Ok(Packet::ConnAck { code, session_present }) => (code, session_present),
            Err(what) if !passed => return Err(what.into()),
            _ => return Err(ClientError::Unexpected),
        };
        client.session_present = session_present;
        match LoginRefusal::from_code(code) {
            None => Ok(client),
            Some(refusal) => Err(ClientError::Refused(refusal)),
        }
    }

    /// Whether the server has kept subscriptions and messages of an earlier connection
    /// ([`Login::clean_session`] was false).
    #[must_use]
    pub const fn session_present(&self) -> bool {
        self.session_present
    }

    /// Subscribes to 1 to [`FILTERS_MAX`] filters, each at QoS 1 at most, and waits for the answer. Retained
    /// messages come at once, perhaps before it.
    ///
    /// # Errors
    /// [`ClientError::NotSubscribed`] with all answers if the server refuses a filter, after which the connection
    /// goes on; [`Filters`](ClientError::Filters) before anything is sent; transport and protocol errors. Servers
    /// also close the connection over a filter that is not allowed.
    pub async fn subscribe<M: Messages + ?Sized>(
        &mut self,
        filters: &[&str],
        messages: &mut M,
    ) -> Result<Grants, ClientError<T::Error>> {
        FilterError::check(filters)?;
        self.subscribe_checked(filters, messages).await
    }

    pub(super) async fn subscribe_checked<M: Messages + ?Sized>(
        &mut self,
        filters: &[&str],
        messages: &mut M,
    ) -> Result<Grants, ClientError<T::Error>> {
        let id = self.next_id();
        self.wire.send(&Outgoing::Subscribe(id, filters)).await?;
        let grants = self.wait(Wait::SubAck(id, filters.len()), messages).await?;
        if grants.all_granted() { Ok(grants) } else { Err(ClientError::NotSubscribed(grants)) }
    }

    /// Ends subscriptions, 1 to [`FILTERS_MAX`] of them, and waits for the answer. Messages that were on their way
    /// still come.
    ///
    /// # Errors
    /// [`ClientError::Filters`] before anything is sent; transport and protocol errors.
    pub async fn unsubscribe<M: Messages + ?Sized>(
        &mut self,
        filters: &[&str],
        messages: &mut M,
    ) -> Result<(), ClientError<T::Error>> {
        FilterError::check(filters)?;
        let id = self.next_id();
        self.wire.send(&Outgoing::Unsubscribe(id, filters)).await?;
        self.wait(Wait::UnsubAck(id), messages).await.map(|_| ())
    }

    /// Publishes, and at QoS 1 waits until the server has it. The payload does not pass through the transmit
    /// buffer.
    ///
    /// # Errors
    /// [`ClientError::Topic`] and [`TransmitBuffer`](ClientError::TransmitBuffer) before anything is sent; transport
    /// and protocol errors, after which the message may or may not have arrived.
    pub async fn publish<M: Messages + ?Sized>(
        &mut self,
        topic: &str,
        qos: QoS,
        payload: &[u8],
        messages: &mut M,
    ) -> Result<(), ClientError<T::Error>> {
        TopicName::new(topic)?;
        self.publish_checked(topic, qos, false, payload, messages).await
    }

    /// Publishes, and asks the server to keep the message for those who subscribe later. An empty payload makes it
    /// forget the one it has. Not every cloud does that: Azure Event Grid closes the connection.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    pub async fn publish_retained<M: Messages + ?Sized>(
        &mut self,
        topic: &str,
        qos: QoS,
        payload: &[u8],
        messages: &mut M,
    ) -> Result<(), ClientError<T::Error>> {
        TopicName::new(topic)?;
        self.publish_checked(topic, qos, true, payload, messages).await
    }

    pub(super) async fn publish_checked<M: Messages + ?Sized>(
        &mut self,
        topic: &str,
        qos: QoS,
        retain: bool,
        payload: &[u8],
        messages: &mut M,
    ) -> Result<(), ClientError<T::Error>> {
        let id = match qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce => Some(self.next_id()),
        };
        self.wire.send(&Outgoing::Publish { id, retain, topic, payload }).await?;
        match id {
            None => Ok(()),
            Some(id) => self.wait(Wait::PubAck(id), messages).await.map(|_| ()),
        }
    }

    /// Waits until a whole packet has arrived; [`receive`](Self::receive) takes it then. Dropping this is
    /// harmless if the transport's `read` is, whereas `receive` may be in the middle of an acknowledgement.
    ///
    /// # Errors
    /// Transport and protocol errors, [`ClientError::TooLarge`].
    pub async fn arrival(&mut self) -> Result<(), ClientError<T::Error>> {
        self.wire.check()?;
        self.wire.read_packet().await.map(|_| ())
    }

    /// Waits for one message.
    ///
    /// # Errors
    /// Transport and protocol errors, [`ClientError::TooLarge`].
    pub async fn receive<M: Messages + ?Sized>(
        &mut self,
        messages: &mut M,
    ) -> Result<(), ClientError<T::Error>> {
        self.wait(Wait::Message, messages).await.map(|_| ())
    }

    /// Tells the server that the client is there, and waits for its answer. Due when nothing was sent for
    /// the keep-alive interval.
    ///
    /// # Errors
    /// Transport and protocol errors.
    pub async fn ping<M: Messages + ?Sized>(
        &mut self,
        messages: &mut M,
    ) -> Result<(), ClientError<T::Error>> {
        self.wire.send(&Outgoing::Ping).await?;
        self.wait(Wait::PingResp, messages).await.map(|_| ())
    }

    /// What was passed over since the last call, because the receive buffer can't hold it.
    pub const fn take_skipped(&mut self) -> Option<Skipped> {
        self.skipped.take()
    }

    /// Logs out and gives the transport back, which is still open. The server forgets the will.
    ///
    /// # Errors
    /// Transport errors.
    pub async fn disconnect(mut self) -> Result<T, ClientError<T::Error>> {
        self.wire.send(&Outgoing::Disconnect).await?;
        Ok(self.wire.transport)
    }

    /// 1 to 65,535, round and round; at most one is in use at a time.
    fn next_id(&mut self) -> PacketId {
        self.last_id = self.last_id.wrapping_add(1);
        PacketId::new(self.last_id).unwrap_or_else(|| {
            self.last_id = 1;
            PacketId::MIN
        })
    }

    /// Reads packets until the one waited for; messages are handed on and acknowledged.
    async fn wait<M: Messages + ?Sized>(
        &mut self,
        wait: Wait,
        messages: &mut M,
    ) -> Result<Grants, ClientError<T::Error>> {
        // An answer that nobody waits for any more would be taken for the next call's.
        let resumable = wait == Wait::Message;
        self.wire.check()?;
        self.wire.broken = !resumable;
        loop {
            let step = self.step(wait, messages).await;
            if let Some(done) = step.transpose() {
                self.wire.broken = done.is_err();
                return done;
            }
        }
    }

    /// One packet; what it says if it is the one waited for.
    async fn step<M: Messages + ?Sized>(
        &mut self,
        wait: Wait,
        messages: &mut M,
    ) -> Result<Option<Grants>, ClientError<T::Error>> {
        let size = self.wire.read_packet().await?;
        let id = if let Some(passed) = self.wire.take_passed() {
            let count = self.skipped.map_or(0, |skipped| skipped.count).saturating_add(1);
            self.skipped = Some(Skipped { count, size: passed.size, capacity: self.wire.capacity() });
            passed.id()?
        } else {
            match (packet::decode(self.wire.take(size))?, wait) {
                (Packet::Publish { topic, id, payload }, _) => {
                    if !messages.accepts(topic) {
                        return Err(ClientError::ForeignTopic);
                    }
                    messages.message(topic, payload);
                    id
                }
                (Packet::PubAck(id), Wait::PubAck(expected))
                | (Packet::UnsubAck(id), Wait::UnsubAck(expected))
                    if id == expected =>
                {
                    return Ok(Some(Grants::default()));
                }
                (Packet::SubAck { id, codes }, Wait::SubAck(expected, count))
                    if id == expected && codes.len() == count =>
                {
                    return Ok(Some(Grants::new(codes)));
                }
                (Packet::PingResp, Wait::PingResp) => return Ok(Some(Grants::default())),
                _ => return Err(ClientError::Unexpected),
            }
        };
        if let Some(id) = id {
            self.acknowledge(id).await?;
        }
        Ok((wait == Wait::Message).then(Grants::default))
    }

    async fn acknowledge(&mut self, id: PacketId) -> Result<(), ClientError<T::Error>> {
        // `wait` may have set the flag already; `send` refuses then.
        let waiting = core::mem::replace(&mut self.wire.broken, false);
        self.wire.send(&Outgoing::PubAck(id)).await?;
        self.wire.broken = waiting;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
