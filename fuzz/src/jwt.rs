//! Tokens of any claims in buffers of any size.

use super::Source;
use atecc608::Signature;
use atecc608::jwt::{Header, UnsignedJwt};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    sub: &'a str,
    iat: u64,
    exp: i64,
    ok: bool,
    list: [u8; 3],
}

pub fn run(data: &[u8]) {
    let mut source = Source(data);
    let size = usize::from(u16::from_le_bytes(source.array()) % 1200);
    let (iat, exp) = (u64::from_le_bytes(source.array()), i64::from_le_bytes(source.array()));
    let list = source.array();
    let mut text = |len: u8| String::from_utf8_lossy(source.bytes(usize::from(len))).into_owned();
    let (kid, aud) = (text(20), text(60));
    let sub = text(255);
    let claims = Claims { aud: &aud, sub: &sub, iat, exp, ok: list[0] & 1 == 1, list };
    let header = if kid.is_empty() { Header::ES256 } else { Header::with_kid(&kid) };
    let mut buffer = vec![0; size];
    let Ok(unsigned) = UnsignedJwt::new(&header, &claims, &mut buffer) else { return };
    let token = unsigned.sign(&Signature::from_bytes([0x5A; 64])).expect("room was checked");
    let parts: Vec<&str> = token.split('.').collect();
    let [header, body, signature] = parts[..] else { panic!("{token}") };
    let json = |part| -> Value {
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).expect("base64url")).expect("JSON")
    };
    assert_eq!(json(body), serde_json::to_value(&claims).expect("JSON"));
    assert_eq!(json(header)["alg"], "ES256");
    assert_eq!(json(header).get("kid").map_or("", |kid| kid.as_str().expect("text")), kid);
    assert_eq!(Base64UrlUnpadded::decode_vec(signature).expect("base64url"), [0x5A; 64]);
}
