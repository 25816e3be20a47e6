//! A client that sends what it likes: for the tests of rules.

use std::collections::VecDeque;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::packet::{Connect, Filter, Packet, Publish, Subscribe, Version};
use super::{Broker, Cloud, Properties, QoS, read, write};
use crate::Peer;

/// A client without a network that is connected to a broker. Nothing is checked before it is sent.
#[derive(Debug)]
pub struct Probe {
    stream: DuplexStream,
    buffer: BytesMut,
    version: Version,
    set_aside: VecDeque<Packet>,
}

/// What a probe heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A packet.
    Packet(Packet),
    /// The broker closed the connection.
    Closed,
    /// Nothing, as long as it was patient.
    Silence,
}

impl Probe {
    /// A connection on which nothing was said; the broker believes `peer` of it.
    pub fn new<C: Cloud>(broker: &Broker<C>, peer: Peer, version: Version) -> Self {
        let (stream, other) = duplex(1 << 20);
        let broker = broker.clone();
        tokio::spawn(async move { broker.serve(other, peer).await });
        Self { stream, buffer: BytesMut::new(), version, set_aside: VecDeque::new() }
    }

    /// The same, after CONNECT; what came back.
    pub async fn connect<C: Cloud>(broker: &Broker<C>, peer: Peer, connect: Connect) -> (Self, Heard) {
        let mut probe = Self::new(broker, peer, connect.version);
        probe.send(&Packet::Connect(connect)).await;
        let heard = probe.hear().await;
        (probe, heard)
    }

    /// Sends a packet.
    pub async fn send(&mut self, packet: &Packet) {
        let mut bytes = BytesMut::new();
        write::packet(packet, self.version, &mut bytes);
        self.send_bytes(&bytes).await;
    }

    /// Sends bytes.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        // If the broker has closed, that is heard next.
        let _ = self.stream.write_all(bytes).await;
    }

    /// Publishes with QoS 1 and this packet id.
    pub async fn publish(&mut self, id: u16, topic: &str, payload: &[u8]) {
        let message = Publish { id, ..Publish::new(topic, payload.to_vec()).at_least_once() };
        self.send(&Packet::Publish(message)).await;
    }

    /// Subscribes with QoS 1.
    pub async fn subscribe(&mut self, id: u16, filters: &[&str]) {
        let filters = filters.iter().map(|path| Filter::new(*path)).collect();
        self.send(&Packet::Subscribe(Subscribe { id, filters, properties: Properties::default() })).await;
    }

    /// What comes next. Waits up to ten minutes, which pass at once if tokio's time is paused.
    pub async fn hear(&mut self) -> Heard {
        if let Some(packet) = self.set_aside.pop_front() {
            return Heard::Packet(packet);
        }
        let patience = std::time::Duration::from_secs(600);
        tokio::time::timeout(patience, self.next()).await.unwrap_or(Heard::Silence)
    }

    /// The next packet that is no PUBLISH, which are kept for later.
    pub async fn hear_answer(&mut self) -> Heard {
        let mut kept = VecDeque::new();
        let heard = loop {
            match self.hear().await {
                Heard::Packet(Packet::Publish(publish)) => kept.push_back(Packet::Publish(publish)),
                other => break other,
            }
        };
        kept.append(&mut self.set_aside);
        self.set_aside = kept;
        heard
    }

    async fn next(&mut self) -> Heard {
        loop {
            match read::packet(&mut self.buffer, Some(self.version), usize::MAX) {
                Ok(Some(packet)) => return Heard::Packet(packet),
                Ok(None) => {}
                Err(malformed) => panic!("the broker sent no MQTT: {malformed}"),
            }
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return Heard::Closed,
                Ok(_) => {}
            }
        }
    }
}

impl Heard {
    /// Whether it is a CONNACK that lets the client in.
    pub fn is_welcome(&self) -> bool {
        matches!(self, Self::Packet(Packet::ConnAck(ack)) if ack.code == 0)
    }
}

impl Connect {
    /// A clean session without anything else; keep alive 60 s.
    pub fn new(version: Version, client_id: impl Into<String>) -> Self {
        Self {
            version,
            client_id: client_id.into(),
            clean: true,
            keep_alive: 60,
            user_name: None,
            password: None,
            will: None,
            properties: Properties::default(),
        }
    }
}

impl Filter {
    /// With QoS 1 and nothing else.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            qos: QoS::AtLeastOnce,
            no_local: false,
            retain_as_published: false,
            retain_handling: 0,
        }
    }
}
