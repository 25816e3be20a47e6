use super::*;
use crate::federation::{KEY_ID_MAX, SUBJECT_MAX};
use crate::token::CLOCK_FLOOR;
use atecc608::Signature;
use atecc608::formats::jwt::JwtError;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;
use embassy_futures::block_on;
use sha2::{Digest, Sha256};
use std::string::String;
use std::vec::Vec;

const NOW: u64 = 1_700_000_000;

/// Keeps the digests it was given.
#[derive(Default)]
struct Recorder {
    digests: Vec<[u8; 32]>,
    fails: bool,
}

impl TokenSigner for Recorder {
    type Error = fmt::Error;
    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Self::Error> {
        if self.fails {
            return Err(fmt::Error);
        }
        self.digests.push(*digest);
        Ok(Signature::from_bytes([0xA5; 64]))
    }
}

fn identity() -> Identity<'static> {
    let provider = Provider::new(42, "devices", "greenhouse").unwrap();
    Identity::new(provider, "https://iss.example/x", "sensor-1", "key-1").unwrap()
}

fn json(part: &str) -> serde_json::Value {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

fn issue(identity: &Identity<'_>, now: u64, lifetime: Lifetime, signer: &mut Recorder) -> String {
    let mut buffer = [0; FEDERATED_TOKEN_MAX];
    let token = block_on(FederatedToken::issue(identity, now, lifetime, signer, &mut buffer)).unwrap();
    String::from(token.as_str())
}

#[test]
fn header_and_claims_are_exactly_what_google_asks_for() {
    let mut signer = Recorder::default();
    let token = issue(&identity(), NOW, FederatedToken::LIFETIME, &mut signer);
    let [header, claims, _] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    assert_eq!(json(header), serde_json::json!({"alg": "ES256", "typ": "JWT", "kid": "key-1"}));
    let aud = "//iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/devices/providers/greenhouse";
    assert_eq!(
        json(claims),
        serde_json::json!({
            "iss": "https://iss.example/x", "sub": "sensor-1", "aud": aud,
            "iat": NOW - 30, "exp": NOW - 30 + 3600,
        })
    );
    let input = token.rsplit_once('.').unwrap().0;
    assert_eq!(signer.digests, [<[u8; 32]>::from(Sha256::digest(input.as_bytes()))]);
}

#[test]
fn an_audience_of_ones_own() {
    let identity = identity().with_audience("https://my.example").unwrap();
    let token = issue(&identity, NOW, FederatedToken::LIFETIME, &mut Recorder::default());
    assert_eq!(json(token.split('.').nth(1).unwrap())["aud"], "https://my.example");
}

#[test]
fn a_short_token_is_not_born_expired_and_the_longest_stays_below_48_hours() {
    for seconds in [1, 2, 59, 60, 61, 3600, 86_400] {
        let lifetime = Lifetime::from_secs(seconds).unwrap();
        let token = issue(&identity(), NOW, lifetime, &mut Recorder::default());
        let claims = json(token.split('.').nth(1).unwrap());
        let (iat, exp) = (claims["iat"].as_u64().unwrap(), claims["exp"].as_u64().unwrap());
        assert!(iat <= NOW && exp > NOW, "{seconds}");
        assert_eq!(exp - iat, seconds);
        assert!(exp - iat < 48 * 3600);
    }
    assert!(FederatedToken::LIFETIME.as_secs() <= 3600);
}

#[test]
fn the_longest_token_fits() {
    let name = "p".repeat(32);
    let provider = Provider::new(u64::MAX, &name, &name).unwrap();
    let issuer = format!("https://{}", "i".repeat(247));
    let (subject, key_id, audience) = ("s".repeat(SUBJECT_MAX), "k".repeat(KEY_ID_MAX), "a".repeat(255));
    let identity = Identity::new(provider, &issuer, &subject, &key_id).unwrap();
    let identity = identity.with_audience(&audience).unwrap();
    // Times of 20 digits, the longest a u64 has.
    let token = issue(&identity, u64::MAX, Lifetime::MAX, &mut Recorder::default());
    assert!(token.len() <= FEDERATED_TOKEN_MAX && token.len() > FEDERATED_TOKEN_MAX - 100, "{}", token.len());
}

#[test]
fn nothing_is_signed_from_an_unset_clock_or_into_a_small_buffer() {
    let mut signer = Recorder::default();
    let mut buffer = [0; FEDERATED_TOKEN_MAX];
    let lifetime = FederatedToken::LIFETIME;
    for unset in [0, 12, CLOCK_FLOOR - 1] {
        let error = block_on(FederatedToken::issue(&identity(), unset, lifetime, &mut signer, &mut buffer));
        assert_eq!(error.unwrap_err(), TokenError::ClockNotSet { now: unset });
    }
    let mut short = [0; 300];
    let small = block_on(FederatedToken::issue(&identity(), NOW, lifetime, &mut signer, &mut short));
    assert!(matches!(small.unwrap_err(), TokenError::Jwt(JwtError::BufferTooSmall(_))));
    assert!(signer.digests.is_empty());
    signer.fails = true;
    let failed = block_on(FederatedToken::issue(&identity(), NOW, lifetime, &mut signer, &mut buffer));
    assert_eq!(failed.unwrap_err(), TokenError::Signer(fmt::Error));
}
