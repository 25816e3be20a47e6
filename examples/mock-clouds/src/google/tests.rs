//! Requests that no device of ours sends: each rule is broken once, and is missed once when it is not there.

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

/// A client that breaks the rule and nothing else.
fn breaks(world: &World, rule: Rule) -> Client {
    let good = || world.device(|_| {});
    match rule {
        Rule::GrantType => good().asking("grantType", "authorization_code"),
        Rule::RequestedType => good().asking("requestedTokenType", "urn:ietf:params:oauth:token-type:jwt"),
        Rule::TokenType => good().asking("subjectTokenType", "urn:ietf:params:oauth:token-type:jwt"),
        Rule::Audience => good().asking("audience", &PROVIDER.replace("certificates", "other")),
        Rule::Scope => good().asking("scope", "pubsub"),
        Rule::ClientCertificate => Client { peer: Peer::default(), ..good() },
        Rule::SubjectToken => good().asking("subjectToken", "-----BEGIN CERTIFICATE-----"),
        Rule::SameCertificate => Client { peer: world.device(|_| {}).peer, ..good() },
        Rule::Path => {
            let signer = world.stranger.issue(&Request::authority("signer")).unwrap();
            Client::of(&signer.issue(&changed(|_| {})).unwrap())
        }
        Rule::Authority => {
            let device = world.signer.issue(&changed(|request| request.subject = "sensor-2".into())).unwrap();
            Client::of(&device.issue(&changed(|_| {})).unwrap())
        }
        Rule::Depth => {
            let mut above = world.root.issue(&Request::authority("1")).unwrap();
            for number in 2..=4 {
                above = above.issue(&Request::authority(&number.to_string())).unwrap();
            }
            Client::of(&above.issue(&changed(|_| {})).unwrap())
        }
        Rule::Dates => world.device(|request| request.valid = ((2027, 1, 1), (2027, 12, 31))),
        Rule::Lifetime => world.device(|request| request.valid = ((2028, 1, 1), (2029, 1, 26))),
        Rule::KeyType => Client::with(vec![ed25519(&world.signer), world.signer.der().clone()]),
        Rule::NoAuthority => world.device(|request| request.authority = true),
        Rule::KeyUsage => world.device(|request| request.usages = vec![Usage::DigitalSignature]),
        Rule::Subject => world.device(|request| request.subject = "x".repeat(128)),
        Rule::Condition => world.device(|request| request.subject = "sensor-9".into()),
        Rule::Fingerprint => good().bound_to("short"),
        Rule::BoundToken => {
            let client = good();
            let fingerprint = client.fingerprint();
            client.bound_to(&fingerprint)
        }
        Rule::Anchors | Rule::Intermediates => good(),
    }
}

/// A certificate for a key of another kind.
fn ed25519(signer: &Holder) -> CertificateDer<'static> {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let issuer = rcgen::KeyPair::try_from(signer.key().secret_der()).unwrap();
    let mut name = rcgen::CertificateParams::default();
    name.distinguished_name = rcgen::DistinguishedName::new();
    name.distinguished_name.push(rcgen::DnType::CommonName, "signer");
    let issuer = rcgen::Issuer::new(name, issuer);
    let mut params = rcgen::CertificateParams::new(vec![]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, "sensor-1");
    params.not_before = rcgen::date_time_ymd(2028, 1, 1);
    params.not_after = rcgen::date_time_ymd(2028, 12, 31);
    params.is_ca = rcgen::IsCa::ExplicitNoCa;
    params.key_usages = vec![Usage::DigitalSignature, Usage::KeyEncipherment];
    params.signed_by(&key, &issuer).unwrap().der().clone()
}

/// What comes of a client that breaks a rule: the words of the refusal, if there is one.
async fn outcome(world: &World, service: &Service, rule: Rule, client: &Client) -> Result<(), String> {
    let mut trust = TrustStore::of(world.root.der());
    match rule {
        Rule::Anchors => trust.anchors = vec![world.root.der().clone(); 4],
        Rule::Intermediates => trust.intermediates = vec![world.signer.der().clone(); 11],
        _ => {}
    }
    let mut provider = Provider::new("devices", "certificates", trust);
    provider.condition = Some("assertion.subject.dn.cn != 'sensor-9'".into());
    service.add(provider)?;
    let (status, answer) = exchange(service, client).await;
    if status != 200 {
        return Err(answer["error_description"].as_str().unwrap().to_owned());
    }
    if rule == Rule::BoundToken {
        // The right certificate, none, another's.
        assert_eq!(publish(service, PUBSUB_MTLS_HOST, &client.peer, &answer).await, 200);
        let other = world.device(|_| {}).peer;
        let mut statuses = vec![];
        for (host, peer) in [(google::PUBSUB_HOST, &Peer::default()), (PUBSUB_MTLS_HOST, &other)] {
            statuses.push(publish(service, host, peer, &answer).await);
        }
        return if statuses == [200, 200] {
            Ok(())
        } else {
            assert_eq!(statuses, [401, 401]);
            Err(service.seen().complaints.pop().unwrap())
        };
    }
    Ok(())
}

#[tokio::test]
async fn each_rule_is_broken_and_missed() {
    let world = World::new();
    for rule in Rule::ALL {
        let client = breaks(&world, rule);
        let enforced = Service::new(rules(), || NOW);
        let words = outcome(&world, &enforced, rule, &client).await.expect_err(&format!("{rule:?}"));
        let expected = match rule {
            Rule::GrantType => "grant type",
            Rule::RequestedType => "requested token type",
            Rule::TokenType => "subject token type",
            Rule::Audience => "doesn't exist",
            Rule::Scope => "scope",
            Rule::ClientCertificate => "has shown no client certificate",
            Rule::SubjectToken => "no array of texts",
            Rule::SameCertificate => "has shown another one",
            Rule::Path => "who has issued CN=signer",
            Rule::Authority => "CN=sensor-2 may not issue",
            Rule::Depth => "more than 5 certificates",
            Rule::Dates => "CN=sensor-1 holds from",
            Rule::Lifetime => "more than 390 days: 391",
            Rule::KeyType => "neither RSA",
            Rule::NoAuthority => "CA:FALSE",
            Rule::KeyUsage => "keyEncipherment",
            Rule::Subject => "google.subject must have",
            Rule::Condition => "attribute condition",
            Rule::Fingerprint => "43 characters",
            Rule::BoundToken => "BOUND_TO_ANOTHER_CERTIFICATE",
            Rule::Anchors => "3 trust anchors",
            Rule::Intermediates => "10 intermediates",
        };
        assert!(words.contains(expected), "{rule:?}: {words}");
        let lax = Service::new(rules(), || NOW).without(rule);
        assert_eq!(outcome(&world, &lax, rule, &client).await, Ok(()), "{rule:?}");
        // No rule hides behind another.
        for other in Rule::ALL.into_iter().filter(|other| *other != rule) {
            let service = Service::new(rules(), || NOW).without(other);
            assert!(outcome(&world, &service, rule, &client).await.is_err(), "{rule:?} without {other:?}");
        }
    }
}
