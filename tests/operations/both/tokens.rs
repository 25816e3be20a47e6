//! JSON Web Tokens, PEM, JWK: what leaves the chip for others to check.

use super::rig::{Rig, opcodes};
use crate::common::{Locks, known_public_key, refused, sha256, verifies};
use atecc608::command::Opcode;
use atecc608::jwk::JWK_LEN;
use atecc608::jwt::{Header, JwtError, SignJwtError};
use atecc608::pem::PEM_LEN;
use atecc608::{Signature, Slot};
use base64ct::{Base64UrlUnpadded, Encoding};
use p256::pkcs8::DecodePublicKey;
use serde_json::{Value, json};

#[derive(serde::Serialize)]
struct Claims<'a> {
    iat: u64,
    exp: u64,
    aud: &'a str,
}

fn decode(part: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(part).expect("strict base64url")
}

#[test]
fn sign_jwt() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        for aud in ["", "p", "my-project", "a project with a long name: \"élan\" \\ and more of it"] {
            let claims = Claims { iat: 1_700_000_000, exp: 1_700_003_600, aud };
            let mut buffer = [0xEE; 512];
            let result = op!(rig.sign_jwt(Slot::S2, &Header::with_kid("k1"), &claims, &mut buffer));
            assert_eq!(rig.executed().last(), Some(&Opcode::Sign.to_byte()));
            if locks == Locks::Nothing {
                assert_eq!(result, Err(SignJwtError::Chip(refused(Opcode::Sign))));
                continue;
            }
            let token = result.unwrap();
            let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
                panic!("{token}");
            };
            let header: Value = serde_json::from_slice(&decode(header)).unwrap();
            assert_eq!(header, json!({"alg": "ES256", "typ": "JWT", "kid": "k1"}));
            let payload: Value = serde_json::from_slice(&decode(payload)).unwrap();
            assert_eq!(payload, json!({"iat": 1_700_000_000, "exp": 1_700_003_600, "aud": aud}));
            let signature = Signature::from_bytes(decode(signature).try_into().unwrap());
            let input = &token[..token.rfind('.').unwrap()];
            assert!(verifies(&known_public_key(), &sha256(input.as_bytes()), &signature), "{locks:?} {aud}");
        }
    }
}

#[test]
fn nothing_is_signed_when_the_token_does_not_fit() {
    let mut rig = Rig::workbench(Locks::Both);
    let claims = Claims { iat: 1, exp: 2, aud: "p" };
    let mut buffer = [0; 300];
    let len = op!(rig.sign_jwt(Slot::S0, &Header::ES256, &claims, &mut buffer)).unwrap().len();
    op!(rig.sign_jwt(Slot::S0, &Header::ES256, &claims, &mut buffer[..len])).expect("just fits");
    rig.log();
    for room in [0, 50, len - 1] {
        let result = rig
            .silently(|rig| op!(rig.sign_jwt(Slot::S0, &Header::ES256, &claims, &mut buffer[..room])).err());
        assert_eq!(result, Some(SignJwtError::Jwt(JwtError::BufferTooSmall)), "{room}");
    }
    assert_eq!(op!(rig.counter(atecc608::command::CounterId::Counter0)), Ok(2), "no use was lost");
    assert_eq!(rig.executed(), opcodes(&[Opcode::Counter]));
}

#[test]
fn the_public_key_as_pem_and_jwk() {
    let mut rig = Rig::gcp(Locks::Config);
    let (key, _) = op!(rig.ensure_key(Slot::S0)).unwrap();
    let digest = [0xD1; 32];
    let signature = op!(rig.sign_digest(Slot::S0, &digest)).unwrap();

    let mut pem = [0; PEM_LEN];
    let parsed = p256::PublicKey::from_public_key_pem(key.to_pem(&mut pem).unwrap()).unwrap();
    assert_eq!(parsed.to_sec1_bytes()[..], key.to_sec1());
    let parsed = p256::ecdsa::VerifyingKey::from(parsed);
    let fixed = p256::ecdsa::Signature::from_slice(signature.as_bytes()).unwrap();
    p256::ecdsa::signature::hazmat::PrehashVerifier::verify_prehash(&parsed, &digest, &fixed).unwrap();

    let mut jwk = [0; JWK_LEN];
    let jwk: Value = serde_json::from_str(key.to_jwk(None, &mut jwk).unwrap()).unwrap();
    assert_eq!((&jwk["kty"], &jwk["crv"]), (&json!("EC"), &json!("P-256")));
    assert_eq!(decode(jwk["x"].as_str().unwrap()), key.x());
    assert_eq!(decode(jwk["y"].as_str().unwrap()), key.y());
}
