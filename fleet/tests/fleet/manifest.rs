//! What a manifest says, and what is refused of one.

use crate::forge::{base64url, from_base64url, opened, protected, signed, signed_text};
use crate::workshop::{
    DEVICE, MANIFEST_SIGNER, SIGNER, certificates, device, key, public, roots, serial, signing_certificate,
};
use atecc608_fleet::chain::{ChainError, Roots};
use atecc608_fleet::export;
use atecc608_fleet::manifest::{Device, Entry, Manifest, ManifestErrorKind, SigningCertificate};
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

fn entry(device: &Device) -> Entry {
    Entry::sign(device, &signing_certificate(MANIFEST_SIGNER), &mut key(MANIFEST_SIGNER)).unwrap()
}

fn trusted() -> Vec<SigningCertificate> {
    vec![signing_certificate(MANIFEST_SIGNER)]
}

/// Why a manifest with one entry is not taken.
fn refused(manifest: &Manifest) -> ManifestErrorKind {
    let error = manifest.verify(&trusted(), &roots()).unwrap_err();
    assert!(!error.to_string().is_empty());
    error.kind
}

#[test]
fn what_was_signed_is_read() {
    let made = [device(1), device(2), device(3)];
    let manifest = Manifest::from(made.iter().map(entry).collect::<Vec<_>>());
    let text = manifest.to_string();
    assert_eq!(text.lines().count(), 2 + made.len());
    let read = Manifest::parse(text.as_bytes()).unwrap();
    assert_eq!(read, manifest);
    let devices = read.verify(&trusted(), &roots()).unwrap();
    assert_eq!(devices.all(), made);
    assert_eq!(devices.get(serial(2)), Some(&made[1]));
    assert_eq!(devices.get(serial(9)), None);
    assert_eq!(read.find(serial(3)).collect::<Vec<_>>(), [&manifest.entries()[2]]);
    assert!(Manifest::parse(b"[]").unwrap().verify(&[], &Roots::new()).unwrap().all().is_empty());
}

/// Facts of the format: draft of 2019-09.
#[test]
fn members_are_those_of_the_format() {
    let (entry, protected, payload) = opened(&entry(&device(7)));
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&entry), ["header", "payload", "protected", "signature"]);
    assert_eq!(entry["header"], json!({ "uniqueId": "0123456789abcd07ee" }));
    assert_eq!(from_base64url(entry["signature"].as_str().unwrap()).len(), 64);
    let certificate = signing_certificate(MANIFEST_SIGNER);
    let expected = json!({
        "typ": "JWT", "alg": "ES256", "kid": base64url(public(MANIFEST_SIGNER).key_id().as_bytes()),
        "x5t#S256": certificate.x5t(),
    });
    assert_eq!(protected, expected);
    let x5c: Vec<String> =
        device(7).keys[0].certificates.iter().map(|der| Base64::encode_string(der)).collect();
    let expected = json!({
        "version": 1,
        "model": "ATECC608B",
        "partNumber": "TEST-1",
        "manufacturer": { "organizationName": "Microchip Technology Inc" },
        "provisioner": { "organizationName": "Test", "organizationalUnitName": "Line 1" },
        "distributer": { "organizationName": "Test" },
        "groupId": "LOT7",
        "provisioningTimestamp": "2024-07-15T12:34:56Z",
        "uniqueId": "0123456789abcd07ee",
        "publicKeySet": { "keys": [
            {
                "kid": "0", "kty": "EC", "crv": "P-256",
                "x": base64url(public(DEVICE).x()), "y": base64url(public(DEVICE).y()), "x5c": x5c,
            },
            { "kid": "1", "kty": "EC", "crv": "P-256", "x": base64url(public(5).x()), "y": base64url(public(5).y()) },
        ] },
        "modelInfo": {
            "deviceRevision": "00006003",
            "publicData": [
                { "zone": "data", "slot": 5, "offset": 0, "data": base64url(b"E8EB1B202027") },
                { "zone": "otp", "offset": 0, "data": base64url(&[0xFF; 8]) },
            ],
        },
    });
    assert_eq!(payload, expected);
}

/// As tools of others write them: other spellings, more members, parts of a second.
#[test]
fn what_others_write_is_read() {
    let (_, _, mut payload) = opened(&entry(&device(7)));
    let object = payload.as_object_mut().unwrap();
    let distributor = object.remove("distributer").unwrap();
    object.insert("distributor".to_owned(), distributor);
    object.insert("encryptedSecretKeySet".to_owned(), json!({ "keys": [] }));
    object["provisioningTimestamp"] = json!("2024-07-15T12:34:56.000Z");
    let manifest = signed(&protected(), &payload);
    assert_eq!(manifest.verify(&trusted(), &roots()).unwrap().all(), [device(7)]);
}

#[test]
fn only_es256_by_a_trusted_signer() {
    let (_, _, payload) = opened(&entry(&device(7)));
    let with = |name: &str, value: Value| {
        let mut protected = protected();
        protected[name] = value;
        refused(&signed(&protected, &payload))
    };
    for name in ["none", "HS256", "ES384", "es256", ""] {
        assert_eq!(with("alg", json!(name)), ManifestErrorKind::Algorithm(name.to_owned()));
    }
    for value in [json!(["b64"]), json!([]), Value::Null] {
        assert_eq!(with("crit", value), ManifestErrorKind::Critical);
    }
    let other = signing_certificate(SIGNER);
    assert_eq!(with("x5t#S256", json!(other.x5t())), ManifestErrorKind::UnknownSigner);
    assert_eq!(with("kid", json!(other.kid())), ManifestErrorKind::KeyId);
    let manifest = signed(&protected(), &payload);
    let kind = manifest.verify(&[other], &roots()).unwrap_err().kind;
    assert_eq!(kind, ManifestErrorKind::UnknownSigner);
    // A member twice is not the last one, nor the first.
    let certificate = signing_certificate(MANIFEST_SIGNER);
    let (kid, x5t) = (certificate.kid(), certificate.x5t());
    let twice = format!(r#"{{"alg":"none","alg":"ES256","kid":"{kid}","x5t#S256":"{x5t}"}}"#);
    let text = signed_text(&twice, &payload.to_string(), "0123456789abcd07ee");
    let kind = refused(&Manifest::parse(&text).unwrap());
    assert!(matches!(kind, ManifestErrorKind::Json { what: "protected header", .. }), "{kind}");
}

#[test]
fn each_bit_of_what_is_signed_counts() {
    let (value, ..) = opened(&entry(&device(7)));
    for name in ["payload", "protected", "signature"] {
        let text = value[name].as_str().unwrap();
        let bytes = from_base64url(text);
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let mut value = value.clone();
            value[name] = json!(base64url(&changed));
            let manifest = Manifest::parse(json!([value]).to_string().as_bytes()).unwrap();
            let kind = refused(&manifest);
            // A protected header that can't be read, or names nobody, is refused before.
            assert!(kind == ManifestErrorKind::Signature || name == "protected", "{name} {at}: {kind}");
        }
    }
    let mut value = value;
    value["header"]["uniqueId"] = json!("0123456789abcd08ee");
    let manifest = Manifest::parse(json!([value]).to_string().as_bytes()).unwrap();
    assert_eq!(refused(&manifest), ManifestErrorKind::UniqueId);
}

#[test]
fn values_that_can_not_be() {
    let (_, _, payload) = opened(&entry(&device(7)));
    let with = |pointer: &str, value: Value| {
        let mut payload = payload.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        refused(&signed(&protected(), &payload))
    };
    let cases = [
        ("/version", json!(2), "version"),
        ("/uniqueId", json!("0123456789abcd07"), "uniqueId"),
        ("/uniqueId", json!("0123456789abcd07eg"), "uniqueId"),
        ("/provisioningTimestamp", json!("yesterday"), "provisioningTimestamp"),
        ("/publicKeySet/keys/0/kid", json!("16"), "kid"),
        ("/publicKeySet/keys/0/kid", json!("00"), "kid"),
        ("/publicKeySet/keys/0/kid", json!("+0"), "kid"),
        ("/publicKeySet/keys/0/kid", json!("1"), "kid"),
        ("/publicKeySet/keys/0/kty", json!("RSA"), "kty"),
        ("/publicKeySet/keys/0/crv", json!("P-384"), "crv"),
        ("/publicKeySet/keys/0/x", json!("AAAA"), "x"),
        ("/publicKeySet/keys/0/y", json!("not base64"), "y"),
        ("/publicKeySet/keys/0/x5c/0", json!("*"), "x5c"),
        ("/publicKeySet/keys/0/x5c", json!(vec!["AA=="; 9]), "x5c"),
        ("/modelInfo/publicData/0/zone", json!("ram"), "zone"),
        ("/modelInfo/publicData/0/slot", json!(16), "slot"),
        ("/modelInfo/publicData/1", json!({ "zone": "otp", "slot": 1, "offset": 0, "data": "" }), "slot"),
        ("/modelInfo/publicData/0/data", json!("AA=="), "data"),
        ("/modelInfo/publicData/0/data", json!(base64url(&[0; 417])), "data"),
    ];
    for (pointer, value, expected) in cases {
        let kind = with(pointer, value.clone());
        assert!(
            matches!(kind, ManifestErrorKind::Member { name, .. } if name == expected),
            "{pointer} {value}: {kind:?}"
        );
    }
    let kind = with("/publicKeySet", json!([]));
    assert!(matches!(kind, ManifestErrorKind::Json { what: "payload", .. }));
}

#[test]
fn certificates_lead_to_the_root() {
    let (_, _, payload) = opened(&entry(&device(7)));
    let x5c: Vec<Vec<u8>> = device(7).keys[0].certificates.clone();
    let with = |x5c: &[&[u8]]| {
        let mut payload = payload.clone();
        let x5c: Vec<String> = x5c.iter().map(|der| Base64::encode_string(der)).collect();
        payload["publicKeySet"]["keys"][0]["x5c"] = json!(x5c);
        signed(&protected(), &payload).verify(&trusted(), &roots()).map(|_| ()).map_err(|error| error.kind)
    };
    let [device_der, signer, root] = [0, 1, 2].map(|index| x5c[index].as_slice());
    assert_eq!(with(&[device_der, signer, root]), Ok(()));
    // The root may stay away.
    assert_eq!(with(&[device_der, signer]), Ok(()));
    let chain = |error| Err(ManifestErrorKind::Chain(0, error));
    assert_eq!(with(&[device_der]), chain(ChainError::UnknownRoot(0)));
    assert_eq!(with(&[device_der, root]), chain(ChainError::Issuer(0)));
    assert_eq!(with(&[device_der, signer, signer]), chain(ChainError::Issuer(1)));
    // A device signs no certificates, nor for itself.
    assert_eq!(with(&[device_der, device_der]), chain(ChainError::Issuer(0)));
    assert_eq!(with(&[signer, root]), Err(ManifestErrorKind::KeyOfCertificate(0)));
    let other = crate::workshop::certificates_of(public(8));
    assert_eq!(with(&[device_der, other.signer(), root]), chain(ChainError::Signature(0)));
    let mut changed = device_der.to_vec();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(with(&[&changed, signer, root]), chain(ChainError::Signature(0)));
    assert!(matches!(with(&[b"\x30\x00"]), Err(ManifestErrorKind::Chain(0, ChainError::Certificate(0, _)))));
    // Another root of the same name.
    let manifest = Manifest::from(vec![entry(&device(7))]);
    let kind = manifest.verify(&trusted(), &Roots::new()).unwrap_err().kind;
    assert_eq!(kind, ManifestErrorKind::Chain(0, ChainError::UnknownRoot(2)));
}

/// A signer below a signer whose path length is 0, and a signer that is none.
#[test]
fn who_may_issue() {
    use atecc608::blocking::issue;
    use atecc608::x509::{Attribute, Certificate, Name, Profile, TbsCertificate, Validity};

    let certificates = certificates();
    let signer = Certificate::parse(certificates.signer()).unwrap();
    let validity =
        Validity { not_before: crate::workshop::clock(), not_after: atecc608::x509::DateTime::MAX };
    let names = [Attribute::common_name("below")];
    let made = |profile, issuer, issuer_key: u8, subject_key| {
        let tbs = TbsCertificate {
            serial: &[7],
            issuer: Name::Der(issuer),
            validity,
            subject: Name::Attributes(&names),
            subject_key,
            issuer_key: public(issuer_key),
            profile,
            alternative_names: &[],
        };
        issue(&tbs, &mut key(issuer_key), &mut [0; 1024]).unwrap().to_vec()
    };
    let root = roots();
    let device = made(Profile::DEVICE, signer.subject(), SIGNER, public(DEVICE));
    assert_eq!(root.verify(&[&device[..], certificates.signer()]), Ok(public(DEVICE)));
    // Path length 0 below the root's signer.
    let second = made(Profile::SIGNER, signer.subject(), SIGNER, public(20));
    let second_name = Certificate::parse(&second).unwrap();
    let below = made(Profile::DEVICE, second_name.subject(), 20, public(DEVICE));
    let chain = [&below[..], &second, certificates.signer()];
    assert_eq!(root.verify(&chain), Err(ChainError::NoAuthority(2)));
    // The device as a signer.
    let device_name = Certificate::parse(&device).unwrap();
    let below = made(Profile::DEVICE, device_name.subject(), DEVICE, public(21));
    let chain = [&below[..], &device, certificates.signer()];
    assert_eq!(root.verify(&chain), Err(ChainError::NoAuthority(1)));
    assert_eq!(root.verify::<&[u8]>(&[]), Err(ChainError::Empty));
    assert_eq!(root.verify(&[&device[..]; 9]), Err(ChainError::TooLarge));
    assert_eq!(root.verify(&[&[0; 5000][..]]), Err(ChainError::TooLarge));
}

#[test]
fn none_twice() {
    let manifest = Manifest::from(vec![entry(&device(1)), entry(&device(2)), entry(&device(1))]);
    let error = manifest.verify(&trusted(), &roots()).unwrap_err();
    assert_eq!((error.entry, error.kind), (Some(2), ManifestErrorKind::Twice(0)));
}

#[test]
fn what_could_not_be_read_is_not_signed() {
    let certificate = signing_certificate(MANIFEST_SIGNER);
    let sign = |device: &Device, number| Entry::sign(device, &certificate, &mut key(number)).map(|_| ());
    let mut twice = device(1);
    twice.keys[1].slot = 0;
    assert!(matches!(sign(&twice, MANIFEST_SIGNER), Err(ManifestErrorKind::Member { name: "kid", .. })));
    let mut large = device(1);
    large.model = "x".repeat(64 * 1024);
    assert!(matches!(sign(&large, MANIFEST_SIGNER), Err(ManifestErrorKind::TooLarge { .. })));
    assert_eq!(sign(&device(1), SIGNER), Err(ManifestErrorKind::Signature));
}

#[test]
fn lists_for_clouds() {
    let devices = [device(1), device(2)];
    let csv = export::csv(&devices).unwrap();
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("serial,thing,common_name,"));
    let start = "0123456789abcd01ee,0123456789ABCD01EE,sn0123456789ABCD01EE,";
    assert!(lines[1].starts_with(start), "{}", lines[1]);
    assert_eq!(lines[1].split(',').count(), lines[0].split(',').count());
    let jsonl = export::json_lines(&devices).unwrap();
    let row: Value = serde_json::from_str(jsonl.lines().nth(1).unwrap()).unwrap();
    assert_eq!(row["thing"], "0123456789ABCD02EE");
    assert_eq!(row["not_before"], "2024-07-15T12:00:00Z");
    assert_eq!(row["not_after"], "2052-07-15T12:00:00Z");
    assert_eq!(row["subject_key_id"], crate::hex(public(DEVICE).key_id().as_bytes()));
    let pem = export::pem_chain(&devices[0], false).unwrap();
    assert_eq!(pem.matches("BEGIN CERTIFICATE").count(), 2);
    assert_eq!(export::pem_chain(&devices[0], true).unwrap().matches("BEGIN CERTIFICATE").count(), 3);
    assert_eq!(export::certificate_der(&pem[..pem.find("-----BEGIN").unwrap()]).ok(), None);
    let first = &pem[..pem[1..].find("-----BEGIN").unwrap() + 1];
    assert_eq!(export::certificate_der(first).unwrap(), devices[0].keys[0].certificates[0]);
}
