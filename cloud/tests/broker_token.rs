//! Tokens for brokers, signed by a simulated chip and checked by a library for tokens that no device uses, with the key
//! from a JWKS, as EMQX and HiveMQ take it.

use atecc608::blocking::Atecc608;
use atecc608::config::preset;
use atecc608::formats::jwt::JwtError;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, PublicKey, Slot};
use atecc608_cloud::federation::{JWKS_LEN, jwks};
use atecc608_cloud::mqtt::{BrokerClaims, BrokerToken};
use atecc608_cloud::token::{BlockingChipSigner, Lifetime, TokenError, TokenSigner};
use embassy_futures::block_on;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NOW: u64 = 1_830_000_000;

/// Makes a token with the key of the chip of this number; its text and the public key.
fn token<C: Serialize>(number: u64, claims: &BrokerClaims<'_, C>) -> (String, PublicKey) {
    let bus = atecc608_sim::Bus::with_blank_chip(number);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    let (key, _) = chip.ensure_key(Slot::S0).unwrap();
    chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();
    let mut buffer = [0; 1024];
    let mut signer = BlockingChipSigner::new(&mut chip, Slot::S0);
    let token = block_on(BrokerToken::issue(claims, NOW, Lifetime::HOUR, &mut signer, &mut buffer)).unwrap();
    (token.as_str().to_owned(), key)
}

/// What the library reads, with the key from a JWKS under the token's own key id.
fn verified(token: &str, key: &PublicKey, audience: Option<&str>) -> Result<Value, String> {
    let mut buffer = [0; JWKS_LEN];
    let set: JwkSet = serde_json::from_str(jwks(key, "key-1", &mut buffer).unwrap()).unwrap();
    let header = decode_header(token).map_err(|error| error.to_string())?;
    let kid = header.kid.ok_or("no key id")?;
    let key = DecodingKey::from_jwk(set.find(&kid).ok_or("unknown key id")?).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    // The times are compared here, with this test's clock.
    validation.validate_exp = false;
    validation.set_required_spec_claims(&["exp", "sub"]);
    if let Some(audience) = audience {
        validation.set_audience(&[audience]);
    }
    decode::<Value>(token, &key, &validation).map(|data| data.claims).map_err(|error| error.to_string())
}

#[test]
fn a_library_takes_it_with_every_claim() {
    #[derive(Serialize)]
    struct Own<'a> {
        acl: [Rule<'a>; 2],
        tenant: &'a str,
    }
    #[derive(Serialize)]
    struct Rule<'a> {
        permission: &'a str,
        action: &'a str,
        topic: &'a str,
    }
    let rule = |action, topic| Rule { permission: "allow", action, topic };
    let own = Own { acl: [rule("publish", "lamps/lamp-1/state"), rule("subscribe", "a/#")], tenant: "é\"" };
    let claims = BrokerClaims::new("lamp-1")
        .with_key_id("key-1")
        .with_audience("mqtt")
        .with_issuer("factory")
        .with_not_before()
        .with_own(&own);
    let (token, key) = token(1, &claims);
    assert_eq!(
        verified(&token, &key, Some("mqtt")).unwrap(),
        json!({
            "iss": "factory", "sub": "lamp-1", "aud": "mqtt",
            "iat": NOW - 30, "nbf": NOW - 30, "exp": NOW - 30 + 3600,
            "acl": [
                {"permission": "allow", "action": "publish", "topic": "lamps/lamp-1/state"},
                {"permission": "allow", "action": "subscribe", "topic": "a/#"},
            ],
            "tenant": "é\"",
        })
    );
    assert!(verified(&token, &key, Some("other")).is_err());
    // Another key, and a token that was changed.
    let (_, other) = self::token(2, &claims);
    assert!(verified(&token, &other, Some("mqtt")).unwrap_err().contains("InvalidSignature"));
    let changed = token.replacen('e', "f", 3);
    assert!(verified(&changed, &key, Some("mqtt")).is_err());
}

/// EMQX's older form of the claim, and a map instead of a struct.
#[test]
fn the_smallest_and_a_map() {
    let (smallest, key) = token(1, &BrokerClaims::new("lamp-1").with_key_id("key-1"));
    assert_eq!(
        verified(&smallest, &key, None).unwrap(),
        json!({"sub": "lamp-1", "iat": NOW - 30, "exp": NOW + 3570})
    );
    assert_eq!(smallest.split('.').map(str::len).sum::<usize>(), smallest.len() - 2);
    let lists = BTreeMap::from([("pub", vec!["a/1"]), ("sub", vec!["a/2", "b/#"])]);
    let map = BTreeMap::from([("acl", lists)]);
    let (token, key) = token(1, &BrokerClaims::new("lamp-1").with_key_id("key-1").with_own(&map));
    assert_eq!(verified(&token, &key, None).unwrap()["acl"], json!({"pub": ["a/1"], "sub": ["a/2", "b/#"]}));
}

struct Never;

impl TokenSigner for Never {
    type Error = core::fmt::Error;
    async fn sign_digest(&mut self, _: &[u8; 32]) -> Result<atecc608::Signature, Self::Error> {
        panic!("nothing is to be signed")
    }
}

fn refused<C: Serialize>(own: C, size: usize) -> TokenError<core::fmt::Error> {
    let claims = BrokerClaims::new("lamp-1").with_own(own);
    let mut buffer = vec![0; size];
    block_on(BrokerToken::issue(&claims, NOW, Lifetime::HOUR, &mut Never, &mut buffer)).unwrap_err()
}

/// A second `exp` would be read by one server and the first by another.
#[test]
fn own_claims_can_not_be_the_tokens() {
    #[derive(Serialize)]
    struct Late {
        tenant: u8,
        exp: u64,
    }
    assert_eq!(refused(Late { tenant: 1, exp: u64::MAX }, 1024), TokenError::ReservedClaim("exp"));
    for name in ["iss", "sub", "aud", "exp", "nbf", "iat"] {
        let error = refused(BTreeMap::from([(name, 1)]), 1024);
        assert_eq!(error, TokenError::ReservedClaim(name));
        assert!(error.to_string().contains(name), "{error}");
    }
    // What is no object.
    let claims = TokenError::Jwt(JwtError::Claims);
    assert_eq!(refused("text", 1024), claims);
    assert_eq!(refused([1, 2], 1024), claims);
    assert_eq!(refused(BTreeMap::from([(1, 2)]), 1024), claims);
    let small = refused((), 100);
    assert!(matches!(small, TokenError::Jwt(JwtError::BufferTooSmall(_))), "{small}");
    assert!(small.to_string().contains("191"), "{small}");
}

#[test]
fn the_token_does_not_stay() {
    struct Fives;
    impl TokenSigner for Fives {
        type Error = core::fmt::Error;
        async fn sign_digest(&mut self, _: &[u8; 32]) -> Result<atecc608::Signature, Self::Error> {
            Ok(atecc608::Signature::from_bytes([5; 64]))
        }
    }
    // 64 bytes of each name, as the documentation says.
    let name = "n".repeat(64);
    let claims = BrokerClaims::new(&name).with_key_id(&name).with_audience("mqtt").with_not_before();
    let mut buffer = [0; 450];
    let token = block_on(BrokerToken::issue(&claims, NOW, Lifetime::HOUR, &mut Fives, &mut buffer)).unwrap();
    let login = token.login("client", "user");
    assert_eq!(login.password, Some(token.as_str().as_bytes()));
    assert_eq!((login.check(), token.expires()), (Ok(()), NOW + 3570));
    assert!(!format!("{token:?} {login:?}").contains("eyJ"));
    drop(token);
    assert_eq!(buffer, [0; 450]);
    let token = block_on(BrokerToken::issue(&claims, NOW, Lifetime::HOUR, &mut Fives, &mut buffer)).unwrap();
    let text = token.into_str().to_owned();
    assert!(text.starts_with("eyJ") && buffer.starts_with(text.as_bytes()));
}
