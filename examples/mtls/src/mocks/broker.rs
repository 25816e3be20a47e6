//! A mock of mosquitto with `require_certificate true` and `use_identity_as_username true`.

use demo::{Failure, unix_seconds};
use mock_clouds::broker::Mosquitto;
use mock_clouds::broker::mosquitto::{Acl, Settings};
use mock_clouds::mqtt::Broker;
use std::sync::Arc;
use std::time::Duration;

use super::{CHANGE, Mock, authority, message, not_started, of_door};
use crate::clouds::topics::Topics;
use crate::identity::Identity;
use crate::report::Report;

const NAME: &str = "broker.example.com";

pub(crate) async fn start(
    identity: &Identity,
    topics: &Topics,
    patience: Duration,
    report: &mut Report,
) -> Result<Mock, Failure> {
    let started = || {
        let root = identity.anchor().ok_or("there is no certificate")?.clone();
        let Topics { telemetry, desired, reported } = topics;
        let acl = format!(
            "user {}\ntopic write {telemetry}\ntopic read {desired}\ntopic write {reported}\n",
            identity.name
        );
        let settings = Settings { authorities: vec![root], revoked: None, acl: Some(Acl::parse(&acl)?) };
        let mosquitto = Mosquitto::new(settings, Arc::new(unix_seconds))?;
        let (server, root) = authority(&[NAME])?;
        let door = mosquitto.door(&server)?;
        Ok::<_, Box<dyn std::error::Error>>((mosquitto, door, root))
    };
    let (mosquitto, door, root) = started().map_err(not_started)?;
    let broker = Broker::new(mosquitto, Arc::new(unix_seconds));
    let (changed, desired) = (broker.clone(), topics.desired.clone());
    let change = move || changed.publish(message(&desired, CHANGE));
    let mock = of_door(NAME, broker, door, &root, patience, Box::new(change)).await?;
    report.say(format_args!(
        "A mock of mosquitto listens on {} as {NAME}; its cafile has the root of the device's certificate, its acl_file \
         the name {}",
        mock.server.address, identity.name
    ));
    Ok(mock)
}
