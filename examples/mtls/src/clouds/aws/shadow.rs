//! Telemetry, and the thing's shadow: reported, desired, what differs.

use atecc608_cloud::aws::shadow::{Answer, Rejected, Shadow, Update, Versions};
use atecc608_cloud::aws::{Thing, shadow};
use demo::Failure;
use serde_json::Value;

use crate::cli::Options;
use crate::clouds;
use crate::mocks::Mock;
use crate::report::Report;
use crate::session::{Session, shown};
use crate::state::State;

/// Telemetry out, the shadow reported, a change taken, acted upon, reported.
pub(super) async fn converse(
    session: Session<'_>,
    thing: Thing<'_>,
    topic: &str,
    mock: Option<&Mock>,
    options: &Options,
    report: &mut Report,
) -> Result<(), Failure> {
    let shadow = Shadow::classic(thing);
    let mut device = Device { session, shadow, state: State::default(), versions: Versions::new() };
    let filters = shadow.filters();
    device.session.subscribe(&filters.each_ref().map(|filter| filter.as_str())).await?;
    report.say("Subscribed to the shadow");

    // What was desired while the device was away.
    match device.ask(&shadow.get(), "", [Answer::Got, Answer::NotGot], report).await? {
        Ok(document) => {
            device.versions.is_new(version(&document));
            let delta = document["state"]["delta"].clone();
            report.say(format_args!("Shadow read; to be changed: {}", clouds::text(&delta)));
            if !delta.is_null() {
                clouds::act(&mut device.state, &delta, report);
            }
        }
        Err(refusal) if refusal.is_missing() => report.say("There is no shadow yet"),
        Err(refusal) => return Err(refused("the question for the shadow", &refusal)),
    }

    let telemetry = clouds::telemetry(report);
    device.session.publish(topic, &telemetry, report).await?;
    report.say(format_args!("Published telemetry to {topic}: {telemetry}"));
    device.tell(report).await?;

    if let Some(mock) = mock {
        mock.change();
    }
    let patience = mock.map_or(options.wait, |_| device.session.patience());
    let is_delta = |topic: &str| shadow.answer(topic) == Some(Answer::Delta);
    match device.session.next(patience, report, is_delta).await? {
        Some(change) => {
            report.say(format_args!("Change of the shadow received: {}", shown(&change)));
            let delta = clouds::json(&change.payload);
            report.received.push(change);
            // Messages come in any order: an older one was acted upon already.
            if device.versions.is_new(version(&delta)) {
                clouds::act(&mut device.state, &delta["state"], report);
            }
            device.tell(report).await?;
        }
        None => clouds::no_change(mock, patience, report)?,
    }
    report.state = device.state.json();
    device.session.log_out().await?;
    report.say("Logged out");
    Ok(())
}

fn version(document: &Value) -> u64 {
    document["version"].as_u64().unwrap_or(0)
}

struct Device<'s, 't> {
    session: Session<'s>,
    shadow: Shadow<'t>,
    state: State,
    versions: Versions,
}

impl Device<'_, '_> {
    /// Asks on this topic: what was accepted, or why it was rejected.
    async fn ask(
        &mut self,
        topic: &str,
        payload: &str,
        [accepted, rejected]: [Answer; 2],
        report: &mut Report,
    ) -> Result<Result<Value, Rejected>, Failure> {
        self.session.publish(topic, payload, report).await?;
        let shadow = self.shadow;
        let is_answer =
            |topic: &str| shadow.answer(topic).is_some_and(|answer| answer == accepted || answer == rejected);
        let answer = self.session.answer(topic, report, is_answer).await?;
        if shadow.answer(&answer.topic) == Some(accepted) {
            return Ok(Ok(clouds::json(&answer.payload)));
        }
        let refusal = Rejected::read(answer.payload.as_bytes());
        refusal.map(Err).map_err(|error| Failure::new("the shadow service has refused", error, "run again"))
    }

    /// Reports what the device does.
    async fn tell(&mut self, report: &mut Report) -> Result<(), Failure> {
        let mut buffer = [0; shadow::DOCUMENT_MAX];
        let document = Update::reported(&self.state).write(&mut buffer);
        let document =
            document.map_err(|error| Failure::new("the report was written", error, "run again"))?;
        let document = String::from_utf8_lossy(document);
        let topic = self.shadow.update();
        match self.ask(&topic, &document, [Answer::Updated, Answer::NotUpdated], report).await? {
            Ok(accepted) => {
                self.versions.is_new(version(&accepted));
                report.say(format_args!("Reported to the shadow: {}", self.state.json()));
                Ok(())
            }
            Err(refusal) => Err(refused("the report", &refusal)),
        }
    }
}

fn refused(what: &str, refusal: &Rejected) -> Failure {
    Failure::new(
        format_args!("the shadow service refused {what}"),
        refusal,
        "look at the thing's shadow and the policy in the console",
    )
}
