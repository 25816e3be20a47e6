//! The same clients at the mock and at mosquitto itself: what comes of them is the same.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use mock_clouds::broker::Mosquitto;
use mock_clouds::broker::mosquitto::{Acl, Settings};
use mock_clouds::mqtt::{Broker, Listening};
use mock_clouds::tls::Now;
use mock_servers::pki::{Holder, Request};
use rustls::pki_types::CertificateRevocationListDer;

use crate::mosquitto::{nameless, revoked};
use crate::oracle::{ALWAYS, Identity, Session, TODAY, always, servers};

const ACL: &str =
    "pattern write devices/%u/up/#\npattern read devices/%u/down/#\n\nuser watcher\ntopic readwrite #\n";

fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

struct World {
    servers: Holder,
    server: Holder,
    root: Holder,
    stranger: Holder,
    lost: Holder,
    list: CertificateRevocationListDer<'static>,
}

impl World {
    fn new() -> Self {
        let (servers, server) = servers();
        let root = Holder::root(&always(Request::authority("root"))).unwrap();
        let stranger = Holder::root(&always(Request::authority("root"))).unwrap();
        let lost = root.issue(&always(Request::device("lost"))).unwrap();
        let list = revoked(&root, lost.der(), ((2000, 1, 1), (2099, 1, 1)));
        Self { servers, server, root, stranger, lost, list }
    }

    fn device(&self, name: &str) -> Identity {
        Identity::from(&self.root.issue(&always(Request::device(name))).unwrap())
    }
}

/// Mosquitto itself.
struct Real {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Real {
    async fn start(world: &World) -> Self {
        // A port that is free now. Somebody else may take it before mosquitto does: then again.
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            let folder = tempfile::tempdir().unwrap();
            let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
            write("ca.pem", &pem("CERTIFICATE", world.root.der()));
            write("cert.pem", &pem("CERTIFICATE", world.server.der()));
            write("key.pem", &pem("PRIVATE KEY", world.server.key().secret_der()));
            write("crl.pem", &pem("X509 CRL", &world.list));
            write("acl", ACL);
            let at = folder.path().display();
            // `user` counts for root alone, who would else become a user that can't read the key.
            write(
                "mosquitto.conf",
                &format!(
                    "user root\nlistener {port} 127.0.0.1\ncafile {at}/ca.pem\ncertfile {at}/cert.pem\n\
                     keyfile {at}/key.pem\ncrlfile {at}/crl.pem\nrequire_certificate true\n\
                     use_identity_as_username true\nuse_username_as_clientid true\nallow_anonymous false\n\
                     acl_file {at}/acl\n"
                ),
            );
            // Debian keeps daemons where users do not look.
            let daemon = Path::new("/usr/sbin/mosquitto");
            let mut mosquitto = Command::new(if daemon.exists() { daemon } else { Path::new("mosquitto") });
            mosquitto.arg("-c").arg(folder.path().join("mosquitto.conf")).stderr(Stdio::null());
            let mut child = mosquitto.spawn().expect("apt-get install mosquitto");
            for _ in 0..250 {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                if std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                    return Self { child, port, _folder: folder };
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("mosquitto did not start");
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn mock(world: &World) -> (Broker<Mosquitto>, Listening) {
    let settings = Settings {
        authorities: vec![world.root.der().clone()],
        revoked: Some(world.list.clone()),
        acl: Some(Acl::parse(ACL).unwrap()),
    };
    let now: Now = Arc::new(|| TODAY);
    let mosquitto = Mosquitto::new(settings, Now::clone(&now)).unwrap();
    let door = mosquitto.door(&world.server).unwrap();
    let broker = Broker::new(mosquitto, now);
    let listening = broker.listen(0, door).await.unwrap();
    (broker, listening)
}

/// What comes of each client, in words.
async fn story(world: &World, port: u16) -> Vec<String> {
    let enter = |identity: Option<Identity>, id: &'static str, user: Option<(&'static str, &'static str)>| async move {
        Session::new(port, &world.servers, identity.as_ref(), id, user).await
    };
    let mut told = Vec::new();
    let mut tell = |what: &str, outcome: String| told.push(format!("{what}: {outcome}"));
    let word = |session: Result<Session, String>| session.map_or_else(|why| why, |_| "welcome".into());
    tell("no certificate", word(enter(None, "x", None).await));
    let stranger = world.stranger.issue(&always(Request::device("sensor-1"))).unwrap();
    tell("another authority", word(enter(Some(Identity::from(&stranger)), "x", None).await));
    let ended = Request { valid: ((2000, 1, 1), (2001, 1, 1)), ..Request::device("sensor-1") };
    let ended = world.root.issue(&ended).unwrap();
    tell("ended", word(enter(Some(Identity::from(&ended)), "x", None).await));
    tell("revoked", word(enter(Some(Identity::from(&world.lost)), "x", None).await));
    let nameless = nameless(&world.root, ALWAYS);
    tell("no common name", word(enter(Some(nameless), "x", Some(("a", "b"))).await));

    let mut watcher = enter(Some(world.device("watcher")), "w", None).await.unwrap();
    tell("watching", format!("{:?}", watcher.subscribe("#").await));
    // Of another name than its certificate's, in both places: it is whom the certificate names.
    let mut first = enter(Some(world.device("sensor-1")), "sensor-2", Some(("sensor-2", "p"))).await.unwrap();
    tell("own topic", format!("{:?}", first.publish("devices/sensor-1/up/t", "1").await));
    tell("seen", format!("{:?}", watcher.message().await));
    tell("another's topic", format!("{:?}", first.publish("devices/sensor-2/up/t", "2").await));
    tell("own topic again", format!("{:?}", first.publish("devices/sensor-1/up/t", "3").await));
    tell("seen", format!("{:?}", watcher.message().await));

    let mut second = enter(Some(world.device("sensor-2")), "any", None).await.unwrap();
    tell("both there", format!("{:?}", (first.is_alive().await, second.is_alive().await)));
    tell("subscribed to all", format!("{:?}", second.subscribe("#").await));
    tell("to another's", format!("{:?}", watcher.publish("devices/sensor-1/down/t", "4").await));
    tell("to its own", format!("{:?}", watcher.publish("devices/sensor-2/down/t", "5").await));
    tell("heard", format!("{:?}", second.message().await));
    // The same certificate again, whatever it calls itself, takes the session.
    let mut again = enter(Some(world.device("sensor-2")), "other", None).await.unwrap();
    tell("taken over", format!("{:?}", (again.is_alive().await, second.is_alive().await)));
    told
}

#[tokio::test]
async fn the_mock_is_as_mosquitto() {
    let world = World::new();
    let (broker, listening) = mock(&world).await;
    let mock = story(&world, listening.address().port()).await;
    let real = Real::start(&world).await;
    let real = story(&world, real.port).await;
    assert_eq!(mock, real, "the mock, mosquitto; {:?}", broker.seen().complaints);
    assert_eq!(
        mock,
        [
            "no certificate: closed",
            "another authority: closed",
            "ended: closed",
            "revoked: closed",
            "no common name: BadUserNamePassword",
            "watching: Ok(Success(AtLeastOnce))",
            "own topic: Ok(())",
            "seen: Ok((\"devices/sensor-1/up/t\", \"1\"))",
            "another's topic: Ok(())",
            "own topic again: Ok(())",
            "seen: Ok((\"devices/sensor-1/up/t\", \"3\"))",
            "both there: (true, true)",
            "subscribed to all: Ok(Success(AtLeastOnce))",
            "to another's: Ok(())",
            "to its own: Ok(())",
            "heard: Ok((\"devices/sensor-2/down/t\", \"5\"))",
            "taken over: (true, false)",
        ]
    );
}
