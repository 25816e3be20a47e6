//! The example is good; one thing wrong with it is found, and named.

use super::*;
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
    ] {
        assert!(constants.contains(text), "no {text:?} in {constants}");
    }
    // GTS R4 and R3, and DigiCert's: their first bytes and lengths.
    assert_eq!(constants.matches("&[48, 130, 2, 9, ").count(), 6, "GTS R4 and R3 have 525 bytes of DER each");
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
    assert_eq!(settings.root_files(), [folder.path().join("root.der"), folder.path().join("roots.pem")]);

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
