//! Requests that no device of ours sends.

mod rules;

use std::collections::HashMap;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use mock_servers::google::Pool;
use mock_servers::pki::{Holder, NOW, Request, Usage};
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const PROVIDER: &str =
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/devices/providers/certificates";

/// Certificates of the operator and of others.
struct World {
    root: Holder,
    signer: Holder,
    stranger: Holder,
}

impl World {
    fn new() -> Self {
        let root = Holder::root(&Request::authority("root")).unwrap();
        let signer = root.issue(&Request::authority("signer")).unwrap();
        let stranger = Holder::root(&Request::authority("root")).unwrap();
        Self { root, signer, stranger }
    }

    fn device(&self, change: impl FnOnce(&mut Request)) -> Client {
        Client::of(&self.signer.issue(&changed(change)).unwrap())
    }
}

fn changed(change: impl FnOnce(&mut Request)) -> Request {
    let mut request = Request {
        usages: vec![Usage::DigitalSignature, Usage::KeyEncipherment],
        valid: ((2028, 1, 1), (2028, 12, 31)),
        ..Request::device("sensor-1")
    };
    change(&mut request);
    request
}

/// What a client shows, and what it asks for.
struct Client {
    peer: Peer,
    ask: Value,
}

impl Client {
    /// Shows what a holder has, which is without the root.
    fn of(holder: &Holder) -> Self {
        Self::with(holder.chain().to_vec())
    }

    fn with(chain: Vec<CertificateDer<'static>>) -> Self {
        let base64: Vec<_> = chain.iter().map(|der| Base64::encode_string(der)).collect();
        let ask = json!({
            "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": PROVIDER,
            "scope": "https://www.googleapis.com/auth/pubsub",
            "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
            "subjectTokenType": "urn:ietf:params:oauth:token-type:mtls",
            "subjectToken": json!(base64).to_string(),
        });
        Self { peer: Peer { chain, ..Peer::default() }, ask }
    }

    fn asking(mut self, member: &str, value: &str) -> Self {
        self.ask[member] = json!(value);
        self
    }

    fn bound_to(self, fingerprint: &str) -> Self {
        self.asking("options", &format!("%7B%22bindCertFingerprint%22%3A%22{fingerprint}%22%7D"))
    }

    fn fingerprint(&self) -> String {
        let hash = ring::digest::digest(&ring::digest::SHA256, &self.peer.chain[0]);
        Base64UrlUnpadded::encode_string(hash.as_ref())
    }
}

fn rules() -> Rules {
    Rules {
        project_number: 1,
        pools: vec![Pool::new("devices", vec![])],
        access_lifetime: 3599,
        access_length: 64,
        project: "p".into(),
        topics: vec!["t".into()],
        publishers: vec![Pool::new("devices", vec![]).principal(1, "sensor-1")],
        accounts: HashMap::new(),
    }
}

fn service(world: &World) -> Service {
    let service = Service::new(rules(), || NOW);
    service.add(Provider::new("devices", "certificates", TrustStore::of(world.root.der()))).unwrap();
    service
}

/// Sends one request; status and body of the answer.
async fn send(service: &Service, peer: &Peer, target: &str, headers: &str, body: &str) -> (u16, Value) {
    let (mut near, far) = tokio::io::duplex(65_536);
    let length = body.len();
    let request =
        format!("{target} HTTP/1.1\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    near.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let (_, read) = tokio::join!(service.serve(far, peer.clone()), near.read_to_string(&mut answer));
    read.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

async fn exchange_at(service: &Service, host: &str, client: &Client) -> (u16, Value) {
    let headers = format!("Host: {host}\r\nContent-Type: application/json\r\n");
    send(service, &client.peer, "POST /v1/token", &headers, &client.ask.to_string()).await
}

async fn exchange(service: &Service, client: &Client) -> (u16, Value) {
    exchange_at(service, STS_MTLS_HOST, client).await
}

/// Publishes with the access token of an exchange, over a connection that has shown `peer`'s certificate.
async fn publish(service: &Service, host: &str, peer: &Peer, granted: &Value) -> u16 {
    let token = granted["access_token"].as_str().unwrap();
    let headers =
        format!("Host: {host}\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    let body = json!({"messages": [{"data": "eA=="}]}).to_string();
    send(service, peer, "POST /v1/projects/p/topics/t:publish", &headers, &body).await.0
}

#[tokio::test]
async fn a_certificate_opens_pub_sub() {
    let world = World::new();
    let service = service(&world);
    let client = world.device(|_| {});
    let (status, granted) = exchange(&service, &client).await;
    assert_eq!(status, 200, "{granted}");
    assert_eq!(publish(&service, google::PUBSUB_HOST, &Peer::default(), &granted).await, 200);
    let principal = Pool::new("devices", vec![]).principal(1, "sensor-1");
    assert_eq!(service.base().seen().published[0].principal, principal);
    let [seen] = &service.seen().exchanged[..] else { panic!() };
    assert_eq!((&*seen.principal, seen.bound), (&*principal, false));
    assert!(service.seen().complaints.is_empty());
}

#[tokio::test]
async fn forms_and_other_spellings() {
    let world = World::new();
    let service = service(&world);
    let client = world.device(|_| {});
    let fingerprint = client.fingerprint();
    let client = client.bound_to(&fingerprint);
    let snake = [
        ("grantType", "grant_type"),
        ("requestedTokenType", "requested_token_type"),
        ("subjectTokenType", "subject_token_type"),
        ("subjectToken", "subject_token"),
    ];
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in client.ask.as_object().unwrap() {
        let name = snake.iter().find(|(camel, _)| camel == name).map_or(&**name, |(_, snake)| snake);
        form.append_pair(name, value.as_str().unwrap());
    }
    let form = form.finish();
    let headers = format!("Host: {STS_MTLS_HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    let (status, answer) = send(&service, &client.peer, "POST /v1/token", &headers, &form).await;
    assert_eq!(status, 200, "{answer}");
    assert!(service.seen().exchanged[0].bound);
    for (kind, body) in [("text/plain", &*form), ("application/json", &*form), ("application/json", "{}")] {
        let headers = format!("Host: {STS_MTLS_HOST}\r\nContent-Type: {kind}\r\n");
        assert_eq!(send(&service, &client.peer, "POST /v1/token", &headers, body).await.0, 400);
    }
}

/// Other names ask for no certificate, and say so.
#[tokio::test]
async fn certificates_are_exchanged_at_one_server_only() {
    let world = World::new();
    let service = service(&world);
    let client = world.device(|_| {});
    let (status, answer) = exchange_at(&service, google::STS_HOST, &client).await;
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_request")));
    assert!(answer.to_string().contains("asks for no client certificate"), "{answer}");
    assert_eq!(exchange_at(&service, google::PUBSUB_HOST, &client).await.0, 404);
    assert_eq!(service.seen().complaints.len(), 1);
}

#[tokio::test]
async fn what_the_trust_store_has_need_not_be_sent() {
    let world = World::new();
    let service = service(&world);
    let own = world.device(|_| {});
    let alone = Client::with(own.peer.chain[..1].to_vec());
    let (status, answer) = exchange(&service, &alone).await;
    assert_eq!(status, 400);
    assert!(
        answer.to_string().contains("nobody is trusted or was sent who has issued CN=sensor-1"),
        "{answer}"
    );
    let mut trust = TrustStore::of(world.root.der());
    trust.intermediates.push(world.signer.der().clone());
    service.add(Provider::new("devices", "certificates", trust)).unwrap();
    assert_eq!(exchange(&service, &alone).await.0, 200);
    // The signer as an anchor, as well.
    service.add(Provider::new("devices", "certificates", TrustStore::of(world.signer.der()))).unwrap();
    assert_eq!(exchange(&service, &alone).await.0, 200);
}

#[tokio::test]
async fn subjects_are_what_is_mapped() {
    let world = World::new();
    let service = service(&world);
    let client = world.device(|request| request.names = vec!["a.example".into(), "b.example".into()]);
    for (mapping, subject) in [
        ("assertion.subject.dn.cn", "sensor-1"),
        ("assertion.issuer.dn.cn", "signer"),
        ("assertion.san.dns", "a.example"),
        ("'fleet/' + assertion.subject.dn.cn", "fleet/sensor-1"),
    ] {
        let trust = TrustStore::of(world.root.der());
        let provider = Provider::new("devices", "certificates", trust);
        service.add(Provider { subject: mapping.into(), ..provider }).unwrap();
        assert_eq!(exchange(&service, &client).await.0, 200);
        let seen = service.seen().exchanged.pop().unwrap();
        assert_eq!(seen.principal, Pool::new("devices", vec![]).principal(1, subject));
    }
    let own = chain::read(&client.peer.chain[0]).unwrap();
    let facts = assertion::of(own.der, &own.certificate);
    assert_eq!(Base64::decode_vec(facts["sha256Fingerprint"].as_str().unwrap()).unwrap().len(), 32);
    assert!(!facts["serialNumberHex"].as_str().unwrap().is_empty());
}

#[test]
fn trust_stores_as_gcloud_takes_them() {
    let world = World::new();
    let pem = |holder: &Holder, indent: &str| {
        let text = Base64::encode_string(holder.der());
        let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        let body = lines.join(&format!("\n{indent}"));
        format!("-----BEGIN CERTIFICATE-----\n{indent}{body}\n{indent}-----END CERTIFICATE-----\n")
    };
    let blocks = format!(
        "trustStore:\n  trustAnchors:\n  - pemCertificate: |\n      {}  intermediateCas:\n  - pemCertificate: |\n      {}",
        pem(&world.root, "      "),
        pem(&world.signer, "      ")
    );
    let quoted = format!(
        "trustStore:\n  trustAnchors:\n  - pemCertificate: \"{}\"\n  intermediateCas:\n  - pemCertificate: \"{}\"\n",
        pem(&world.root, "").replace('\n', "\\n"),
        pem(&world.signer, "").replace('\n', "\\n")
    );
    for yaml in [blocks, quoted] {
        let store = TrustStore::from_yaml(&yaml).unwrap();
        assert_eq!(
            (&store.anchors[..], &store.intermediates[..]),
            (&[world.root.der().clone()][..], &[world.signer.der().clone()][..])
        );
        assert!(TrustStore::from_yaml(&yaml[..yaml.len() - 20]).is_err());
        assert!(TrustStore::from_yaml(&yaml.replace("trustAnchors", "anchors")).is_err());
    }
    assert!(TrustStore::from_yaml("trustStore:\n").is_err());
}
