//! Public keys of any bytes as DER, PEM and JWK in buffers of any size.

use super::Source;
use atecc608::PublicKey;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};

/// What stands before the key (RFC 5480): id-ecPublicKey, prime256v1, a bit string, an uncompressed point.
const HEAD: &str = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

pub fn run(data: &[u8]) {
    let mut source = Source(data);
    let key = PublicKey::from_bytes(source.array());
    let size = usize::from(source.byte());
    let der = key.to_spki_der();
    let hex: String = der[..27].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((hex.as_str(), &der[27..]), (HEAD, &key.as_bytes()[..]));
    let mut point = key.to_sec1();
    assert_eq!(PublicKey::from_sec1(&point), Some(key));
    point[0] ^= source.byte();
    assert_eq!(PublicKey::from_sec1(&point).is_some(), point[0] == 0x04);
    let mut buffer = vec![0xEE; size];
    match key.to_pem(&mut buffer) {
        Ok(pem) => {
            let body = Base64::encode_string(&der);
            let expected = format!(
                "-----BEGIN PUBLIC KEY-----\n{}\n{}\n-----END PUBLIC KEY-----\n",
                &body[..64],
                &body[64..]
            );
            assert_eq!(pem, expected);
            assert!(buffer[expected.len()..].iter().all(|byte| *byte == 0xEE), "written beyond its end");
        }
        Err(_) => assert!(size < atecc608::formats::pem::PEM_LEN),
    }
    let kid = String::from_utf8_lossy(source.bytes(40)).into_owned();
    let kid = (!kid.is_empty()).then_some(kid.as_str());
    let needed = {
        let mut enough = vec![0; 600];
        let text = key.to_jwk(kid, &mut enough).expect("room");
        let jwk: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let mut expected = serde_json::json!({
            "kty": "EC", "alg": "ES256", "use": "sig", "crv": "P-256",
            "x": Base64UrlUnpadded::encode_string(key.x()),
            "y": Base64UrlUnpadded::encode_string(key.y()),
        });
        if let Some(kid) = kid {
            expected["kid"] = kid.into();
        }
        assert_eq!(jwk, expected);
        text.to_owned()
    };
    match key.to_jwk(kid, &mut buffer) {
        Ok(text) => assert_eq!(text, needed),
        Err(_) => assert!(size < needed.len(), "{size} for {}", needed.len()),
    }
}
