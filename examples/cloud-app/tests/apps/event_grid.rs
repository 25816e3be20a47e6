//! Azure Event Grid, as a configuration of the application for any broker.

use crate::device::{Element, Log, Mail, Panel, pass, run};
use crate::site::Site;
use atecc608_cloud::azure::event_grid::Client;
use atecc608_cloud::mqtt::{QoS, Will};
use cloud_app::apps::{Form, Names, Topics};
use mock_clouds::azure::event_grid::{EventGrid, KnownBy, TopicSpace};
use mock_clouds::mqtt::Broker;
use mock_clouds::mqtt::packet::Publish;
use mock_servers::pki::{Holder, Request};
use std::sync::Arc;
use tokio::time::Instant;

const HOST: &str = "greenhouse.westeurope-1.ts.eventgrid.azure.net";
const ID: &str = "sensor-1";

#[tokio::test(start_paused = true)]
async fn telemetry_commands_and_will() {
    let began = Instant::now();
    let signer = Holder::root(&Request::authority("Signer")).unwrap();
    let now = Arc::new(move || Site::<EventGrid>::now(began));
    let cloud = EventGrid::new(now.clone())
        .with_client(ID, KnownBy::Subject)
        .with_authority(signer.der().clone())
        .with_space(TopicSpace::open("devices/${client.authenticationName}/#"));
    let broker = Broker::new(cloud, now);
    let site = Site::new(&broker, HOST, &broker.cloud().offer(), &[], began);
    let element = Element::new();
    let own = signer.certify(&Request::device(ID), &element.key.to_sec1()).unwrap();

    let (outbox, log) = (Mail::new(), Log::default());
    let panel = Panel::new(&outbox, Form::Plain, &log);
    let mut login = Client::new(HOST, ID, ID).unwrap().login();
    let (topic, qos) = ("devices/sensor-1/online", QoS::AtLeastOnce);
    login.will = Some(Will { topic, payload: b"false", qos, retain: false });
    let names = Names {
        login,
        telemetry: "devices/sensor-1/telemetry",
        state: "devices/sensor-1/state",
        commands: Some("devices/sensor-1/commands"),
        birth: Some(b"true"),
    };
    outbox.publish(None, b"{}").unwrap();
    let application = Topics::new(names, panel.clone());
    run(&site, &element, &[&own], application, (&outbox, &log), async || {
        pass(60).await;
        broker.publish(Publish::new("devices/sensor-1/commands", r#"{"led":true}"#).at_least_once());
        pass(10).await;
        assert_eq!(panel.is_set(), (60, true));
        site.cut_all();
        pass(120).await;
    })
    .await;
    let seen = broker.seen();
    assert_eq!(seen.complaints, Vec::<String>::new());
    assert_eq!(seen.payloads("devices/sensor-1/telemetry"), ["{}"]);
    assert_eq!(seen.payloads(topic)[..3], ["true", "false", "true"]);
    let state = |led| format!("{{\"version\":\"1.2.3\",\"interval_s\":60,\"led\":{led}}}");
    let states = seen.payloads("devices/sensor-1/state");
    assert_eq!((&states[0], states.last()), (&state(false), Some(&state(true))));
    assert_eq!(log.count("logged in"), 2, "{}", log.text());
    assert_eq!(seen.connected[0].1.user_name.as_deref(), Some(ID));
}
