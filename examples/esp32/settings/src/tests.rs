//! The example is good; one thing wrong with it is found, and named.

use super::*;
use atecc608::PublicKey;
use atecc608::x509::{Attribute, DateTime, Name, Profile, TbsCertificate, Validity};
use p256::ecdsa::SigningKey;
use std::fs;

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// The example with one text replaced, in a folder of its own.
fn load_with(from: &str, to: &str) -> Result<Settings, String> {
    assert!(EXAMPLE.contains(from), "{from:?} is not in the example");
    load_text(&EXAMPLE.replacen(from, to, 1))
}

fn load_text(text: &str) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, text).unwrap();
    load(&path).map_err(|fault| {
        let text = fault.to_string();
        assert!(!text.contains('\n'), "one line: {text:?}");
        text.replace(&*path.to_string_lossy(), "config.toml")
    })
}

#[track_caller]
fn refused(from: &str, to: &str, words: &[&str]) {
    let message = load_with(from, to).expect_err("refused");
    assert!(message.starts_with("config.toml: "), "{message}");
    for word in words {
        assert!(message.contains(word), "{word:?} is not in {message:?}");
    }
}

#[test]
fn the_example_becomes_constants() {
    let constants = load_text(EXAMPLE).unwrap().constants(1_800_000_000);
    for text in [
        "pub const BUILD_TIME: u64 = 1800000000;",
        r#"Wifi { network: "my-network", password: "my-password" }"#,
        r#"time: Server { host: "time.google.com", port: 123, address: None, roots: &[] }"#,
        "project_number: 123456789012,",
        "service_account: None",
        "certificate: Certificate { common_name: None, source: Source::Trust }",
        r#"client_id: "sensor-1", user_name: None, password: None, telemetry: "devices/sensor-1/telemetry""#,
        r#"Some(Will { topic: "devices/sensor-1/online", payload: "false", birth: Some("true"), retain: true })"#,
        r#"aws: Some(Aws { thing: "sensor-1", server: Server { host: "a1b2c3d4e5f6g7-ats.iot.eu-"#,
    ] {
        assert!(constants.contains(text), "no {text:?} in {constants}");
    }
    assert_eq!(constants.matches("&[48, 130, 1, 182, ").count(), 1, "Amazon's root 3 is 442 bytes of DER");
    // GTS R4 and R3, and DigiCert's: their first bytes and lengths.
    assert_eq!(constants.matches("&[48, 130, 2, 9, ").count(), 7, "GTS R4 and R3 have 525 bytes of DER each");
    assert_eq!(constants.matches("&[48, 130, 2, 25, ").count(), 1, "DigiCert's root is 541 bytes of DER");
}

/// ClearBlade's hosts without -g5- chain to a root that is not built in.
#[test]
fn the_examples_hosts_go_with_their_roots() {
    let example: toml::Table = EXAMPLE.parse().unwrap();
    let of = |server: &str, field: &str| example[server][field].to_string();
    assert!(of("bridge", "host").contains("-g5-") && of("bridge", "host").contains("clearblade.com"));
    assert_eq!(of("bridge", "roots"), "[\"DigiCert ECC P384 G5\"]");
    for server in ["sts", "pubsub", "iamcredentials"] {
        assert!(of(server, "host").ends_with(".googleapis.com\""));
        assert_eq!(of(server, "roots"), "[\"GTS R4\", \"GTS R3\"]");
    }
    // And the README agrees.
    let readme = include_str!("../../README.md");
    assert!(readme.contains(of("bridge", "host").trim_matches('"')));
    assert!(!readme.contains("us-central1-mqtt.clearblade.com:8883"));
}

#[test]
fn optional_fields() {
    let with = load_with("port = 8883", "port = 8883\naddress = \"192.0.2.1\"").unwrap().constants(0);
    assert!(with.contains(r#"port: 8883, address: Some(Ipv4Addr::new(192, 0, 2, 1))"#));
    let open = load_with("\"my-password\"", "\"\"").unwrap().constants(0);
    assert!(open.contains(r#"password: """#));
    let account = load_with("# service_account", "service_account").unwrap().constants(0);
    assert!(account.contains(r#"service_account: Some("publisher@my-project.iam.gserviceaccount.com")"#));
}

/// Files of before there were certificates.
#[test]
fn sections_that_may_be_missing() {
    let (old, _) = EXAMPLE.split_once("# The device's certificate").unwrap();
    let constants = load_text(old).unwrap().constants(0);
    for text in ["source: Source::Unknown", "mqtt: None,", "aws: None,"] {
        assert!(constants.contains(text), "no {text:?} in {constants}");
    }
}

#[test]
fn without_the_file_it_says_how_to_make_one() {
    let fault = load(Path::new("no/such/config.toml")).unwrap_err().to_string();
    assert!(
        fault.contains("no/such/config.toml: not found")
            && fault.contains("cp config.example.toml config.toml")
    );
}

#[test]
fn missing_unknown_and_mistyped_fields_are_named() {
    refused("kid = ", "key = ", &["line ", "key = ", "unknown field `key`"]);
    refused("topic = \"telemetry\"", "", &["missing field `topic`", "[federation]"]);
    refused("port = 123", "port = \"123\"", &["line ", "port = \"123\"", "expected u16"]);
    refused("[pubsub]", "", &["line "]);
    refused("\"my-network\"", "\"my-network", &["line ", "my-network"]);
    refused("port = 8883", "port = 8883\naddress = \"bridge\"", &["line ", "address = \"bridge\""]);
}

#[test]
fn values_that_can_not_work_are_named() {
    refused("\"my-network\"", "\"\"", &["field wifi.network:"]);
    refused("\"my-password\"", "\"short\"", &["field wifi.password:", "8 to 64"]);
    refused("\"my-project\"", "\"My Project\"", &["field device.project:"]);
    refused("\"us-central1\"", "\"\"", &["field device.region:"]);
    refused("\"my-registry\"", "\"a/b\"", &["field device.registry:"]);
    refused("device = \"sensor-1\"", "device = \"1\"", &["field device.device:"]);
    refused("\"time.google.com\"", "\"216.239.35.0\"", &["field time.host:", "`address`"]);
    refused("\"sts.googleapis.com\"", "\"https://sts.googleapis.com\"", &["field sts.host:", "':'"]);
    refused("port = 8883", "port = 0", &["field bridge.port:"]);
    refused("pool = \"devices\"", "pool = \"Devices\"", &["field federation.pool:"]);
    refused("https://devices", "http://devices", &["field federation.issuer:", "https://"]);
    refused("kid = \"sensor-1\"", "kid = \"\"", &["field federation.kid:"]);
    refused("topic = \"telemetry\"", "topic = \"goog\"", &["field federation.topic:"]);
    refused(
        "# service_account = \"publisher@my",
        "service_account = \"publisher my",
        &["field federation.service_account:"],
    );
    refused("# audience = \"...\"", "audience = \"\"", &["field federation.audience:"]);
}

#[test]
fn brokers_and_things_that_can_not_work_are_named() {
    refused("client_id = ", "name = ", &["line ", "unknown field `name`"]);
    refused("\"broker.example.com\"", "\"192.0.2.1\"", &["field mqtt.host:", "`address`"]);
    refused("client_id = \"sensor-1\"", "client_id = \"a\\u0000\"", &["field mqtt.client_id:", "NUL"]);
    refused("# user_name = \"sensor-1\"", "user_name = \"\\u0000\"", &["field mqtt.user_name:", "NUL"]);
    refused("# password = \"...\"", "password = \"...\"", &["field mqtt.password:", "without a user name"]);
    let long = "x".repeat(890);
    refused("client_id = \"sensor-1\"", &format!("client_id = {long:?}"), &["field mqtt:", "room for 900"]);
    refused("# alpn = \"mqtt\"", "alpn = \"\"", &["field mqtt.alpn:"]);
    refused("sensor-1/telemetry\"", "+/telemetry\"", &["field mqtt.telemetry:", "'+'"]);
    refused("sensor-1/state\"", "#\"", &["field mqtt.state:", "'#'"]);
    refused("sensor-1/commands\"", "a#\"", &["field mqtt.commands:"]);
    let long = "x".repeat(257);
    refused("devices/sensor-1/commands", &long, &["field mqtt.commands:", "257 bytes"]);
    refused("topic = \"devices/sensor-1/online\"", "topic = \"\"", &["field mqtt.will.topic:"]);
    refused("birth = \"true\"", &format!("birth = {:?}", "x".repeat(97)), &["field mqtt.will.birth:", "96"]);
    refused("-ats.iot.", ".iot.", &["field aws.endpoint:", "lacks -ats"]);
    refused("\"a1b2", "\"https://a1b2", &["field aws.endpoint:", "://"]);
    refused("8883                         # or", "1883 # or", &["field aws.port:", "8883, or 443"]);
    refused("thing = \"sensor-1\"", "thing = \"a/b\"", &["field aws.thing:", "'/'"]);
    refused("[\"Amazon Root CA 3\"]", "[]", &["field aws.roots: names no root"]);
    refused(
        "# common_name = \"sensor-1\"",
        "common_name = \"\"",
        &["field certificate.common_name:", "1 to 64"],
    );
    refused("# chain = [", "chain = [", &["field certificate:", "more than one"]);
    // A domain of one's own leads to AWS, too.
    load_with("\"a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com\"", "\"iot.example.com\"").unwrap();
}

/// An authority, a device's certificate below it, and a file with another.
struct Issued {
    folder: tempfile::TempDir,
    own: Vec<u8>,
    signer: Vec<u8>,
}

impl Issued {
    fn new() -> Self {
        let key = |number: u8| SigningKey::from_slice(&[number; 32]).unwrap();
        let at = |year| DateTime::new(year, 1, 1, 0, 0, 0).unwrap();
        let issue = |issuer: &str, subject: &str, number: u8| {
            let (issuer, subject) = ([Attribute::common_name(issuer)], [Attribute::common_name(subject)]);
            let tbs = TbsCertificate {
                serial: &[0x41; 16],
                issuer: Name::Attributes(&issuer),
                validity: Validity { not_before: at(2024), not_after: at(2044) },
                subject: Name::Attributes(&subject),
                subject_key: PublicKey::from(*key(number).verifying_key()),
                issuer_key: PublicKey::from(*key(9).verifying_key()),
                profile: if number == 1 { Profile::DEVICE } else { Profile::SIGNER },
                alternative_names: &[],
            };
            atecc608::blocking::issue(&tbs, &mut key(9), &mut [0; 1024]).unwrap().to_vec()
        };
        let (own, signer) =
            (issue("Signer BEEF", "sn0123456789ABCDEF01", 1), issue("Root", "Signer BEEF", 9));
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, ders: &[&[u8]]| {
            let pem = |der: &&[u8]| {
                pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, der).unwrap()
            };
            fs::write(folder.path().join(name), ders.iter().map(pem).collect::<String>()).unwrap();
        };
        put("chain.pem", &[&own, &signer]);
        fs::write(folder.path().join("own.der"), &own).unwrap();
        fs::create_dir(folder.path().join("ca")).unwrap();
        put("ca/device-example.pem", &[&own]);
        put("ca/signer.pem", &[&signer]);
        put("ca/root.pem", &[&issue("Root", "Root", 8)]);
        Self { folder, own, signer }
    }

    fn load(&self, certificate: &str) -> Result<Settings, String> {
        let path = self.folder.path().join("config.toml");
        fs::write(&path, EXAMPLE.replacen("trust = true ", certificate, 1)).unwrap();
        load(&path).map_err(|fault| fault.to_string())
    }
}

#[test]
fn certificates_come_from_files() {
    let issued = Issued::new();
    let (own, signer) = (issued.own.clone(), issued.signer.clone());
    let settings = issued.load("chain = [\"chain.pem\"] ").unwrap();
    assert_eq!(settings.certificate, certificate::Source::Chain(vec![own.clone(), signer.clone()]));
    assert!(settings.constants(0).contains("Source::Chain(&[&[48, 130, "));
    assert_eq!(settings.certificate_files(), [issued.folder.path().join("chain.pem")]);
    let settings = issued.load("chain = [\"own.der\"] ").unwrap();
    assert_eq!(settings.certificate, certificate::Source::Chain(vec![own.clone()]));

    let refused = |certificate: &str, words: &[&str]| {
        let message = issued.load(certificate).expect_err("refused");
        assert!(words.iter().all(|word| message.contains(word)), "{words:?} are not in {message}");
    };
    refused("chain = [] ", &["field certificate.chain: names no certificate"]);
    refused("chain = [\"no.pem\"] ", &["field certificate.chain: \"no.pem\" can't be read as a file"]);
    refused("chain = [\"config.toml\"] ", &["field certificate.chain:", "is no certificate"]);
    refused("chain = [\"chain.pem\", \"own.der\"] ", &["certificate 2 was not issued by the one after it"]);
    let gts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../cloud/roots/gts-root-r4.der");
    refused(&format!("chain = [{gts:?}] "), &["field certificate.chain:", "no key of the chip's kind"]);
    let many = "\"ca/root.pem\", ".repeat(4);
    refused(&format!("chain = [{many}] "), &["field certificate.chain: has", "there is room for 1241"]);
}

#[test]
fn a_fleets_files() {
    let issued = Issued::new();
    let settings = issued.load("fleet = \"ca\" ").unwrap();
    let root = PublicKey::from(*SigningKey::from_slice(&[8; 32]).unwrap().verifying_key());
    let (device, signer) = (issued.own.clone(), issued.signer.clone());
    let fleet =
        certificate::Source::Fleet { device, signer, signer_id: "BEEF".into(), root: *root.as_bytes() };
    assert_eq!(settings.certificate, fleet);
    assert!(settings.constants(0).contains("signer_id: \"BEEF\""));
    assert_eq!(settings.certificate_files().len(), 3);

    let missing = issued.load("fleet = \"no\" ").unwrap_err();
    assert!(
        missing.contains("field certificate.fleet: \"no/device-example.pem\" can't be read"),
        "{missing}"
    );
    fs::copy(issued.folder.path().join("ca/root.pem"), issued.folder.path().join("ca/signer.pem")).unwrap();
    let other = issued.load("fleet = \"ca\" ").unwrap_err();
    assert!(other.contains("field certificate.fleet:") && other.contains("issued by its signer"), "{other}");
}

#[test]
fn roots_come_from_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let with_roots = |roots: &str| {
        fs::write(&config, EXAMPLE.replacen("[\"DigiCert ECC P384 G5\"]", roots, 1)).unwrap();
        load(&config).map_err(|fault| fault.to_string())
    };
    let der = include_bytes!("../../../../cloud/roots/gts-root-r4.der");
    fs::write(folder.path().join("root.der"), der).unwrap();
    let pem = pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, der).unwrap();
    fs::write(folder.path().join("roots.pem"), format!("GTS R4\n{pem}\nand once more\n{pem}")).unwrap();
    let settings = with_roots("[\"root.der\", \"roots.pem\"]").unwrap();
    assert_eq!(settings.roots.bridge, [der.to_vec(), der.to_vec(), der.to_vec()]);
    assert_eq!(
        settings.certificate_files(),
        [folder.path().join("root.der"), folder.path().join("roots.pem")]
    );

    let missing = with_roots("[\"GTS R5\"]").unwrap_err();
    assert!(
        missing.contains("field bridge.roots: \"GTS R5\"") && missing.contains("\"GTS R4\""),
        "{missing}"
    );
    assert!(with_roots("[]").unwrap_err().contains("field bridge.roots: names no root"));
    fs::write(folder.path().join("root.der"), b"no certificate").unwrap();
    assert!(with_roots("[\"root.der\"]").unwrap_err().contains("holds no certificate"));
    fs::write(folder.path().join("roots.pem"), pem.replace("MII", "M!I")).unwrap();
    assert!(with_roots("[\"roots.pem\"]").unwrap_err().contains("is damaged"));
}
