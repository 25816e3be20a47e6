//! The exchange, and every claim that can be wrong.

use atecc608_cloud::federation::{
    Cause, EXCHANGE_BUFFER, FEDERATED_TOKEN_MAX, FederatedToken, FederationError, Identity, Impersonation,
    Provider, Scope, Service, ServiceAccount, exchange, impersonate,
};
use atecc608_cloud::token::Lifetime;

use crate::cloud::{
    ACCOUNT, Cloud, DEVICE, ISSUER, KEY_ID, Key, NOW, UPTIME, identity, principal, provider, provider_rules,
    refusal, rules, rules_with, topic,
};

/// The cause told for a token of this identity, key and clock.
async fn cause(cloud: &Cloud, identity: &Identity<'_>, key: u8, now: u64) -> (Cause, String) {
    let mut buffer = [0; EXCHANGE_BUFFER];
    let result = cloud.exchange_as(identity, &mut Key::new(key), now, &mut buffer).await;
    assert!(!result.as_ref().unwrap_err().is_retryable());
    let refusal = refusal(result);
    assert_eq!((refusal.service(), refusal.status()), (Service::TokenExchange, 400));
    assert!(cloud.service.seen().exchanged.is_empty());
    (refusal.cause(), refusal.to_string())
}

#[tokio::test]
async fn the_device_gets_an_access_token() {
    let cloud = Cloud::new(rules());
    let mut buffer = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut buffer).await.unwrap();
    assert_eq!(token.as_str().len(), 1024);
    assert_eq!(token.lifetime().as_secs(), 3599);
    assert_eq!(token.expires_at().as_secs(), UPTIME.as_secs() + 3599);
    assert_eq!(cloud.service.seen().exchanged, [principal(DEVICE)]);
    assert_eq!(cloud.service.seen().complaints, [""; 0]);
}

#[tokio::test]
async fn the_longest_access_token_fits_the_buffer() {
    let cloud = Cloud::new(mock_servers::google::Rules { access_length: 12_288, ..rules() });
    let mut buffer = [0; EXCHANGE_BUFFER];
    assert_eq!(cloud.exchange(&mut buffer).await.unwrap().as_str().len(), 12_288);
}

#[tokio::test]
async fn an_audience_the_provider_allows() {
    let cloud = Cloud::new(rules_with(mock_servers::google::Provider {
        audiences: vec!["https://a.example".into()],
        ..provider_rules()
    }));
    let own = identity().with_audience("https://a.example").unwrap();
    let mut buffer = [0; EXCHANGE_BUFFER];
    cloud.exchange_as(&own, &mut Key::new(1), NOW, &mut buffer).await.unwrap();
}

#[tokio::test]
async fn wrong_audience() {
    let cloud = Cloud::new(rules());
    let wrong = identity().with_audience("https://elsewhere.example").unwrap();
    let (cause, text) = cause(&cloud, &wrong, 1, NOW).await;
    assert_eq!(cause, Cause::Audience);
    assert!(text.contains("look at aud") && text.contains("[https://elsewhere.example]"), "{text}");
}

#[tokio::test]
async fn wrong_issuer() {
    let cloud = Cloud::new(rules());
    let wrong = Identity::new(provider(), "https://devices.example/", DEVICE, KEY_ID).unwrap();
    let (cause, text) = cause(&cloud, &wrong, 1, NOW).await;
    assert_eq!(cause, Cause::Issuer);
    assert!(text.contains("look at iss"), "{text}");
}

#[tokio::test]
async fn expired_token() {
    let cloud = Cloud::new(rules());
    cloud.pass(3570);
    let (cause, text) = cause(&cloud, &identity(), 1, NOW).await;
    assert_eq!(cause, Cause::Time);
    assert!(text.contains("look at iat and exp") && text.contains("clock"), "{text}");
}

#[tokio::test]
async fn a_token_is_good_until_its_last_second() {
    let cloud = Cloud::new(rules());
    cloud.pass(3569);
    cloud.exchange(&mut [0; EXCHANGE_BUFFER]).await.unwrap();
}

#[tokio::test]
async fn clock_skew() {
    let cloud = Cloud::new(rules());
    // A clock that is fast by half a minute is made up for.
    cloud.exchange_as(&identity(), &mut Key::new(1), NOW + 30, &mut [0; EXCHANGE_BUFFER]).await.unwrap();
    let cloud = Cloud::new(rules());
    assert_eq!(cause(&cloud, &identity(), 1, NOW + 31).await.0, Cause::Time);
    assert_eq!(cause(&cloud, &identity(), 1, NOW - 3600).await.0, Cause::Time);
}

#[tokio::test]
async fn unknown_key() {
    let cloud = Cloud::new(rules());
    let unknown = Identity::new(provider(), ISSUER, DEVICE, "key-2").unwrap();
    let (cause, text) = cause(&cloud, &unknown, 1, NOW).await;
    assert_eq!(cause, Cause::KeyId);
    assert!(text.contains("look at kid") && text.contains("upload this device's JWKS"), "{text}");
}

#[tokio::test]
async fn another_devices_key_under_the_same_id() {
    let cloud = Cloud::new(rules());
    let (cause, text) = cause(&cloud, &identity(), 2, NOW).await;
    assert_eq!(cause, Cause::Signature);
    assert!(text.contains("upload this device's JWKS"), "{text}");
}

#[tokio::test]
async fn a_key_uploaded_anew_is_taken() {
    let cloud = Cloud::new(rules());
    cloud.service.upload(&provider().to_string(), &Key::new(2).jwks(KEY_ID)).unwrap();
    cloud.exchange_as(&identity(), &mut Key::new(2), NOW, &mut [0; EXCHANGE_BUFFER]).await.unwrap();
    assert!(cloud.exchange(&mut [0; EXCHANGE_BUFFER]).await.is_err());
}

#[tokio::test]
async fn unknown_provider() {
    let cloud = Cloud::new(rules());
    let elsewhere = Provider::new(1, "devices", "greenhouse").unwrap();
    let identity = Identity::new(elsewhere, ISSUER, DEVICE, KEY_ID).unwrap();
    let (cause, text) = cause(&cloud, &identity, 1, NOW).await;
    assert_eq!(cause, Cause::Provider);
    assert!(text.contains("the project's number (not its id)"), "{text}");
}

#[tokio::test]
async fn another_server_than_the_token_service() {
    let cloud = Cloud::new(rules());
    let mut text = [0; FEDERATED_TOKEN_MAX];
    let (identity, mut key) = (identity(), Key::new(1));
    let lifetime = FederatedToken::LIFETIME;
    let token = FederatedToken::issue(&identity, NOW, lifetime, &mut key, &mut text).await.unwrap();
    let (mut buffer, mut wrong) = ([0; EXCHANGE_BUFFER], cloud.pubsub());
    let result = exchange(&mut wrong, &provider(), Scope::PUBSUB, &token, UPTIME, &mut buffer).await;
    assert_eq!(refusal(result).cause(), Cause::NotFound);
}

fn who() -> Impersonation<'static> {
    Impersonation {
        account: ServiceAccount::new(ACCOUNT).unwrap(),
        scope: Scope::PUBSUB,
        lifetime: Lifetime::from_secs(600).unwrap(),
    }
}

#[tokio::test]
async fn a_service_account_publishes() {
    let cloud = Cloud::new(rules());
    let (mut first, mut second) = ([0; EXCHANGE_BUFFER], [0; 4096]);
    let own = cloud.exchange_for(Scope::CLOUD_PLATFORM, &mut first).await;
    let account = impersonate(&mut cloud.iam(), &who(), &own, NOW, UPTIME, &mut second).await.unwrap();
    assert_eq!(account.lifetime().as_secs(), 600);
    cloud.publish(&mut cloud.pubsub(), &topic(), &account).await.unwrap();
    assert_eq!(cloud.service.seen().published[0].principal, format!("serviceAccount:{ACCOUNT}"));
    assert_eq!(cloud.service.seen().impersonated, [ACCOUNT]);
}

#[tokio::test]
async fn a_service_account_that_the_device_may_not_act_as() {
    let mut rules = rules();
    rules.accounts.clear();
    let cloud = Cloud::new(rules);
    let (mut first, mut second) = ([0; EXCHANGE_BUFFER], [0; 4096]);
    let own = cloud.exchange_for(Scope::CLOUD_PLATFORM, &mut first).await;
    let result = impersonate(&mut cloud.iam(), &who(), &own, NOW, UPTIME, &mut second).await;
    let refusal = refusal(result);
    assert_eq!((refusal.cause(), refusal.code()), (Cause::Permission, "PERMISSION_DENIED"));
    assert!(refusal.to_string().contains("roles/iam.workloadIdentityUser"), "{refusal}");
}

#[tokio::test]
async fn a_service_account_with_a_token_for_publishing_alone() {
    let cloud = Cloud::new(rules());
    let (mut first, mut second) = ([0; EXCHANGE_BUFFER], [0; 4096]);
    let own = cloud.exchange(&mut first).await.unwrap();
    let result = impersonate(&mut cloud.iam(), &who(), &own, NOW, UPTIME, &mut second).await;
    let refusal = refusal(result);
    assert_eq!(refusal.cause(), Cause::Permission);
    assert!(refusal.to_string().contains("scope cloud-platform"), "{refusal}");
}

#[tokio::test]
async fn a_service_accounts_token_for_too_long() {
    let cloud = Cloud::new(rules());
    let (mut first, mut second) = ([0; EXCHANGE_BUFFER], [0; 4096]);
    let own = cloud.exchange_for(Scope::CLOUD_PLATFORM, &mut first).await;
    let who = Impersonation { lifetime: Lifetime::from_secs(3601).unwrap(), ..who() };
    let result = impersonate(&mut cloud.iam(), &who, &own, NOW, UPTIME, &mut second).await;
    assert!(matches!(&result, Err(FederationError::Refused(refusal)) if refusal.status() == 400));
}
