use super::super::JsonError;
use super::*;
use std::string::{String, ToString};
use std::vec::Vec;

fn device() -> Device<'static> {
    Device::new("greenhouse.azure-devices.net", "sensor-1").unwrap()
}

#[test]
fn user_name_and_filters() {
    assert_eq!(device().user_name(), "greenhouse.azure-devices.net/sensor-1/?api-version=2021-04-12");
    assert_eq!(device().messages_filter(), "devices/sensor-1/messages/devicebound/#");
    assert_eq!(twin_get_topic(RequestId::new(1)), "$iothub/twin/GET/?$rid=1");
    assert_eq!(method_answer_topic(200, "a-1").unwrap(), "$iothub/methods/res/200/?$rid=a-1");
    assert!(method_answer_topic(200, "a&b").is_err());
    let long = "x".repeat(128);
    let longest = Device::new(&long, &long).unwrap();
    assert_eq!(longest.user_name().len(), USER_NAME_MAX);
    assert!(longest.messages_filter().ends_with('#'));
    assert!(Device::new("h", "a/b").is_err());
}

#[test]
fn properties_stand_in_the_topic() {
    let topic = |properties: &[Property<'_>]| device().events_topic(properties);
    assert_eq!(topic(&[]).unwrap(), "devices/sensor-1/messages/events/");
    assert_eq!(
        topic(&[
            Property::message_id("7"),
            Property::correlation_id("8"),
            Property::content_type("a/b;c=d"),
            Property::own("na'me", "é").unwrap()
        ])
        .unwrap(),
        "devices/sensor-1/messages/events/%24.mid=7&%24.cid=8&%24.ct=a%2Fb%3Bc%3Dd&na%27me=%C3%A9"
    );
    assert_eq!(topic(&[Property::JSON, Property::content_type("x")]).unwrap_err(), PropertyError::SameName);
    for name in ["", "$.ct", "$x", "a b", "a=b", "é", "a/b"] {
        assert_eq!(Property::own(name, "x").unwrap_err(), PropertyError::Name, "{name}");
    }
    let room = TOPIC_MAX - "devices/sensor-1/messages/events/a=".len();
    let long = "x".repeat(room);
    assert_eq!(topic(&[Property::own("a", &long).unwrap()]).unwrap().len(), TOPIC_MAX);
    let long = "x".repeat(room + 1);
    assert_eq!(topic(&[Property::own("a", &long).unwrap()]).unwrap_err(), PropertyError::TooLong);
    assert!(PropertyError::TooLong.to_string().contains("512"));
}

/// The example of "Communicate with an IoT hub using the MQTT protocol": null, empty, and a value.
#[test]
fn messages_from_the_cloud_have_properties() {
    let topic = "devices/sensor-1/messages/devicebound/?prop1&prop2=&prop3=a%20string&%24.mid=m";
    let Some(Incoming::Message(properties)) = device().incoming(topic) else { panic!() };
    let all: Vec<_> =
        properties.map(|(name, value)| (name.as_encoded(), value.map(|value| value.as_encoded()))).collect();
    assert_eq!(
        all,
        [("prop1", None), ("prop2", Some("")), ("prop3", Some("a%20string")), ("%24.mid", Some("m"))]
    );
    assert_eq!(properties.get("prop3").unwrap(), "a string");
    assert_eq!(properties.get("$.mid").unwrap(), "m");
    assert!(properties.get("prop1").is_none() && properties.get("prop4").is_none());
    for empty in ["devices/sensor-1/messages/devicebound", "devices/sensor-1/messages/devicebound/"] {
        assert!(matches!(device().incoming(empty), Some(Incoming::Message(bag)) if bag.count() == 0));
    }
}

#[test]
fn answers_changes_and_methods() {
    let answer = |topic| match device().incoming(topic) {
        Some(Incoming::TwinAnswer { status, request, version }) => (status.code(), request, version),
        other => panic!("{other:?}"),
    };
    assert_eq!(answer("$iothub/twin/res/200/?$rid=1"), (200, RequestId::new(1), None));
    assert_eq!(answer("$iothub/twin/res/204/?$rid=4294967295&$version=6").1, RequestId::new(u32::MAX));
    assert_eq!(answer("$iothub/twin/res/204/?$rid=7&$version=6").2, Some(6));
    let method = "$iothub/methods/POST/set%20led/?$rid=1a-b";
    assert!(matches!(
        device().incoming(method),
        Some(Incoming::Method { name, request: "1a-b" }) if name == "set led"
    ));
    for foreign in [
        "",
        "devices/sensor-2/messages/devicebound/",
        "devices/sensor-12/messages/devicebound/",
        "devices/sensor-1/messages/deviceboundx",
        "devices/sensor-1/messages/events/",
        "$iothub/twin/res/200/",
        "$iothub/twin/res/abc/?$rid=1",
        "$iothub/twin/res/200/?$rid=",
        "$iothub/twin/res/200/?$rid=x",
        "$iothub/twin/res/70000/?$rid=1",
        "$iothub/methods/POST/a",
        "$iothub/methods/POST//?$rid=1",
        "$iothub/methods/POST/a/b/?$rid=1",
        "$iothub/methods/POST/a/?rid=1",
        "$iothub/other",
    ] {
        assert!(device().incoming(foreign).is_none(), "{foreign}");
    }
}

#[derive(serde::Deserialize, Debug, PartialEq)]
struct Settings<'p> {
    interval: Option<u32>,
    mode: Option<&'p str>,
}

#[derive(serde::Deserialize, Debug, PartialEq)]
struct State {
    battery: Option<u8>,
}

#[test]
fn twins_are_read() {
    let twin: Twin<Settings<'_>, State> = read_twin(
        br#"{"desired":{"interval":5,"other":{"a":[1]},"$version":12},"reported":{"battery":55,"$version":123}}"#,
    )
    .unwrap();
    assert_eq!(twin.desired.version, 12);
    assert_eq!(twin.desired.values, Settings { interval: Some(5), mode: None });
    assert_eq!(twin.reported, State { battery: Some(55) });
    let change = |text: &'static str| read_desired::<Settings<'_>>(text.as_bytes());
    let desired = change(r#"{"mode":"eco","interval":null,"$version":8}"#).unwrap();
    assert_eq!((desired.values, desired.version), (Settings { interval: None, mode: Some("eco") }, 8));
    for wrong in ["", "{}", r#"{"interval":1}"#, r#"{"interval":"1","$version":1}"#, "[1]"] {
        assert_eq!(change(wrong).unwrap_err(), JsonError::Form, "{wrong}");
    }
}

#[test]
fn payloads_are_written_or_refused() {
    #[derive(serde::Serialize)]
    struct Report {
        interval: Option<u32>,
    }
    let mut buffer = [0; 32];
    assert_eq!(write_json(&Report { interval: None }, &mut buffer).unwrap(), br#"{"interval":null}"#);
    let small = write_json(&Report { interval: Some(1) }, &mut buffer[..10]).unwrap_err();
    assert_eq!(small, JsonError::BufferTooSmall { capacity: 10 });
}

#[test]
fn every_status_has_words() {
    let words: Vec<String> = [200, 204, 400, 401, 404, 412, 413, 429, 500, 503, 302]
        .map(|code| Status::new(code).to_string())
        .into();
    assert!(words.iter().all(|text| text.len() > 8), "{words:?}");
    assert!(Status::new(429).is_temporary() && Status::new(503).is_temporary());
    assert!(!Status::new(400).is_temporary() && !Status::new(400).is_success());
    assert!(Status::new(204).is_success());
}
