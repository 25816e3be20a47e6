//! A conversation over topics of one's own, as at a broker that has no shadow or twin.

use demo::Failure;
use std::time::Duration;

use crate::mocks::Mock;
use crate::report::Report;
use crate::session::{Session, shown};
use crate::state::State;

/// Where what goes.
#[derive(Debug)]
pub(crate) struct Topics {
    /// Telemetry, from the device.
    pub(crate) telemetry: String,
    /// What it shall do, to the device.
    pub(crate) desired: String,
    /// What it does, from the device.
    pub(crate) reported: String,
}

impl Topics {
    /// Below `devices/` and the device's name; telemetry elsewhere, if that was said.
    pub(crate) fn of(device: &str, telemetry: Option<&str>) -> Self {
        Self {
            telemetry: telemetry.map_or_else(|| format!("devices/{device}/telemetry"), str::to_owned),
            desired: format!("devices/{device}/desired"),
            reported: format!("devices/{device}/reported"),
        }
    }
}

/// Subscribes, publishes, takes a change, acts upon it, reports, logs out.
pub(super) async fn converse(
    mut session: Session<'_>,
    topics: &Topics,
    mock: Option<&Mock>,
    wait: Duration,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut state = State::default();
    session.subscribe(&[&topics.desired]).await?;
    report.say(format_args!("Subscribed to {}", topics.desired));

    let telemetry = super::telemetry(report);
    session.publish(&topics.telemetry, &telemetry, report).await?;
    report.say(format_args!("Published telemetry to {}: {telemetry}", topics.telemetry));
    let reported = state.json().to_string();
    session.publish(&topics.reported, &reported, report).await?;
    report.say(format_args!("Reported to {}: {reported}", topics.reported));

    if let Some(mock) = mock {
        mock.change();
    }
    let patience = mock.map_or(wait, |_| session.patience());
    match session.next(patience, report, |topic| topic == topics.desired).await? {
        Some(change) => {
            report.say(format_args!("Change received on {}: {}", change.topic, shown(&change)));
            super::act(&mut state, &super::json(&change.payload), report);
            report.received.push(change);
            let reported = state.json().to_string();
            session.publish(&topics.reported, &reported, report).await?;
            report.say(format_args!("Reported to {}: {reported}", topics.reported));
        }
        None => super::no_change(mock, patience, report)?,
    }
    report.state = state.json();
    session.log_out().await?;
    report.say("Logged out");
    Ok(())
}
