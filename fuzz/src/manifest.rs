//! Manifests: any bytes as a whole, and any payload signed by a station that is trusted. What is verified was signed and says
//! what another reader of JSON sees in it; it can be signed and read again, and no longer after a change.

use atecc608::x509::{Attribute, DateTime, Name, Profile, TbsCertificate, Validity};
use atecc608_fleet::chain::Roots;
use atecc608_fleet::manifest::{Device, Entry, Manifest, ManifestErrorKind, SigningCertificate};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde_json::{Value, json};
use std::sync::LazyLock;
use testkit::published;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_slice(&[0x5A; 32]).expect("a key"));
static SIGNERS: LazyLock<[SigningCertificate; 1]> = LazyLock::new(|| {
    let name = [Attribute::common_name("Station")];
    let not_before = DateTime::new(2026, 1, 1, 0, 0, 0).expect("a date");
    let validity = Validity { not_before, not_after: DateTime::MAX };
    let key = (*KEY.verifying_key()).into();
    let tbs = TbsCertificate::self_signed(&[1], Name::Attributes(&name), validity, key, Profile::DEVICE);
    let der =
        atecc608::blocking::issue(&tbs, &mut KEY.clone(), &mut [0; 512]).expect("a certificate").to_vec();
    [SigningCertificate::from_der(&der).expect("a certificate")]
});
static ROOTS: LazyLock<Roots> = LazyLock::new(|| [published::root()].into_iter().collect());

pub fn run(data: &[u8]) {
    if data.first() == Some(&b'{') { payload(data) } else { whole(data) }
}

/// Somebody's file.
fn whole(json: &[u8]) {
    let Ok(manifest) = Manifest::parse(json) else { return };
    let text = manifest.to_string();
    assert_eq!(Manifest::parse(text.as_bytes()).expect("its own text"), manifest);
    for entry in manifest.entries() {
        let verified = entry.verify(&*SIGNERS, &ROOTS);
        if let Some(serial) = entry.unverified_serial() {
            assert!(manifest.find(serial).any(|found| found == entry));
        }
        if verified.is_ok() {
            let key: &VerifyingKey = KEY.verifying_key();
            let signature = entry.signature().expect("a signature");
            let signature = Signature::from_slice(signature.as_bytes()).expect("a signature");
            key.verify(entry.signing_input().as_bytes(), &signature).expect("the station's signature");
        }
    }
    if let Ok(devices) = manifest.verify(&*SIGNERS, &ROOTS) {
        assert_eq!(devices.all().len(), manifest.entries().len());
        for device in devices.all() {
            assert_eq!(devices.get(device.serial), Some(device), "each once");
        }
    }
}

/// As JSON, with the payload's own serial number in the header.
fn signed(payload: &[u8]) -> Value {
    let unique_id = serde_json::from_slice(payload).ok().map(|payload: Value| payload["uniqueId"].clone());
    let unique_id = unique_id.filter(Value::is_string).unwrap_or_else(|| "012300000000000001".into());
    let [signer] = &*SIGNERS;
    let protected = json!({ "alg": "ES256", "kid": signer.kid(), "x5t#S256": signer.x5t() }).to_string();
    let [protected, payload] = [protected.as_bytes(), payload].map(Base64UrlUnpadded::encode_string);
    let signature: Signature = KEY.sign(format!("{protected}.{payload}").as_bytes());
    let signature = Base64UrlUnpadded::encode_string(&signature.to_bytes());
    let header = json!({ "uniqueId": unique_id });
    json!({ "payload": payload, "protected": protected, "header": header, "signature": signature })
}

fn entry(json: Value) -> Entry {
    serde_json::from_value(json).expect("the members of an entry")
}

/// Whatever a trusted station may have signed.
fn payload(bytes: &[u8]) {
    let json = signed(bytes);
    let device = match entry(json.clone()).verify(&*SIGNERS, &ROOTS) {
        Ok(device) => device,
        Err(error) => {
            let about_signature = matches!(
                error,
                ManifestErrorKind::Algorithm(_)
                    | ManifestErrorKind::UnknownSigner
                    | ManifestErrorKind::KeyId
                    | ManifestErrorKind::Signature
            );
            assert!(!about_signature && !error.to_string().is_empty(), "{error}");
            return;
        }
    };
    said(&device, &serde_json::from_slice(bytes).expect("JSON"));
    let again = Entry::sign(&device, &SIGNERS[0], &mut KEY.clone()).expect("what can be read");
    assert_eq!(again.verify(&*SIGNERS, &ROOTS).as_ref(), Ok(&device));
    // Nothing of it may change.
    for (member, change) in [("payload", "A"), ("signature", "AAAA"), ("protected", "e30")] {
        let mut other = json.clone();
        other[member] = format!("{}{change}", other[member].as_str().expect("text")).into();
        assert!(entry(other).verify(&*SIGNERS, &ROOTS).is_err(), "{member}");
    }
    let mut other = json;
    other["header"]["uniqueId"] = "0123ffffffffffff01".into();
    assert!(
        device.serial.to_string() == "0123ffffffffffff01" || entry(other).verify(&*SIGNERS, &ROOTS).is_err()
    );
}

/// Another reader sees the same.
fn said(device: &Device, json: &Value) {
    assert_eq!(json["version"], 1);
    assert_eq!(json["uniqueId"].as_str().map(str::to_lowercase), Some(device.serial.to_string()));
    assert_eq!(json["model"], device.model);
    assert_eq!(json["partNumber"], device.part_number);
    assert_eq!(json["manufacturer"]["organizationName"], device.manufacturer.organization);
    let keys = json["publicKeySet"]["keys"].as_array().expect("keys");
    assert_eq!(keys.len(), device.keys.len());
    for (json, key) in keys.iter().zip(&device.keys) {
        assert_eq!([&json["kty"], &json["crv"]], ["EC", "P-256"]);
        assert_eq!(json["kid"].as_str().and_then(|kid| kid.parse().ok()), Some(key.slot));
        let [x, y] =
            [key.public_key.x(), key.public_key.y()].map(Base64UrlUnpadded::encode_string);
        assert_eq!((json["x"].as_str(), json["y"].as_str()), (Some(&*x), Some(&*y)));
        let chain: Vec<String> = key.certificates.iter().map(|der| Base64::encode_string(der)).collect();
        assert_eq!(json["x5c"].as_array().cloned().unwrap_or_default(), chain);
    }
}
