//! Servers that are not in the program, as real ones are not: mocks in this process, which see what the device does.

use mock_clouds::aws::{Service, Status};
use mock_clouds::azure::event_grid::{EventGrid, KnownBy, TopicSpace};
use mock_clouds::google::{self, Doors, TrustStore};
use mock_clouds::mqtt::{Broker, Listening};
use mock_clouds::tls::{Door, Now};
use mock_servers::bridge::wall_clock;
use mock_servers::google::{Pool, Rules};
use mock_servers::pki::{Holder, Request};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use testkit::examples::Ran;

use crate::made::{Servers, VALID};
use crate::program::{self, text};

const STS: &str = "sts.mtls.googleapis.com";

fn within(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

fn clock() -> Now {
    Arc::new(wall_clock)
}

fn ders(report: &Value, name: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(text(report, name).as_bytes()).map(Result::unwrap).collect()
}

/// A chip with its certificate, in a folder with the root of the servers.
struct World {
    folder: tempfile::TempDir,
    servers: Servers,
    ca: String,
    chip: String,
    device: Value,
}

impl World {
    fn new(cloud: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let servers = Servers::new(&["localhost", STS, "pubsub.googleapis.com"]);
        let ca = servers.root_file(folder.path());
        let chip = format!("sim:{}/chip", folder.path().display());
        let device = program::json(&["--i2c", &chip, "--cloud", cloud]);
        Self { folder, servers, ca, chip, device }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn name(&self) -> &str {
        text(&self.device, "client_id")
    }

    /// Runs the program while the servers of this process work.
    async fn run(&self, listening: &Listening, more: &[&str]) -> Ran {
        let endpoint = format!("localhost:{}", listening.address().port());
        let mut arguments: Vec<String> =
            ["--endpoint", &endpoint, "--ca", &self.ca, "--i2c", &self.chip].map(String::from).to_vec();
        arguments.extend(more.iter().map(|word| (*word).to_owned()));
        tokio::task::spawn_blocking(move || {
            program::run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
        })
        .await
        .unwrap()
    }

    async fn json(&self, listening: &Listening, more: &[&str]) -> Value {
        let ran = self.run(listening, &[more, &["--json"]].concat()).await;
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{more:?}");
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(report["mock"], false);
        report
    }

    async fn refused(&self, listening: &Listening, more: &[&str]) -> String {
        let ran = self.run(listening, more).await;
        assert_eq!(ran.code, Some(1), "{}", ran.stdout);
        assert!(
            ran.stderr.contains("\n  cause: ") && ran.stderr.contains("\n  what to do: "),
            "{}",
            ran.stderr
        );
        ran.stderr
    }
}

/// An account with a policy and a thing.
fn account(thing: &str) -> Service {
    let service = Service::new("localhost", clock()).unwrap();
    service.registry(|registry| {
        registry.create_policy("atecc608-device", include_str!("../../aws/device-policy.json")).unwrap();
        registry.create_thing(thing);
    });
    service
}

#[test]
fn aws_takes_the_registered_certificate_and_no_other() {
    within(async {
        let world = World::new("aws");
        let service = account(world.name());
        let listening = service.listen(&world.servers.server, 0).await.unwrap();
        let own = &ders(&world.device, "device_pem")[0];
        // Unknown, then switched off, then without a policy.
        let said = world.refused(&listening, &[]).await;
        assert!(said.contains("closed the connection instead of answering the login"), "{said}");
        assert!(said.contains("compare with the account"), "{said}");
        let id = service.registry(|registry| registry.register_certificate(own, Status::Inactive));
        world.refused(&listening, &[]).await;
        service.registry(|registry| assert!(registry.set_status(&id, Status::Active)));
        world.refused(&listening, &[]).await;
        service.registry(|registry| {
            assert!(
                registry.attach_policy(&id, "atecc608-device") && registry.attach_thing(&id, world.name())
            );
        });
        // Somebody wanted something while the device was away.
        let desired = json!({"state": {"desired": {"interval_s": 7, "led": "on"}}});
        service.update_shadow(world.name(), None, &desired).unwrap();
        let report = world.json(&listening, &["--wait", "100ms"]).await;
        assert_eq!(
            (&report["state"], &report["received"]),
            (&json!({"led": "on", "interval_s": 7}), &json!([]))
        );
        let shadow = service.shadow(world.name(), None).unwrap();
        assert_eq!(shadow["state"]["reported"], report["state"]);
        // The policy lets it be nobody else, and publish nowhere else.
        let said = world.refused(&listening, &["--thing", "another"]).await;
        assert!(said.contains("iot:Connect"), "{said}");
        let said = world.refused(&listening, &["--topic", "elsewhere/telemetry"]).await;
        assert!(said.contains("the device tried to publish to elsewhere/telemetry"), "{said}");
        let seen = service.broker().seen();
        assert!(
            seen.complaints
                .iter()
                .any(|words| words.contains("PublishPolicy") || words.contains("iot:Publish"))
        );
        let (peer, connect) = &seen.connected[0];
        assert_eq!(
            (peer.chain.len(), peer.sni.as_deref(), &*connect.client_id),
            (2, Some("localhost"), world.name())
        );
        // Names that are none.
        for (more, words) in [
            (["--thing", "a b"], "the thing name has ' ' in it"),
            (["--topic", "a/b/c/d/e/f/g/h/i"], "slashes"),
        ] {
            let said = world.refused(&listening, &more).await;
            assert!(said.contains(words), "{said}");
        }
    });
}

/// Nobody here says when it is activated: the device waits, and comes again.
#[test]
fn aws_registers_by_a_template_and_the_device_comes_again() {
    within(async {
        let world = World::new("aws");
        let service = account(world.name());
        let signer = &ders(&world.device, "chain_pem")[1];
        let template =
            include_str!("../../aws/jitp-registration.json").replace("ACCOUNT", mock_clouds::aws::ACCOUNT);
        service.registry(|registry| registry.register_authority(signer, Some(&template)).unwrap());
        let listening = service.listen_on_443(&world.servers.server, 0).await.unwrap();
        let report = world.json(&listening, &["--onboard", "jitp", "--alpn", "--wait", "1ms"]).await;
        assert_eq!((&report["handshakes"], &report["signatures"]), (&2.into(), &2.into()));
        assert!(report["steps"].to_string().contains("The device comes again in 2 s"));
        // Another failure is not waited for.
        let said = world.refused(&listening, &["--onboard", "jitp", "--alpn", "--thing", "a b"]).await;
        assert!(said.contains("the thing name has ' ' in it"), "{said}");
    });
}

#[test]
fn aws_by_claim_from_files() {
    within(async {
        let world = World::new("aws");
        let service = account("another");
        let claim = Holder::root(&Request { valid: VALID, ..Request::device("claim") }).unwrap();
        service.registry(|registry| {
            registry.create_policy("atecc608-claim", include_str!("../../aws/claim-policy.json")).unwrap();
            registry.create_template("atecc608", include_str!("../../aws/fleet-template.json")).unwrap();
            let id = registry.register_certificate(claim.der(), Status::Active);
            assert!(registry.attach_policy(&id, "atecc608-claim"));
        });
        let write = |name: &str, label: &str, der: &[u8]| {
            fs::write(world.path(name), mock_clouds::pem(label, der)).unwrap();
            world.path(name)
        };
        let certificate = write("claim.pem", "CERTIFICATE", claim.der());
        let key = write("claim.key", "PRIVATE KEY", claim.key().secret_der());
        let listening = service.listen(&world.servers.server, 0).await.unwrap();
        let claimed =
            ["--onboard", "claim", "--claim-certificate", &certificate, "--claim-key", &key, "--wait", "1ms"];
        let report = world.json(&listening, &[&claimed[..], &["--thing", "lamp-7"]].concat()).await;
        assert_eq!(
            (&report["client_id"], &report["handshakes"], &report["signatures"]),
            (&"lamp-7".into(), &2.into(), &1.into())
        );
        assert!(service.registry(|registry| registry.things()).contains(&"lamp-7".to_owned()));
        // A key that is none.
        fs::write(world.path("claim.key"), "no key").unwrap();
        let said = world.refused(&listening, &claimed).await;
        assert!(said.contains("--claim-key"), "{said}");
    });
}

#[test]
fn azure_by_thumbprint_or_authority() {
    within(async {
        let world = World::new("azure");
        let chain = ders(&world.device, "chain_pem");
        let space = || TopicSpace::open("devices/${client.authenticationName}/#");
        for (known, good) in [
            (KnownBy::Thumbprint(mock_clouds::azure::thumbprint(&chain[0])), true),
            (KnownBy::Subject, true),
            (KnownBy::Thumbprint(mock_clouds::azure::thumbprint(&chain[1])), false),
        ] {
            let namespace = EventGrid::new(clock())
                .with_client(world.name(), known)
                .with_authority(chain[1].clone())
                .with_space(space());
            let offer = namespace.offer();
            let broker = Broker::new(namespace, clock());
            let door = Door::new(&world.servers.server, &offer, clock()).unwrap();
            let listening = broker.listen(0, door).await.unwrap();
            let more = ["--cloud", "azure", "--wait", "1ms"];
            if good {
                let report = world.json(&listening, &more).await;
                let published = report["published"].as_array().unwrap();
                assert_eq!(broker.seen().published.len(), published.len());
            } else {
                let said = world.refused(&listening, &more).await;
                assert!(
                    said.contains("login refused with code 5") && said.contains("compare with the namespace"),
                    "{said}"
                );
            }
            let said = world.refused(&listening, &["--cloud", "azure", "--topic", "others/x"]).await;
            assert!(said.contains("the device tried to"), "{said}");
        }
    });
}

#[test]
fn google_by_its_trust_store() {
    within(async {
        let world = World::new("google");
        let root = &ders(&world.device, "root_pem")[0];
        let member = Pool::new("devices", Vec::new()).principal(7, world.name());
        let rules = Rules {
            project_number: 7,
            pools: vec![Pool::new("devices", Vec::new())],
            access_lifetime: 3599,
            access_length: 512,
            project: "my-project".into(),
            topics: vec!["telemetry".into()],
            publishers: vec![member.clone()],
            accounts: HashMap::new(),
        };
        let service = google::Service::new(rules, wall_clock);
        service.add(google::Provider::new("devices", "chips", TrustStore::of(root))).unwrap();
        service.base().subscribe("changes", std::slice::from_ref(&member));
        let doors = Doors::new(&world.servers.server, clock()).unwrap();
        let listening = service.listen(0, doors).await.unwrap();
        let google = [
            "--cloud",
            "google",
            "--project-number",
            "7",
            "--project",
            "my-project",
            "--subscription",
            "changes",
            "--wait",
            "5s",
        ];
        assert!(service.base().send("changes", br#"{"led":"on"}"#));
        let report = world.json(&listening, &google).await;
        assert_eq!(
            (&report["state"]["led"], &report["received"][0]["payload"]),
            (&"on".into(), &r#"{"led":"on"}"#.into())
        );
        assert_eq!(service.base().waiting("changes"), 0, "it was acknowledged");
        let published = service.base().seen().published;
        assert_eq!(published.len(), 3);
        assert!(published.iter().all(|message| message.principal == member));
        for (more, words) in [
            (["--provider", "others"], "there is no such provider"),
            (["--topic", "others"], "there is no such topic"),
            (["--subscription", "others"], "there is no such subscription"),
            (["--project", "others"], "roles/pubsub.publisher"),
            (["--pool", "Devices"], "lower-case letters"),
        ] {
            let said = world.refused(&listening, &[&google[..], &more].concat()).await;
            assert!(said.contains(words), "{more:?}: {said}");
        }
        assert!(Path::new(&world.path("chip.authority/ca/root.pem")).exists());
    });
}
