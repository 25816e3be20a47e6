//! EMQX's rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mock_clouds::Peer;
use mock_clouds::broker::emqx::{Rule, Settings};
use mock_clouds::broker::{Emqx, Jwks};
use mock_clouds::mqtt::packet::{Connect, Packet};
use mock_clouds::mqtt::{Broker, Heard, Probe, Version, code};
use mock_clouds::tls::Now;
use mock_servers::pki::NOW;
use serde_json::{Value, json};

use crate::tokens::{Key, login};

/// What a client says, and how the broker is set up for it.
struct Case {
    claims: Value,
    /// Another key signs.
    stranger: bool,
    /// There is no password.
    nothing: bool,
    settings: fn(&mut Settings),
}

fn good() -> Case {
    let acl = json!({"pub": ["up/${clientid}"], "sub": ["down/${clientid}/#"]});
    let claims = json!({"sub": "sensor-1", "iat": NOW - 1, "nbf": NOW - 1, "exp": NOW + 60, "acl": acl});
    Case { claims, stranger: false, nothing: false, settings: |_| {} }
}

fn with(name: &str, value: Value) -> Case {
    let mut case = good();
    case.claims[name] = value;
    case
}

/// A client that breaks the rule and no other.
fn breaks(rule: Rule) -> Case {
    match rule {
        Rule::Token => Case { nothing: true, settings: |settings| settings.claims.clear(), ..good() },
        Rule::Signature => Case { stranger: true, ..good() },
        Rule::Expiry => {
            Case { settings: |settings| settings.disconnect_after_expire = false, ..with("exp", json!(NOW)) }
        }
        Rule::IssuedAt => with("iat", json!(NOW + 1)),
        Rule::NotBefore => with("nbf", json!(NOW + 1)),
        Rule::Claims => with("sub", json!("sensor-2")),
        Rule::AclForm => with("acl", json!([{"permission": "allow", "action": "publish"}])),
        Rule::AclPublish => with("acl", json!({"sub": ["down/sensor-1/#"]})),
        Rule::AclSubscribe => with("acl", json!({"pub": ["up/sensor-1"]})),
        Rule::AclExpiry => Case { settings: |settings| settings.disconnect_after_expire = false, ..good() },
        Rule::Cut => good(),
    }
}

/// The first refusal that the client meets on its way: login, subscription, message, and the token's end.
async fn way(case: &Case, rule: Rule, off: Option<Rule>, version: Version) -> Result<(), String> {
    let (key, other) = (Key::new(), Key::new());
    let clock = Arc::new(AtomicU64::new(NOW));
    let shown = Arc::clone(&clock);
    let now: Now = Arc::new(move || shown.load(Ordering::Relaxed));
    let mut settings = Settings::new(Jwks::parse(&key.jwks("k")).unwrap());
    (case.settings)(&mut settings);
    let cloud = Emqx::new(settings, Now::clone(&now));
    let broker = Broker::new(if let Some(rule) = off { cloud.without(rule) } else { cloud }, now);
    let signer = if case.stranger { &other } else { &key };
    let token = signer.token(&json!({"alg": "ES256", "typ": "JWT"}), &case.claims);
    let connect = login(version, (!case.nothing).then_some(token));
    let (mut probe, heard) = Probe::connect(&broker, Peer::default(), connect).await;
    if !heard.is_welcome() {
        let Heard::Packet(Packet::ConnAck(ack)) = heard else { panic!("{heard:?}") };
        let codes = if version == Version::V5 { [0x86, 0x87] } else { [4, 5] };
        assert!(codes.contains(&ack.code), "{}", ack.code);
        return Err(broker.seen().complaints.pop().unwrap());
    }
    // Whatever the acl would say about it.
    let topics = rule != Rule::Token && rule != Rule::AclForm;
    if topics {
        probe.subscribe(1, &["down/sensor-1/set"]).await;
        let Heard::Packet(Packet::SubAck(ack)) = probe.hear().await else { panic!() };
        let refused = if version == Version::V5 { code::NOT_AUTHORIZED } else { 0x80 };
        if ack.codes == [refused] {
            return Err("SUBACK".into());
        }
        assert_eq!(ack.codes, [1]);
        probe.publish(2, "up/sensor-1", b"21.5").await;
        let Heard::Packet(Packet::PubAck(ack)) = probe.hear().await else { panic!() };
        if broker.seen().payloads("up/sensor-1").is_empty() {
            assert_eq!(ack.code, if version == Version::V5 { code::NOT_AUTHORIZED } else { 0 });
            return Err("PUBACK".into());
        }
    }
    match rule {
        Rule::Cut => {
            tokio::time::sleep(Duration::from_secs(59)).await;
            assert_eq!(broker.connected(), ["sensor-1"]);
            probe.send(&Packet::PingReq).await;
            assert_eq!(probe.hear().await, Heard::Packet(Packet::PingResp));
            tokio::time::sleep(Duration::from_secs(2)).await;
            if broker.connected().is_empty() { Err("cut off".into()) } else { Ok(()) }
        }
        Rule::AclExpiry => {
            clock.store(NOW + 61, Ordering::Relaxed);
            probe.publish(3, "up/sensor-1", b"22").await;
            probe.hear().await;
            if broker.seen().payloads("up/sensor-1").len() == 2 {
                Ok(())
            } else {
                Err("the acl has ended".into())
            }
        }
        _ => Ok(()),
    }
}

#[tokio::test(start_paused = true)]
async fn each_rule_is_broken_and_missed() {
    for version in [Version::V311, Version::V5] {
        for rule in Rule::ALL {
            let case = breaks(rule);
            let words = way(&case, rule, None, version).await.expect_err(&format!("{rule:?}"));
            let expected = match rule {
                Rule::Token => "there is no password",
                Rule::Signature => "of none of the keys",
                Rule::Expiry => "has expired: exp is",
                Rule::IssuedAt => "issued in the future: iat is",
                Rule::NotBefore => "not valid yet: nbf is",
                Rule::Claims => "sub is \"sensor-2\", expected is \"sensor-1\"",
                Rule::AclForm => "has no topic",
                Rule::AclPublish => "PUBACK",
                Rule::AclSubscribe => "SUBACK",
                Rule::AclExpiry => "the acl has ended",
                Rule::Cut => "cut off",
            };
            assert!(words.contains(expected), "{rule:?}: {words}");
            assert_eq!(way(&case, rule, Some(rule), version).await, Ok(()), "{rule:?}");
            for other in Rule::ALL.into_iter().filter(|other| *other != rule) {
                // What the acl says when it has ended is what it allows to publish.
                if (rule, other) == (Rule::AclExpiry, Rule::AclPublish) {
                    continue;
                }
                assert!(way(&case, rule, Some(other), version).await.is_err(), "{rule:?} without {other:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_without_dates_is_for_ever_and_texts_are_numbers() {
    let mut case = good();
    case.claims = json!({"sub": "sensor-1", "acl": case.claims["acl"]});
    assert_eq!(way(&case, Rule::Claims, None, Version::V311).await, Ok(()));
    let case = with("exp", json!((NOW + 60).to_string()));
    assert_eq!(way(&case, Rule::Claims, None, Version::V311).await, Ok(()));
    let case = with("exp", json!("soon"));
    assert!(way(&case, Rule::Claims, None, Version::V311).await.is_err());
    let connect: Connect = login(Version::V311, Some("no token".into()));
    let broker = Broker::new(Emqx::new(Settings::new(Jwks::default()), Arc::new(|| NOW)), Arc::new(|| NOW));
    let (_, heard) = Probe::connect(&broker, Peer::default(), connect).await;
    assert!(!heard.is_welcome());
}
