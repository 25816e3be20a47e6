//! The main job end to end: the built example as a user runs it, on success and on every kind of failure.

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
use mock_servers::bridge::{Bridge, Rules, wall_clock};
use mock_servers::pki::{Holder, Key, Request};
use mock_servers::tls::{Offer, acceptor};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use serde_json::Value;
use testkit::examples;

/// What people are told that they will read.
fn promised(text: &str) -> bool {
    let (_, host) = include_str!("../MESSAGES.md").split_once("## The host program").unwrap();
    host.contains(&format!("`{text}`"))
}

/// The built example. `cargo test` builds it beside the tests; with `--test` alone it may be missing or older than its
/// sources, and is built here.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let sources =
            ["src", "sim/src", "cloud/src", "linux/src", "examples/gcp_jwt", "examples/mock-servers/src"];
        let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../gcp_jwt");
        let sources = sources.map(|folder| format!("../../{folder}"));
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        examples::program(&examples::built(demo, &["gcp_jwt"], &sources), "gcp_jwt")
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

/// Runs the program in vain; returns what it says on standard error, after warnings.
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let mut message = text(&output.stderr);
    while let Some((_, rest)) = message.split_once('\n').filter(|(line, _)| line.starts_with("warning: ")) {
        message = rest;
    }
    let message = message.to_owned();
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
    match report["jwks"].as_str().filter(|_| !report["message_ids"].as_array().unwrap().is_empty()) {
        None => assert_eq!(part(header), serde_json::json!({"alg": "ES256", "typ": "JWT"})),
        Some(jwks) => {
            let jwks: Value = serde_json::from_str(jwks).unwrap();
            let kid = &jwks["keys"][0]["kid"];
            assert_eq!(part(header), serde_json::json!({"alg": "ES256", "typ": "JWT", "kid": kid}));
            let coordinate =
                |name: &str| Base64UrlUnpadded::decode_vec(jwks["keys"][0][name].as_str().unwrap());
            let point = key.to_sec1_point(false);
            assert_eq!([coordinate("x").unwrap(), coordinate("y").unwrap()].concat(), point.as_bytes()[1..]);
        }
    }
    part(claims)
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
        (&["--slot", "-1"], "0 to 15"),
        (&["--slot"], "missing"),
        (&["argument"], "unexpected argument"),
        (&["-x"], "invalid option"),
        (&["--lifetime", "25h"], "at most 24 hours"),
        (&["--lifetime", "86401"], "at most 24 hours"),
        (&["--lifetime", "0"], "at least 1 second"),
        (&["--lifetime", "soon"], "a span such as 90s"),
        (&["--address", "0xC0", "--i2c", "/dev/i2c-1"], "the 7-bit address is 0x60"),
        (&["--address", "0x60"], "--i2c"),
        (&["--lock-chip-for-ever"], "--i2c"),
        (&["--root", "file"], "--broker"),
        (&["--direct", "--broker", "localhost:1"], "cannot be used with"),
        (&["--direct", "--plain"], "--broker"),
        (&["--project-number", "7"], "--direct"),
        (&["--direct", "--google", "localhost:1"], "--project-number"),
        (&["--direct", "--root", "file"], "--project-number"),
        (&["--state", "f", "--i2c", "/dev/i2c-1"], "cannot be used with"),
        (&["--nonsense"], "unexpected argument"),
    ] {
        let message = refused(arguments);
        assert!(message.contains(explanation), "{arguments:?}: {message}");
    }
    assert!(failed(&["--device", "a+b"]).contains("must not contain '+'"));
    assert!(failed(&["--project", ""]).contains("project name must have 1 to 63"));
    assert!(failed(&["--direct", "--pool", "Devices"]).contains("--pool"));
    assert!(failed(&["--kid", "a\"b"]).contains("change --kid"));
}

/// Trust&GO answers at 0x35 and is locked for ever with its maker's configuration and a key in slot 0.
#[test]
fn a_chip_of_somebody_else_logs_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chip");
    let state = ["--state", file.to_str().unwrap()];
    let bus = Bus::with_blank_chip(1);
    let lock = |data: u8| {
        bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| {
            let mut config = *chip.eeprom().config();
            config[16..84].copy_from_slice(&atecc608::config::preset::TNGTLS[16..84]);
            config[88..].copy_from_slice(&atecc608::config::preset::TNGTLS[88..]);
            (config[86], config[87]) = (data, 0);
            chip.eeprom_mut().set_config(&config);
            StateFile::lock(&file).unwrap().keep(chip.eeprom()).unwrap();
        });
        bus.power_cycle();
    };
    lock(0x55);
    let trust_and_go = atecc608::Address::from_7bit(0x35).unwrap();
    let mut chip = atecc608::blocking::Atecc608::new(bus.i2c(), bus.delay()).with_address(trust_and_go);
    chip.generate_key(Slot::S0, atecc608::irreversible::OldKeyIsLost).unwrap();
    lock(0x00);
    let output = run(&state);
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{errors}");
    for words in
        ["Chip answers at 0x35", "not this program's: it stays as it is", "Signing in slot 0", "Logged in to"]
    {
        assert!(said.contains(words), "{said}");
    }
    let report = json(&[&state[..], &["--slot", "0"]].concat());
    verify(&report);
    assert_eq!((&report["slot"], &report["locked_now"]), (&Value::from(0), &Value::Bool(false)));
    assert!(failed(&[&state[..], &["--slot", "1"]].concat()).contains("may not sign digests from outside"));
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
        (b"\x20\x02\0\x0D", "login refused with code 13: MQTT 3.1.1 has no such code"),
        (
            b"\x20\x03\0\x84\0",
            "login refused with code 132: the server does not take MQTT 3.1.1; it may want MQTT 5",
        ),
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
        config: "c\u{1b}[2J\nerased".into(),
        command: "d".into(),
        grace: Duration::from_secs(1),
    };
    let valid = ((2020, 1, 1), (2099, 12, 31));
    let key_kind = if more.contains(&"{rsa}") { Key::Rsa } else { Key::P256 };
    let root = |name| Holder::root(&Request { valid, key: key_kind, ..Request::authority(name) }).unwrap();
    let (root, other_root) = (root("The root"), root("Another root"));
    let request = Request { valid, key: key_kind, ..Request::server(&["127.0.0.1"]) };
    let server = root.issue(&request).unwrap();
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
    arguments.extend(more.iter().filter(|word| **word != "{rsa}").map(|word| match *word {
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
    for more in [
        &["--plain"][..],
        &["--root", "{root}"],
        &["--root", "{other root}", "--root", "{root}"],
        // On a host RSA is built in.
        &["{rsa}", "--root", "{root}"],
    ] {
        let good = against_bridge(Some("demo-device"), true, more).await;
        assert!(good.status.success(), "{}", text(&good.stderr));
        assert!(text(&good.stdout).contains("Received command \"led\": d"));
        // What a server sends does not command the terminal.
        let shown = r"Received configuration: c\u{1b}[2J\nerased";
        assert!(text(&good.stdout).contains(shown) && promised(shown));
        assert_eq!(text(&good.stdout).contains("(RSA-2048)"), more.contains(&"{rsa}"));
        assert_eq!(text(&good.stderr), "", "nothing to warn of on this machine");
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
    // Neither a key nor an empty file is a root, and without one nobody would be trusted.
    for (contents, words) in [
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "there is no certificate in it"),
        ("", "not an X.509 certificate"),
        ("GTS R4", "not an X.509 certificate"),
    ] {
        std::fs::write(&file, contents).unwrap();
        let message = failed(&["--broker", "localhost:1", "--root", bad]);
        assert!(message.contains("can't be pinned") && message.contains(words), "{message}");
        let cause = message.lines().find_map(|line| line.trim().strip_prefix("cause: ")).unwrap();
        assert!(promised(cause), "{cause}");
    }
}

#[test]
fn a_token_in_the_clear_is_warned_of() {
    // A name that is nobody's (RFC 6761).
    let output = run(&["--broker", "broker.invalid:1883", "--plain", "--timeout", "200ms", "--json"]);
    let said = text(&output.stderr);
    let warning = said.lines().next().unwrap();
    assert!(warning.starts_with("warning: --plain sends the token") && promised(warning), "{said}");
    assert!(said.contains("\nerror: the broker broker.invalid:1883 could not be reached"), "{said}");
    for here in ["127.0.0.1:1", "localhost:1", "[::1]:1"] {
        assert!(
            !text(&run(&["--broker", here, "--plain", "--timeout", "1s"]).stderr).contains("warning"),
            "{here}"
        );
    }
}

#[test]
fn google_itself_takes_the_device() {
    let output = run(&["--direct", "--device", "sensor-1", "--project", "p-1"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut rest = text(&output.stdout);
    for step in [
        "Key made in slot 0",
        "{\"keys\":[{\"kty\":\"EC\",\"alg\":\"ES256\",\"use\":\"sig\",\"kid\":\"sensor-1\",\"crv\":\"P-256\",\"x\":\"",
        "provider sensor-1 with this JWKS and the condition assertion.sub=='sensor-1'",
        "TLS 1.3 with sts.googleapis.com",
        "Token, signed by the chip:\neyJ",
        "sts.googleapis.com gave an access token of 1024 bytes, good for 3599 s",
        "TLS 1.3 with pubsub.googleapis.com",
        "Published to projects/p-1/topics/telemetry: {",
        "workloadIdentityPools/devices/subject/sensor-1",
    ] {
        let at = rest.find(step).unwrap_or_else(|| panic!("{step:?} is not in\n{rest}"));
        rest = &rest[at + step.len()..];
    }
    let account = "publisher@demo-project.iam.gserviceaccount.com";
    let report =
        json(&["--direct", "--service-account", account, "--kid", "k-2", "--subject", "greenhouse/7"]);
    let claims = verify(&report);
    assert_eq!(
        (&claims["sub"], &claims["iss"]),
        (&"greenhouse/7".into(), &"https://devices.example.com".into())
    );
    assert!(
        claims["aud"].as_str().unwrap().ends_with("/workloadIdentityPools/devices/providers/demo-device")
    );
    assert_eq!(report["message_ids"].as_array().unwrap().len(), 1);
}

/// A cloud in this process, set up for `sensor-1`; `condition` as the operator wrote it.
async fn against_google(condition: &str, more: &[&str]) -> (Output, usize) {
    use mock_servers::google::{Pool, Provider, Rules, Service};
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept").to_str().unwrap().to_owned();
    let jwks = json(&["--state", &kept, "--kid", "sensor-1"])["jwks"].as_str().unwrap().to_owned();
    let provider = Provider::new("sensor-1", "https://devices.example.com").with_condition(condition);
    let pool = Pool::new("devices", vec![provider]);
    let members = ["sensor-1", "sensor-2"].map(|subject| pool.principal(7, subject)).into();
    let service = Service::new(
        Rules {
            project_number: 7,
            pools: vec![pool],
            access_lifetime: 3599,
            access_length: 1024,
            project: "demo-project".into(),
            topics: vec!["telemetry".into()],
            publishers: members,
            accounts: Default::default(),
        },
        wall_clock,
    );
    let provider =
        "//iam.googleapis.com/projects/7/locations/global/workloadIdentityPools/devices/providers/sensor-1";
    service.upload(provider, &jwks).unwrap();
    let valid = ((2020, 1, 1), (2099, 12, 31));
    let root = Holder::root(&Request { valid, ..Request::authority("The root") }).unwrap();
    let names = ["sts.googleapis.com", "iamcredentials.googleapis.com", "pubsub.googleapis.com"];
    let server = root.issue(&Request { valid, ..Request::server(&names) }).unwrap();
    let offer = Offer { now: wall_clock(), ..Offer::default() };
    let listening = service.listen(acceptor(&server, &offer).unwrap()).await.unwrap();
    let file = folder.path().join("root").to_str().unwrap().to_owned();
    std::fs::write(&file, root.der()).unwrap();
    let google = listening.address().to_string();
    let mut arguments =
        ["--direct", "--project-number", "7", "--device", "sensor-1"].map(String::from).to_vec();
    arguments.extend(["--google".into(), google, "--state".into(), kept, "--root".into(), file]);
    arguments.extend(more.iter().map(|word| String::from(*word)));
    let run = move || Command::new(program()).args(arguments).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    (output, service.seen().published.len())
}

#[tokio::test]
async fn google_elsewhere_is_asked_and_its_reasons_are_told() {
    let condition = "assertion.sub=='sensor-1'";
    let (output, published) = against_google(condition, &[]).await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(published, 1);
    // A device that says it is another.
    let (output, published) = against_google("true", &["--subject", "sensor-2"]).await;
    assert_eq!((output.status.success(), published), (true, 1), "without a real condition it may");
    for (more, words) in [
        (&["--subject", "sensor-2"][..], "the provider's attribute condition does not hold"),
        (&["--kid", "sensor-9"], "look at kid"),
        (&["--issuer", "https://devices.example.org"], "look at iss"),
        (&["--pool", "others"], "there is no such provider"),
        (&["--audience", "https://elsewhere.example"], "look at aud"),
        (&["--topic", "others"], "there is no such topic"),
        (&["--project", "other-project"], "roles/pubsub.publisher"),
        (&["--service-account", "a@b.example.com"], "roles/iam.workloadIdentityUser"),
    ] {
        let (output, published) = against_google(condition, more).await;
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), published), (Some(1), 0), "{said}");
        assert!(said.contains(words) && said.contains("\n  what to do: "), "{more:?}: {said}");
    }
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

    // Somebody else's, without a key that could sign.
    let mut chip = Chip::blank(1);
    let mut config = *chip.eeprom().config();
    (config[86], config[87]) = (0, 0);
    config[96..].fill(0x1C);
    chip.eeprom_mut().set_config(&config);
    StateFile::lock(path("theirs")).unwrap().keep(chip.eeprom()).unwrap();
    assert!(failed(&["--state", &path("theirs")]).contains("none is made for a private key"));
    assert!(
        failed(&["--state", &path("theirs"), "--slot", "3"]).contains("slot 3: not made for a private key")
    );
}
