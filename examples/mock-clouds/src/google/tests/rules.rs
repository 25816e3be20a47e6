//! Each rule, broken once and missed once.

use super::*;

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
