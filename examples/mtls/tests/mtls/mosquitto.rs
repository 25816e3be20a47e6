//! The device at mosquitto, a broker that nobody here wrote, with `require_certificate true` and
//! `use_identity_as_username true`.
//!
//! Needs Debian's packages `mosquitto` and `mosquitto-clients`, so it has to be asked for:
//! `cargo test -p mtls --features mosquitto --test mtls mosquitto::`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::made::Servers;
use crate::program::{failed, json, text};

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
    log: PathBuf,
}

impl Broker {
    /// `clients` is the authority of the devices.
    fn start(folder: &Path, clients: &str, servers: &Servers, more: &str) -> Self {
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        write("clients.pem", clients);
        write("server.pem", &servers.chain_pem);
        write("server.key", &servers.key_pem);
        let (at, log) = (folder.display(), folder.join("log"));
        // Two ports that are free now. Somebody else may take one before mosquitto does: then again.
        for _ in 0..5 {
            let listeners = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
            let [tls, plain] = listeners.map(|listener| listener.local_addr().unwrap().port());
            // `user` counts for root alone, who would else become a user that can't read the key.
            write(
                "mosquitto.conf",
                &format!(
                    "user root\nper_listener_settings true\nlistener {tls} 127.0.0.1\ncafile {at}/clients.pem\n\
                     certfile {at}/server.pem\nkeyfile {at}/server.key\nrequire_certificate true\n\
                     use_identity_as_username true\n{more}listener {plain} 127.0.0.1\nallow_anonymous true\n"
                ),
            );
            let mut mosquitto = command("mosquitto");
            mosquitto.arg("-c").arg(folder.join("mosquitto.conf")).stderr(fs::File::create(&log).unwrap());
            let mut child = start(mosquitto);
            for _ in 0..250 {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                let open = |port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
                if open(tls) && open(plain) {
                    return Self { child, tls, plain, log };
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("mosquitto did not start: {}", fs::read_to_string(&log).unwrap_or_default());
    }

    fn endpoint(&self) -> String {
        format!("localhost:{}", self.tls)
    }

    /// mosquitto_sub or mosquitto_pub at the port for people.
    fn client(&self, name: &str, arguments: &[&str]) -> Command {
        let mut client = command(name);
        client.args(["-h", "127.0.0.1", "-p", &self.plain.to_string(), "-V", "mqttv311"]).args(arguments);
        client
    }

    /// Somebody's change, which waits for the device.
    fn retain(&self, topic: &str, payload: &str) {
        let client = self.client("mosquitto_pub", &["-q", "1", "-r", "-t", topic, "-m", payload]);
        assert!(start(client).wait().unwrap().success());
    }

    /// Whether it writes this into its log, at last.
    fn logs(&self, words: &str) -> bool {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            if fs::read_to_string(&self.log).unwrap().contains(words) {
                return true;
            }
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_name_in_the_certificate_is_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let chip = format!("sim:{}/chip", folder.path().display());
    let servers = Servers::new(&["localhost"]);
    let ca = servers.root_file(folder.path());
    // The chip gets its certificate, and the authority with it.
    let own = json(&["--i2c", &chip, "--cloud", "mosquitto"]);
    let name = text(&own, "client_id");
    fs::write(folder.path().join("acl"), "pattern write devices/%u/telemetry\npattern write devices/%u/reported\npattern read devices/%u/desired\n").unwrap();
    let acl = format!("acl_file {}/acl\n", folder.path().display());
    let broker = Broker::start(folder.path(), text(&own, "root_pem"), &servers, &acl);
    let desired = format!("devices/{name}/desired");
    broker.retain(&desired, r#"{"led":"on"}"#);
    let topics = ["-t", "devices/#", "-q", "1", "-F", "%t %p", "-C", "7", "-W", "60"];
    let mut watch = broker.client("mosquitto_sub", &topics);
    watch.stdout(Stdio::piped());
    let mut watch = start(watch);
    let mut seen = BufReader::new(watch.stdout.take().unwrap()).lines().map(Result::unwrap);
    // Once this has come, nothing will be missed.
    assert_eq!(seen.next().unwrap(), format!("{desired} {{\"led\":\"on\"}}"));
    let endpoint = broker.endpoint();
    let device = ["--cloud", "mosquitto", "--i2c", &chip, "--endpoint", &endpoint, "--ca", &ca];
    for version in ["1.2", "1.3"] {
        let report = json(&[&device[..], &["--tls", version, "--client-id", name]].concat());
        assert_eq!((&report["tls_version"], &report["mock"]), (&version.into(), &false.into()));
        assert_eq!((&report["handshakes"], &report["signatures"]), (&1.into(), &1.into()));
        assert_eq!(report["received"][0]["payload"], r#"{"led":"on"}"#);
        assert_eq!(report["state"]["led"], "on");
        let lines: Vec<String> = seen.by_ref().take(3).collect();
        let published = report["published"].as_array().unwrap();
        let sent: Vec<String> = published
            .iter()
            .map(|message| {
                format!("{} {}", message["topic"].as_str().unwrap(), message["payload"].as_str().unwrap())
            })
            .collect();
        assert_eq!(lines, sent);
        assert!(lines[2].contains("\"led\":\"on\""), "{lines:?}");
    }
    watch.wait().unwrap();
    // The broker calls the device by the common name of its certificate.
    assert!(
        broker.logs(&format!(" as {name} (p2, c1, k600, u'{name}')")),
        "{}",
        fs::read_to_string(&broker.log).unwrap()
    );
}

#[test]
fn devices_that_it_does_not_take() {
    let folder = tempfile::tempdir().unwrap();
    let servers = Servers::new(&["localhost"]);
    let ca = servers.root_file(folder.path());
    let own = json(&["--cloud", "mosquitto"]);
    let broker = Broker::start(folder.path(), text(&own, "root_pem"), &servers, "");
    let endpoint = broker.endpoint();
    // Another chip, with a certificate of another authority.
    for version in ["1.2", "1.3"] {
        let said = failed(&["--cloud", "mosquitto", "--endpoint", &endpoint, "--ca", &ca, "--tls", version]);
        assert!(said.contains("cause: the server refused the device\n  seen as: "), "{said}");
        assert!(said.contains("cafile"), "{said}");
    }
    assert!(broker.logs("certificate verify failed"));
    // The broker is another one than was thought.
    let other = Servers::of("Other root", &["localhost"]).root_file(folder.path());
    let said = failed(&["--cloud", "mosquitto", "--endpoint", &endpoint, "--ca", &other]);
    assert!(said.contains("the server is not believed to be localhost"), "{said}");
}
