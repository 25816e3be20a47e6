//! A device at mosquitto, a broker that nobody here wrote, over TLS; what it publishes is seen by
//! mosquitto_sub, and what it is sent comes from mosquitto_pub.
//!
//! Needs Debian's packages `mosquitto` and `mosquitto-clients`, so it has to be asked for:
//! `cargo test -p cloud-app --features mosquitto --test servers mosquitto::`.

mod mutual;
mod process;

use crate::chip::SoftChip;
use crate::real::{HERE, Mail, NAME, authority, pass, sent, time_server, with_device};
use cloud_app::Server;
use process::{Broker, start};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

#[tokio::test]
async fn mosquitto_takes_the_device_as_it_is() {
    let (root, holder) = authority();
    let (chip, outbox, time) = (SoftChip::new(1), Mail::new(), time_server().await);
    let broker = Broker::start(&holder).await;
    // Retained, as a broker keeps a configuration.
    let config = ["-t", "/devices/sensor-1/config", "-q", "1", "-r", "-m", "interval=60"];
    broker.publish(&config).await;
    let topics = ["-t", "/devices/sensor-1/#", "-q", "1", "-F", "%q %t %p", "-C", "6", "-W", "60"];
    let mut watch = broker.client("mosquitto_sub", &topics);
    watch.stdout(Stdio::piped());
    let mut watch = start(watch);
    let mut seen = BufReader::new(watch.stdout.take().unwrap()).lines();
    // Once this has come, nothing will be missed.
    assert_eq!(seen.next().unwrap().unwrap(), "1 /devices/sensor-1/config interval=60");
    outbox.set_state(b"ready").unwrap();
    let server = Server::at(NAME, broker.tls, HERE);
    let log = with_device(server, &root, &time, &chip, &outbox, async |log| {
        log.wait("config: interval=60").await;
        log.wait("published the state").await;
        outbox.publish(None, b"t=21.5").unwrap();
        outbox.publish(Some("alerts"), b"hot").unwrap();
        sent(&outbox).await;
        let command = ["-t", "/devices/sensor-1/commands/led", "-q", "1", "-m", "on"];
        broker.publish(&command).await;
        log.wait("command led: on").await;
        // Longer than the keep-alive interval of 6 seconds and mosquitto's patience of half as much again.
        pass(10_000).await;
        outbox.publish(None, b"still here").unwrap();
        sent(&outbox).await;
    })
    .await;
    let seen: Vec<_> = seen.map(Result::unwrap).collect();
    watch.wait().unwrap();
    assert_eq!(
        seen,
        [
            "1 /devices/sensor-1/state ready",
            "1 /devices/sensor-1/events t=21.5",
            "1 /devices/sensor-1/events/alerts hot",
            "1 /devices/sensor-1/commands/led on",
            "1 /devices/sensor-1/events still here",
        ],
        "{}",
        log.text()
    );
    assert_eq!(log.text().matches("logged in").count(), 1, "{}", log.text());
}
