//! What all connections share: sessions, retained messages, what was seen.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::cloud::{Client, Cloud, Cut, Delivery};
use super::packet::{Filter, Publish, QoS};
use super::session::{Order, Session, Subscription};
use super::{Seen, connection, topic};
use crate::tls::{Door, Now};
use crate::{Peer, lock};

/// A broker that asks a cloud about everything.
pub struct Broker<C: Cloud> {
    pub(super) shared: Arc<Shared<C>>,
}

impl<C: Cloud> Clone for Broker<C> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<C: Cloud> std::fmt::Debug for Broker<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker").finish_non_exhaustive()
    }
}

/// See above.
pub(super) struct Shared<C> {
    pub(super) cloud: C,
    now: Now,
    sessions: Mutex<HashMap<String, Session>>,
    retained: Mutex<BTreeMap<String, Publish>>,
    seen: Mutex<Seen>,
    news: Notify,
    last: AtomicU64,
}

impl<C: Cloud> Broker<C> {
    /// A broker with its clock, in Unix seconds. Waits are tokio's.
    pub fn new(cloud: C, now: Now) -> Self {
        let (sessions, retained, seen, news, last) = Default::default();
        Self { shared: Arc::new(Shared { cloud, now, sessions, retained, seen, news, last }) }
    }

    /// The cloud that is asked.
    pub fn cloud(&self) -> &C {
        &self.shared.cloud
    }

    /// Its clock, in Unix seconds.
    pub fn now(&self) -> u64 {
        self.shared.now()
    }

    /// Talks to a client until either side has enough; `peer` is what is known of it.
    pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send, peer: Peer) {
        connection::run(stream, peer, &self.shared).await;
    }

    /// The same after a TLS handshake.
    pub async fn serve_secured(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send,
        peer: Peer,
        door: &Door,
    ) {
        let shared = &self.shared;
        let patience = shared.cloud.settings().patience;
        let handshake = door.accept(stream, peer, |peer| shared.cloud.hello(peer));
        match tokio::time::timeout(patience, handshake).await {
            Ok(Ok((stream, peer))) => self.serve(stream, peer).await,
            Ok(Err(reason)) => shared.complain(reason),
            Err(_) => shared.complain("no TLS handshake in time"),
        }
    }

    /// A message from the cloud, to those who subscribed.
    pub fn publish(&self, message: Publish) {
        self.shared.deliver(Delivery::to_all(message), None);
    }

    /// A message from the cloud.
    pub fn deliver(&self, delivery: Delivery) {
        self.shared.deliver(delivery, None);
    }

    /// Ends a client's connection. Whether there was one.
    pub fn cut(&self, client_id: &str, cut: Cut) -> bool {
        let sessions = lock(&self.shared.sessions);
        let link = sessions.get(client_id).and_then(|session| session.link.as_ref());
        link.is_some_and(|(_, ear)| ear.send(Order::End(cut)).is_ok())
    }

    /// Client ids of those who are connected.
    pub fn connected(&self) -> Vec<String> {
        let sessions = lock(&self.shared.sessions);
        sessions.iter().filter(|(_, session)| session.link.is_some()).map(|(id, _)| id.clone()).collect()
    }

    /// What happened so far.
    pub fn seen(&self) -> Seen {
        lock(&self.shared.seen).clone()
    }

    /// What happened since the last call, which is forgotten here.
    pub fn take_seen(&self) -> Seen {
        std::mem::take(&mut lock(&self.shared.seen))
    }

    /// Waits until something has happened: until `look` finds what it looks for.
    pub async fn until<R>(&self, look: impl Fn(&Seen) -> Option<R>) -> R {
        loop {
            let news = self.shared.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if let Some(found) = look(&lock(&self.shared.seen)) {
                return found;
            }
            news.await;
        }
    }
}

impl<C: Cloud> Shared<C> {
    pub(super) fn now(&self) -> u64 {
        (self.now)()
    }

    pub(super) fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut lock(&self.seen));
        self.news.notify_waiters();
    }

    pub(super) fn complain(&self, reason: impl Into<String>) {
        self.note(|seen| seen.complaints.push(reason.into()));
    }

    /// Gives a client its session: the old one, if it is there still and not to be clean. Whether it is the old one.
    pub(super) fn attach(&self, id: &str, clean: bool, life: u32) -> (u64, UnboundedReceiver<Order>, bool) {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let (ear, orders) = unbounded_channel();
        let now = self.now();
        let mut sessions = lock(&self.sessions);
        sessions.retain(|_, session| session.link.is_some() || session.ends.is_none_or(|ends| now < ends));
        let mut session = sessions.remove(id).unwrap_or_default();
        let known = session.link.is_some() || session.ends.is_some();
        if let (true, Some((_, old))) = (self.cloud.settings().take_over, session.link.take()) {
            let taken = format!("{id} connected again, so this connection ends");
            // One that is gone already needs no telling.
            let _ = old.send(Order::End(Cut::because(super::cloud::code::SESSION_TAKEN_OVER, taken)));
        }
        if clean {
            session = Session::default();
        }
        session.resume();
        (session.link, session.life, session.ends) = (Some((number, ear)), life, None);
        sessions.insert(id.to_owned(), session);
        (number, orders, known && !clean)
    }

    /// A connection is over. `life`: how long the session is kept, if it is not as it was said at first.
    pub(super) fn detach(&self, id: &str, number: u64, life: Option<u32>) {
        let now = self.now();
        let mut sessions = lock(&self.sessions);
        let Some(session) =
            sessions.get_mut(id).filter(|own| own.link.as_ref().is_some_and(|l| l.0 == number))
        else {
            return;
        };
        session.link = None;
        session.queue.retain(|message| message.qos != QoS::AtMostOnce);
        match life.unwrap_or(session.life) {
            0 => {
                sessions.remove(id);
            }
            u32::MAX => session.ends = Some(u64::MAX),
            seconds => session.ends = Some(now + u64::from(seconds)),
        }
    }

    /// Does something with the session of a connection, if it has it still.
    pub(super) fn session<R>(
        &self,
        id: &str,
        number: u64,
        with: impl FnOnce(&mut Session) -> R,
    ) -> Option<R> {
        let mut sessions = lock(&self.sessions);
        sessions.get_mut(id).filter(|own| own.link.as_ref().is_some_and(|l| l.0 == number)).map(with)
    }

    /// Subscribes; what was retained is queued.
    pub(super) fn subscribe(&self, id: &str, number: u64, filter: &Filter, granted: QoS, tag: Option<u32>) {
        let settings = self.cloud.settings();
        let retained = lock(&self.retained);
        self.session(id, number, |session| {
            let subscription = Subscription { filter: filter.clone(), granted, number: tag };
            let is_new = session.subscribe(subscription);
            let wild = filter.path.contains(['+', '#']);
            let wanted = filter.retain_handling == 0 || (filter.retain_handling == 1 && is_new);
            if !wanted || (wild && !settings.retained_for_wildcards) {
                return;
            }
            for message in retained.values() {
                if topic::matches(&filter.path, &message.topic, settings.hash_is_parent) {
                    session.push(Publish { qos: message.qos.min(granted), retain: true, ..message.clone() });
                }
            }
        });
    }

    /// A message of a client that the cloud has taken, and what the cloud says to it.
    pub(super) fn published(&self, client: &str, message: &Publish, routed: bool, deliveries: Vec<Delivery>) {
        if routed {
            if message.retain {
                let mut retained = lock(&self.retained);
                if message.payload.is_empty() {
                    retained.remove(&message.topic);
                } else {
                    let kept = Publish { properties: message.properties.forwarded(), ..message.clone() };
                    retained.insert(message.topic.clone(), kept);
                }
            }
            self.deliver(Delivery::to_all(message.clone()), Some(client));
        }
        self.note(|seen| seen.published.push((client.to_owned(), message.clone())));
        deliveries.into_iter().for_each(|delivery| self.deliver(delivery, None));
    }

    pub(super) fn deliver(&self, delivery: Delivery, from: Option<&str>) {
        let parent = self.cloud.settings().hash_is_parent;
        let mut sessions = lock(&self.sessions);
        for (id, session) in sessions.iter_mut() {
            if delivery.to.as_ref().is_none_or(|to| to == id)
                && self.cloud.receives(id, &delivery.message.topic)
            {
                session.offer(&delivery.message, from == Some(id), parent);
            }
        }
    }

    /// What a client leaves behind that has gone without a DISCONNECT.
    pub(super) fn publish_will(&self, client: &Client<C::Login>, will: &Publish) {
        match self.cloud.publish(client, will) {
            Ok(taken) => self.published(&client.id, will, taken.routed, taken.deliveries),
            Err(cut) => self.complain(format!("the will of {}: {}", client.id, cut.reason)),
        }
    }
}
