//! The example `x509` as a user runs it: what it prints is taken by OpenSSL (and GnuTLS, where it is), wrong options are
//! explained.

use atecc608::x509::{Certificate, Compressed, P256, PemLabel, Verifier};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use testkit::examples::{self, Ran, run};
use testkit::{oracle, published};

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let sources = ["src", "sim/src", "linux/src", "testkit/src", "examples/x509"];
        examples::program(&examples::built(env!("CARGO_MANIFEST_DIR"), &["x509"], &sources), "x509")
    })
}

fn json(options: &[&str]) -> Value {
    let Ran { code, stdout, stderr } = run(program(), options.iter().chain(&["--json"]));
    assert_eq!((code, &*stderr), (Some(0), ""), "{stdout}");
    serde_json::from_str(&stdout).unwrap()
}

fn der(json: &Value, member: &str) -> Vec<u8> {
    let label = if member == "csr_pem" { PemLabel::CertificateRequest } else { PemLabel::Certificate };
    let pem = json[member].as_str().unwrap_or_else(|| panic!("no {member}"));
    let mut buffer = vec![0; pem.len()];
    label.decode(pem.as_bytes(), &mut buffer).unwrap().to_vec()
}

/// Takes the chain, and that request and 72 bytes belong to the device's certificate.
fn accepted(json: &Value) {
    let chain = ["device_pem", "signer_pem", "root_pem"].map(|member| der(json, member));
    let [device, signer, root] = &chain;
    oracle::chain(&[device, signer, root]).unwrap();
    // Another's root is not taken.
    oracle::chain(&[device, signer, &published::root()]).unwrap_err();

    let (device, signer) = (Certificate::parse(device).unwrap(), Certificate::parse(signer).unwrap());
    let key = device.public_key().unwrap();
    let request = der(json, "csr_pem");
    oracle::request(&request).unwrap();
    assert!(request.windows(64).any(|bytes| bytes == key.as_bytes()), "the request is for the same key");

    let digits = json["compressed_hex"].as_str().unwrap();
    let compressed = Compressed::try_from(&testkit::bytes(digits)[..]).unwrap();
    assert!(P256.verify(&signer.public_key().unwrap(), device.tbs(), &compressed.signature()));
    assert_eq!(compressed.dates().unwrap().issued(), device.validity().unwrap().not_before);
}

#[test]
fn an_own_authority() {
    let (one, other) = (json(&[]), json(&[]));
    accepted(&one);
    accepted(&other);
    assert_ne!(one["serial"], other["serial"], "the same chip twice");
    assert_ne!(one["root_pem"], other["root_pem"], "the same root twice");
}

#[test]
fn trust_and_go() {
    accepted(&json(&["--tng"]));
    let json = json(&["--tng", "--published"]);
    let members = ["device_pem", "signer_pem", "root_pem"].map(|member| der(&json, member));
    assert_eq!(members, [published::device(), published::signer(), published::root()]);
    assert_eq!(testkit::bytes(json["compressed_hex"].as_str().unwrap()), published::slot_10());
    assert_eq!(json["csr_pem"], Value::Null, "nobody has this chip's key");
}

#[test]
fn as_text() {
    let Ran { code, stdout, stderr } = run(program(), [""; 0]);
    assert_eq!((code, &*stderr), (Some(0), ""), "{stdout}");
    assert_eq!(stdout.matches("-----BEGIN CERTIFICATE-----").count(), 3);
    assert_eq!(stdout.matches("-----BEGIN CERTIFICATE REQUEST-----").count(), 1);
    assert!(stdout.ends_with("by the chip and in software.\n"), "{stdout}");
}

#[test]
fn wrong_options() {
    for (options, said) in [
        (&["--published"][..], "--tng"),
        (&["--address", "0x60"], "--i2c"),
        (&["--lock-chip-for-ever"], "--i2c"),
        (&["--tng", "--i2c", "/dev/i2c-1", "--lock-chip-for-ever"], "cannot be used with"),
        (&["--i2c", "/dev/i2c-1", "--address", "0xC0"], "the 7-bit address is 0x60"),
        (&["--i2c", "/dev/i2c-1", "--address", "x"], "no number"),
        (&["--i2c", "/dev/i2c-1", "--address", "0x03"], "0x08 to 0x77"),
        (&["--chain"], "unexpected argument"),
    ] {
        let Ran { code, stdout, stderr } = run(program(), options);
        assert_eq!((code, &*stdout), (Some(2), ""), "{options:?}");
        assert!(stderr.contains(said), "{options:?}: {stderr}");
    }
}

/// A chip of one's own, which stays: it is locked once, and nothing else is done to it.
#[cfg(target_os = "linux")]
#[test]
fn simulated_chips_by_location() {
    let folder = tempfile::tempdir().unwrap();
    let location = format!("sim:{}/chip", folder.path().display());
    let refused = run(program(), ["--i2c", &location]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("is not locked, and nothing was written to it"), "{}", refused.stderr);
    accepted(&json(&["--i2c", &location, "--lock-chip-for-ever"]));
    let again = run(program(), ["--i2c", &location, "--lock-chip-for-ever"]);
    assert!(again.stderr.contains("is locked already"), "{}", again.stderr);
    accepted(&json(&["--tng", "--i2c", "sim:tngtls"]));
    let absent = run(program(), ["--tng", "--i2c", "sim:tflxtls"]);
    assert!(
        absent.stderr.contains("error: asking which part it is: wake: no chip answers"),
        "{}",
        absent.stderr
    );
    accepted(&json(&["--tng", "--i2c", "sim:tflxtls", "--address", "0x36"]));
}

#[cfg(target_os = "linux")]
#[test]
fn no_such_bus() {
    let Ran { code, stderr, .. } = run(program(), ["--i2c", "/dev/no-such-bus"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("what to do"), "{stderr}");
}
