//! Manifests that somebody has spoilt. Nothing panics, and nothing is believed.

use crate::workshop::{MANIFEST_SIGNER, device, key, roots, signing_certificate};
use atecc608_fleet::manifest::{Entry, Manifest, ManifestErrorKind};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Bytes changed, cut, doubled and inserted. What is taken says what was signed.
#[test]
fn spoilt_manifests() {
    let device = device(1);
    let certificate = signing_certificate(MANIFEST_SIGNER);
    let entry = Entry::sign(&device, &certificate, &mut key(MANIFEST_SIGNER)).unwrap();
    let good = Manifest::from(vec![entry]).to_string().into_bytes();
    let (roots, trusted) = (roots(), [certificate]);
    let mut random = ChaCha8Rng::seed_from_u64(608);
    let (mut parsed, mut taken) = (0, 0);
    for _ in 0..4000 {
        let mut bytes = good.clone();
        for _ in 0..=random.next_u32() % 3 {
            let at = random.next_u32() as usize % bytes.len();
            match random.next_u32() % 6 {
                0 => bytes[at] = random.next_u32() as u8,
                1 => bytes[at] ^= 1 << (random.next_u32() % 8),
                2 => bytes.truncate(at.max(1)),
                3 => bytes.insert(at, b"\"\\{}[],:0A-_="[random.next_u32() as usize % 13]),
                4 => drop(bytes.remove(at)),
                _ => bytes.extend_from_within(at..),
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
        let Ok(manifest) = Manifest::parse(&bytes) else { continue };
        parsed += 1;
        if let Ok(devices) = manifest.verify(&trusted, &roots) {
            taken += 1;
            assert!(devices.all().is_empty() || devices.all() == [device.clone()]);
        }
    }
    // Base64 that was changed is still JSON; what is taken was changed in nothing that counts, such as a line feed.
    assert!(parsed > 1000, "{parsed}");
    assert!(taken < parsed / 20, "{taken} of {parsed}");
}

#[test]
fn no_json_or_too_much() {
    let nested = "[".repeat(100_000);
    let object = r#"[{"payload":"","protected":"","header":{"uniqueId":""},"signature":""}]"#;
    for text in ["", "{}", "null", "[1]", "[{}]", &nested, &object[..20]] {
        let kind = Manifest::parse(text.as_bytes()).unwrap_err().kind;
        assert!(matches!(kind, ManifestErrorKind::Json { what: "manifest", .. }), "{kind}");
    }
    let manifest = Manifest::parse(object.as_bytes()).unwrap();
    assert!(manifest.verify(&[], &roots()).is_err());
    let large = "A".repeat(Entry::MAX_PAYLOAD + 1);
    let text = object.replacen(r#""payload":"""#, &format!(r#""payload":"{large}""#), 1);
    let manifest = Manifest::parse(text.as_bytes()).unwrap();
    let kind = manifest.verify(&[], &roots()).unwrap_err().kind;
    assert_eq!(kind, ManifestErrorKind::TooLarge { what: "payload", most: Entry::MAX_PAYLOAD });
}
