//! A device at mosquitto, a broker that nobody here wrote, over TLS; what it publishes is seen by
//! mosquitto_sub, and what it is sent comes from mosquitto_pub.
//!
//! Needs Debian's packages `mosquitto` and `mosquitto-clients`, so it has to be asked for:
//! `cargo test -p cloud-app --features mosquitto --test servers mosquitto::`.

use crate::chip::SoftChip;
use crate::real::{HERE, Mail, NAME, authority, pass, sent, time_server, with_device};
use base64ct::{Base64, Encoding};
use cloud_app::Server;
use mock_servers::pki::Holder;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Debian keeps daemons where users do not look.
fn command(name: &str) -> Command {
    let daemon = format!("/usr/sbin/{name}");
    Command::new(if Path::new(&daemon).exists() { daemon } else { name.to_owned() })
}

fn start(mut command: Command) -> Child {
    let program = command.get_program().to_owned();
    command.spawn().unwrap_or_else(|error| {
        panic!("{program:?} did not start ({error}); apt-get install mosquitto mosquitto-clients")
    })
}

/// mosquitto with a port for devices, over TLS, and one for people.
struct Broker {
    child: Child,
    tls: u16,
    plain: u16,
    _folder: tempfile::TempDir,
}

impl Broker {
    async fn start(holder: &Holder) -> Self {
        // Two ports that are free now. Somebody else may take one before mosquitto does: then again.
        for _ in 0..5 {
            let listeners = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
            let [tls, plain] = listeners.map(|listener| listener.local_addr().unwrap().port());
            let folder = tempfile::tempdir().unwrap();
            let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
            let chain: String = holder.chain().iter().map(|der| pem("CERTIFICATE", der)).collect();
            write("chain.pem", &chain);
            write("key.pem", &pem("PRIVATE KEY", holder.key().secret_der()));
            let at = folder.path().display();
            // `user` counts for root alone, who would else become a user that can't read the key.
            write(
                "mosquitto.conf",
                &format!(
                    "user root\nallow_anonymous true\nlistener {plain} 127.0.0.1\nlistener {tls} 127.0.0.1\n\
                     certfile {at}/chain.pem\nkeyfile {at}/key.pem\ntls_version tlsv1.3\n"
                ),
            );
            let mut mosquitto = command("mosquitto");
            mosquitto.arg("-c").arg(folder.path().join("mosquitto.conf")).stderr(Stdio::null());
            let mut child = start(mosquitto);
            for _ in 0..250 {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                let open = |port| std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
                if open(tls) && open(plain) {
                    return Self { child, tls, plain, _folder: folder };
                }
                pass(20).await;
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("mosquitto did not start");
    }

    /// mosquitto_sub or mosquitto_pub at the port for people.
    fn client(&self, name: &str, arguments: &[&str]) -> Command {
        let mut client = command(name);
        client.args(["-h", "127.0.0.1", "-p", &self.plain.to_string(), "-V", "mqttv311"]).args(arguments);
        client
    }

    async fn publish(&self, arguments: &[&str]) {
        let mut child = start(self.client("mosquitto_pub", arguments));
        while child.try_wait().unwrap().is_none() {
            pass(20).await;
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
