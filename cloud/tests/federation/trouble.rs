//! Servers that are busy, broken or gone.

use std::time::Duration;

use atecc608_cloud::federation::{Cause, EXCHANGE_BUFFER, FederationError};
use mock_servers::google::Misbehaviour;

use crate::cloud::{Cloud, refusal, rules, topic};

#[tokio::test]
async fn too_many_requests_with_retry_after() {
    let cloud = Cloud::new(rules());
    cloud.service.misbehave(Misbehaviour::TooManyRequests(Some("17".into())));
    let error = cloud.exchange(&mut [0; EXCHANGE_BUFFER]).await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
    assert_eq!(refusal::<()>(Err(error)).cause(), Cause::Limit);
    cloud.exchange(&mut [0; EXCHANGE_BUFFER]).await.unwrap();
}

#[tokio::test]
async fn unavailable_without_retry_after() {
    let cloud = Cloud::new(rules());
    cloud.service.misbehave(Misbehaviour::Unavailable(None));
    let error = cloud.exchange(&mut [0; EXCHANGE_BUFFER]).await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(error.retry_after(), None);
    let refusal = refusal::<()>(Err(error));
    assert_eq!((refusal.cause(), refusal.status(), refusal.code()), (Cause::Unavailable, 503, "UNAVAILABLE"));
}

#[tokio::test]
async fn a_page_of_a_machine_in_between() {
    let cloud = Cloud::new(rules());
    cloud.service.misbehave(Misbehaviour::BadGateway);
    let error = cloud.exchange(&mut [0; EXCHANGE_BUFFER]).await.unwrap_err();
    assert!(error.is_retryable());
    let refusal = refusal::<()>(Err(error));
    assert_eq!((refusal.status(), refusal.code(), refusal.description()), (502, "", ""));
}

#[tokio::test]
async fn busy_pub_sub_keeps_the_connection() {
    let cloud = Cloud::new(rules());
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut access).await.unwrap();
    let mut connection = cloud.pubsub();
    cloud.service.misbehave(Misbehaviour::Unavailable(Some("3".into())));
    let error = cloud.publish(&mut connection, &topic(), &token).await.unwrap_err();
    assert!(error.is_retryable() && connection.is_open());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    cloud.publish(&mut connection, &topic(), &token).await.unwrap();
    assert_eq!(cloud.service.seen().connections, 2);
}

#[tokio::test]
async fn an_answer_larger_than_the_buffer() {
    let cloud = Cloud::new(rules());
    cloud.service.misbehave(Misbehaviour::Large(2 * EXCHANGE_BUFFER));
    let mut buffer = [0; EXCHANGE_BUFFER];
    let error = cloud.exchange(&mut buffer).await.unwrap_err();
    assert!(
        matches!(error, FederationError::TooLarge { size: Some(_), capacity: EXCHANGE_BUFFER }),
        "{error}"
    );
    assert!(!error.is_retryable());
    assert_eq!(buffer, [0; EXCHANGE_BUFFER]);
    // What fits is read, whatever else it holds.
    cloud.service.misbehave(Misbehaviour::Large(EXCHANGE_BUFFER / 2));
    cloud.exchange(&mut buffer).await.unwrap();
}

#[tokio::test]
async fn answers_in_chunks() {
    let cloud = Cloud::new(rules());
    let mut access = [0; EXCHANGE_BUFFER];
    for size in [1, 7, 100, 100_000] {
        cloud.service.misbehave(Misbehaviour::Chunked(size));
        let token = cloud.exchange(&mut access).await.unwrap();
        let mut connection = cloud.pubsub();
        for _ in 0..2 {
            cloud.service.misbehave(Misbehaviour::Chunked(size));
            cloud.publish(&mut connection, &topic(), &token).await.unwrap();
        }
        assert!(connection.is_open());
    }
}

#[tokio::test]
async fn a_server_that_closes_in_mid_answer() {
    let cloud = Cloud::new(rules());
    for left in [0, 1, 100, 1000] {
        cloud.service.misbehave(Misbehaviour::CutOff(left));
        let mut buffer = [0; EXCHANGE_BUFFER];
        let error = cloud.exchange(&mut buffer).await.unwrap_err();
        assert!(matches!(error, FederationError::Closed { .. }), "{error}");
        assert!(error.is_retryable());
        assert_eq!(buffer, [0; EXCHANGE_BUFFER]);
    }
}

#[tokio::test]
async fn a_server_that_closes_without_an_answer() {
    let cloud = Cloud::new(rules());
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut access).await.unwrap();
    let mut connection = cloud.pubsub();
    cloud.service.misbehave(Misbehaviour::Close);
    let error = cloud.publish(&mut connection, &topic(), &token).await.unwrap_err();
    assert!(error.is_retryable() && !connection.is_open());
    let error = cloud.publish(&mut connection, &topic(), &token).await.unwrap_err();
    assert!(matches!(error, FederationError::NotOpen));
    cloud.publish(&mut cloud.pubsub(), &topic(), &token).await.unwrap();
}

#[tokio::test]
async fn a_server_that_announces_its_last_answer() {
    let cloud = Cloud::new(rules());
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut access).await.unwrap();
    let mut connection = cloud.pubsub();
    cloud.service.misbehave(Misbehaviour::LastAnswer);
    cloud.publish(&mut connection, &topic(), &token).await.unwrap();
    assert!(!connection.is_open());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers() {
    let cloud = Cloud::new(rules());
    cloud.service.misbehave(Misbehaviour::Silence);
    let mut buffer = [0; EXCHANGE_BUFFER];
    let waited = tokio::time::timeout(Duration::from_secs(30), cloud.exchange(&mut buffer)).await.is_err();
    assert!(waited);
    // The call was dropped; nothing of the device's token is left.
    assert_eq!(buffer, [0; EXCHANGE_BUFFER]);
    cloud.exchange(&mut buffer).await.unwrap();
}
