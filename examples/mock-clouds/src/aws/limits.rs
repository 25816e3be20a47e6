//! What is counted and measured: topics, messages, subscriptions.

use super::{Aws, Rule};
use crate::mqtt::packet::Subscribe;
use crate::mqtt::{Cut, Publish, QoS, code};

/// Longest message, in bytes.
pub(super) const PAYLOAD_MAX: usize = 128 * 1024;
/// Longest topic, in bytes.
const TOPIC_MAX: usize = 256;
/// Most slashes in a topic.
const SLASHES_MAX: usize = 7;
/// Most filters in a SUBSCRIBE.
const FILTERS_MAX: usize = 8;
/// Most subscriptions of a connection.
const SUBSCRIPTIONS_MAX: usize = 50;
/// Most publishes of a connection in a second.
const RATE_MAX: u32 = 100;

impl Aws {
    /// A topic or a filter.
    fn measure(&self, topic: &str) -> Result<(), Cut> {
        // `$aws/rules/NAME/` does not count.
        let counted = match topic.strip_prefix("$aws/rules/").and_then(|rest| rest.split_once('/')) {
            Some((_, rest)) => rest,
            None => topic,
        };
        if counted.len() > TOPIC_MAX && self.holds(Rule::TopicLength) {
            let reason = format!("a topic of {} bytes, and {TOPIC_MAX} are allowed", counted.len());
            return Err(Cut::because(code::TOPIC_NAME_INVALID, reason));
        }
        let slashes = counted.matches('/').count();
        if slashes > SLASHES_MAX && self.holds(Rule::TopicSlashes) {
            let reason = format!("a topic of {slashes} slashes, and {SLASHES_MAX} are allowed");
            return Err(Cut::because(code::TOPIC_NAME_INVALID, reason));
        }
        Ok(())
    }

    pub(super) fn measure_message(&self, publish: &Publish) -> Result<(), Cut> {
        self.measure(&publish.topic)?;
        let reserved = publish.topic.starts_with('$');
        if publish.payload.len() > PAYLOAD_MAX && self.holds(Rule::PayloadLength) {
            let reason =
                format!("a message of {} bytes, and {PAYLOAD_MAX} are allowed", publish.payload.len());
            return Err(Cut::because(code::PACKET_TOO_LARGE, reason));
        }
        if publish.retain && reserved && self.holds(Rule::RetainReserved) {
            let reason = format!("a retained message on the reserved topic {:?}", publish.topic);
            return Err(Cut::because(code::RETAIN_NOT_SUPPORTED, reason));
        }
        Ok(())
    }

    /// `count`: publishes of this connection in this second, this one included.
    pub(super) fn measure_rate(&self, count: u32) -> Result<(), Cut> {
        if count > RATE_MAX && self.holds(Rule::PublishRate) {
            let reason = format!("more than {RATE_MAX} publishes in a second");
            return Err(Cut::because(code::MESSAGE_RATE_TOO_HIGH, reason));
        }
        Ok(())
    }

    pub(super) fn measure_subscribe(&self, subscribe: &Subscribe, held: &[String]) -> Result<(), Cut> {
        let filters = &subscribe.filters;
        if filters.len() > FILTERS_MAX && self.holds(Rule::Filters) {
            let reason = format!("{} filters in a SUBSCRIBE, and {FILTERS_MAX} are allowed", filters.len());
            return Err(Cut::because(code::QUOTA_EXCEEDED, reason));
        }
        filters.iter().try_for_each(|filter| self.measure(&filter.path))?;
        let new = filters.iter().filter(|filter| !held.contains(&filter.path)).count();
        if held.len() + new > SUBSCRIPTIONS_MAX && self.holds(Rule::Subscriptions) {
            let reason = format!("more than {SUBSCRIPTIONS_MAX} subscriptions");
            return Err(Cut::because(code::QUOTA_EXCEEDED, reason));
        }
        Ok(())
    }

    /// QoS 2 gets no answer.
    pub(super) fn passes_over(&self, qos: QoS) -> bool {
        qos == QoS::ExactlyOnce && self.holds(Rule::ExactlyOnce)
    }
}
