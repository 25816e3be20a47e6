//! TLS: servers that ask for the client's certificate in ways that libraries of servers do not.

use crate::device::{Device, Failure, NAME, SoftKey, ping, root, roots};
use atecc608_cloud::tls::{ClientIdentity, TlsFailure};
use mock_servers::pki::Request;
use mock_servers::rogue::{Ask, Misdeed, Seen, serve};

/// A device with a certificate at a server that asks like this.
async fn asked(ask: Ask) -> (Result<(), Failure>, Seen) {
    let root = root();
    let holder = root.issue(&Request::server(&[NAME])).unwrap();
    let device = root.issue(&Request::device("device-1")).unwrap();
    let roots = roots(&[&root]);
    let chain: &[&[u8]] = &[device.der()];
    let visitor = Device::new(&roots).with(ClientIdentity { chain, signer: SoftKey::of(&device) });
    let server = async |stream| serve(stream, &holder, Misdeed::Asks(ask)).await;
    let (outcome, seen) = visitor.visit(server, ping).await;
    (outcome.map(|_| ()), seen)
}

/// Such a request is answered: certificate, with the same context, and proof.
async fn answered(ask: Ask) -> Seen {
    let (outcome, seen) = asked(ask).await;
    outcome.unwrap_or_else(|failure| panic!("{ask:?}: {failure}"));
    assert!(seen.certificate && seen.proof && seen.finished, "{ask:?}: {seen:?}");
    seen
}

/// Such a request is not: nothing is shown.
async fn refused(ask: Ask) -> (Failure, Seen) {
    let (outcome, seen) = asked(ask).await;
    let failure = outcome.expect_err("it was answered");
    assert!(!seen.certificate && !seen.proof && !seen.finished, "{ask:?}: {seen:?}");
    assert_eq!(seen.application, b"", "{ask:?}");
    (failure, seen)
}

#[tokio::test]
async fn plain_request() {
    assert_eq!(answered(Ask::Plainly).await.context, b"");
}

/// RFC 8446, section 4.4.2: it is sent back as it came.
#[tokio::test]
async fn request_with_a_context() {
    assert_eq!(answered(Ask::Context).await.context, [0xC0; 255]);
}

/// Section 4.3.2: "Clients MUST ignore unrecognized extensions."
#[tokio::test]
async fn request_with_extensions_of_all_kinds() {
    answered(Ask::UnknownExtension).await;
    answered(Ask::AllExtensions).await;
}

/// embedded-tls alone would give up.
#[tokio::test]
async fn request_with_unknown_schemes() {
    answered(Ask::UnknownSchemes).await;
}

/// Section 4.4.2.3: a signature by another scheme than those asked for would be of no use.
#[tokio::test]
async fn request_without_p256() {
    for ask in [Ask::OtherSchemes, Ask::NoSchemes] {
        let (failure, seen) = refused(ask).await;
        assert!(matches!(failure, TlsFailure::SignatureScheme), "{ask:?}: {failure}");
        assert!(failure.to_string().contains("must allow ECDSA"), "{failure}");
        // handshake_failure.
        assert_eq!(seen.alert, Some(40));
    }
}

#[tokio::test]
async fn request_that_breaks_the_rules() {
    let (failure, _) = refused(Ask::MisplacedExtension).await;
    assert!(matches!(failure, TlsFailure::Unexpected(what) if what.contains("extension")), "{failure}");
    let (failure, _) = refused(Ask::Truncated).await;
    assert!(failure.to_string().contains("a message that can't be read"), "{failure}");
}

/// The second is answered, as long as there is one answer.
#[tokio::test]
async fn request_that_comes_twice() {
    answered(Ask::Twice).await;
}
