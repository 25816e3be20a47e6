//! Tokens of any claims in buffers of any size: JSON, and whatever else serde knows.

mod tree;

use super::Source;
use atecc608::Signature;
use atecc608::formats::jwt::{Header, JwtError, SIGNATURE_LEN, UnsignedJwt};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};
use tree::Tree;

/// JSON of any shape, not too deep.
fn value(source: &mut Source<'_>, depth: u8) -> Value {
    let kind = source.byte();
    let few = usize::from(kind >> 4);
    match kind % 8 {
        0 => Value::Null,
        1 => Value::Bool(few & 1 == 1),
        2 => json!(u64::from_le_bytes(source.array())),
        3 => json!(i64::from_le_bytes(source.array())),
        4 => json!(text(source, few)),
        5 => {
            let len = usize::from(source.byte());
            json!(text(source, len))
        }
        6 if depth < 4 => (0..few % 6).map(|_| value(source, depth + 1)).collect(),
        7 if depth < 4 => {
            let members = (0..few % 6).map(|_| {
                let name = source.byte() % 12;
                (text(source, usize::from(name)), value(source, depth + 1))
            });
            Value::Object(members.collect())
        }
        _ => json!(few),
    }
}

fn text(source: &mut Source<'_>, len: usize) -> String {
    String::from_utf8_lossy(source.bytes(len)).into_owned()
}

/// Claims are mostly an object, as a verifier wants it.
fn claims(source: &mut Source<'_>) -> Value {
    let mut claims = Map::new();
    while !source.is_empty() {
        let len = usize::from(source.byte() % 8);
        let name = text(source, len);
        claims.insert(name, value(source, 0));
    }
    Value::Object(claims)
}

/// Any `Serialize`: an object that `serde_json` writes in just the same way, or a refusal. Returns which.
pub fn any(data: &[u8]) -> bool {
    let mut source = Source(data);
    let claims = Tree::read(&mut source, 0);
    let mut buffer = vec![0; 60_000];
    let token = UnsignedJwt::new(&Header::ES256, &claims, &mut buffer);
    let expected = serde_json::to_string(&claims);
    let is_object = expected.as_ref().is_ok_and(|text| text.starts_with('{'));
    match &token {
        Ok(token) => {
            let body = token.signing_input().split(|byte| *byte == b'.').nth(1).expect("two parts");
            let body = Base64UrlUnpadded::decode_vec(str::from_utf8(body).expect("text")).expect("base64url");
            let body = String::from_utf8(body).expect("UTF-8");
            let expected = expected.expect("serde_json writes it, too");
            let same: Value = serde_json::from_str(&body).expect("JSON");
            assert!(same.is_object() && claims.is_plain(), "{body}");
            // Floats may have another number of zeros; all else is the same to the byte.
            assert!(body == expected || same == serde_json::from_str::<Value>(&expected).expect("JSON"));
        }
        Err(error) => {
            assert_eq!(*error, JwtError::Claims);
            assert!(!(is_object && claims.is_plain()), "refused: {expected:?}");
        }
    }
    token.is_ok()
}

pub fn run(data: &[u8]) {
    any(data);
    let mut source = Source(data);
    let size = usize::from(u16::from_le_bytes(source.array()) % 1600);
    let kid = usize::from(source.byte() % 24);
    let kid = text(&mut source, kid);
    let claims = claims(&mut source);
    let header = if kid.is_empty() { Header::ES256 } else { Header::with_kid(&kid) };
    let signature: [u8; 64] = core::array::from_fn(|i| data.get(i).copied().unwrap_or(0x5A));
    let sign = |size: usize| -> Result<String, _> {
        let mut buffer = vec![0; size];
        let unsigned = UnsignedJwt::new(&header, &claims, &mut buffer)?;
        let input = unsigned.signing_input().to_vec();
        let token = unsigned.sign(&Signature::from_bytes(signature)).expect("room was checked");
        assert_eq!(input, token.as_bytes()[..token.len() - SIGNATURE_LEN]);
        Ok::<_, atecc608::formats::jwt::JwtError>(token.to_owned())
    };
    // What serde_json writes, the driver writes, too.
    let token = sign(40_000).expect("room");
    let parts: Vec<&str> = token.split('.').collect();
    let [head, body, tail] = parts[..] else { panic!("{token}") };
    let decoded = |part| Base64UrlUnpadded::decode_vec(part).expect("base64url");
    let json = |part| -> Value { serde_json::from_slice(&decoded(part)).expect("JSON") };
    let mut expected = json!({"alg": "ES256", "typ": "JWT"});
    if !kid.is_empty() {
        expected["kid"] = kid.as_str().into();
    }
    assert_eq!(json(head), expected);
    assert_eq!(json(body), claims);
    assert_eq!(decoded(tail), signature);
    // Just as much room as needed is enough, and less is said to be too little.
    match sign(size) {
        Ok(same) => assert_eq!(same, token),
        Err(error) => {
            assert_eq!(error, atecc608::BufferTooSmall::new(token.len()).into());
            assert!(size < token.len(), "{size} for {}", token.len());
        }
    }
    assert_eq!(sign(token.len()).as_deref(), Ok(token.as_str()));
    assert!(sign(token.len() - 1).is_err());
}
