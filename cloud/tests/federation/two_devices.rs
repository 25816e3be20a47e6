//! Two devices of one fleet, of which one was taken apart: may it speak for the other?

use std::collections::HashMap;

use atecc608_cloud::federation::{Cause, EXCHANGE_BUFFER, Identity, Provider};
use mock_servers::google::{self, Pool, Rules};

use crate::cloud::{Cloud, Error, ISSUER, Key, NOW, PROJECT, principal, refusal, topic};

const NUMBER: u64 = 123_456_789_012;
const ONE: &str = "sensor-1";
const TWO: &str = "sensor-2";

fn provider(id: &str) -> Provider<'_> {
    Provider::new(NUMBER, "devices", id).unwrap()
}

/// A pool with these providers. Both devices may publish.
fn cloud(providers: Vec<google::Provider>) -> Cloud {
    let cloud = Cloud::new(Rules {
        project_number: NUMBER,
        pools: vec![Pool::new("devices", providers)],
        access_lifetime: 3599,
        access_length: 1024,
        project: PROJECT.into(),
        topics: vec!["telemetry".into()],
        publishers: vec![principal(ONE), principal(TWO)],
        accounts: HashMap::new(),
    });
    cloud.service.upload(&provider(ONE).to_string(), &Key::new(1).jwks(ONE)).unwrap();
    cloud.service.upload(&provider(TWO).to_string(), &Key::new(2).jwks(TWO)).unwrap();
    cloud
}

/// As the README sets it up.
fn with_conditions() -> Cloud {
    let condition = |name: &str| crate::readme::condition().replace(ONE, name);
    cloud([ONE, TWO].map(|name| google::Provider::new(name, ISSUER).with_condition(&condition(name))).into())
}

fn without_conditions() -> Cloud {
    cloud([ONE, TWO].map(|name| google::Provider::new(name, ISSUER)).into())
}

/// The owner of key `key` says at the provider `at` that he is `subject`, and publishes: as whom.
async fn publish(cloud: &Cloud, at: &str, key: u8, kid: &str, subject: &str) -> Result<String, Error> {
    let identity = Identity::new(provider(at), ISSUER, subject, kid).unwrap();
    let mut buffer = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange_as(&identity, &mut Key::new(key), NOW, &mut buffer).await?;
    cloud.publish(&mut cloud.pubsub(), &topic(), &token).await?;
    Ok(cloud.service.seen().published.last().unwrap().principal.clone())
}

#[tokio::test]
async fn each_device_speaks_for_itself() {
    for cloud in [with_conditions(), without_conditions()] {
        assert_eq!(publish(&cloud, ONE, 1, ONE, ONE).await.unwrap(), principal(ONE));
        assert_eq!(publish(&cloud, TWO, 2, TWO, TWO).await.unwrap(), principal(TWO));
    }
}

/// Policies name pool and subject, not the provider. So the second device, at its own provider and with its own
/// key, is whom it says it is, unless that provider has a condition.
#[tokio::test]
async fn without_a_condition_one_device_speaks_for_the_other() {
    assert_eq!(publish(&without_conditions(), TWO, 2, TWO, ONE).await.unwrap(), principal(ONE));
}

#[tokio::test]
async fn with_conditions_no_device_speaks_for_another() {
    let cloud = with_conditions();
    for (at, key, kid, subject, cause) in [
        (TWO, 2, TWO, ONE, Cause::Condition),
        (ONE, 1, ONE, TWO, Cause::Condition),
        (ONE, 2, TWO, ONE, Cause::KeyId),
        (ONE, 2, ONE, ONE, Cause::Signature),
        (TWO, 2, TWO, "sensor-", Cause::Condition),
        (TWO, 2, TWO, "sensor-22", Cause::Condition),
    ] {
        let refusal = refusal(publish(&cloud, at, key, kid, subject).await);
        assert_eq!(refusal.cause(), cause, "{at} {key} {kid} {subject}: {refusal}");
    }
    let refusal = refusal(publish(&cloud, TWO, 2, TWO, ONE).await);
    assert!(refusal.to_string().contains("attribute condition does not hold"), "{refusal}");
    assert!(cloud.service.seen().exchanged.is_empty() && cloud.service.seen().published.is_empty());
}

/// All keys at one provider: a condition sees claims, and every device writes its own. No condition helps.
#[tokio::test]
async fn no_condition_ties_a_key_of_one_provider_to_a_subject() {
    for condition in [
        "assertion.sub in ['sensor-1', 'sensor-2']",
        "google.subject.startsWith('sensor-')",
        // The header's kid is no claim; nobody gets in.
        "assertion.sub == assertion.kid",
    ] {
        let cloud = cloud(vec![google::Provider::new(ONE, ISSUER).with_condition(condition)]);
        let [first, second] = [Key::new(1).jwks(ONE), Key::new(2).jwks(TWO)];
        let both = format!("{},{}", first.trim_end_matches("]}"), second.trim_start_matches(r#"{"keys":["#));
        cloud.service.upload(&provider(ONE).to_string(), &both).unwrap();
        let own = publish(&cloud, ONE, 1, ONE, ONE).await;
        let attack = publish(&cloud, ONE, 2, TWO, ONE).await;
        if condition.contains("kid") {
            assert_eq!((refusal(own).cause(), refusal(attack).cause()), (Cause::Condition, Cause::Condition));
        } else {
            assert_eq!((own.unwrap(), attack.unwrap()), (principal(ONE), principal(ONE)), "{condition}");
        }
    }
}

/// One identity for the whole fleet: nobody speaks for another, since nobody is told apart.
#[tokio::test]
async fn one_identity_for_a_fleet() {
    let fleet = google::Provider { subject: "'fleet'".into(), ..google::Provider::new(ONE, ISSUER) };
    let mut rules = Rules { ..crate::cloud::rules_with(fleet) };
    rules.publishers = vec![principal("fleet")];
    let cloud = Cloud::new(rules);
    cloud.service.upload(&provider(ONE).to_string(), &Key::new(1).jwks(ONE)).unwrap();
    assert_eq!(publish(&cloud, ONE, 1, ONE, TWO).await.unwrap(), principal("fleet"));
}

/// The next key goes beside the old one, the device changes over, the old one is taken out: no gap.
#[tokio::test]
async fn a_key_is_rotated() {
    let cloud = with_conditions();
    let [old, new] = [Key::new(1).jwks(ONE), Key::new(3).jwks("sensor-1-b")];
    let both = format!("{},{}", old.trim_end_matches("]}"), new.trim_start_matches(r#"{"keys":["#));
    let upload = |jwks: &str| cloud.service.upload(&provider(ONE).to_string(), jwks).unwrap();
    upload(&both);
    publish(&cloud, ONE, 1, ONE, ONE).await.unwrap();
    publish(&cloud, ONE, 3, "sensor-1-b", ONE).await.unwrap();
    upload(&new);
    publish(&cloud, ONE, 3, "sensor-1-b", ONE).await.unwrap();
    let gone = refusal(publish(&cloud, ONE, 1, ONE, ONE).await);
    assert_eq!(gone.cause(), Cause::KeyId);
}

/// A provider that is switched off gives no more tokens; one given out before opens Pub/Sub until its end, or
/// until the policy no longer names the device.
#[tokio::test]
async fn a_device_is_shut_out() {
    let cloud = with_conditions();
    let identity = Identity::new(provider(ONE), ISSUER, ONE, ONE).unwrap();
    let mut buffer = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange_as(&identity, &mut Key::new(1), NOW, &mut buffer).await.unwrap();
    cloud.service.disable(&provider(ONE).to_string());
    assert_eq!(refusal(publish(&cloud, ONE, 1, ONE, ONE).await).cause(), Cause::Provider);
    publish(&cloud, TWO, 2, TWO, TWO).await.unwrap();
    cloud.publish(&mut cloud.pubsub(), &topic(), &token).await.unwrap();
    cloud.pass(3600);
    let late = cloud.publish(&mut cloud.pubsub(), &topic(), &token).await;
    assert_eq!(refusal(late).cause(), Cause::AccessToken);
}
