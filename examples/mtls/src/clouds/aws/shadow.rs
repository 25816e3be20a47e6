//! Telemetry, and the thing's shadow: reported, desired, what differs.

use demo::Failure;
use mock_servers::Message;
use serde_json::{Value, json};

use crate::cli::Options;
use crate::clouds;
use crate::mocks::Mock;
use crate::report::Report;
use crate::session::{Session, shown};
use crate::state::State;

/// The shadow's topics.
struct Topics {
    get: String,
    update: String,
    delta: String,
}

impl Topics {
    fn of(thing: &str) -> Self {
        let shadow = format!("$aws/things/{thing}/shadow");
        Self {
            get: format!("{shadow}/get"),
            update: format!("{shadow}/update"),
            delta: format!("{shadow}/update/delta"),
        }
    }
}

/// Telemetry out, the shadow reported, a change taken, acted upon, reported.
pub(super) async fn converse(
    session: Session<'_>,
    thing: &str,
    mock: Option<&Mock>,
    options: &Options,
    report: &mut Report,
) -> Result<(), Failure> {
    let topics = Topics::of(thing);
    let mut device = Device { session, topics, state: State::default() };
    let answers = ["get", "update"]
        .map(|verb| ["accepted", "rejected"].map(|how| format!("$aws/things/{thing}/shadow/{verb}/{how}")));
    let [[one, two], [three, four]] = &answers;
    device.session.subscribe(&[&device.topics.delta, one, two, three, four]).await?;
    report.say("Subscribed to the shadow");

    // What was desired while the device was away.
    let topic = device.topics.get.clone();
    let answer = device.ask(&topic, "", report).await?;
    match answer {
        Ok(document) => {
            let delta = document["state"]["delta"].clone();
            report.say(format_args!("Shadow read; to be changed: {}", clouds::text(&delta)));
            if !delta.is_null() {
                clouds::act(&mut device.state, &delta, report);
            }
        }
        Err(refusal) if refusal["code"] == 404 => report.say("There is no shadow yet"),
        Err(refusal) => return Err(refused("the question for the shadow", &refusal)),
    }

    let topic = options.topic.clone().unwrap_or_else(|| format!("devices/{thing}/telemetry"));
    let telemetry = clouds::telemetry(report);
    device.session.publish(&topic, &telemetry, report).await?;
    report.say(format_args!("Published telemetry to {topic}: {telemetry}"));
    device.tell(report).await?;

    if let Some(mock) = mock {
        mock.change();
    }
    let patience = mock.map_or(options.wait, |_| device.session.patience());
    let delta = device.topics.delta.clone();
    match device.session.next(patience, report, |topic| topic == delta).await? {
        Some(change) => {
            report.say(format_args!("Change of the shadow received: {}", shown(&change)));
            clouds::act(&mut device.state, &clouds::json(&change.payload)["state"], report);
            report.received.push(change);
            device.tell(report).await?;
        }
        None => clouds::no_change(mock, patience, report)?,
    }
    report.state = device.state.json();
    device.session.log_out().await?;
    report.say("Logged out");
    Ok(())
}

struct Device<'s> {
    session: Session<'s>,
    topics: Topics,
    state: State,
}

impl Device<'_> {
    /// Asks on this topic: what was accepted, or why it was rejected.
    async fn ask(
        &mut self,
        topic: &str,
        payload: &str,
        report: &mut Report,
    ) -> Result<Result<Value, Value>, Failure> {
        self.session.publish(topic, payload, report).await?;
        let (accepted, rejected) = (format!("{topic}/accepted"), format!("{topic}/rejected"));
        let is_answer = |topic: &str| topic == accepted || topic == rejected;
        let Message { topic, payload } = self.session.answer(topic, report, is_answer).await?;
        let document = clouds::json(&payload);
        Ok(if topic == accepted { Ok(document) } else { Err(document) })
    }

    /// Reports what the device does.
    async fn tell(&mut self, report: &mut Report) -> Result<(), Failure> {
        let document = json!({ "state": { "reported": self.state.json() } }).to_string();
        let topic = self.topics.update.clone();
        match self.ask(&topic, &document, report).await? {
            Ok(_) => report.say(format_args!("Reported to the shadow: {}", self.state.json())),
            Err(refusal) => return Err(refused("the report", &refusal)),
        }
        Ok(())
    }
}

fn refused(what: &str, refusal: &Value) -> Failure {
    Failure::new(
        format_args!("the shadow service rejected {what}"),
        clouds::text(refusal),
        "look at code and message; the thing's shadow in the console shows what is there",
    )
}
