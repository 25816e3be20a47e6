//! The main job end to end: the built example as a user runs it, on success and on every kind of failure.
//! Including its modules here runs their own tests, too.

#[allow(dead_code, reason = "the program uses what the tests here do not")]
#[path = "../examples/gcp_jwt"]
mod example {
    pub(crate) mod failure;
    pub(crate) mod provision;
    pub(crate) mod report;
}

#[path = "common/examples.rs"]
mod examples;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use atecc608::Slot;
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip};
use base64ct::{Base64UrlUnpadded, Encoding};
use embassy_futures::block_on;
use example::provision::{Locking, provision};
use example::report::{Report, Steps};
use example::{failure, report};
use gcp_app::{BlockingChipSigner, ChipSigner, Device, Lifetime, TOKEN_MAX, Token};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use serde_json::Value;
use stand_ins::bridge::{Bridge, Rules, wall_clock};
use stand_ins::pki::{Holder, Request};
use stand_ins::tls::{Offer, acceptor};

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        examples::program(&examples::built(&["gcp_jwt"], &["src", "sim/src", "examples"]), "gcp_jwt")
    })
}

fn run(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    // Exactly one value: anything behind it is an error.
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs the program in vain; returns what it says on standard error.
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let message = text(&output.stderr).to_owned();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{:?}: {message}", output.status);
    assert!(message.starts_with("error: "), "{message}");
    for noise in ["panicked", "RUST_BACKTRACE", "Error {", "Err(", "Failure {"] {
        assert!(!message.contains(noise), "{message}");
    }
    message
}

/// Runs the program in vain past the command line: cause and advice are there.
fn failed(arguments: &[&str]) -> String {
    let message = refused(arguments);
    assert_eq!(message.matches("error: ").count(), 1, "{message}");
    assert!(message.contains("\n  cause: ") && message.contains("\n  what to do: "), "{message}");
    message
}

fn verify(report: &Value) -> Value {
    let (input, signature) = report["jwt"].as_str().unwrap().rsplit_once('.').unwrap();
    let key = VerifyingKey::from_public_key_pem(report["public_key_pem"].as_str().unwrap()).unwrap();
    let signature = Signature::from_slice(&Base64UrlUnpadded::decode_vec(signature).unwrap()).unwrap();
    key.verify(input.as_bytes(), &signature).expect("the token's signature fits the printed key");
    let (header, claims) = input.split_once('.').unwrap();
    let part = |part| serde_json::from_slice::<Value>(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap();
    assert_eq!(part(header), serde_json::json!({"alg": "ES256", "typ": "JWT"}));
    part(claims)
}

#[test]
fn chips_behind_either_driver_sign_tokens() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = atecc608::blocking::Atecc608::new(bus.i2c(), bus.delay());
    let mut ready = Report::default();
    provision(&mut chip, Slot::S0, Locking::Allowed, Steps { json: true }, &mut ready, || Ok(())).unwrap();
    let device = Device::new("p", "r", "reg", "dev").unwrap();
    let mut buffer = [0; TOKEN_MAX];
    let check = |token: &str| {
        let report = serde_json::json!({"jwt": token, "public_key_pem": ready.public_key_pem});
        assert_eq!(verify(&report)["exp"], 1_700_086_400);
    };
    let now = 1_700_000_000;
    let mut signer = BlockingChipSigner::new(&mut chip, Slot::S0);
    check(block_on(Token::issue(&device, now, Lifetime::MAX, &mut signer, &mut buffer)).unwrap().as_str());
    let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    let mut signer = ChipSigner::new(&mut chip, Slot::S0);
    check(block_on(Token::issue(&device, now, Lifetime::MAX, &mut signer, &mut buffer)).unwrap().as_str());
    // Slot 8 holds data, not a key.
    let mut signer = ChipSigner::new(&mut chip, Slot::S8);
    let error = block_on(Token::issue(&device, now, Lifetime::MAX, &mut signer, &mut buffer)).unwrap_err();
    assert!(error.to_string().starts_with("the token was not signed: "), "{error}");
}

#[test]
fn the_steps_are_printed_in_order() {
    let output = run(&[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut rest = text(&output.stdout);
    for step in [
        "Chip found: ATECC608A (00006002), serial number 0123",
        "Configuration written",
        "Configuration locked",
        "Key made in slot 0",
        "-----BEGIN PUBLIC KEY-----\nM",
        "-----END PUBLIC KEY-----\n",
        "Data zone locked",
        "the key is registered",
        "TLS 1.3 with localhost; the certificates that vouch for it:\n  CN=localhost (P-256), ",
        "\n  CN=Demo intermediate (P-256), ",
        "\n  CN=Demo root (P-256), ",
        ", pinned\n",
        "Token, signed by the chip:\neyJ",
        "Logged in to 127.0.0.1:",
        "Received configuration: {\"interval_s\":60}",
        "Published telemetry to /devices/demo-device/events: {",
        "Received command \"led\": {\"led\":\"on\"}",
        "Published state to /devices/demo-device/state",
        "Logged out",
        "The bridge has taken 2 messages; 2 of its own were acknowledged",
    ] {
        let at = rest.find(step).unwrap_or_else(|| panic!("{step:?} is not in\n{rest}"));
        rest = &rest[at + step.len()..];
    }
}

#[test]
fn json_is_one_object_with_a_token_that_verifies() {
    let report = json(&["--project", "p-1", "--device", "my-dev", "--lifetime", "24h", "--slot", "1"]);
    let claims = verify(&report);
    assert_eq!(claims["aud"], "p-1");
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 86_400);
    assert_eq!(report["expires"], claims["exp"]);
    assert_eq!(report["revision"], "ATECC608A (00006002)");
    assert_eq!(report["serial"].as_str().unwrap().len(), 18);
    assert_eq!(report["slot"], 1);
    assert_eq!((&report["new_key"], &report["locked_now"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!(
        report["client_id"],
        "projects/p-1/locations/us-central1/registries/demo-registry/devices/my-dev"
    );
    let topics = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap();
        list.iter().map(|message| message["topic"].as_str().unwrap().into()).collect()
    };
    assert_eq!(topics(&report["published"]), ["/devices/my-dev/events", "/devices/my-dev/state"]);
    assert_eq!(topics(&report["received"]), ["/devices/my-dev/config", "/devices/my-dev/commands/led"]);
    assert_eq!(report["received"][1]["payload"], "{\"led\":\"on\"}");
    let other = json(&[]);
    verify(&other);
    assert_ne!(other["public_key_pem"], report["public_key_pem"], "each simulated chip is another");
}

#[test]
fn a_kept_chip_keeps_key_and_locks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chip");
    let state = ["--state", file.to_str().unwrap()];
    let first = json(&state);
    let second = json(&state);
    verify(&second);
    for same in ["serial", "public_key_pem"] {
        assert_eq!(first[same], second[same]);
    }
    assert_eq!((&first["new_key"], &first["locked_now"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!((&second["new_key"], &second["locked_now"]), (&Value::Bool(false), &Value::Bool(false)));
    let output = run(&state);
    for found in ["Configuration found written and locked", "Key found in slot 0", "Data zone found locked"] {
        assert!(text(&output.stdout).contains(found));
    }
}

#[test]
fn wrong_options_are_refused() {
    for (arguments, explanation) in [
        (&["--slot", "3"][..], "use 0 or 1"),
        (&["--slot", "16"], "0 to 15"),
        (&["--slot", "-1"], "unexpected argument"),
        (&["--lifetime", "25h"], "at most 24 hours"),
        (&["--lifetime", "86401"], "at most 24 hours"),
        (&["--lifetime", "0"], "at least 1 second"),
        (&["--lifetime", "soon"], "a span such as 90s"),
        (&["--address", "0xC0", "--i2c", "/dev/i2c-1"], "8-bit notation"),
        (&["--address", "0x60"], "--i2c"),
        (&["--lock-chip-for-ever"], "--i2c"),
        (&["--state", "f", "--i2c", "/dev/i2c-1"], "cannot be used with"),
        (&["--nonsense"], "unexpected argument"),
    ] {
        let message = refused(arguments);
        assert!(message.contains(explanation), "{arguments:?}: {message}");
    }
    assert!(failed(&["--device", "a+b"]).contains("must not contain '+'"));
    assert!(failed(&["--project", ""]).contains("project name must have 1 to 63"));
}

#[test]
fn brokers_that_are_none_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let message = failed(&["--broker", &address, "--plain", "--json"]);
    assert!(message.contains(&address) && message.contains("could not be reached"), "{message}");
    assert!(run(&["--broker", &address, "--plain", "--json"]).stdout.is_empty(), "half a report");
    assert!(failed(&["--broker", "no-port"]).contains("could not be reached"));

    for (answer, explanation) in [
        (&b""[..], "closed the connection"),
        (b"\x20\x02\0\0", "closed the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "is it an MQTT 3.1.1 server"),
        (b"\x20\x02\0\x03", "not available at the moment"),
    ] {
        let address = listener(move |stream| {
            let _ = stream.read(&mut [0; 2000]);
            let _ = stream.write_all(answer);
        });
        let message = failed(&["--broker", &address, "--plain"]);
        assert!(message.contains(explanation) && message.contains(&address), "{message}");
    }
    // Says nothing, and goes only long after the time-out.
    let address = listener(|stream| {
        stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
        while stream.read(&mut [0; 2000]).is_ok_and(|n| n > 0) {}
    });
    let message = failed(&["--broker", &address, "--plain", "--timeout", "200ms"]);
    assert!(message.contains("no answer within 200ms"), "{message}");
}

/// A server that serves one connection; its address.
fn listener(serve: impl FnOnce(&mut std::net::TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        serve(&mut stream);
        // Closed in an orderly way: what the client sent is read.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        while stream.read(&mut [0; 2000]).is_ok_and(|n| n > 0) {}
    });
    address
}

/// Runs the program, with a kept chip, against a bridge in this process. `{root}` stands for the file of the
/// root that the bridge's certificate leads to, `{other root}` for that of another.
async fn against_bridge(device: Option<&str>, right_key: bool, more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (kept, other) = (folder.path().join("kept"), folder.path().join("other"));
    let pem_of = |file: &Path| {
        let report = json(&["--state", file.to_str().unwrap()]);
        report["public_key_pem"].as_str().unwrap().to_owned()
    };
    let key = pem_of(&kept);
    let other_key = pem_of(&other);
    let rules = Rules {
        project: "demo-project".into(),
        region: "us-central1".into(),
        registry: "demo-registry".into(),
        config: "c".into(),
        command: "d".into(),
        grace: Duration::from_secs(1),
    };
    let valid = ((2020, 1, 1), (2099, 12, 31));
    let root = |name| Holder::root(&Request { valid, ..Request::authority(name) }).unwrap();
    let (root, other_root) = (root("The root"), root("Another root"));
    let server = root.issue(&Request { valid, ..Request::server(&["127.0.0.1"]) }).unwrap();
    let bridge = match more.contains(&"--plain") {
        true => Bridge::start(rules).await,
        false => {
            let offer = Offer { now: wall_clock(), ..Offer::default() };
            Bridge::start_secured(rules, acceptor(&server, &offer).unwrap()).await
        }
    }
    .unwrap();
    if let Some(device) = device {
        bridge.register(device, if right_key { &key } else { &other_key }).unwrap();
    }
    let file = |name: &str, holder: &Holder| {
        let path = folder.path().join(name);
        std::fs::write(&path, holder.der()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (root, other_root) = (file("root", &root), file("other-root", &other_root));
    let mut arguments = vec!["--broker".into(), bridge.address().to_string(), "--state".into()];
    arguments.push(kept.to_str().unwrap().to_owned());
    arguments.extend(more.iter().map(|word| match *word {
        "{root}" => root.clone(),
        "{other root}" => other_root.clone(),
        word => word.to_owned(),
    }));
    tokio::task::spawn_blocking(move || Command::new(program()).args(arguments).output().unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_bridge_elsewhere_takes_the_registered_key_and_no_other() {
    for more in [&["--plain"][..], &["--root", "{root}"], &["--root", "{other root}", "--root", "{root}"]] {
        let good = against_bridge(Some("demo-device"), true, more).await;
        assert!(good.status.success(), "{}", text(&good.stderr));
        assert!(text(&good.stdout).contains("Received command \"led\": d"));
        assert_eq!(text(&good.stdout).contains("CN=The root"), more.contains(&"{root}"));
    }
    for (device, right_key, more, explanation) in [
        (Some("demo-device"), false, &[][..], "code 4: the token is not accepted"),
        (Some("demo-device"), true, &["--project", "other"], "code 2: client id rejected"),
        (None, true, &[], "code 5: the device is not authorised"),
    ] {
        let output = against_bridge(device, right_key, &[&["--root", "{root}"], more].concat()).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(explanation), "{}", text(&output.stderr));
    }
}

#[tokio::test]
async fn a_bridge_that_nobody_vouches_for_gets_no_token() {
    for more in [&["--root", "{other root}"][..], &[]] {
        let output = against_bridge(Some("demo-device"), true, more).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("CN=The root"), "{}", text(&output.stderr));
        assert!(!text(&output.stdout).contains("eyJ"), "{}", text(&output.stdout));
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let bad = file.path().to_str().unwrap();
    assert!(failed(&["--broker", "localhost:1", "--root", bad]).contains("can't be pinned"));
    assert!(failed(&["--broker", "localhost:1", "--root", "no-such-file"]).contains("can't be pinned"));
}

#[test]
fn chips_that_can_not_be_used_are_told_apart() {
    #[cfg(target_os = "linux")]
    assert!(failed(&["--i2c", "/dev/i2c-no-such-bus"]).contains("could not be opened"));
    #[cfg(not(target_os = "linux"))]
    assert!(failed(&["--i2c", "/dev/i2c-1"]).contains("Linux only"));

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("rubbish"), "not an EEPROM").unwrap();
    assert!(failed(&["--state", &path("rubbish")]).contains("left as it is"));
    assert_eq!(std::fs::read_to_string(path("rubbish")).unwrap(), "not an EEPROM");
    assert!(failed(&["--state", &path("no/such/folder")]).contains("No such file"));
    let in_use = StateFile::lock(path("used")).unwrap();
    assert!(failed(&["--state", &path("used")]).contains("in use"));
    drop(in_use);

    // Somebody else's: locked as it left the factory.
    let mut chip = Chip::blank(1);
    let mut config = *chip.eeprom().config();
    config[87] = 0;
    chip.eeprom_mut().set_config(&config);
    StateFile::lock(path("theirs")).unwrap().keep(chip.eeprom()).unwrap();
    assert!(failed(&["--state", &path("theirs")]).contains("locked with another configuration"));
}
