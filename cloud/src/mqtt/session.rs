//! One connection to the bridge, from login to logout.

use super::client::{Client, Skipped};
use super::device::{CLIENT_ID_MAX, Device, Incoming, TOPIC_MAX};
use super::error::SessionError;
use super::{Inbox, KeepAlive, Login, Messages, QoS, TOKEN_MAX};
use embedded_io_async::{Read, Write};

/// A transmit buffer of this size, in bytes, is always large enough. Payloads do not pass through it.
pub const TRANSMIT_BUFFER: usize = CLIENT_ID_MAX + TOKEN_MAX + TOPIC_MAX + 32;

/// The bridge ignores the user name, but libraries and servers expect one.
const USER: &str = "unused";

/// A [`Client`] that is logged in to a bridge: it knows the device's topics.
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
    client: Client<'s, T>,
    device: Device<'s>,
}

/// Hands on what is meant for the device.
struct Routed<'a, 's, I> {
    device: &'a Device<'s>,
    inbox: &'a mut I,
}

impl<I: Inbox> Messages for Routed<'_, '_, I> {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        match self.device.incoming(topic) {
            Some(Incoming::Config) => self.inbox.config(payload),
            Some(Incoming::Command(subfolder)) => self.inbox.command(subfolder, payload),
            None => {}
        }
    }

    fn accepts(&self, topic: &str) -> bool {
        self.device.incoming(topic).is_some()
    }
}

impl<'s, T: Read + Write> Session<'s, T> {
    /// Logs in: sends CONNECT with the token as password, and waits for the server's answer.
    ///
    /// The token is one of [`Token::issue`](super::Token::issue), or the chip's own
    /// ([`Atecc608::sign_jwt`](atecc608::blocking::Atecc608::sign_jwt)).
    ///
    /// `rx` needs [`RECEIVE_MIN`](super::RECEIVE_MIN) bytes and room for the longest message, topic included; `tx`
    /// needs [`TRANSMIT_BUFFER`] for the longest names, less for shorter ones.
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
        let client_id = device.client_id();
        let login = Login {
            user_name: Some(USER),
            password: Some(token.as_bytes()),
            keep_alive,
            ..Login::new(&client_id)
        };
        Ok(Self { client: Client::open(transport, &login, rx, tx).await?, device })
    }

    /// Subscribes to the device's configuration and commands, both at QoS 1, and waits for the answer. The
    /// server sends the configuration at once.
    ///
    /// # Errors
    /// [`SessionError::NotSubscribed`] if the server refuses either; transport and protocol errors.
    pub async fn subscribe<I: Inbox>(&mut self, inbox: &mut I) -> Result<(), SessionError<T::Error>> {
        let Self { client, device } = self;
        let (config, commands) = (device.config_topic(), device.commands_filter());
        let mut routed = Routed { device, inbox };
        client.subscribe_checked(&[&config, &commands], &mut routed).await?;
        Ok(())
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
        Ok(self.client.arrival().await?)
    }

    /// Waits for one message.
    ///
    /// # Errors
    /// Transport and protocol errors, [`SessionError::TooLarge`].
    pub async fn receive<I: Inbox>(&mut self, inbox: &mut I) -> Result<(), SessionError<T::Error>> {
        let Self { client, device } = self;
        Ok(client.receive(&mut Routed { device, inbox }).await?)
    }

    /// Tells the server that the device is there, and waits for its answer. Due when nothing was sent for
    /// the keep-alive interval.
    ///
    /// # Errors
    /// Transport and protocol errors.
    pub async fn ping<I: Inbox>(&mut self, inbox: &mut I) -> Result<(), SessionError<T::Error>> {
        let Self { client, device } = self;
        Ok(client.ping(&mut Routed { device, inbox }).await?)
    }

    /// What was passed over since the last call, because the receive buffer can't hold it.
    pub const fn take_skipped(&mut self) -> Option<Skipped> {
        self.client.take_skipped()
    }

    /// Logs out and gives the transport back, which is still open.
    ///
    /// # Errors
    /// Transport errors.
    pub async fn disconnect(self) -> Result<T, SessionError<T::Error>> {
        Ok(self.client.disconnect().await?)
    }

    async fn publish<I: Inbox>(
        &mut self,
        topic: &str,
        payload: &[u8],
        inbox: &mut I,
    ) -> Result<(), SessionError<T::Error>> {
        let Self { client, device } = self;
        let mut routed = Routed { device, inbox };
        Ok(client.publish_checked(topic, QoS::AtLeastOnce, false, payload, &mut routed).await?)
    }
}

#[cfg(test)]
mod tests;
