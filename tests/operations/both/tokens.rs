//! JSON Web Tokens, PEM, JWK: what leaves the chip for others to check.

use super::rig::{Rig, opcodes};
use atecc608::formats::jwk::JWK_LEN;
use atecc608::formats::jwt::{Header, JwtError, SignJwtError};
use atecc608::formats::pem::PEM_LEN;
use atecc608::wire::Opcode;
use atecc608::{BufferTooSmall, Signature, Slot};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use testkit::{Locks, known_public_key, refused, sha256, verifies};

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
        assert_eq!(result, Some(SignJwtError::Jwt(BufferTooSmall::new(len).into())), "{room}");
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
    let mut der = [0; PEM_LEN];
    let (label, der) = pem_rfc7468::decode(key.to_pem(&mut pem).unwrap().as_bytes(), &mut der).unwrap();
    assert_eq!((label, der), ("PUBLIC KEY", &key.to_spki_der()[..]));
    let (_, point) = der.split_last_chunk::<65>().unwrap();
    let parsed = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).unwrap();
    let fixed = p256::ecdsa::Signature::from_slice(signature.as_bytes()).unwrap();
    p256::ecdsa::signature::hazmat::PrehashVerifier::verify_prehash(&parsed, &digest, &fixed).unwrap();

    let mut jwk = [0; JWK_LEN];
    let jwk: Value = serde_json::from_str(key.to_jwk(None, &mut jwk).unwrap()).unwrap();
    assert_eq!((&jwk["kty"], &jwk["crv"]), (&json!("EC"), &json!("P-256")));
    assert_eq!(decode(jwk["x"].as_str().unwrap()), key.x());
    assert_eq!(decode(jwk["y"].as_str().unwrap()), key.y());
}

/// Claims with a `Serialize` of their own.
macro_rules! by {
    ($serializer:ident => $body:expr) => {{
        struct Claims;
        impl serde::Serialize for Claims {
            fn serialize<S: serde::Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(unused_imports, reason = "not every body needs them")]
                use serde::ser::{Error as _, SerializeMap as _, SerializeSeq as _, SerializeStruct as _};
                $body
            }
        }
        Claims
    }};
}

/// A claim of any kind as the only member of an object.
struct By<T>(T);

impl<T: serde::Serialize> serde::Serialize for By<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("claim", &self.0)])
    }
}

#[derive(serde::Serialize)]
enum Kind {
    Tuple(u8, u8),
    Newtype(u8),
    Struct {
        field: u8,
    },
    #[serde(rename = "with \"quotes\"")]
    Quoted(u8),
}

#[derive(serde::Serialize)]
struct Renamed {
    #[serde(rename = "a\"b")]
    field: u8,
}

/// What is no JSON object never reaches the chip, and none of it panics.
#[test]
fn claims_that_are_no_json_object_are_not_signed() {
    use std::collections::BTreeMap;
    let mut rig = Rig::workbench(Locks::Both);
    let before = op!(rig.counter(atecc608::command::CounterId::Counter0)).unwrap();
    rig.log();
    let mut cases = 0;
    macro_rules! refused {
        ($($claims:expr;)*) => {$(
            let claims = $claims;
            let mut buffer = [0; 512];
            let result = rig.silently(|rig| {
                op!(rig.sign_jwt(Slot::S0, &Header::ES256, &claims, &mut buffer)).err()
            });
            assert_eq!(result, Some(SignJwtError::Jwt(JwtError::Claims)), "{}", stringify!($claims));
            cases += 1;
        )*};
    }
    refused! {
        // What serde can say and JSON can't, or not in one way.
        By('x');
        By(Kind::Tuple(1, 2));
        By(Kind::Quoted(1));
        By(1u128);
        By(-1i128);
        By(by!(serializer => serializer.serialize_bytes(b"\"}")));
        Renamed { field: 1 };
        BTreeMap::from([(1, 2)]);
        BTreeMap::from([(true, 2)]);
        BTreeMap::from([('x', 2)]);
        BTreeMap::from([(Some("x"), 2), (None, 2)]);
        BTreeMap::from([((), 2)]);
        BTreeMap::from([([1, 2], 2)]);
        By(by!(serializer => serializer.serialize_newtype_struct("__serde_json_core_escaped_string__", "\"")));
        By(by!(serializer => {
            // As serde_json's RawValue does.
            let mut raw = serializer.serialize_struct("$serde_json::private::RawValue", 1)?;
            raw.serialize_field("$serde_json::private::RawValue", "}}")?;
            raw.end()
        }));
        // A `Serialize` that gives up, or goes on as if nothing were.
        By(by!(_serializer => Err(S::Error::custom("no time"))));
        by!(_serializer => Err(S::Error::custom("no time")));
        by!(serializer => {
            let mut map = serializer.serialize_map(None)?;
            let _ = map.serialize_entry("a", &'x');
            map.serialize_entry("b", &1)?;
            map.end()
        });
        by!(serializer => {
            let mut map = serializer.serialize_map(None)?;
            let _ = map.serialize_entry("a", &by!(_serializer => Err(S::Error::custom("no time"))));
            map.end()
        });
        by!(serializer => {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_key("a")?;
            map.end()
        });
        by!(serializer => {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_key("a")?;
            map.serialize_key("b")?;
            map.serialize_value(&1)?;
            map.end()
        });
        by!(serializer => {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_value(&1)?;
            map.end()
        });
        by!(serializer => {
            let mut list = serializer.serialize_seq(None)?;
            let _ = list.serialize_element(&1u128);
            list.end()
        });
        // JSON, but no object.
        1;
        "text";
        true;
        1.5;
        ();
        None::<Claims<'_>>;
        [1, 2];
        ("aud", "p");
        [Claims { iat: 1, exp: 2, aud: "p" }];
    }
    // Neither did any of them cost a use of the key, nor do they spoil the next token.
    assert_eq!(op!(rig.counter(atecc608::command::CounterId::Counter0)), Ok(before));
    let mut buffer = [0; 512];
    for claims in [By(Kind::Newtype(1)), By(Kind::Struct { field: 1 })] {
        op!(rig.sign_jwt(Slot::S0, &Header::ES256, &claims, &mut buffer)).unwrap();
    }
    assert_eq!(cases, 32);
}
