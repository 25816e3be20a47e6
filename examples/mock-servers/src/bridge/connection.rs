//! One device's connection.

use std::time::Duration;

use bytes::BytesMut;
use mqttbytes::v4::{
    ConnAck, ConnectReturnCode, Packet, PingResp, PubAck, Publish, SubAck, Subscribe, SubscribeReasonCode,
    read,
};
use mqttbytes::{Error as MqttError, QoS, check};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use super::admission::{Filter, Login, filter, login, may_publish};
use super::{Shared, lock};
use crate::Message;

/// Longest packet taken, in bytes: 256 KB of payload and room for the topic.
const PACKET_MAX: usize = 256 * 1024 + 1024;
/// How long a new connection may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the bridge ended a connection.
#[derive(Debug)]
pub(super) struct End {
    /// What the device is told, if anything.
    pub(super) code: Option<ConnectReturnCode>,
    pub(super) reason: String,
}

impl<S: Into<String>> From<S> for End {
    fn from(reason: S) -> Self {
        Self { code: None, reason: reason.into() }
    }
}

/// What a device is reached by.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// Tells a device why it may not log in. It may be gone, which is all right, too.
pub(super) async fn refuse(stream: &mut impl Stream, code: ConnectReturnCode) {
    let _ = Wire { stream, buffer: BytesMut::new() }.write(Packet::ConnAck(ConnAck::new(code, false))).await;
}

/// Talks to a device until either side has enough.
pub(super) async fn run(stream: &mut impl Stream, shared: &Shared) -> Result<(), End> {
    let mut wire = Wire { stream, buffer: BytesMut::new() };
    let connect = match timeout(PATIENCE, wire.read()).await {
        Ok(Ok(Packet::Connect(connect))) => connect,
        Ok(Ok(_)) => return Err("the first packet is no CONNECT".into()),
        Ok(Err(Stop::Malformed(MqttError::InvalidProtocolLevel(level)))) => {
            let code = Some(ConnectReturnCode::RefusedProtocolVersion);
            return Err(End { code, reason: format!("protocol level {level}") });
        }
        Ok(Err(stop)) => return Ok(stop.into_result()?),
        Err(_) => return Err("no CONNECT in time".into()),
    };
    let login = login(&connect, shared)?;
    // Not before now: a token within the permitted skew gets its grace, too.
    let left = Duration::from_secs(login.expires.saturating_sub((shared.now)()));
    let end = Instant::now() + left + shared.rules.grace;
    wire.write(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).await?;
    let device = Device { wire, login, shared, config: None, commands: None, last_id: 0, waiting: vec![] };
    match timeout_at(end, device.serve()).await {
        Ok(result) => Ok(result?),
        Err(_) => Err("the token has expired".into()),
    }
}

/// A device that is logged in.
struct Device<'a, S> {
    wire: Wire<'a, S>,
    login: Login,
    shared: &'a Shared,
    /// QoS of its subscriptions.
    config: Option<QoS>,
    commands: Option<QoS>,
    last_id: u16,
    /// Packet ids that it has to acknowledge.
    waiting: Vec<u16>,
}

impl<S: Stream> Device<'_, S> {
    async fn serve(mut self) -> Result<(), String> {
        loop {
            let idle = Duration::from_secs(self.login.idle);
            let Ok(packet) = timeout(idle, self.wire.read()).await else {
                return Err("silent for too long".into());
            };
            match packet {
                Ok(Packet::Disconnect) => return Ok(()),
                Ok(packet) => self.take(packet).await?,
                Err(stop) => return stop.into_result(),
            }
        }
    }

    async fn take(&mut self, packet: Packet) -> Result<(), String> {
        match packet {
            Packet::Publish(publish) => self.published(publish).await,
            Packet::Subscribe(subscribe) => self.subscribed(subscribe).await,
            Packet::PubAck(PubAck { pkid }) => {
                let at = self.waiting.iter().position(|id| *id == pkid);
                self.waiting.swap_remove(at.ok_or(format!("PUBACK of {pkid}, which is not in flight"))?);
                lock(&self.shared.seen).acknowledged += 1;
                Ok(())
            }
            Packet::PingReq => self.wire.write(Packet::PingResp).await,
            _ => Err("a packet that a device does not send".into()),
        }
    }

    async fn published(&mut self, publish: Publish) -> Result<(), String> {
        if publish.qos == QoS::ExactlyOnce {
            return Err("QoS 2".into());
        }
        if publish.retain {
            return Err("a retained message".into());
        }
        if !may_publish(&self.login.device, &publish.topic) {
            return Err(format!("{} published to {:?}", self.login.device, publish.topic));
        }
        let telemetry = !publish.topic.ends_with("/state");
        let payload = String::from_utf8_lossy(&publish.payload).into_owned();
        if lock(&self.shared.poison).iter().any(|poison| poison == "*" || *poison == payload) {
            return Err(format!("{} sent poison", self.login.device));
        }
        lock(&self.shared.seen).published.push(Message { topic: publish.topic, payload });
        if publish.qos == QoS::AtLeastOnce {
            self.wire.write(Packet::PubAck(PubAck::new(publish.pkid))).await?;
        }
        match self.commands {
            Some(qos) if telemetry => {
                let topic = format!("/devices/{}/commands/led", self.login.device);
                self.send(topic, &self.shared.rules.command, qos).await
            }
            _ => Ok(()),
        }
    }

    async fn subscribed(&mut self, subscribe: Subscribe) -> Result<(), String> {
        let mut codes = Vec::new();
        for wanted in &subscribe.filters {
            // At most QoS 1, whatever was asked for.
            let qos = if wanted.qos == QoS::AtMostOnce { QoS::AtMostOnce } else { QoS::AtLeastOnce };
            let known = filter(&self.login.device, &wanted.path);
            match known {
                Some(Filter::Config) => self.config = Some(qos),
                Some(Filter::Commands) => self.commands = Some(qos),
                None => {
                    let complaint = format!("{} subscribed to {:?}", self.login.device, wanted.path);
                    lock(&self.shared.seen).complaints.push(complaint);
                }
            }
            codes.push(match known {
                Some(_) => SubscribeReasonCode::Success(qos),
                None => SubscribeReasonCode::Failure,
            });
        }
        self.wire.write(Packet::SubAck(SubAck::new(subscribe.pkid, codes))).await?;
        let config = format!("/devices/{}/config", self.login.device);
        match self.config {
            Some(qos) if subscribe.filters.iter().any(|wanted| wanted.path == config) => {
                self.send(config, &self.shared.rules.config, qos).await
            }
            _ => Ok(()),
        }
    }

    async fn send(&mut self, topic: String, payload: &str, qos: QoS) -> Result<(), String> {
        let mut publish = Publish::new(topic, qos, payload);
        if qos == QoS::AtLeastOnce {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            publish.pkid = self.last_id;
            self.waiting.push(self.last_id);
        }
        self.wire.write(Packet::Publish(publish)).await
    }
}

/// Why no packet came.
#[derive(Debug)]
enum Stop {
    /// The device has closed the connection.
    Closed,
    /// What it sent is no MQTT.
    Malformed(MqttError),
}

impl Stop {
    fn into_result(self) -> Result<(), String> {
        match self {
            Self::Closed => Ok(()),
            Self::Malformed(error) => Err(format!("malformed: {error:?}")),
        }
    }
}

/// Packets over a stream.
struct Wire<'a, S> {
    stream: &'a mut S,
    buffer: BytesMut,
}

impl<S: Stream> Wire<'_, S> {
    /// Cancel safe: what has arrived stays in the buffer.
    async fn read(&mut self) -> Result<Packet, Stop> {
        loop {
            match check(self.buffer.iter(), PACKET_MAX) {
                // All of it is there, so whatever it lacks now it will not get.
                Ok(_) => return whole(&mut self.buffer).map_err(Stop::Malformed),
                Err(MqttError::InsufficientBytes(_)) => {}
                Err(error) => return Err(Stop::Malformed(error)),
            }
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return Err(Stop::Closed),
                Ok(_) => {}
            }
        }
    }

    async fn write(&mut self, packet: Packet) -> Result<(), String> {
        let mut bytes = BytesMut::new();
        encode(packet, &mut bytes).map_err(|error| format!("can't be sent: {error:?}"))?;
        self.stream.write_all(&bytes).await.map_err(|error| format!("can't be sent: {error}"))?;
        self.stream.flush().await.map_err(|error| format!("can't be sent: {error}"))
    }
}

/// A packet that is there as a whole. mqttbytes takes a SUBSCRIBE without filters (MQTT 3.1.1, section 3.8.3).
fn whole(buffer: &mut BytesMut) -> Result<Packet, MqttError> {
    match read(buffer, PACKET_MAX)? {
        Packet::Subscribe(subscribe) if subscribe.filters.is_empty() => Err(MqttError::MalformedPacket),
        packet => Ok(packet),
    }
}

/// The packets that a bridge sends.
fn encode(packet: Packet, bytes: &mut BytesMut) -> Result<usize, MqttError> {
    match packet {
        Packet::ConnAck(packet) => packet.write(bytes),
        Packet::Publish(packet) => packet.write(bytes),
        Packet::PubAck(packet) => packet.write(bytes),
        Packet::SubAck(packet) => packet.write(bytes),
        Packet::PingResp => PingResp.write(bytes),
        _ => Err(MqttError::MalformedPacket),
    }
}
