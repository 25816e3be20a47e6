//! A thing at AWS: its shadow, its will, its first login.

use crate::account::{Account, ENDPOINT, JITP, THING};
use crate::device::{Element, Log, Mail, Panel, pass, run};
use atecc608_cloud::aws::Thing;
use atecc608_cloud::aws::endpoint::Port;
use cloud_app::apps::{AwsThing, Form};
use serde_json::{Value, json};

/// A registered device at its account.
struct Scene {
    account: Account,
    element: Element,
    chain: [Vec<u8>; 2],
}

impl Scene {
    fn new() -> Self {
        let scene = Self::unknown(Port::Mqtt);
        scene.account.register(&scene.chain[0]);
        scene
    }

    fn unknown(port: Port) -> Self {
        let (account, element) = (Account::at(port), Element::new());
        let chain = account.certify(THING, &element.key.to_sec1());
        Self { account, element, chain }
    }

    /// From a start of the device to its end.
    async fn started(&self, story: impl AsyncFnOnce(&Panel<'_>)) -> Log {
        let (outbox, log) = (Mail::new(), Log::default());
        let panel = Panel::new(&outbox, Form::Shadow, &log);
        let thing = AwsThing::new(Thing::new(THING).unwrap(), panel.clone()).unwrap();
        let chain = [&self.chain[0][..], &self.chain[1]];
        run(&self.account.site, &self.element, &chain, thing, (&outbox, &log), async || story(&panel).await)
            .await;
        log
    }

    fn desire(&self, desired: Value) {
        self.account.service.update_shadow(THING, None, &json!({"state": {"desired": desired}})).unwrap();
    }

    fn shadow(&self) -> Value {
        self.account.service.shadow(THING, None).expect("a shadow")["state"].clone()
    }

    fn payloads(&self, topic: &str) -> Vec<String> {
        self.account.service.broker().seen().payloads(topic)
    }
}

const UPDATE: &str = "$aws/things/sensor-1/shadow/update";
const ONLINE: &str = "devices/sensor-1/online";

#[tokio::test(start_paused = true)]
async fn a_shadow_is_obeyed_and_reported() {
    let scene = Scene::new();
    let log = scene
        .started(async |panel| {
            panel.outbox.publish(None, b"{\"uptime_s\":1}").unwrap();
            pass(60).await;
            let reported = json!({"version": "1.2.3", "interval_s": 60, "led": false});
            assert_eq!(scene.shadow(), json!({"reported": reported}));
            scene.desire(json!({"interval_s": 30, "led": true}));
            pass(10).await;
            assert_eq!(panel.is_set(), (30, true));
            let reported = json!({"version": "1.2.3", "interval_s": 30, "led": true});
            assert_eq!(
                scene.shadow(),
                json!({"desired": {"interval_s": 30, "led": true}, "reported": reported})
            );
        })
        .await;
    assert_eq!(scene.account.complaints(), Vec::<String>::new());
    assert_eq!(scene.payloads("devices/sensor-1/telemetry"), ["{\"uptime_s\":1}"]);
    assert_eq!(scene.payloads(ONLINE)[0], "true");
    assert_eq!(scene.payloads(UPDATE).len(), 2, "one report of the start, one of the change");
    assert_eq!(scene.payloads("$aws/things/sensor-1/shadow/get"), [""], "asked once, before there was one");
    log.has("Shadow: a message every 30 s");
    log.has("Shadow: LED on");
    log.has(&format!("{ENDPOINT} has seen this device's certificate"));
    assert_eq!(log.count("logged in"), 1, "{}", log.text());
}

/// What can't be done stays desired, and is not sent to and fro.
#[tokio::test(start_paused = true)]
async fn what_is_refused_or_unknown_is_said_once() {
    let scene = Scene::new();
    let log = scene
        .started(async |panel| {
            pass(60).await;
            scene.desire(json!({"interval_s": 1, "led": true, "colour": {"red": 9}}));
            pass(600).await;
            assert_eq!(panel.is_set(), (60, true));
            scene.desire(json!({"led": "bright"}));
            pass(600).await;
            assert_eq!(panel.is_set(), (60, true));
        })
        .await;
    log.has("Shadow refused: interval_s is 1, and must be 5 to 86400");
    log.has("Shadow: \"colour\" is not known here, and passed over");
    log.has("what is desired is not like {\"interval_s\":60,\"led\":true}");
    assert_eq!(scene.payloads(UPDATE).len(), 2, "{:?}", scene.payloads(UPDATE));
    assert_eq!(scene.shadow()["reported"]["interval_s"], 60);
    assert_eq!(scene.account.complaints(), Vec::<String>::new());
}

/// What was desired while the device was away, and what it had forgotten.
#[tokio::test(start_paused = true)]
async fn a_restart_gets_what_is_desired() {
    let scene = Scene::new();
    scene.started(async |_| pass(60).await).await;
    // The will is delivered, and then somebody has a wish.
    pass(10).await;
    assert_eq!(scene.payloads(ONLINE), ["true", "false"]);
    scene.desire(json!({"interval_s": 120, "led": true}));
    for _ in 0..2 {
        scene
            .started(async |panel| {
                assert_eq!(panel.is_set(), (60, false));
                pass(60).await;
                assert_eq!(panel.is_set(), (120, true));
            })
            .await;
        let reported = json!({"version": "1.2.3", "interval_s": 120, "led": true});
        assert_eq!(scene.shadow()["reported"], reported);
    }
    assert_eq!(scene.account.complaints(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_cut_connection_has_its_will_and_comes_back() {
    let scene = Scene::new();
    let log = scene
        .started(async |panel| {
            pass(60).await;
            scene.account.site.cut_all();
            pass(1).await;
            assert_eq!(scene.payloads(ONLINE), ["true", "false"]);
            scene.desire(json!({"led": true}));
            pass(120).await;
            assert_eq!(panel.is_set(), (60, true));
        })
        .await;
    assert_eq!(scene.payloads(ONLINE)[..3], ["true", "false", "true"]);
    assert_eq!(log.count("logged in"), 2, "{}", log.text());
}

/// Its owner's CA is registered; AWS cuts the first connection and takes 20 seconds for the thing.
#[tokio::test(start_paused = true)]
async fn a_certificate_that_registers_itself() {
    let scene = Scene::unknown(Port::Mqtt);
    scene.account.service.registry(|registry| {
        registry.register_authority(scene.account.signer.der(), Some(JITP)).unwrap();
        registry.set_activation_delay(20);
    });
    let log = scene.started(async |_| pass(300).await).await;
    log.has("connection lost: ");
    assert_eq!(log.count("logged in"), 1, "{}", log.text());
    let complaints = scene.account.complaints();
    assert!(complaints[0].contains("the client must come again"), "{complaints:?}");
    assert_eq!(scene.account.service.registry(|registry| registry.things()), [THING]);
    assert_eq!(scene.shadow()["reported"]["interval_s"], 60);
}

/// Wherever in the signature of the handshake the chip goes away: at its begin and end at every transfer, between at some
/// of those that ask whether the chip is ready.
#[tokio::test(start_paused = true)]
async fn the_chip_is_pulled_out_in_the_handshake() {
    let scene = Scene::new();
    scene.started(async |_| pass(60).await).await;
    let transfers = scene.element.transfers.get();
    assert!(transfers > 20, "only {transfers} transfers for a signature");
    let inside = (0..transfers).filter(|at| *at < 10 || at % 20 == 0 || *at + 5 > transfers);
    for at in inside.chain([transfers]) {
        let scene = Scene::new();
        scene.element.pull_at.set(Some(at));
        let log = scene
            .started(async |_| {
                // The device tries again and again.
                pass(100).await;
                scene.element.put_back();
                pass(900).await;
            })
            .await;
        log.has("published the state");
        let unsigned = log.count("did not sign");
        // The last transfer lets the chip rest, when the signature is there already.
        assert_eq!(unsigned > 1, at + 1 < transfers, "{at} of {transfers}:\n{}", log.text());
    }
}

/// Port 443 speaks MQTT to those who ask for it.
#[tokio::test(start_paused = true)]
async fn port_443() {
    let scene = Scene::unknown(Port::Https);
    scene.account.register(&scene.chain[0]);
    let log = scene.started(async |_| pass(60).await).await;
    log.has("published the state");
    let seen = scene.account.service.broker().seen();
    assert_eq!(seen.connected[0].0.offered, ["x-amzn-mqtt-ca"]);
}
