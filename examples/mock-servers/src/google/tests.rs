//! Requests that no device of ours sends.

use std::collections::HashMap;

use base64ct::{Base64UrlUnpadded, Encoding};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const NOW: u64 = 1_800_000_000;
const POOL: &str = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/devices";
const PROVIDER: &str =
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/devices/providers/greenhouse";

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

fn jwks() -> Value {
    let point = key().verifying_key().to_sec1_point(false);
    let [x, y] = [1..33, 33..65].map(|range| Base64UrlUnpadded::encode_string(&point.as_bytes()[range]));
    json!({"keys": [{"kty": "EC", "alg": "ES256", "use": "sig", "kid": "k", "crv": "P-256", "x": x, "y": y}]})
}

fn service() -> Service {
    let rules = Rules {
        project_number: 1,
        pools: vec![Pool::new("devices", vec![Provider::new("greenhouse", "https://iss")])],
        access_lifetime: 3599,
        access_length: 64,
        project: "p".into(),
        topics: vec!["t".into()],
        publishers: vec![POOL.replace("//", "principal://") + "/subject/dev"],
        accounts: HashMap::new(),
    };
    let service = Service::new(rules, || NOW);
    service.upload(PROVIDER, &jwks().to_string()).unwrap();
    service
}

fn claims() -> Value {
    json!({"iss": "https://iss", "sub": "dev", "aud": PROVIDER, "iat": NOW - 1, "exp": NOW + 60})
}

fn sign(header: &Header, claims: &Value) -> String {
    let der = key().to_pkcs8_der().unwrap();
    jsonwebtoken::encode(header, claims, &EncodingKey::from_ec_der(der.as_bytes())).unwrap()
}

fn header() -> Header {
    Header { kid: Some("k".into()), ..Header::new(Algorithm::ES256) }
}

fn exchange_body(token: &str) -> Value {
    json!({
        "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": PROVIDER,
        "scope": "https://www.googleapis.com/auth/pubsub",
        "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
        "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt",
        "subjectToken": token,
    })
}

/// Sends one request; status and body of the answer.
async fn ask(service: &Service, target: &str, headers: &str, body: &str) -> (u16, Value) {
    let (mut near, far) = tokio::io::duplex(65_536);
    let length = body.len();
    let request =
        format!("{target} HTTP/1.1\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    near.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let (_, read) = tokio::join!(service.serve(far), near.read_to_string(&mut answer));
    read.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

const STS: &str = "Host: sts.googleapis.com\r\nContent-Type: application/json\r\n";

async fn exchange(service: &Service, body: &Value) -> (u16, Value) {
    ask(service, "POST /v1/token", STS, &body.to_string()).await
}

#[tokio::test]
async fn a_request_in_order_is_granted() {
    let (status, answer) = exchange(&service(), &exchange_body(&sign(&header(), &claims()))).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["access_token"].as_str().unwrap().len(), 64);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3599);
}

#[tokio::test]
async fn every_member_of_the_exchange_is_checked() {
    let good = exchange_body(&sign(&header(), &claims()));
    for (member, error) in [
        ("grantType", "unsupported_grant_type"),
        ("audience", "invalid_request"),
        ("scope", "invalid_scope"),
        ("requestedTokenType", "invalid_request"),
        ("subjectTokenType", "invalid_request"),
        ("subjectToken", "invalid_grant"),
    ] {
        let mut wrong = good.clone();
        wrong[member] = json!("wrong");
        let (status, answer) = exchange(&service(), &wrong).await;
        assert_eq!((status, &answer["error"]), (400, &json!(error)), "{member}: {answer}");
        let mut missing = good.clone();
        missing.as_object_mut().unwrap().remove(member);
        assert_eq!(exchange(&service(), &missing).await.0, 400, "{member} is missing");
    }
    let mut more = good.clone();
    more["options"] = json!("{}");
    assert_eq!(exchange(&service(), &more).await.0, 400);
    let mut elsewhere = good;
    elsewhere["audience"] = json!(PROVIDER.replace("devices", "device"));
    assert_eq!(exchange(&service(), &elsewhere).await.1["error"], "invalid_target");
}

#[tokio::test]
async fn headers_and_path_are_checked() {
    let body = exchange_body(&sign(&header(), &claims())).to_string();
    for (target, headers) in [
        ("GET /v1/token", STS),
        ("POST /v1/tokens", STS),
        ("POST /v1/token", "Content-Type: application/json\r\n"),
        ("POST /v1/token", "Host: pubsub.googleapis.com\r\nContent-Type: application/json\r\n"),
        ("POST /v1/token", "Host: sts.googleapis.com\r\nContent-Type: text/plain\r\n"),
        ("POST /v1/token", "Host: sts.googleapis.com\r\n"),
        ("POST /v1/token", &format!("{STS}Authorization: Bearer x\r\n")),
    ] {
        let (status, answer) = ask(&service(), target, headers, &body).await;
        assert!((400..500).contains(&status), "{target} {headers}: {status} {answer}");
    }
}

#[tokio::test]
async fn every_claim_is_checked() {
    let wrong = [
        ("iss", json!("https://is")),
        ("sub", json!("")),
        ("sub", json!("s".repeat(128))),
        ("aud", json!("//iam.googleapis.com/")),
        ("aud", json!([PROVIDER])),
        ("iat", json!(NOW + 1)),
        ("exp", json!(NOW)),
        ("exp", json!(NOW - 1 + 48 * 3600)),
        ("exp", json!("soon")),
    ];
    for (claim, value) in wrong {
        let mut claims = claims();
        claims[claim] = value.clone();
        let (status, answer) = exchange(&service(), &exchange_body(&sign(&header(), &claims))).await;
        assert_eq!(status, 400, "{claim} {value}: {answer}");
    }
    for claim in ["iss", "sub", "aud", "iat", "exp"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(claim);
        assert_eq!(exchange(&service(), &exchange_body(&sign(&header(), &claims))).await.0, 400, "{claim}");
    }
    let mut longest = claims();
    longest["exp"] = json!(NOW - 2 + 48 * 3600);
    assert_eq!(exchange(&service(), &exchange_body(&sign(&header(), &longest))).await.0, 200);
}

#[tokio::test]
async fn header_and_signature_of_the_token_are_checked() {
    let no_kid = Header::new(Algorithm::ES256);
    let other_kid = Header { kid: Some("l".into()), ..no_kid.clone() };
    let no_type = Header { typ: None, ..header() };
    for wrong in [no_kid, other_kid, no_type] {
        let token = sign(&wrong, &claims());
        assert_eq!(exchange(&service(), &exchange_body(&token)).await.0, 400, "{wrong:?}");
    }
    let secret = EncodingKey::from_secret(b"secret");
    let header = Header { kid: Some("k".into()), ..Header::new(Algorithm::HS256) };
    let symmetric = jsonwebtoken::encode(&header, &claims(), &secret).unwrap();
    assert_eq!(exchange(&service(), &exchange_body(&symmetric)).await.0, 400);
    let good = sign(&self::header(), &claims());
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let mut bytes = Base64UrlUnpadded::decode_vec(signature).unwrap();
    bytes[5] ^= 1;
    let bent = format!("{rest}.{}", Base64UrlUnpadded::encode_string(&bytes));
    for token in [&bent, &format!("{good}="), &format!("{rest}."), rest] {
        assert_eq!(exchange(&service(), &exchange_body(token)).await.0, 400, "{token}");
    }
}

#[test]
fn an_upload_with_anything_else_is_refused() {
    let service = service();
    for (member, value) in [
        ("kty", json!("RSA")),
        ("alg", json!("ES384")),
        ("use", json!("enc")),
        ("crv", json!("P-384")),
        ("x", json!("?")),
        ("key_ops", json!(["verify"])),
        ("d", json!("secret")),
    ] {
        let mut jwks = jwks();
        jwks["keys"][0][member] = value;
        assert!(service.upload(PROVIDER, &jwks.to_string()).is_err(), "{member}");
    }
    for member in ["kty", "alg", "use", "kid", "crv", "x", "y"] {
        let mut jwks = jwks();
        jwks["keys"][0].as_object_mut().unwrap().remove(member);
        assert!(service.upload(PROVIDER, &jwks.to_string()).is_err(), "{member} is missing");
    }
    assert!(service.upload(PROVIDER, r#"{"keys":[]}"#).is_err());
    let mut twice = jwks();
    let key = twice["keys"][0].clone();
    twice["keys"].as_array_mut().unwrap().push(key);
    assert!(service.upload(PROVIDER, &twice.to_string()).is_err());
}

#[tokio::test]
async fn every_message_and_its_access_token_are_checked() {
    let service = service();
    let (_, granted) = exchange(&service, &exchange_body(&sign(&header(), &claims()))).await;
    let token = granted["access_token"].as_str().unwrap();
    let host = "Host: pubsub.googleapis.com\r\nContent-Type: application/json\r\n";
    let headers = format!("{host}Authorization: Bearer {token}\r\n");
    let target = "POST /v1/projects/p/topics/t:publish";
    let publish = async |body: &Value| ask(&service, target, &headers, &body.to_string()).await;
    let good = json!({"messages": [{"data": "eA==", "attributes": {"a": "b"}}]});
    assert_eq!(publish(&good).await.0, 200);
    for wrong in [
        json!({"messages": []}),
        json!({"messages": [{}]}),
        json!({"messages": [{"data": "eA"}]}),
        json!({"messages": [{"data": "_-=="}]}),
        json!({"messages": [{"data": "eA==", "attributes": {"a": 1}}]}),
        json!({"messages": [{"data": "eA==", "attributes": {"goog": "b"}}]}),
        json!({"messages": [{"data": "eA==", "attributes": {"a": "b".repeat(1025)}}]}),
        json!({"messages": [{"data": "eA==", "text": "x"}]}),
        json!({"messages": [{"data": "eA=="}], "topic": "t"}),
        json!({"messages": [{"data": "eA=="}, {"data": "?"}]}),
        json!([]),
    ] {
        assert_eq!(publish(&wrong).await.0, 400, "{wrong}");
    }
    for (authorization, status) in [
        (String::new(), 401),
        ("Authorization: Bearer ya29.other\r\n".into(), 401),
        (format!("Authorization: {token}\r\n"), 401),
        (format!("Authorization: Basic {token}\r\n"), 401),
        (format!("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n"), 401),
    ] {
        let headers = format!("{host}{authorization}");
        assert_eq!(ask(&service, target, &headers, &good.to_string()).await.0, status, "{authorization}");
    }
    assert_eq!(service.seen().published.len(), 1);
}
