//! What is sent, byte by byte.

use atecc608_cloud::federation::{
    AnswerProblem, Connection, EXCHANGE_BUFFER, FederationError, Impersonation, MESSAGES_MAX, Message,
    MessageError, Scope, ServiceAccount, Topic, impersonate, publish,
};
use atecc608_cloud::token::Lifetime;
use embassy_futures::block_on;
use serde_json::{Value, json};

use crate::script::{NOW, Script, UPTIME, access_token, exchange_over, granted, issue, ok};

/// The requests sent.
fn requests(connection: Connection<'_, Script>) -> Vec<Request> {
    let sent = String::from_utf8(connection.into_inner().sent).unwrap();
    let mut rest = sent.as_str();
    let mut requests = vec![];
    while let Some((head, tail)) = rest.split_once("\r\n\r\n") {
        let length = head.split_once("Content-Length: ").unwrap().1.split("\r\n").next().unwrap();
        let (body, next) = tail.split_at(length.parse().unwrap());
        requests.push((head.to_owned(), serde_json::from_str(body).unwrap()));
        rest = next;
    }
    assert_eq!(rest, "");
    requests
}

#[test]
fn the_exchange_is_asked_for_exactly_so() {
    let mut connection =
        Connection::new(Script::new(ok(&granted("ya29.t")), 3), "sts.googleapis.com").unwrap();
    let mut buffer = [0; EXCHANGE_BUFFER];
    let token = exchange_over(&mut connection, &mut buffer).unwrap();
    assert_eq!(token.lifetime().as_secs(), 3599);
    assert_eq!(token.expires_at().as_secs(), UPTIME.as_secs() + 3599);
    let [(head, body)] = &requests(connection)[..] else { panic!("one request") };
    let head = head.split_once("\r\nContent-Length: ").unwrap().0;
    assert_eq!(
        head,
        "POST /v1/token HTTP/1.1\r\nHost: sts.googleapis.com\r\nContent-Type: application/json\r\n\
         Accept: application/json"
    );
    let mut text = [0; 1200];
    let jwt = issue(&mut text);
    assert_eq!(
        body,
        &json!({
            "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/devices/providers/greenhouse",
            "scope": "https://www.googleapis.com/auth/pubsub",
            "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
            "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt",
            "subjectToken": jwt.as_str(),
        })
    );
}

#[test]
fn several_publishes_share_a_connection() {
    let answers = ok(r#"{"messageIds":["1","2"]}"#) + &ok(r#"{"messageIds":["3"]}"#);
    // Single bytes, so that the second answer does not arrive with the first.
    let mut connection = Connection::new(Script::new(answers, 1), "pubsub.googleapis.com").unwrap();
    let mut access = [0; EXCHANGE_BUFFER];
    let token = access_token(&mut access);
    let topic = Topic::new("my-project", "telemetry").unwrap();
    let mut buffer = [0; 1024];
    let messages = [
        Message { data: b"\x00\xFFbytes", attributes: &[("device", "sensor-1"), ("k", "\"v\"")] },
        Message { data: b"more", attributes: &[] },
    ];
    let ids = block_on(publish(&mut connection, &topic, &token, &messages, &mut buffer)).unwrap();
    assert_eq!(*ids, ["1", "2"]);
    let ids = block_on(publish(&mut connection, &topic, &token, &messages[1..], &mut buffer)).unwrap();
    assert_eq!(*ids, ["3"]);
    assert!(connection.is_open());
    let [(head, body), (_, second)] = &requests(connection)[..] else { panic!("two requests") };
    assert!(head.starts_with(
        "POST /v1/projects/my-project/topics/telemetry:publish HTTP/1.1\r\nHost: pubsub.googleapis.com\r\n\
         Authorization: Bearer ya29.access\r\n"
    ));
    let first = json!({"data": "AP9ieXRlcw==", "attributes": {"device": "sensor-1", "k": "\"v\""}});
    assert_eq!(body, &json!({"messages": [first, {"data": "bW9yZQ=="}]}));
    assert_eq!(second, &json!({"messages": [{"data": "bW9yZQ=="}]}));
}

#[test]
fn what_can_not_be_published_is_not_sent() {
    let mut access = [0; EXCHANGE_BUFFER];
    let token = access_token(&mut access);
    let topic = Topic::new("my-project", "telemetry").unwrap();
    let mut connection = Connection::new(Script::new("", 1), "pubsub").unwrap();
    let mut try_it = |messages: &[Message<'_>], capacity| {
        let mut buffer = vec![0; capacity];
        block_on(publish(&mut connection, &topic, &token, messages, &mut buffer)).unwrap_err()
    };
    let message = Message { data: b"x", attributes: &[] };
    assert_eq!(try_it(&[], 1024), FederationError::Message(MessageError::Count));
    let many = [message; MESSAGES_MAX + 1];
    assert_eq!(try_it(&many, 4096), FederationError::Message(MessageError::Count));
    let empty = [message, Message::default()];
    assert_eq!(try_it(&empty, 1024), FederationError::Message(MessageError::Empty));
    for capacity in 0..r#"{"messages":[{"data":"eA=="}]}"#.len() {
        assert_eq!(try_it(&[message], capacity), FederationError::RequestTooLarge { capacity });
    }
    assert!(connection.is_open());
    assert!(connection.into_inner().sent.is_empty());
}

#[test]
fn as_many_ids_as_messages() {
    let mut access = [0; EXCHANGE_BUFFER];
    let token = access_token(&mut access);
    let topic = Topic::new("my-project", "telemetry").unwrap();
    let messages = [Message { data: b"x", attributes: &[] }; 2];
    for body in [r#"{"messageIds":["1"]}"#, r#"{"messageIds":["1","2","3"]}"#, "{}"] {
        let mut connection = Connection::new(Script::new(ok(body), 100), "pubsub").unwrap();
        let mut buffer = [0; 1024];
        let error = block_on(publish(&mut connection, &topic, &token, &messages, &mut buffer)).unwrap_err();
        assert_eq!(error, FederationError::Answer(AnswerProblem::MessageIds), "{body}");
    }
}

/// Head and body.
type Request = (String, Value);

/// The token and its lifetime for this answer, and what was sent.
fn impersonated(answer: &str) -> (Result<(String, u64), AnswerProblem>, Vec<Request>) {
    let mut connection =
        Connection::new(Script::new(ok(answer), 10), "iamcredentials.googleapis.com").unwrap();
    let (mut first, mut second) = ([0; EXCHANGE_BUFFER], [0; 2048]);
    let token = access_token(&mut first);
    let who = Impersonation {
        account: ServiceAccount::new("publisher@my-project.iam.gserviceaccount.com").unwrap(),
        scope: Scope::PUBSUB,
        lifetime: Lifetime::from_secs(600).unwrap(),
    };
    let result = block_on(impersonate(&mut connection, &who, &token, NOW, UPTIME, &mut second));
    let result = match result {
        Ok(token) => Ok((token.as_str().to_owned(), token.lifetime().as_secs())),
        Err(FederationError::Answer(problem)) => Err(problem),
        Err(other) => panic!("{other}"),
    };
    (result, requests(connection))
}

#[test]
fn a_service_account_is_asked_for_exactly_so() {
    // 2023-11-14T22:13:20Z is NOW.
    let (result, requests) =
        impersonated(r#"{"accessToken":"ya29.account","expireTime":"2023-11-14T22:18:20.5Z"}"#);
    assert_eq!(result, Ok(("ya29.account".into(), 300)));
    let [(head, body)] = &requests[..] else { panic!("one request") };
    assert!(head.starts_with(
        "POST /v1/projects/-/serviceAccounts/publisher@my-project.iam.gserviceaccount.com\
         :generateAccessToken HTTP/1.1\r\nHost: iamcredentials.googleapis.com\r\n\
         Authorization: Bearer ya29.access\r\n"
    ));
    assert_eq!(body, &json!({"scope": ["https://www.googleapis.com/auth/pubsub"], "lifetime": "600s"}));
}

#[test]
fn a_service_accounts_token_never_outlives_what_was_asked_for() {
    let (result, _) = impersonated(r#"{"accessToken":"t","expireTime":"2030-01-01T00:00:00Z"}"#);
    assert_eq!(result, Ok(("t".into(), 600)));
    for expiry in ["2023-11-14T22:13:20Z", "2023-11-14T22:13:19Z", "tomorrow", ""] {
        let answer = format!(r#"{{"accessToken":"t","expireTime":"{expiry}"}}"#);
        assert_eq!(impersonated(&answer).0, Err(AnswerProblem::Expiry), "{expiry}");
    }
}
