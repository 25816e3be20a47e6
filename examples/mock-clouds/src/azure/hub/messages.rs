//! What devices subscribe to and publish, and what the hub says to it.

use super::{Device, Hub, Rule};
use crate::azure::query;
use crate::lock;
use crate::mqtt::Delivery;
use crate::mqtt::packet::Publish;

impl Hub {
    /// What a device may subscribe to. The pages name these four and say that there are no others; a part of one is let through, as
    /// else nobody could ever have five.
    pub(super) fn is_filter(id: &str, filter: &str) -> bool {
        [
            &format!("devices/{id}/messages/devicebound/"),
            "$iothub/twin/res/",
            "$iothub/twin/PATCH/properties/desired/",
            "$iothub/methods/POST/",
        ]
        .iter()
        .any(|start| filter.strip_prefix(*start).is_some_and(|rest| rest == "#" || rest.ends_with("/#")))
    }

    /// What the hub makes of a message by its topic.
    pub(super) fn handle(&self, id: &str, publish: &Publish) -> Result<Vec<Delivery>, String> {
        let topic = publish.topic.as_str();
        if let Some(bag) = topic.strip_prefix(&format!("devices/{id}/messages/events")) {
            let bag = bag.strip_prefix('/').or(bag.is_empty().then_some(bag));
            let pairs = bag.and_then(query::pairs);
            let own = |pairs: &Vec<(String, _)>| pairs.iter().all(|(name, _)| !name.is_empty());
            let fine = pairs.as_ref().is_some_and(own);
            self.rules
                .check(Rule::Properties, fine, || format!("{topic:?}: no percent-encoded properties"))?;
            return Ok(Vec::new());
        }
        let answer = |status: u16, rid: &str, more: &str, payload: String| {
            let topic = format!("$iothub/twin/res/{status}/?$rid={rid}{more}");
            vec![Delivery::to(id, Publish::new(topic, payload).at_least_once())]
        };
        if let Some(rid) = request(topic, "$iothub/twin/GET/") {
            let twin = self.twin(id).unwrap_or_default();
            return Ok(answer(200, &rid, "", twin.to_json().to_string()));
        }
        if let Some(rid) = request(topic, "$iothub/twin/PATCH/properties/reported/") {
            let mut devices = lock(&self.devices);
            let report = |device: &mut Device| {
                serde_json::from_slice(&publish.payload).ok().and_then(|patch| device.twin.report(&patch))
            };
            return Ok(match devices.get_mut(id).and_then(report) {
                Some(version) => answer(204, &rid, &format!("&$version={version}"), String::new()),
                None => answer(400, &rid, "", String::new()),
            });
        }
        let method = topic.strip_prefix("$iothub/methods/res/");
        if let Some((status, _)) = method.and_then(|rest| rest.split_once("/?$rid=")) {
            let is_json = publish.payload.is_empty()
                || serde_json::from_slice::<serde::de::IgnoredAny>(&publish.payload).is_ok();
            self.rules.check(Rule::MethodAnswer, is_json && status.parse::<i32>().is_ok(), || {
                format!("{topic:?}: no number as status, or no JSON")
            })?;
            return Ok(Vec::new());
        }
        self.rules.check(Rule::PublishTopic, false, || format!("{id} may not publish to {topic:?}"))?;
        Ok(Vec::new())
    }
}

/// The request id of `START?$rid=ID`.
fn request(topic: &str, start: &str) -> Option<String> {
    query::value(topic.strip_prefix(start)?, "$rid").filter(|rid| !rid.is_empty())
}
