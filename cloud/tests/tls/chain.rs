//! TLS: which certificates are believed, and what is said about the others.

use crate::device::{Device, NAME, connect, connect_with, refusal, refused, refused_chain, root, roots};
use atecc608_cloud::tls::{CertificateRefusal as Refusal, KeyKind, Timestamp, Usage as Lacking};
use mock_servers::pki::{ExtendedUsage, Holder, Key, NOW, Request, Usage};
use mock_servers::tls::{Offer, acceptor};
use rustls::pki_types::CertificateDer;

fn server() -> Request {
    Request::server(&[NAME])
}

fn subject(name: &str) -> String {
    format!("CN={name}")
}

#[tokio::test]
async fn good_chain_of_p256() {
    let root = root();
    let (outcome, received) = connect(&root, &root.issue(&server()).unwrap()).await;
    let chain = outcome.unwrap();
    assert_eq!(received, b"ping");
    assert_eq!(chain.root.subject, "CN=Test Root");
    let [own] = &chain.certificates[..] else { panic!("{chain}") };
    assert_eq!((own.subject.as_str(), own.issuer.as_str()), ("CN=bridge.example.com", "CN=Test Root"));
    assert_eq!(own.key, KeyKind::P256);
    assert_eq!((own.not_before, own.not_after), (Timestamp(1_767_225_600), Timestamp(1_956_528_000)));
    assert_eq!(
        chain.to_string(),
        "CN=bridge.example.com (P-256), 2026-01-01 00:00:00 UTC to 2032-01-01 00:00:00 UTC\n\
         CN=Test Root (P-256), 2026-01-01 00:00:00 UTC to 2032-01-01 00:00:00 UTC, pinned"
    );
}

/// As Google's: a root and an intermediate between it and the server.
#[tokio::test]
async fn good_chain_with_an_intermediate() {
    let root = root();
    let between = root.issue(&Request::authority("Test Intermediate")).unwrap();
    let (outcome, received) = connect(&root, &between.issue(&server()).unwrap()).await;
    let chain = outcome.unwrap();
    assert_eq!(received, b"ping");
    let subjects: Vec<_> = chain.certificates.iter().map(|each| each.subject.as_str()).collect();
    assert_eq!(subjects, ["CN=bridge.example.com", "CN=Test Intermediate"]);
    assert_eq!(chain.root.subject, "CN=Test Root");
}

async fn good_chain_of(root: Key, between: Key, own: Key, kinds: [KeyKind; 3]) {
    let root = Holder::root(&Request { key: root, ..Request::authority("Test Root") }).unwrap();
    let between = root.issue(&Request { key: between, ..Request::authority("Between") }).unwrap();
    let own = between.issue(&Request { key: own, ..server() }).unwrap();
    let (outcome, received) = connect(&root, &own).await;
    let chain = outcome.unwrap();
    assert_eq!(received, b"ping");
    assert_eq!([chain.certificates[0].key, chain.certificates[1].key, chain.root.key], kinds);
}

#[cfg(feature = "p384")]
#[tokio::test]
async fn good_chain_of_p384() {
    let p384 = KeyKind::P384;
    good_chain_of(Key::P384, Key::P384, Key::P384, [p384; 3]).await;
}

/// As Google's.
#[cfg(feature = "p384")]
#[tokio::test]
async fn good_chain_of_p256_below_a_root_of_p384() {
    good_chain_of(Key::P384, Key::P256, Key::P256, [KeyKind::P256, KeyKind::P256, KeyKind::P384]).await;
}

#[cfg(any(feature = "rsa", feature = "rsa-ring"))]
#[tokio::test]
async fn good_chain_of_rsa() {
    good_chain_of(Key::Rsa, Key::Rsa, Key::Rsa, [KeyKind::Rsa(2048); 3]).await;
}

#[cfg(not(any(feature = "rsa", feature = "rsa-ring")))]
#[tokio::test]
async fn a_chain_of_rsa_is_refused_without_the_feature() {
    let root = Holder::root(&Request { key: Key::Rsa, ..Request::authority("Test Root") }).unwrap();
    let offer = Offer::default();
    let own = root.issue(&Request { key: Key::Rsa, ..server() }).unwrap();
    let roots = roots(&[&root]);
    let outcome = connect_with(Device::new(&roots), acceptor(&own, &offer).unwrap()).await.0;
    // Such a certificate is not asked for, so the server has nothing to show.
    assert!(
        matches!(outcome, Err(atecc608_cloud::tls::TlsFailure::Alert(atecc608_cloud::tls::Alert(40)))),
        "{outcome:?}"
    );
    // An elliptic one below it is shown.
    let refusal = refused(&root, &root.issue(&server()).unwrap()).await;
    let Refusal::NotBuiltIn { subject, key: KeyKind::Rsa(2048), feature: "rsa" } = &refusal else {
        panic!("{refusal}")
    };
    assert_eq!(subject, "CN=Test Root");
}

#[tokio::test]
async fn the_name_may_be_the_last_of_many() {
    let names: Vec<_> = (1..10).map(|n| format!("other{n}.example.com")).collect();
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    names.push(NAME);
    let root = root();
    let (outcome, received) = connect(&root, &root.issue(&Request::server(&names)).unwrap()).await;
    outcome.unwrap();
    assert_eq!(received, b"ping");
}

#[tokio::test]
async fn a_wildcard_stands_for_one_label() {
    let root = root();
    let wildcard = |name| root.issue(&Request::server(&[name])).unwrap();
    connect(&root, &wildcard("*.example.com")).await.0.unwrap();
    for other in ["*.com", "*.bridge.example.com", "*.example.org"] {
        assert!(matches!(refused(&root, &wildcard(other)).await, Refusal::OtherName { .. }), "{other}");
    }
}

#[tokio::test]
async fn an_address_may_be_the_name() {
    let root = root();
    let holder = root.issue(&Request::server(&["192.0.2.7"])).unwrap();
    let roots = roots(&[&root]);
    let device = |name| Device { name, ..Device::new(&roots) };
    let server = || acceptor(&holder, &Offer::default()).unwrap();
    connect_with(device("192.0.2.7"), server()).await.0.unwrap();
    let other = refusal(connect_with(device("192.0.2.8"), server()).await);
    assert!(matches!(other, Refusal::OtherName { .. }), "{other}");
}

#[tokio::test]
async fn certificate_for_another_name() {
    let root = root();
    let other = root.issue(&Request::server(&["one.example.com", "*.two.example.com"])).unwrap();
    let refusal = refused(&root, &other).await;
    let Refusal::OtherName { expected, names } = &refusal else { panic!("{refusal}") };
    assert_eq!(expected, NAME);
    let text = refusal.to_string();
    for name in ["one.example.com", "*.two.example.com"] {
        assert!(names.iter().any(|each| each.contains(name)), "{names:?}");
        assert!(text.contains(name), "{text}");
    }
}

/// A subject is no name: only alternative names count.
#[tokio::test]
async fn certificate_with_the_name_in_its_subject_only() {
    let root = root();
    let other = root.issue(&Request { names: Vec::new(), ..server() }).unwrap();
    assert!(matches!(refused(&root, &other).await, Refusal::OtherName { .. }));
}

#[tokio::test]
async fn expired_certificate() {
    let root = root();
    let old = root.issue(&Request { valid: ((2026, 1, 1), (2027, 6, 1)), ..server() }).unwrap();
    let refusal = refused(&root, &old).await;
    let not_after = Timestamp(1_811_808_000);
    assert_eq!(refusal, Refusal::Expired { subject: subject(NAME), not_after, now: Timestamp(NOW) });
    let text = refusal.to_string();
    assert!(text.contains("2027-06-01 00:00:00 UTC"), "{text}");
    assert!(text.contains("clock says 2028-01-15 00:00:00 UTC"), "{text}");
}

#[tokio::test]
async fn certificate_that_is_not_yet_valid() {
    let root = root();
    let new = root.issue(&Request { valid: ((2029, 1, 1), (2030, 1, 1)), ..server() }).unwrap();
    let refusal = refused(&root, &new).await;
    let not_before = Timestamp(1_861_920_000);
    assert_eq!(refusal, Refusal::NotYetValid { subject: subject(NAME), not_before, now: Timestamp(NOW) });
    assert!(refusal.to_string().contains("is the clock set?"), "{refusal}");
}

#[tokio::test]
async fn clock_that_was_never_set() {
    let root = root();
    let holder = root.issue(&server()).unwrap();
    let roots = roots(&[&root]);
    let device = Device { now: 0, ..Device::new(&roots) };
    let refusal = refusal(connect_with(device, acceptor(&holder, &Offer::default()).unwrap()).await);
    assert!(matches!(refusal, Refusal::NotYetValid { now: Timestamp(0), .. }), "{refusal}");
    assert!(refusal.to_string().contains("1970-01-01 00:00:00 UTC"), "{refusal}");
}

#[tokio::test]
async fn expired_intermediate() {
    let root = root();
    let old = Request { valid: ((2026, 1, 1), (2027, 6, 1)), ..Request::authority("Old") };
    let refusal = refused(&root, &root.issue(&old).unwrap().issue(&server()).unwrap()).await;
    assert!(matches!(&refusal, Refusal::Expired { subject, .. } if subject == "CN=Old"), "{refusal}");
}

#[tokio::test]
async fn expired_root() {
    let old = Request { valid: ((2026, 1, 1), (2027, 6, 1)), ..Request::authority("Old Root") };
    let root = Holder::root(&old).unwrap();
    let refusal = refused(&root, &root.issue(&server()).unwrap()).await;
    assert!(matches!(&refusal, Refusal::Expired { subject, .. } if subject == "CN=Old Root"), "{refusal}");
}

#[tokio::test]
async fn root_that_is_not_yet_valid() {
    let new = Request { valid: ((2029, 1, 1), (2030, 1, 1)), ..Request::authority("New Root") };
    let root = Holder::root(&new).unwrap();
    let refusal = refused(&root, &root.issue(&server()).unwrap()).await;
    assert!(
        matches!(&refusal, Refusal::NotYetValid { subject, .. } if subject == "CN=New Root"),
        "{refusal}"
    );
}

#[tokio::test]
async fn self_signed_certificate() {
    for request in [server(), Request { authority: true, ..server() }] {
        let refusal = refused(&root(), &Holder::root(&request).unwrap()).await;
        assert_eq!(refusal, Refusal::SelfSigned { subject: subject(NAME) });
    }
}

#[tokio::test]
async fn unknown_root() {
    let other = Holder::root(&Request::authority("Other Root")).unwrap();
    let between = other.issue(&Request::authority("Between")).unwrap();
    let refusal = refused(&root(), &between.issue(&server()).unwrap()).await;
    let expected =
        Refusal::UnknownIssuer { issuer: subject("Other Root"), pinned: vec![subject("Test Root")] };
    assert_eq!(refusal, expected);
}

#[tokio::test]
async fn no_root_at_all() {
    let holder = root().issue(&server()).unwrap();
    let roots = atecc608_cloud::tls::Roots::new();
    let outcome = connect_with(Device::new(&roots), acceptor(&holder, &Offer::default()).unwrap()).await;
    let refusal = refusal(outcome);
    assert!(matches!(&refusal, Refusal::UnknownIssuer { pinned, .. } if pinned.is_empty()), "{refusal}");
}

/// The right name, another key: the way a forged root would look.
#[tokio::test]
async fn root_of_the_same_name_with_another_key() {
    assert_eq!(refused(&root(), &root().issue(&server()).unwrap()).await, Refusal::BadSignature);
}

/// A server's certificate, bought for one name, that signs another name's.
#[tokio::test]
async fn issuer_with_ca_false() {
    let root = root();
    for usages in [vec![Usage::DigitalSignature], vec![Usage::KeyCertSign], Vec::new()] {
        let mallory = Request { usages, ..Request::server(&["mallory.example.org"]) };
        let forged = root.issue(&mallory).unwrap().issue(&server()).unwrap();
        let refusal = refused(&root, &forged).await;
        assert_eq!(refusal, Refusal::IssuerIsNoAuthority { issuer: subject("mallory.example.org") });
    }
}

/// CA:TRUE, but not for signing certificates.
#[tokio::test]
async fn issuer_without_the_key_usage_to_issue() {
    let root = root();
    let between = Request { usages: vec![Usage::CrlSign], ..Request::authority("Between") };
    let refusal = refused(&root, &root.issue(&between).unwrap().issue(&server()).unwrap()).await;
    let usage = Lacking::SignCertificates;
    assert_eq!(refusal, Refusal::WrongUsage { subject: subject("Between"), usage });
}

#[tokio::test]
async fn more_authorities_than_the_path_length_allows() {
    let root = root();
    let first = Request { path_length: Some(0), ..Request::authority("First") };
    let second = root.issue(&first).unwrap().issue(&Request::authority("Second")).unwrap();
    assert_eq!(refused(&root, &second.issue(&server()).unwrap()).await, Refusal::BeyondConstraints);
}

/// A pinned root's own limit counts as well: webpki alone does not look at it.
#[tokio::test]
async fn more_authorities_than_the_pinned_root_allows() {
    for (limit, between, allowed) in
        [(0, 0, true), (0, 1, false), (1, 1, true), (1, 2, false), (1, 3, false), (3, 3, true)]
    {
        let root =
            Holder::root(&Request { path_length: Some(limit), ..Request::authority("Test Root") }).unwrap();
        let mut issuer = root;
        let pinned = roots(&[&issuer]);
        for number in 0..between {
            issuer = issuer.issue(&Request::authority(&format!("Between {number}"))).unwrap();
        }
        let holder = issuer.issue(&server()).unwrap();
        let outcome = connect_with(Device::new(&pinned), acceptor(&holder, &Offer::default()).unwrap()).await;
        if allowed {
            outcome.0.unwrap();
        } else {
            assert_eq!(refusal(outcome), Refusal::BeyondConstraints, "{limit} {between}");
        }
    }
}

/// The same authority twice over: the way that the root allows is found.
#[tokio::test]
async fn another_way_that_the_roots_limit_allows() {
    let short = Holder::root(&Request { path_length: Some(0), ..Request::authority("Short Root") }).unwrap();
    let long = root();
    let between = long.issue(&Request::authority("Between")).unwrap();
    let holder = between.issue(&server()).unwrap();
    let pinned = roots(&[&short, &long]);
    connect_with(Device::new(&pinned), acceptor(&holder, &Offer::default()).unwrap()).await.0.unwrap();
}

#[tokio::test]
async fn more_authorities_than_are_followed() {
    let mut issuer = root();
    let pinned = roots(&[&issuer]);
    for number in 0..7 {
        issuer = issuer.issue(&Request::authority(&format!("Between {number}"))).unwrap();
        let holder = issuer.issue(&server()).unwrap();
        let outcome = connect_with(Device::new(&pinned), acceptor(&holder, &Offer::default()).unwrap()).await;
        match number {
            6 => assert_eq!(refusal(outcome), Refusal::TooLong { shown: 8 }),
            _ => assert_eq!(outcome.0.unwrap().certificates.len(), number + 2),
        }
    }
}

/// More than the library has room for, and more than a record holds.
#[tokio::test]
async fn more_certificates_than_fit() {
    use atecc608_cloud::tls::TlsFailure;
    let root = root();
    let names: Vec<_> =
        (0..250).map(|number| format!("name-number-{number}.of-this-server.example.com")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).chain([NAME]).collect();
    for (request, copies) in [(server(), 17), (Request::server(&names), 3)] {
        let holder = root.issue(&request).unwrap();
        let chain = vec![holder.der().clone(); copies];
        let pinned = roots(&[&root]);
        let acceptor = mock_servers::tls::acceptor_with(&chain, &holder, &Offer::default()).unwrap();
        let (outcome, received) = connect_with(Device::new(&pinned), acceptor).await;
        assert_eq!(received, b"");
        assert!(matches!(outcome, Err(TlsFailure::Certificates)), "{copies}: {outcome:?}");
    }
}

#[tokio::test]
async fn unknown_critical_extension() {
    let root = root();
    let extension = || vec![vec![1, 3, 6, 1, 4, 1, 99_999, 7]];
    let own = root.issue(&Request { unknown_extensions: extension(), ..server() }).unwrap();
    let between = Request { unknown_extensions: extension(), ..Request::authority("Between") };
    let below = root.issue(&between).unwrap().issue(&server()).unwrap();
    for (holder, name) in [(own, NAME), (below, "Between")] {
        let refusal = refused(&root, &holder).await;
        let expected =
            Refusal::UnknownExtension { subject: subject(name), extension: "1.3.6.1.4.1.99999.7".into() };
        assert_eq!(refusal, expected);
    }
}

#[tokio::test]
async fn authority_that_may_not_issue_for_this_name() {
    for (only, allowed) in [("example.com", true), ("example.org", false)] {
        let root = root();
        let only_below = vec![only.to_owned()];
        let between = root.issue(&Request { only_below, ..Request::authority("Between") }).unwrap();
        let holder = between.issue(&server()).unwrap();
        if allowed {
            connect(&root, &holder).await.0.unwrap();
        } else {
            assert_eq!(refused(&root, &holder).await, Refusal::BeyondConstraints);
        }
    }
}

#[tokio::test]
async fn authority_in_place_of_a_server() {
    let root = root();
    let authority = root.issue(&Request { authority: true, ..server() }).unwrap();
    let usage = Lacking::EndEntity;
    assert_eq!(refused(&root, &authority).await, Refusal::WrongUsage { subject: subject(NAME), usage });
}

#[tokio::test]
async fn certificate_without_server_auth() {
    let root = root();
    for usage in [ExtendedUsage::ClientAuth, ExtendedUsage::CodeSigning] {
        let client = root.issue(&Request { extended_usages: vec![usage], ..server() }).unwrap();
        let usage = Lacking::Server;
        assert_eq!(refused(&root, &client).await, Refusal::WrongUsage { subject: subject(NAME), usage });
    }
}

#[tokio::test]
async fn certificate_with_the_wrong_key_usage() {
    let root = root();
    let wrong = root.issue(&Request { usages: vec![Usage::KeyAgreement], ..server() }).unwrap();
    let usage = Lacking::SignHandshake;
    assert_eq!(refused(&root, &wrong).await, Refusal::WrongUsage { subject: subject(NAME), usage });
}

#[tokio::test]
async fn changed_certificate() {
    let root = root();
    let holder = root.issue(&server()).unwrap();
    let mut changed = holder.der().to_vec();
    let place = changed.windows(NAME.len()).rposition(|bytes| bytes == NAME.as_bytes()).unwrap();
    changed[place] ^= 1;
    let refusal = refused_chain(&root, &[CertificateDer::from(changed)], &holder).await;
    assert_eq!(refusal, Refusal::BadSignature);
}

/// Somebody shows the real server's certificate and does not have its key.
#[tokio::test]
async fn handshake_signed_with_another_key() {
    let root = root();
    let (real, mallory) = (root.issue(&server()).unwrap(), root.issue(&server()).unwrap());
    assert_eq!(refused_chain(&root, real.chain(), &mallory).await, Refusal::BadHandshakeSignature);
}

#[tokio::test]
async fn missing_intermediate() {
    let root = root();
    let between = root.issue(&Request::authority("Between")).unwrap();
    let holder = between.issue(&server()).unwrap();
    let refusal = refused_chain(&root, &holder.chain()[..1], &holder).await;
    assert!(matches!(&refusal, Refusal::UnknownIssuer { issuer, .. } if issuer == "CN=Between"), "{refusal}");
}

#[tokio::test]
async fn certificates_that_are_none() {
    let root = root();
    let holder = root.issue(&server()).unwrap();
    let garbage = CertificateDer::from(vec![0x30, 0x03, 0x02, 0x01, 0x01]);
    assert_eq!(refused_chain(&root, &[garbage], &holder).await, Refusal::Malformed);
    assert_eq!(refused_chain(&root, &[], &holder).await, Refusal::Malformed);
}
