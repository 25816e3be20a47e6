//! Public keys of any bytes as DER, PEM and JWK in buffers of any size.

use super::Source;
use atecc608::PublicKey;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};

pub fn run(data: &[u8]) {
    let mut source = Source(data);
    let key = PublicKey::from_bytes(source.array());
    let size = usize::from(source.byte()) * 2;
    let der = key.to_spki_der();
    assert_eq!(der[27..], *key.as_bytes());
    let mut buffer = vec![0; size];
    match key.to_pem(&mut buffer) {
        Ok(pem) => {
            let lines: Vec<&str> = pem.lines().collect();
            let [first, body @ .., last] = &lines[..] else { panic!("{pem}") };
            assert_eq!((*first, *last), ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"));
            assert!(body.iter().all(|line| line.len() <= 64));
            assert_eq!(Base64::decode_vec(&body.concat()).expect("base64"), der);
        }
        Err(_) => assert!(size < atecc608::pem::PEM_LEN),
    }
    let kid = String::from_utf8_lossy(source.bytes(40)).into_owned();
    let kid = (!kid.is_empty()).then_some(kid.as_str());
    if let Ok(jwk) = key.to_jwk(kid, &mut buffer) {
        let jwk: serde_json::Value = serde_json::from_str(jwk).expect("JSON");
        let field = |name: &str| Base64UrlUnpadded::decode_vec(jwk[name].as_str().expect("text"));
        assert_eq!(field("x").expect("base64url"), key.x());
        assert_eq!(field("y").expect("base64url"), key.y());
        assert_eq!(jwk.get("kid").and_then(|kid| kid.as_str()), kid);
    }
}
