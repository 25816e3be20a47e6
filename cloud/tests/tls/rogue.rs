//! TLS: servers that do what no library's server does. None may get a byte of the application.

use crate::device::{Connection, Device, Failure, NAME, SoftKey, ping, root, roots};
use atecc608_cloud::tls::{Alert, CertificateRefusal, Chain, ClientIdentity, TlsFailure};
use embedded_io_async::{Read, Write};
use mock_servers::pki::Request;
use mock_servers::rogue::{Misdeed, Seen, serve};

async fn visit(misdeed: Misdeed) -> (Result<Chain, Failure>, Seen) {
    let root = root();
    let holder = root.issue(&Request::server(&[NAME])).unwrap();
    let roots = roots(&[&root]);
    Device::new(&roots).visit(async |stream| serve(stream, &holder, misdeed).await, ping).await
}

/// The server fails in the handshake and gets nothing.
async fn refused(misdeed: Misdeed) -> Failure {
    let (outcome, seen) = visit(misdeed).await;
    assert_eq!(seen.application, b"", "{misdeed:?}");
    outcome.expect_err("the server was believed")
}

/// The server fails after the handshake.
async fn fails_later(misdeed: Misdeed) -> Failure {
    let (outcome, seen) = visit(misdeed).await;
    assert_eq!(seen.application, b"ping", "{misdeed:?}");
    outcome.expect_err("the server was believed")
}

/// Says what the other tests are worth.
#[tokio::test]
async fn the_same_server_is_believed_when_it_behaves() {
    for misdeed in [Misdeed::Nothing, Misdeed::Chatter] {
        let (outcome, seen) = visit(misdeed).await;
        outcome.unwrap();
        assert_eq!(seen, Seen { finished: true, application: b"ping".to_vec(), ..Seen::default() });
    }
}

#[tokio::test]
async fn no_certificate_at_all() {
    let failure = refused(Misdeed::NoCertificate).await;
    assert!(matches!(failure, TlsFailure::NoCertificate), "{failure}");
}

#[tokio::test]
async fn certificate_without_a_proof() {
    let failure = refused(Misdeed::NoProof).await;
    assert!(matches!(failure, TlsFailure::NoProof), "{failure}");
}

#[tokio::test]
async fn proof_of_another_transcript() {
    for misdeed in [Misdeed::ReplayedProof, Misdeed::ClientsProof] {
        let failure = refused(misdeed).await;
        let refused = CertificateRefusal::BadHandshakeSignature;
        assert!(matches!(&failure, TlsFailure::Certificate(refusal) if *refusal == refused), "{failure}");
    }
}

#[tokio::test]
async fn certificate_and_proof_out_of_order() {
    for misdeed in [Misdeed::ProofFirst, Misdeed::CertificateTwice] {
        let failure = refused(misdeed).await;
        assert!(
            matches!(failure, TlsFailure::Certificate(CertificateRefusal::OutOfOrder)),
            "{misdeed:?}: {failure}"
        );
    }
}

#[tokio::test]
async fn finished_that_does_not_fit() {
    let failure = refused(Misdeed::WrongFinished).await;
    assert!(matches!(failure, TlsFailure::Unexpected(what) if what.contains("Finished")), "{failure}");
}

#[tokio::test]
async fn record_that_decrypts_to_nothing() {
    let failure = refused(Misdeed::EmptyRecord).await;
    assert!(matches!(failure, TlsFailure::Unexpected(_)), "{failure}");
}

#[tokio::test]
async fn alert_in_the_handshake() {
    let failure = refused(Misdeed::AlertInHandshake).await;
    assert!(matches!(failure, TlsFailure::Alert(Alert(80))), "{failure}");
}

#[tokio::test]
async fn unencrypted_certificate() {
    let failure = refused(Misdeed::Unencrypted).await;
    assert!(matches!(failure, TlsFailure::Unexpected(what) if what.contains("unencrypted")), "{failure}");
}

#[tokio::test]
async fn hello_retry_request() {
    let failure = refused(Misdeed::Retry(0x1D)).await;
    assert!(matches!(failure, TlsFailure::KeyExchange(Some(0x1D))), "{failure}");
    assert!(failure.to_string().contains("X25519"), "{failure}");
    // For the group that it was given already: a retry all the same.
    let failure = refused(Misdeed::Retry(0x17)).await;
    assert!(matches!(failure, TlsFailure::KeyExchange(Some(0x17))), "{failure}");
}

#[tokio::test]
async fn cipher_suite_that_was_not_offered() {
    let failure = refused(Misdeed::CipherSuite(0x1302)).await;
    assert!(matches!(failure, TlsFailure::CipherSuite(0x1302)), "{failure}");
}

#[tokio::test]
async fn answer_in_an_older_version() {
    let failure = refused(Misdeed::OldVersion).await;
    assert!(matches!(failure, TlsFailure::Version(Some(0x0303))), "{failure}");
    assert!(failure.to_string().contains("TLS 1.2"), "{failure}");
}

/// Anybody on the way can send these, so they must neither end the connection quietly nor do harm.
#[tokio::test]
async fn unencrypted_messages_after_the_handshake() {
    for misdeed in [Misdeed::UnencryptedClose, Misdeed::UnencryptedMessage] {
        let failure = fails_later(misdeed).await;
        assert!(matches!(failure, TlsFailure::Unexpected(what) if what.contains("unencrypted")), "{failure}");
    }
}

/// embedded-tls alone would panic.
#[tokio::test]
async fn handshake_message_after_the_handshake() {
    let failure = fails_later(Misdeed::MisplacedMessage).await;
    assert!(matches!(failure, TlsFailure::Unexpected(_)), "{failure}");
}

#[tokio::test]
async fn change_of_keys() {
    let failure = fails_later(Misdeed::KeyUpdate).await;
    assert!(matches!(failure, TlsFailure::Unexpected(what) if what.contains("keys")), "{failure}");
}

#[tokio::test]
async fn alert_after_the_handshake() {
    let failure = fails_later(Misdeed::Alert(49)).await;
    assert!(matches!(failure, TlsFailure::Alert(Alert(49))), "{failure}");
    assert!(failure.to_string().contains("access_denied (49)"), "{failure}");
}

/// Reads to the end.
async fn read_all(mut connection: Connection<'_>) -> Result<Vec<u8>, Failure> {
    connection.write_all(b"ping").await?;
    connection.flush().await?;
    let (mut all, mut buffer) = (Vec::new(), [0; 4]);
    loop {
        match connection.read(&mut buffer).await? {
            0 => return Ok(all),
            count => all.extend_from_slice(&buffer[..count]),
        }
    }
}

#[tokio::test]
async fn a_farewell_is_an_end_and_nothing_else_is() {
    let root = root();
    let holder = root.issue(&Request::server(&[NAME])).unwrap();
    let roots = roots(&[&root]);
    let visit = |misdeed| {
        let holder = &holder;
        Device::new(&roots).visit(async move |stream| serve(stream, holder, misdeed).await, read_all)
    };
    assert_eq!(visit(Misdeed::Nothing).await.0.unwrap(), b"pong ping");
    let failure = visit(Misdeed::EndsEarly).await.0.unwrap_err();
    assert!(matches!(failure, TlsFailure::Truncated), "{failure}");
}

/// Who the device is is told only to servers that have proved who they are.
#[tokio::test]
async fn client_certificate_is_not_shown_to_a_server_that_shows_none() {
    let root = root();
    let holder = root.issue(&Request::server(&[NAME])).unwrap();
    let device = root.issue(&Request::device("device-1")).unwrap();
    let roots = roots(&[&root]);
    for misdeed in [Misdeed::NoCertificateButRequest, Misdeed::NoProofButRequest] {
        let chain: &[&[u8]] = &[device.der()];
        let visitor = Device::new(&roots).with(ClientIdentity { chain, signer: SoftKey::of(&device) });
        let (outcome, seen) = visitor.visit(async |stream| serve(stream, &holder, misdeed).await, ping).await;
        assert!(matches!(outcome, Err(TlsFailure::NoCertificate | TlsFailure::NoProof)), "{outcome:?}");
        assert_eq!((seen.certificate, seen.application), (false, Vec::new()), "{misdeed:?}");
    }
}

#[tokio::test]
async fn protocol_that_was_not_offered() {
    for (offered, words) in [(&[][..], "was offered none"), (&["mqtt", "http/1.1"], "was not offered")] {
        let root = root();
        let holder = root.issue(&Request::server(&[NAME])).unwrap();
        let roots = roots(&[&root]);
        let visitor = Device { protocols: offered, ..Device::new(&roots) };
        let (outcome, seen) =
            visitor.visit(async |stream| serve(stream, &holder, Misdeed::Protocol).await, ping).await;
        let failure = outcome.expect_err("the server was believed");
        assert!(matches!(failure, TlsFailure::Unexpected(what) if what.contains(words)), "{failure}");
        assert_eq!(seen.application, b"");
    }
}
