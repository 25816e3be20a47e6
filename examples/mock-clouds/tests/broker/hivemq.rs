//! HiveMQ's rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mock_clouds::Peer;
use mock_clouds::broker::hivemq::{CACHE, Rule, Settings};
use mock_clouds::broker::{HiveMq, Jwks};
use mock_clouds::mqtt::{Broker, Probe, Version};
use mock_clouds::tls::Now;
use mock_servers::pki::NOW;
use serde_json::{Value, json};

use crate::tokens::{Key, login};

fn header() -> Value {
    json!({"alg": "ES256", "typ": "JWT", "kid": "k"})
}

fn claims() -> Value {
    json!({"sub": "sensor-1", "iat": NOW - 1, "exp": NOW + 60, "nbf": NOW - 1})
}

fn jwks(key: &Key) -> Jwks {
    Jwks::parse(&key.jwks("k")).unwrap()
}

/// A client that breaks the rule: whether it comes in.
async fn way(rule: Rule, off: Option<Rule>, version: Version) -> Result<(), String> {
    let (key, other) = (Key::new(), Key::new());
    let now: Now = Arc::new(|| NOW);
    let mut settings = Settings::new();
    let (mut header, mut claims, mut signer, mut token) = (header(), claims(), &key, true);
    match rule {
        Rule::Token => {
            settings.claims.clear();
            token = false;
        }
        Rule::KeyId => header["kid"] = json!("other"),
        Rule::Signature => signer = &other,
        Rule::Expiry => claims["exp"] = json!(NOW),
        Rule::NotBefore => claims["nbf"] = json!(NOW + 1),
        Rule::Claims => claims["sub"] = json!("sensor-2"),
        // The key at the endpoint is replaced after it was fetched.
        Rule::Cache => signer = &other,
    }
    let cloud = HiveMq::new(settings, jwks(&key), Now::clone(&now));
    let broker = Broker::new(if let Some(rule) = off { cloud.without(rule) } else { cloud }, now);
    let enter = async |token: Option<String>| {
        let (probe, heard) = Probe::connect(&broker, Peer::default(), login(version, token)).await;
        drop(probe);
        heard.is_welcome()
    };
    if rule == Rule::Cache {
        assert!(enter(Some(key.token(&header, &claims))).await);
        broker.cloud().publish_keys(jwks(&other));
    }
    let token = token.then(|| signer.token(&header, &claims));
    if enter(token).await { Ok(()) } else { Err(broker.seen().complaints.pop().unwrap()) }
}

#[tokio::test(start_paused = true)]
async fn each_rule_is_broken_and_missed() {
    for version in [Version::V311, Version::V5] {
        for rule in Rule::ALL {
            let words = way(rule, None, version).await.expect_err(&format!("{rule:?}"));
            let expected = match rule {
                Rule::Token => "there is no password",
                Rule::KeyId => "has no key \"other\"",
                Rule::Signature | Rule::Cache => "InvalidSignature",
                Rule::Expiry => "expired",
                Rule::NotBefore => "not valid yet",
                Rule::Claims => "sub is \"sensor-2\"",
            };
            assert!(words.contains(expected), "{rule:?}: {words}");
            assert_eq!(way(rule, Some(rule), version).await, Ok(()), "{rule:?}");
            for other in Rule::ALL.into_iter().filter(|other| *other != rule) {
                // A stranger's key comes in either way if signatures are not checked.
                if (rule, other) != (Rule::Cache, Rule::Signature) {
                    assert!(way(rule, Some(other), version).await.is_err(), "{rule:?} without {other:?}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_known_after_half_an_hour() {
    let (key, other) = (Key::new(), Key::new());
    let clock = Arc::new(AtomicU64::new(NOW));
    let shown = Arc::clone(&clock);
    let now: Now = Arc::new(move || shown.load(Ordering::Relaxed));
    let broker = Broker::new(HiveMq::new(Settings::new(), jwks(&key), Now::clone(&now)), now);
    let claims = json!({"sub": "sensor-1", "exp": NOW + 3600});
    let enter = async |key: &Key| {
        let connect = login(Version::V311, Some(key.token(&header(), &claims)));
        Probe::connect(&broker, Peer::default(), connect).await.1.is_welcome()
    };
    assert!(enter(&key).await);
    broker.cloud().publish_keys(jwks(&other));
    for (at, old, new) in [(CACHE - 1, true, false), (CACHE, false, true)] {
        clock.store(NOW + at, Ordering::Relaxed);
        assert_eq!((enter(&key).await, enter(&other).await), (old, new), "{at}");
    }
}

#[test]
fn sets_of_keys() {
    assert!(Jwks::parse("{}").is_err());
    assert!(Jwks::parse(r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#).is_err());
    Jwks::parse(r#"{"keys":[]}"#).unwrap();
}
