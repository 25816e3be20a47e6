//! What a broker keeps of a client, connected or not.

use std::collections::VecDeque;

use tokio::sync::mpsc::UnboundedSender;

use super::cloud::Cut;
use super::packet::{Filter, Publish, QoS};
use super::property::number;
use super::topic;

/// What a connection is told.
#[derive(Debug)]
pub(super) enum Order {
    /// There is something to send.
    More,
    /// Close.
    End(Cut),
}

/// A filter that a client has subscribed to.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub(super) filter: Filter,
    pub(super) granted: QoS,
    /// Subscription identifier of MQTT 5.
    pub(super) number: Option<u32>,
}

/// A client's session.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// Number of the connection that has it, and its ear.
    pub(super) link: Option<(u64, UnboundedSender<Order>)>,
    pub(super) subscriptions: Vec<Subscription>,
    /// To be sent.
    pub(super) queue: VecDeque<Publish>,
    /// Sent, not yet acknowledged.
    pub(super) waiting: Vec<Publish>,
    /// How long it outlives its connection, in seconds.
    pub(super) life: u32,
    /// When it ends, in Unix seconds, without a connection.
    pub(super) ends: Option<u64>,
    last_id: u16,
}

impl Session {
    pub(super) fn filters(&self) -> Vec<String> {
        self.subscriptions.iter().map(|own| own.filter.path.clone()).collect()
    }

    /// Keeps a subscription; one with the same filter is replaced. Whether it is new.
    pub(super) fn subscribe(&mut self, new: Subscription) -> bool {
        let before = self.subscriptions.len();
        self.subscriptions.retain(|own| own.filter.path != new.filter.path);
        let is_new = before == self.subscriptions.len();
        self.subscriptions.push(new);
        is_new
    }

    /// Queues a message if it is subscribed to: once, with the highest QoS. `own`: this client published it.
    pub(super) fn offer(&mut self, message: &Publish, own: bool, parent: bool) {
        let fits = |subscription: &&Subscription| {
            let filter = &subscription.filter;
            topic::matches(&filter.path, &message.topic, parent) && !(own && filter.no_local)
        };
        let matching: Vec<_> = self.subscriptions.iter().filter(fits).cloned().collect();
        let Some(granted) = matching.iter().map(|subscription| subscription.granted).max() else { return };
        let mut copy = message.clone();
        copy.qos = message.qos.min(granted);
        copy.retain = message.retain && matching.iter().any(|own| own.filter.retain_as_published);
        copy.properties = message.properties.forwarded();
        for number in matching.iter().filter_map(|subscription| subscription.number) {
            copy.properties = copy.properties.with_number(number::SUBSCRIPTION_ID, number);
        }
        self.push(copy);
    }

    /// Queues a message; one of QoS 0 is lost if nobody is there.
    pub(super) fn push(&mut self, message: Publish) {
        if self.link.is_none() && message.qos == QoS::AtMostOnce {
            return;
        }
        self.queue.push_back(Publish { dup: false, id: 0, ..message });
        if let Some((_, ear)) = &self.link {
            // A connection that is gone takes its session back soon.
            let _ = ear.send(Order::More);
        }
    }

    /// The next message to send, if `limit` leaves room for one more that waits.
    pub(super) fn next(&mut self, limit: usize) -> Option<Publish> {
        let first = self.queue.front()?;
        if first.qos == QoS::AtMostOnce {
            return self.queue.pop_front();
        }
        if self.waiting.len() >= limit {
            return None;
        }
        let mut message = self.queue.pop_front()?;
        while message.id == 0 || (!message.dup && self.waiting.iter().any(|other| other.id == message.id)) {
            self.last_id = self.last_id.wrapping_add(1);
            message.id = self.last_id;
        }
        self.waiting.push(Publish { dup: true, ..message.clone() });
        Some(message)
    }

    /// Takes the message off that was acknowledged.
    pub(super) fn acknowledge(&mut self, id: u16) -> Option<Publish> {
        let at = self.waiting.iter().position(|waiting| waiting.id == id)?;
        Some(self.waiting.remove(at))
    }

    /// What was not acknowledged comes first again.
    pub(super) fn resume(&mut self) {
        for message in std::mem::take(&mut self.waiting).into_iter().rev() {
            self.queue.push_front(message);
        }
    }
}
