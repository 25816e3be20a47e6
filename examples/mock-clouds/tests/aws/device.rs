//! This project's device at the mock, without a network.

use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{Attribute, Csr, Name};
use atecc608::{DataContents, PublicKey, Slot, blocking};
use atecc608_cloud::aws::fleet::{self, CertificateProblem, Claim, FleetError, Step};
use atecc608_cloud::aws::shadow::{Accepted, Answer, Delta, Document, Rejected, Update, Versions};
use atecc608_cloud::aws::{FirstLogin, Next, Shadow, Thing};
use atecc608_cloud::mqtt::{Client, ClientError, Login, Messages, QoS};
use embedded_io_adapters::tokio_1::FromTokio;
use mock_clouds::Peer;
use mock_servers::pki::Holder;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::io::DuplexStream;

use crate::world::{JITP, World};

type Transport = FromTokio<DuplexStream>;

/// A connection on which nothing was said.
fn transport(world: &World, peer: Peer) -> Transport {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let broker = world.service.broker().clone();
    tokio::spawn(async move { broker.serve(theirs, peer).await });
    FromTokio::new(ours)
}

#[derive(Serialize)]
struct Reported {
    led: bool,
}

#[derive(Deserialize)]
struct Desired {
    led: Option<bool>,
}

/// A lamp with its shadow.
struct Lamp<'a> {
    shadow: Shadow<'a>,
    led: bool,
    versions: Versions,
    heard: Vec<(Answer, u64)>,
    refused: Vec<Rejected>,
}

impl<'a> Lamp<'a> {
    fn new(shadow: Shadow<'a>) -> Self {
        Self { shadow, led: false, versions: Versions::new(), heard: Vec::new(), refused: Vec::new() }
    }

    fn wish(&mut self, desired: Option<Desired>, version: u64) {
        if let (true, Some(led)) = (self.versions.is_new(version), desired.and_then(|desired| desired.led)) {
            self.led = led;
        }
    }
}

impl Messages for Lamp<'_> {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        let Some(answer) = self.shadow.answer(topic) else { panic!("{topic}") };
        let version = match answer {
            Answer::Got => {
                let document: Document<'_, Desired, Desired> = Document::read(payload).unwrap();
                self.wish(document.state.delta, document.version);
                document.version
            }
            Answer::Delta => {
                let delta: Delta<'_, Desired> = Delta::read(payload).unwrap();
                self.wish(Some(delta.state), delta.version);
                delta.version
            }
            Answer::Updated => Accepted::read(payload).unwrap().version,
            _ => {
                self.refused.push(Rejected::read(payload).unwrap());
                0
            }
        };
        self.heard.push((answer, version));
    }
}

/// Reports, and waits for the answer.
async fn report(client: &mut Client<'_, Transport>, lamp: &mut Lamp<'_>, version: Option<u64>) {
    let (mut buffer, reported) = ([0; 256], Reported { led: lamp.led });
    let update = Update::reported(&reported).with_token("report");
    let update = if let Some(version) = version { update.with_version(version) } else { update };
    let payload = update.write(&mut buffer).unwrap();
    let before = lamp.heard.len();
    client.publish(&lamp.shadow.update(), QoS::AtLeastOnce, payload, lamp).await.unwrap();
    while !lamp.heard[before..]
        .iter()
        .any(|(answer, _)| matches!(answer, Answer::Updated | Answer::NotUpdated))
    {
        client.receive(lamp).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_shadow_is_reported_to_and_obeyed() {
    for name in [None, Some("light")] {
        let world = World::new();
        let device = world.stranger("dev");
        world.register(&device, "dev", "atecc608-device");
        let thing = Thing::new("dev").unwrap();
        let shadow = name.map_or(Ok(Shadow::classic(thing)), |name| Shadow::named(thing, name)).unwrap();
        let mut lamp = Lamp::new(shadow);
        let (mut rx, mut tx) = ([0; 2048], [0; 512]);
        let transport = transport(&world, world.peer(&device));
        let mut client = Client::connect(transport, &thing.login(), &mut rx, &mut tx).await.unwrap();
        let filters = shadow.filters();
        let filters = filters.each_ref().map(|filter| filter.as_str());
        client.subscribe(&filters, &mut lamp).await.unwrap();
        // Nothing is there yet.
        client.publish(&shadow.get(), QoS::AtLeastOnce, b"", &mut lamp).await.unwrap();
        while lamp.refused.is_empty() {
            client.receive(&mut lamp).await.unwrap();
        }
        assert!(lamp.refused[0].is_missing(), "{}", lamp.refused[0]);
        report(&mut client, &mut lamp, None).await;
        assert_eq!(world.service.shadow("dev", name).unwrap()["state"], json!({"reported": {"led": false}}));
        // Somebody wants light.
        world.service.update_shadow("dev", name, &json!({"state": {"desired": {"led": true}}})).unwrap();
        while !lamp.led {
            client.receive(&mut lamp).await.unwrap();
        }
        report(&mut client, &mut lamp, Some(2)).await;
        let state = world.service.shadow("dev", name).unwrap()["state"].clone();
        assert_eq!(state, json!({"desired": {"led": true}, "reported": {"led": true}}));
        report(&mut client, &mut lamp, Some(2)).await;
        assert!(lamp.refused[1].is_conflict() && lamp.refused[1].token == "report");
        // What was wanted while it was away comes with the document.
        client.disconnect().await.unwrap();
        world.service.update_shadow("dev", name, &json!({"state": {"desired": {"led": false}}})).unwrap();
        let (mut rx, mut tx) = ([0; 2048], [0; 512]);
        let again = self::transport(&world, world.peer(&device));
        let mut client = Client::connect(again, &thing.login(), &mut rx, &mut tx).await.unwrap();
        client.subscribe(&filters, &mut lamp).await.unwrap();
        client.publish(&shadow.get(), QoS::AtLeastOnce, b"", &mut lamp).await.unwrap();
        while lamp.led {
            client.receive(&mut lamp).await.unwrap();
        }
        assert_eq!(lamp.heard.last(), Some(&(Answer::Got, 4)));
        assert_eq!(world.complaints(), Vec::<String>::new());
    }
}

/// Patience for a certificate that registers itself.
#[tokio::test(start_paused = true)]
async fn a_device_that_registers_itself_comes_again() {
    let world = World::new();
    let device = world.stranger("dev");
    world.service.registry(|registry| {
        registry.register_authority(world.owner.der(), Some(JITP)).unwrap();
        registry.set_activation_delay(10);
    });
    let (mut first, mut waits) = (FirstLogin::new(), Vec::new());
    let login = Login::new("dev");
    loop {
        let (mut rx, mut tx) = ([0; 256], [0; 256]);
        let transport = transport(&world, world.peer(&device));
        match Client::connect(transport, &login, &mut rx, &mut tx).await {
            Ok(_) => break,
            Err(error) => match first.failed(&error) {
                Next::Wait(time) => {
                    world.later(time.as_secs());
                    waits.push(time.as_secs());
                }
                other => panic!("{other}"),
            },
        }
    }
    assert_eq!(waits, [2, 5, 10]);
    // One that nobody registers is given up.
    let stranger = Holder::root(&mock_servers::pki::Request::device("stranger")).unwrap();
    let mut first = FirstLogin::new();
    let mut tries = 0;
    let last = loop {
        let (mut rx, mut tx) = ([0; 256], [0; 256]);
        let transport = transport(&world, world.peer(&stranger));
        let error = Client::connect(transport, &login, &mut rx, &mut tx).await.err().unwrap();
        tries += 1;
        match first.failed(&error) {
            Next::Wait(_) => {}
            last => break last,
        }
    };
    assert_eq!((tries, last), (7, Next::GiveUp));
}

/// A chip's key and its request.
fn request(name: &str, seed: u64) -> (PublicKey, String) {
    let bus = atecc608_sim::Bus::with_blank_chip(seed);
    let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    let (key, _) = chip.ensure_key(Slot::S0).unwrap();
    chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();
    let attributes = [Attribute::common_name(name)];
    let csr = Csr::new(Name::Attributes(&attributes));
    let (mut der, mut pem) = ([0; 512], [0; 512]);
    (key, chip.sign_csr_pem(Slot::S0, &csr, &mut der, &mut pem).unwrap().to_owned())
}

/// A claim that is logged in, and asks.
async fn ask(
    world: &World,
    template: &str,
    csr: &str,
    parameters: &[(&str, &str)],
    key: &PublicKey,
) -> Result<(String, Vec<u8>), FleetError<std::io::Error>> {
    let holder = world.stranger("claim");
    world.register(&holder, "claim", "open");
    let (mut rx, mut tx, mut room) = ([0; fleet::RECEIVE_BUFFER], [0; 512], [0; fleet::ROOM]);
    let transport = transport(world, world.peer(&holder));
    let mut client = Client::connect(transport, &Login::new("claim"), &mut rx, &mut tx).await.unwrap();
    let claim = Claim::new(template, csr, parameters)?;
    let provisioned = fleet::provision(&mut client, &claim, &mut room).await?;
    let mut der = [0; 1024];
    let der = provisioned.der(key, &mut der)?.to_vec();
    assert_eq!(provisioned.certificate_id().len(), 64);
    Ok((provisioned.thing().to_owned(), der))
}

#[tokio::test(start_paused = true)]
async fn a_chip_gets_a_certificate_by_claim() {
    let world = World::new();
    let (key, csr) = request("0123", 1);
    let (thing, der) = ask(&world, "atecc608", &csr, &[("SerialNumber", "0123")], &key).await.unwrap();
    assert_eq!(thing, "0123");
    let certificate = atecc608::x509::Certificate::parse(&der).unwrap();
    assert_eq!(certificate.validity().unwrap().not_after.to_string(), "2049-12-31T23:59:59Z");
    assert_eq!(certificate.public_key().unwrap(), key);
    // With which it logs in.
    let peer = Peer { chain: vec![der.into()], ..world.peer(&world.owner) };
    let (mut rx, mut tx) = ([0; 256], [0; 256]);
    let transport = transport(&world, peer);
    let thing = Thing::new(&thing).unwrap();
    let mut client = Client::connect(transport, &thing.login(), &mut rx, &mut tx).await.unwrap();
    let topic = thing.topic("telemetry").unwrap();
    client.publish(&topic, QoS::AtLeastOnce, b"1", &mut ()).await.unwrap();
    assert_eq!(world.service.broker().seen().payloads("devices/0123/telemetry"), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_by_claim_has_words() {
    let world = World::new();
    let (key, csr) = request("0123", 1);
    let (other, _) = request("0123", 2);
    let parameters = [("SerialNumber", "0123")];
    let refused = ask(&world, "atecc608", &csr, &[], &key).await.unwrap_err();
    assert!(matches!(&refused, FleetError::Refused(Step::Thing, refusal) if refusal.status == 400));
    assert!(refused.to_string().contains("SerialNumber"), "{refused}");
    let refused = ask(&world, "nothing", &csr, &parameters, &key).await.unwrap_err();
    assert!(matches!(&refused, FleetError::Refused(Step::Thing, refusal) if refusal.status == 404));
    let refused =
        ask(&world, "atecc608", &csr.replacen("MH", "MG", 1).replacen("MI", "MJ", 1), &parameters, &key)
            .await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, FleetError::Refused(Step::Certificate, refusal) if refusal.status == 400),
        "{refused}"
    );
    let refused = ask(&world, "atecc608", "no", &parameters, &key).await.unwrap_err();
    assert!(matches!(refused, FleetError::Csr));
    let refused = ask(&world, "atecc608", &csr, &parameters, &other).await.unwrap_err();
    assert!(matches!(refused, FleetError::Certificate(CertificateProblem::OtherKey)), "{refused}");
    let refused = ask(&world, "a/b", &csr, &parameters, &key).await.unwrap_err();
    assert!(matches!(refused, FleetError::Template(_)), "{refused}");
}

/// The claim's own policy permits one template alone.
#[tokio::test(start_paused = true)]
async fn a_policy_that_forbids_closes_the_connection() {
    let world = World::new();
    let holder = world.stranger("claim");
    world.register(&holder, "claim", "atecc608-claim");
    let (_, csr) = request("0123", 1);
    let (mut rx, mut tx, mut room) = ([0; fleet::RECEIVE_BUFFER], [0; 512], [0; fleet::ROOM]);
    let transport = transport(&world, world.peer(&holder));
    let mut client = Client::connect(transport, &Login::new("claim"), &mut rx, &mut tx).await.unwrap();
    let claim = Claim::new("another", &csr, &[]).unwrap();
    let closed = fleet::provision(&mut client, &claim, &mut room).await.unwrap_err();
    assert!(matches!(closed, FleetError::Client(ClientError::Closed)));
    assert!(closed.to_string().contains("create-from-csr"), "{closed}");
}

#[tokio::test(start_paused = true)]
async fn small_buffers_are_told() {
    let world = World::new();
    let holder = world.stranger("claim");
    world.register(&holder, "claim", "atecc608-claim");
    let (_, csr) = request("0123", 1);
    let claim = Claim::new("atecc608", &csr, &[]).unwrap();
    for (receive, room, expected) in
        [(1024, fleet::ROOM, "receive buffer"), (4096, 2047, "room"), (4096, 2100, "room")]
    {
        let (mut rx, mut tx, mut room) = (vec![0; receive], [0; 512], vec![0; room]);
        let transport = transport(&world, world.peer(&holder));
        let mut client = Client::connect(transport, &Login::new("claim"), &mut rx, &mut tx).await.unwrap();
        let error = fleet::provision(&mut client, &claim, &mut room).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
