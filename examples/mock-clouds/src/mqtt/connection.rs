//! One client's connection.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::broker::Shared;
use super::cloud::{Client, Cloud, Cut, Welcome, code};
use super::packet::{ConnAck, Connect, Disconnect, Packet, PubAck, Publish, QoS, SubAck, Subscribe, Version};
use super::property::number;
use super::read::Malformed;
use super::session::Order;
use super::wire::{Stop, Wire};
use super::{login, topic};
use crate::Peer;

/// As good as never.
const LONG: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Talks to a client until either side has enough.
pub(super) async fn run<C: Cloud>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    peer: Peer,
    shared: &Shared<C>,
) {
    let settings = shared.cloud.settings();
    let mut wire = Wire::new(stream, settings.packet_max);
    if let Some((connect, welcome)) = login::read(&mut wire, &peer, shared, settings.patience).await {
        logged_in(&mut wire, peer, connect, welcome, shared).await;
    }
    wire.close().await;
}

async fn logged_in<C: Cloud>(
    wire: &mut Wire<impl AsyncRead + AsyncWrite + Unpin>,
    peer: Peer,
    connect: Connect,
    welcome: Welcome<C::Login>,
    shared: &Shared<C>,
) {
    let id = welcome.client_id.clone().unwrap_or_else(|| connect.client_id.clone());
    let (number, orders, session_present) = shared.attach(&id, connect.clean, welcome.session_life);
    shared.note(|seen| seen.connected.push((peer.clone(), connect.clone())));
    let properties = welcome.properties.clone();
    wire.write(&Packet::ConnAck(ConnAck { session_present, code: 0, properties })).await;
    let asked = connect.properties.number(number::RECEIVE_MAXIMUM).map_or(usize::MAX, |max| max as usize);
    let mut device = Device {
        client: Client { id, version: connect.version, peer: Arc::new(peer), login: Arc::new(welcome.login) },
        number,
        wire,
        shared,
        orders,
        silence: welcome.silence.unwrap_or(LONG),
        ends: Instant::now() + welcome.stay.unwrap_or(LONG),
        in_flight: welcome.in_flight.min(asked),
        aliases: HashMap::new(),
        aliases_max: welcome.topic_aliases,
    };
    let end = device.serve().await;
    let (will, life) = match &end {
        // 4: the will is to be published all the same.
        End::Asked(disconnect) => {
            (disconnect.code == 4, disconnect.properties.number(number::SESSION_EXPIRY))
        }
        End::Closed | End::Cut(_) => (true, None),
    };
    let Device { client, .. } = device;
    if let End::Cut(cut) = end {
        // Noted before the client hears of it.
        shared.complain(cut.reason);
        if let (Some(code), Version::V5) = (cut.code, client.version) {
            wire.write(&Packet::Disconnect(Disconnect { code, properties: Default::default() })).await;
        }
    }
    shared.detach(&client.id, number, life);
    if let (true, Some(message)) = (will, &connect.will) {
        shared.publish_will(&client, message);
    }
    shared.cloud.gone(&client);
    shared.note(|seen| seen.gone.push(client.id));
}

/// How a connection ended.
enum End {
    /// By DISCONNECT.
    Asked(Disconnect),
    /// Without one.
    Closed,
    /// By the cloud.
    Cut(Cut),
}

impl From<Cut> for End {
    fn from(cut: Cut) -> Self {
        Self::Cut(cut)
    }
}

/// What comes next.
enum Event {
    Order(Order),
    Packet(Result<Packet, Stop>),
    Silent,
    Over,
}

/// A client that is logged in.
struct Device<'a, S, C: Cloud> {
    client: Client<C::Login>,
    number: u64,
    wire: &'a mut Wire<S>,
    shared: &'a Shared<C>,
    orders: UnboundedReceiver<Order>,
    silence: Duration,
    ends: Instant,
    in_flight: usize,
    aliases: HashMap<u32, String>,
    aliases_max: u16,
}

impl<S: AsyncRead + AsyncWrite + Unpin, C: Cloud> Device<'_, S, C> {
    async fn serve(&mut self) -> End {
        let mut heard = Instant::now();
        loop {
            self.send_what_waits().await;
            match self.event(heard).await {
                Event::Order(Order::More) => {}
                Event::Order(Order::End(cut)) => return End::Cut(cut),
                Event::Packet(Ok(Packet::Disconnect(disconnect))) => return End::Asked(disconnect),
                Event::Packet(Ok(packet)) => {
                    heard = Instant::now();
                    if let Err(end) = self.take(packet).await {
                        return end;
                    }
                }
                Event::Packet(Err(Stop::Closed)) => return End::Closed,
                Event::Packet(Err(Stop::Malformed(malformed))) => {
                    let code = match malformed {
                        Malformed::TooLong(_) => code::PACKET_TOO_LARGE,
                        _ => code::MALFORMED_PACKET,
                    };
                    return Cut::because(code, format!("malformed: {malformed}")).into();
                }
                Event::Silent => {
                    return Cut::because(code::KEEP_ALIVE_TIMEOUT, "silent for too long").into();
                }
                Event::Over => {
                    return Cut::because(code::MAXIMUM_CONNECT_TIME, "connected for too long").into();
                }
            }
        }
    }

    async fn event(&mut self, heard: Instant) -> Event {
        let (mut read, orders) = (pin!(self.wire.read()), &mut self.orders);
        let mut silent = pin!(sleep_until(heard + self.silence));
        let mut over = pin!(sleep_until(self.ends));
        poll_fn(|context| {
            if let Poll::Ready(Some(order)) = orders.poll_recv(context) {
                return Poll::Ready(Event::Order(order));
            }
            if let Poll::Ready(packet) = read.as_mut().poll(context) {
                return Poll::Ready(Event::Packet(packet));
            }
            if over.as_mut().poll(context).is_ready() {
                return Poll::Ready(Event::Over);
            }
            silent.as_mut().poll(context).map(|()| Event::Silent)
        })
        .await
    }

    async fn send_what_waits(&mut self) {
        let limit = self.in_flight;
        while let Some(message) =
            self.shared.session(&self.client.id, self.number, |session| session.next(limit)).flatten()
        {
            self.wire.write(&Packet::Publish(message)).await;
        }
    }

    async fn take(&mut self, packet: Packet) -> Result<(), End> {
        match packet {
            Packet::Publish(publish) => self.published(publish).await?,
            Packet::Subscribe(subscribe) => self.subscribed(subscribe).await?,
            Packet::Unsubscribe(unsubscribe) => {
                let there = self.shared.session(&self.client.id, self.number, |session| {
                    let held = session.filters();
                    session.subscriptions.retain(|own| !unsubscribe.filters.contains(&own.filter.path));
                    held
                });
                let there = there.unwrap_or_default();
                // 0x11: there was no such subscription.
                let code = |filter| if there.contains(filter) { 0 } else { 0x11 };
                let codes = unsubscribe.filters.iter().map(code).collect();
                self.wire.write(&Packet::UnsubAck(SubAck { id: unsubscribe.id, codes })).await;
            }
            Packet::PubAck(PubAck { id, .. }) => {
                let taken =
                    self.shared.session(&self.client.id, self.number, |session| session.acknowledge(id));
                let Some(message) = taken.flatten() else {
                    let reason = format!("PUBACK of {id}, which is not in flight");
                    return Err(Cut::because(code::PROTOCOL_ERROR, reason).into());
                };
                self.shared.note(|seen| seen.acknowledged.push((self.client.id.clone(), message.topic)));
            }
            Packet::PingReq => self.wire.write(&Packet::PingResp).await,
            // PUBREL, PUBCOMP.
            Packet::ExactlyOnce(6, id) => self.wire.write(&Packet::ExactlyOnce(7, id)).await,
            Packet::Auth(auth) if self.client.version == Version::V5 => {
                let answer = self.shared.cloud.auth(&self.client, &auth)?;
                self.wire.write(&Packet::Auth(answer)).await;
            }
            _ => {
                return Err(Cut::because(code::PROTOCOL_ERROR, "a packet that a client does not send").into());
            }
        }
        Ok(())
    }

    async fn published(&mut self, mut publish: Publish) -> Result<(), End> {
        self.resolve_alias(&mut publish)?;
        topic::topic(&publish.topic).map_err(|reason| Cut::because(code::TOPIC_NAME_INVALID, reason))?;
        let taken = self.shared.cloud.publish(&self.client, &publish)?;
        match publish.qos {
            QoS::AtLeastOnce if taken.acknowledged => {
                self.wire.write(&Packet::PubAck(PubAck { id: publish.id, code: taken.code })).await;
            }
            // PUBREC. Whoever sends it again before PUBREL publishes twice.
            QoS::ExactlyOnce if taken.acknowledged => {
                self.wire.write(&Packet::ExactlyOnce(5, publish.id)).await;
            }
            _ => {}
        }
        if !taken.acknowledged || taken.code >= 0x80 {
            self.shared.complain(format!("{}: {:?} is passed over", self.client.id, publish.topic));
            return Ok(());
        }
        self.shared.published(&self.client.id, &publish, taken.routed, taken.deliveries);
        Ok(())
    }

    /// MQTT 5, section 3.3.2.3.4.
    fn resolve_alias(&mut self, publish: &mut Publish) -> Result<(), Cut> {
        let Some(alias) = publish.properties.number(number::TOPIC_ALIAS) else { return Ok(()) };
        if alias == 0 || alias > self.aliases_max.into() {
            let reason = format!("topic alias {alias}, and there are {}", self.aliases_max);
            return Err(Cut::because(code::TOPIC_ALIAS_INVALID, reason));
        }
        if publish.topic.is_empty() {
            let known = self.aliases.get(&alias).cloned();
            publish.topic = known.ok_or_else(|| {
                Cut::because(code::PROTOCOL_ERROR, format!("topic alias {alias} is not known"))
            })?;
        } else {
            self.aliases.insert(alias, publish.topic.clone());
        }
        Ok(())
    }

    async fn subscribed(&mut self, subscribe: Subscribe) -> Result<(), End> {
        for wanted in &subscribe.filters {
            topic::filter(&wanted.path).map_err(|reason| Cut::because(code::TOPIC_FILTER_INVALID, reason))?;
        }
        let held = self.shared.session(&self.client.id, self.number, |session| session.filters());
        let answer = self.shared.cloud.subscribe(&self.client, &subscribe, &held.unwrap_or_default())?;
        if answer.ignored {
            self.shared.complain(format!("{}: a SUBSCRIBE is passed over", self.client.id));
            return Ok(());
        }
        // SUBACK first, then what was retained.
        self.wire.write(&Packet::SubAck(SubAck { id: subscribe.id, codes: answer.codes.clone() })).await;
        let tag = subscribe.properties.number(number::SUBSCRIPTION_ID);
        for (wanted, code) in subscribe.filters.iter().zip(answer.codes) {
            let granted = match code {
                0 => QoS::AtMostOnce,
                1 => QoS::AtLeastOnce,
                2 => QoS::ExactlyOnce,
                _ => {
                    let complaint = format!("{} may not subscribe to {:?}", self.client.id, wanted.path);
                    self.shared.complain(complaint);
                    continue;
                }
            };
            self.shared.subscribe(&self.client.id, self.number, wanted, granted, tag);
            self.shared.note(|seen| seen.subscribed.push((self.client.id.clone(), wanted.path.clone())));
        }
        answer.deliveries.into_iter().for_each(|delivery| self.shared.deliver(delivery, None));
        Ok(())
    }
}
