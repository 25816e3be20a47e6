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
        let sources = ["src", "sim/src", "testkit/src", "examples/x509"];
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
        (&["--chain"], "unexpected argument"),
        // The tool has it.
        (&["--tng", "--i2c", "/dev/i2c-1"], "unexpected argument"),
    ] {
        let Ran { code, stdout, stderr } = run(program(), options);
        assert_eq!((code, &*stdout), (Some(2), ""), "{options:?}");
        assert!(stderr.contains(said), "{options:?}: {stderr}");
    }
}
