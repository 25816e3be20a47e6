//! Pub/Sub: what is sent to the device.

use atecc608_cloud::federation::{
    AnswerProblem, Cause, EXCHANGE_BUFFER, FederationError, Scope, Subscription, acknowledge, pull,
};
use mock_servers::google::Misbehaviour;

use crate::cloud::{Cloud, DEVICE, PROJECT, principal, refusal, rules};

fn subscription() -> Subscription<'static> {
    Subscription::new(PROJECT, "changes").unwrap()
}

fn cloud() -> Cloud {
    let cloud = Cloud::new(rules());
    cloud.service.subscribe("changes", &[principal(DEVICE)]);
    cloud
}

#[tokio::test]
async fn what_is_sent_comes_in_order_and_again_until_it_is_acknowledged() {
    let cloud = cloud();
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut access).await.unwrap();
    let mut connection = cloud.pubsub();
    let (mut buffer, mut work) = ([0; 2048], [0; 1024]);
    assert_eq!(pull(&mut connection, &subscription(), &token, &mut buffer).await.unwrap(), None);
    let all: Vec<u8> = (0..=255).collect();
    for data in [&all[..], b"", b"{\"led\":\"on\"}"] {
        assert!(cloud.service.send("changes", data));
    }
    let first = pull(&mut connection, &subscription(), &token, &mut buffer).await.unwrap().unwrap();
    assert_eq!(first.data, all);
    // Not acknowledged: it comes again, behind the others.
    for expected in [&b""[..], b"{\"led\":\"on\"}"] {
        let mut buffer = [0; 2048];
        let message = pull(&mut connection, &subscription(), &token, &mut buffer).await.unwrap().unwrap();
        assert_eq!(message.data, expected);
        acknowledge(&mut connection, &subscription(), &token, message.ack_id, &mut work).await.unwrap();
    }
    assert_eq!(cloud.service.waiting("changes"), 1);
    let mut other = [0; 2048];
    assert_eq!(pull(&mut connection, &subscription(), &token, &mut other).await.unwrap(), None);
    cloud.pass(10);
    let again = pull(&mut connection, &subscription(), &token, &mut other).await.unwrap().unwrap();
    assert_eq!((again.data, again.ack_id), (&all[..], first.ack_id));
    acknowledge(&mut connection, &subscription(), &token, again.ack_id, &mut work).await.unwrap();
    assert_eq!(cloud.service.waiting("changes"), 0);
    assert_eq!(cloud.service.seen().complaints, [""; 0]);
}

#[tokio::test]
async fn who_may_not_pull_is_told_why() {
    for (name, scope, subscribers, cause, words) in [
        ("chances", Scope::PUBSUB, vec![principal(DEVICE)], Cause::NotFound, "no such subscription"),
        ("changes", Scope::PUBSUB, vec![], Cause::Permission, "roles/pubsub.subscriber"),
        (
            "changes",
            Scope::new("https://www.googleapis.com/auth/devstorage.read_only").unwrap(),
            vec![principal(DEVICE)],
            Cause::Permission,
            "scopes",
        ),
    ] {
        let cloud = Cloud::new(rules());
        cloud.service.subscribe("changes", &subscribers);
        let mut access = [0; EXCHANGE_BUFFER];
        let token = cloud.exchange_for(scope, &mut access).await;
        let mut buffer = [0; 1024];
        let subscription = Subscription::new(PROJECT, name).unwrap();
        let refusal = refusal(pull(&mut cloud.pubsub(), &subscription, &token, &mut buffer).await);
        assert_eq!(refusal.cause(), cause, "{refusal}");
        assert!(refusal.to_string().contains(words), "{refusal}");
    }
    assert_eq!(Subscription::new("p", "changes").unwrap().to_string(), "projects/p/subscriptions/changes");
    assert!(Subscription::new("p", "a/b").is_err() && Subscription::new("p", "googx").is_err());
}

fn answer_problem<T>(result: Result<T, FederationError<std::io::Error>>) -> Option<AnswerProblem> {
    match result {
        Err(FederationError::Answer(problem)) => Some(problem),
        _ => None,
    }
}

#[tokio::test]
async fn answers_without_a_use_are_told() {
    let message =
        |ack: &str, data: &str| format!(r#"{{"receivedMessages":[{{{ack}"message":{{"data":{data}}}}}]}}"#);
    for (body, problem) in [
        (message(r#""ackId":"a","#, r#""eA==""#), None),
        (message(r#""ackId":"a","#, r#""\/\/8=""#), None),
        (message("", r#""eA==""#), Some(AnswerProblem::Message)),
        (message(r#""ackId":"","#, r#""eA==""#), Some(AnswerProblem::Message)),
        (message(r#""ackId":"a\"b","#, r#""eA==""#), Some(AnswerProblem::Message)),
        (message(r#""ackId":"a","#, r#""eA=""#), Some(AnswerProblem::Message)),
        (message(r#""ackId":"a","#, r#""\n""#), Some(AnswerProblem::Message)),
        (r#"{"receivedMessages":[]}"#.into(), Some(AnswerProblem::Json)),
        (r#"{"receivedMessages":7}"#.into(), Some(AnswerProblem::Json)),
        ("".into(), Some(AnswerProblem::Json)),
    ] {
        let cloud = cloud();
        let mut access = [0; EXCHANGE_BUFFER];
        let token = cloud.exchange(&mut access).await.unwrap();
        cloud.service.misbehave(Misbehaviour::Says(body.clone()));
        let mut buffer = [0; 1024];
        let result = pull(&mut cloud.pubsub(), &subscription(), &token, &mut buffer).await;
        match problem {
            Some(problem) => assert_eq!(answer_problem(result), Some(problem), "{body}"),
            None => assert_eq!(result.unwrap().unwrap().ack_id, "a"),
        }
    }
    let cloud = cloud();
    let mut access = [0; EXCHANGE_BUFFER];
    let token = cloud.exchange(&mut access).await.unwrap();
    let mut small = [0; 8];
    let result = pull(&mut cloud.pubsub(), &subscription(), &token, &mut small).await;
    assert!(matches!(result, Err(FederationError::RequestTooLarge { capacity: 8 })), "{result:?}");
}
