//! A device at any broker: what it says to it, and what it takes from it. `broker_lifecycle` and `mosquitto` have brokers.

use crate::device::{Log, Mail, Panel};
use atecc608_cloud::mqtt::{Login, QoS, Will};
use cloud_app::apps::{Form, Names, Topics};
use cloud_app::{Application, Topic};

fn names() -> Names<'static> {
    let will = Will { topic: "d/1/online", payload: b"false", qos: QoS::AtLeastOnce, retain: true };
    Names {
        login: Login { user_name: Some("one"), will: Some(will), ..Login::new("sensor-1") },
        telemetry: "d/1/telemetry",
        state: "d/1/state",
        commands: Some("d/1/+/set"),
        birth: Some(b"true"),
    }
}

#[test]
fn topics_are_those_of_the_configuration() {
    let (outbox, log) = (Mail::new(), Log::default());
    let device = Topics::new(names(), Panel::new(&outbox, Form::Plain, &log));
    assert_eq!(device.login(), names().login);
    let mut topic = Topic::new();
    assert!(device.subscription(0, &mut topic));
    assert_eq!(topic.as_str(), "d/1/+/set");
    assert!(!device.subscription(1, &mut topic));
    device.telemetry_topic(None, &mut topic);
    assert_eq!(topic.as_str(), "d/1/telemetry");
    device.telemetry_topic(Some("alerts"), &mut topic);
    assert_eq!(topic.as_str(), "d/1/telemetry/alerts");
    device.state_topic(&mut topic);
    assert_eq!(topic.as_str(), "d/1/state");
    let silent = Names { commands: None, ..names() };
    assert!(!Topics::new(silent, Panel::new(&outbox, Form::Plain, &log)).subscription(0, &mut topic));
}

#[test]
fn commands_are_obeyed() {
    let (outbox, log) = (Mail::new(), Log::default());
    let panel = Panel::new(&outbox, Form::Plain, &log);
    let mut device = Topics::new(names(), panel.clone());
    device.message("d/1/now/set", br#"{"interval_s":5,"led":true,"x":0}"#);
    assert_eq!(panel.is_set(), (5, true));
    device.message("d/1/now/set", br#"{"interval_s":86401}"#);
    device.message("d/1/now/set", b"off");
    device.message("d/2/now/set", br#"{"led":false}"#);
    assert_eq!(panel.is_set(), (5, true));
    assert_eq!(
        *log.0.borrow(),
        [
            "Command: \"x\" is not known here, and passed over",
            "Command: a message every 5 s",
            "Command: LED on",
            "Command refused: interval_s is 86401, and must be 5 to 86400",
            "Command passed over: 3 bytes, not like {\"interval_s\":60,\"led\":true}",
            "A message to \"d/2/now/set\" was not asked for, and is passed over",
        ]
    );
}
