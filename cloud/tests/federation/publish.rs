//! Pub/Sub: what arrives, and who is refused.

use atecc608_cloud::federation::{Cause, EXCHANGE_BUFFER, Message, Scope, Topic, publish};

use crate::cloud::{Cloud, DEVICE, PROJECT, principal, refusal, rules, topic};

#[tokio::test]
async fn many_messages_over_one_connection() {
    let cloud = Cloud::new(rules());
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut access).await.unwrap();
    let mut connection = cloud.pubsub();
    let mut buffer = [0; 4096];
    let all: Vec<u8> = (0..=255).collect();
    let messages = [
        Message { data: &all, attributes: &[("k\"\n", "é€𐍈\\"), ("empty", "")] },
        Message { data: b"", attributes: &[("only", "attributes")] },
    ];
    let mut ids = vec![];
    for _ in 0..20 {
        let given = publish(&mut connection, &topic(), &token, &messages, &mut buffer).await.unwrap();
        ids.extend(given.iter().map(|id| (*id).to_owned()));
    }
    let seen = cloud.service.seen();
    // One connection for the exchange, one for all that was published.
    assert_eq!((seen.connections, seen.requests), (2, 21));
    assert_eq!(seen.published.len(), 40);
    assert_eq!(seen.published.iter().map(|message| message.id.clone()).collect::<Vec<_>>(), ids);
    let first = &seen.published[0];
    assert_eq!((first.principal.as_str(), first.topic.as_str()), (&*principal(DEVICE), "telemetry"));
    assert_eq!(first.data, all);
    assert_eq!(first.attributes, [("empty".into(), "".into()), ("k\"\n".into(), "é€𐍈\\".into())]);
    assert!(seen.published[39].data.is_empty());
    assert_eq!(seen.complaints, [""; 0]);
}

/// The refusal of one message, after which the connection goes on.
async fn refused(cloud: &Cloud, scope: Scope<'_>, topic: &Topic<'_>) -> atecc608_cloud::federation::Refusal {
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange_for(scope, &mut access).await;
    let mut connection = cloud.pubsub();
    let result = cloud.publish(&mut connection, topic, &token).await;
    assert!(!result.as_ref().unwrap_err().is_retryable());
    assert!(connection.is_open());
    assert!(cloud.service.seen().published.is_empty());
    refusal(result)
}

#[tokio::test]
async fn access_token_at_its_end() {
    let cloud = Cloud::new(rules());
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut access).await.unwrap();
    let mut connection = cloud.pubsub();
    cloud.pass(3598);
    cloud.publish(&mut connection, &topic(), &token).await.unwrap();
    cloud.pass(1);
    let refusal = refusal(cloud.publish(&mut connection, &topic(), &token).await);
    assert_eq!((refusal.cause(), refusal.status()), (Cause::AccessToken, 401));
    assert!(refusal.to_string().contains("exchange a new one"), "{refusal}");
    // The same connection takes the next token.
    assert!(connection.is_open());
}

#[tokio::test]
async fn access_token_that_was_revoked() {
    let cloud = Cloud::new(rules());
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut access).await.unwrap();
    cloud.service.revoke();
    let refusal = refusal(cloud.publish(&mut cloud.pubsub(), &topic(), &token).await);
    assert_eq!((refusal.cause(), refusal.code()), (Cause::AccessToken, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn no_such_topic() {
    let cloud = Cloud::new(rules());
    let refusal = refused(&cloud, Scope::PUBSUB, &Topic::new(PROJECT, "telemetri").unwrap()).await;
    assert_eq!((refusal.cause(), refusal.status()), (Cause::NotFound, 404));
    assert_eq!(refusal.description(), "Resource not found (resource=telemetri).");
    assert!(refusal.to_string().contains("there is no such topic"), "{refusal}");
}

#[tokio::test]
async fn a_project_of_somebody_else() {
    let cloud = Cloud::new(rules());
    let refusal = refused(&cloud, Scope::PUBSUB, &Topic::new("other-project", "telemetry").unwrap()).await;
    assert_eq!((refusal.cause(), refusal.status()), (Cause::Permission, 403));
}

#[tokio::test]
async fn a_device_that_may_not_publish() {
    let mut rules = rules();
    rules.publishers.clear();
    let refusal = refused(&Cloud::new(rules), Scope::PUBSUB, &topic()).await;
    assert_eq!((refusal.cause(), refusal.code()), (Cause::Permission, "PERMISSION_DENIED"));
    assert!(refusal.to_string().contains("roles/pubsub.publisher"), "{refusal}");
}

#[tokio::test]
async fn a_scope_for_something_else() {
    let scope = Scope::new("https://www.googleapis.com/auth/devstorage.read_only").unwrap();
    let refusal = refused(&Cloud::new(rules()), scope, &topic()).await;
    assert_eq!((refusal.cause(), refusal.status()), (Cause::Permission, 403));
}
