//! TLS: which certificates are believed, and what is said about the others.

mod tls;

use gcp_app::tls::{KeyKind, Timestamp};
use stand_ins::pki::Request;
use tls::{NAME, connect, root};

fn server() -> Request {
    Request::server(&[NAME])
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
