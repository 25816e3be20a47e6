//! A TLS 1.3 server that does what no library's does: leaves out its certificate or the proof to have its
//! key, signs something else, sends messages unencrypted, breaks off.
//!
//! Just enough of RFC 8446 for that, over RustCrypto: one cipher suite, one key exchange, no fragments.

mod keys;
mod messages;

use std::io::{Error, ErrorKind, Result};

use p256_013::ecdsa::{SigningKey, signature::Signer};
use p256_013::pkcs8::DecodePrivateKey;
use rustls::pki_types::PrivateKeyDer;
use sha2_010::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::pki::Holder;
use keys::{Keys, Schedule};

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// What the server does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misdeed {
    /// Nothing: shows that the others fail for what they do.
    Nothing,
    /// No Certificate and no CertificateVerify.
    NoCertificate,
    /// No Certificate, but the wish to see the client's.
    NoCertificateButRequest,
    /// A good Certificate, no CertificateVerify.
    NoProof,
    /// As `NoProof`, and the wish to see the client's.
    NoProofButRequest,
    /// The wish to see the client's certificate, in this form.
    Asks(Ask),
    /// Chooses a protocol that was not offered (ALPN).
    Protocol,
    /// A CertificateVerify over the transcript of another handshake: a replay.
    ReplayedProof,
    /// A CertificateVerify as a client would make it.
    ClientsProof,
    /// CertificateVerify before Certificate.
    ProofFirst,
    /// Certificate twice.
    CertificateTwice,
    /// A Finished that does not fit.
    WrongFinished,
    /// A record that decrypts to nothing, during the handshake.
    EmptyRecord,
    /// An alert in place of the certificate.
    AlertInHandshake,
    /// The certificate unencrypted.
    Unencrypted,
    /// After the handshake: an unencrypted close_notify, as anybody on the way could send.
    UnencryptedClose,
    /// After the handshake: an unencrypted handshake message.
    UnencryptedMessage,
    /// After the handshake: a handshake message that has no place there.
    MisplacedMessage,
    /// After the handshake: new keys.
    KeyUpdate,
    /// After the handshake: an empty record, a ticket, padding; all of which is allowed.
    Chatter,
    /// After the handshake: an alert.
    Alert(u8),
    /// After the handshake: data, and then the end without a close_notify.
    EndsEarly,
    /// Asks for another key share: HelloRetryRequest for this group.
    Retry(u16),
    /// Chooses this cipher suite.
    CipherSuite(u16),
    /// Answers in TLS 1.2.
    OldVersion,
}

/// How a server asks for the client's certificate; not all of it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// As any does.
    Plainly,
    /// With a request context, which has a place after the handshake only.
    Context,
    /// With an extension that nobody knows.
    UnknownExtension,
    /// With every extension that has a place there.
    AllExtensions,
    /// With schemes that nobody knows, and P-256.
    UnknownSchemes,
    /// With RSA and P-384 only.
    OtherSchemes,
    /// Without the extension that names schemes.
    NoSchemes,
    /// With an extension that has no place there.
    MisplacedExtension,
    /// Cut short.
    Truncated,
    /// Twice.
    Twice,
}

/// What came from the client.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Seen {
    /// It has finished the handshake.
    pub finished: bool,
    /// It has shown a certificate,
    pub certificate: bool,
    /// with this request context,
    pub context: Vec<u8>,
    /// and has signed for it.
    pub proof: bool,
    /// It has broken off with this alert.
    pub alert: Option<u8>,
    /// What it has sent for the application.
    pub application: Vec<u8>,
}

/// Serves one connection with the certificate of `holder`, whose key is P-256.
///
/// What a server that behaves does afterwards: it answers the first bytes with `pong ` and the same, and says
/// farewell.
pub async fn serve(mut stream: TcpStream, holder: &Holder, misdeed: Misdeed) -> Seen {
    let mut seen = Seen::default();
    // That the client breaks off is what is looked for.
    let _ = run(&mut stream, holder, misdeed, &mut seen).await;
    seen
}

fn malformed() -> Error {
    Error::from(ErrorKind::InvalidData)
}

async fn read_record(stream: &mut TcpStream) -> Result<(u8, [u8; 5], Vec<u8>)> {
    let mut header = [0; 5];
    stream.read_exact(&mut header).await?;
    let mut body = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut body).await?;
    Ok((header[0], header, body))
}

async fn run(stream: &mut TcpStream, holder: &Holder, misdeed: Misdeed, seen: &mut Seen) -> Result<()> {
    let (_, _, hello) = read_record(stream).await?;
    let share = messages::client_share(&hello).ok_or_else(malformed)?;
    let mut transcript = Sha256::new_with_prefix(&hello);

    let secret = keys::Share::new();
    let server_hello = messages::server_hello(misdeed, &secret.public());
    stream.write_all(&messages::plain(HANDSHAKE, &server_hello)).await?;
    transcript.update(&server_hello);
    let mut schedule = Schedule::handshake(&secret.shared(&share).ok_or_else(malformed)?);
    let mut ours = schedule.keys(b"s hs traffic", &transcript);
    let mut theirs = schedule.keys(b"c hs traffic", &transcript);

    let key = signing_key(holder).ok_or_else(malformed)?;
    for message in flight(holder, &key, misdeed, &transcript) {
        transcript.update(&message);
        let record = match misdeed {
            Misdeed::Unencrypted => messages::plain(HANDSHAKE, &message),
            _ => ours.seal(HANDSHAKE, &message),
        };
        stream.write_all(&record).await?;
    }
    match misdeed {
        Misdeed::EmptyRecord => stream.write_all(&ours.seal_bare(&[])).await?,
        Misdeed::AlertInHandshake => stream.write_all(&ours.seal(ALERT, &[2, 80])).await?,
        _ => {}
    }
    let mut finished = messages::finished(&ours.finished(&transcript));
    if misdeed == Misdeed::WrongFinished {
        finished[10] ^= 1;
    }
    stream.write_all(&ours.seal(HANDSHAKE, &finished)).await?;
    transcript.update(&finished);

    schedule.master();
    let mut ours = schedule.keys(b"s ap traffic", &transcript);
    let mut application = schedule.keys(b"c ap traffic", &transcript);
    while !seen.finished {
        let (kind, message) = read_any(stream, &mut theirs).await?;
        match (kind, &message[..]) {
            (ALERT, [_, alert]) => {
                seen.alert = Some(*alert);
                return Ok(());
            }
            (_, [messages::CERTIFICATE, _, _, _, length, rest @ ..]) => {
                let (context, entries) = rest.split_at_checked((*length).into()).ok_or_else(malformed)?;
                seen.context = context.to_vec();
                seen.certificate = entries.len() > 3;
            }
            (_, [messages::CERTIFICATE_VERIFY, ..]) => seen.proof = true,
            (_, [messages::FINISHED, ..]) => seen.finished = true,
            _ => {}
        }
    }
    afterwards(stream, misdeed, &mut ours, &mut application, seen).await
}

/// A message of the client, and its content type.
async fn read_any(stream: &mut TcpStream, keys: &mut Keys) -> Result<(u8, Vec<u8>)> {
    let (kind, header, body) = read_record(stream).await?;
    if kind != APPLICATION_DATA {
        return Err(malformed());
    }
    let mut message = keys.open(&header, body).ok_or_else(malformed)?;
    let kind = message.pop().ok_or_else(malformed)?;
    Ok((kind, message))
}

/// The same, whatever it is.
async fn read_encrypted(stream: &mut TcpStream, keys: &mut Keys) -> Result<Vec<u8>> {
    Ok(read_any(stream, keys).await?.1)
}

fn signing_key(holder: &Holder) -> Option<SigningKey> {
    match holder.key() {
        PrivateKeyDer::Pkcs8(key) => SigningKey::from_pkcs8_der(key.secret_pkcs8_der()).ok(),
        _ => None,
    }
}

/// What comes between ServerHello and Finished.
fn flight(holder: &Holder, key: &SigningKey, misdeed: Misdeed, before: &Sha256) -> Vec<Vec<u8>> {
    let mut transcript = before.clone();
    let mut flight = Vec::new();
    let mut send = |message: Vec<u8>, transcript: &mut Sha256| {
        transcript.update(&message);
        flight.push(message);
    };
    let certificate = messages::certificate(holder.chain());
    let proof = |side: &str, transcript: &Sha256| {
        let signed = messages::to_be_signed(side, transcript);
        let signature: p256_013::ecdsa::DerSignature = key.sign(&signed);
        messages::certificate_verify(signature.as_bytes())
    };

    let protocol = if misdeed == Misdeed::Protocol { messages::protocol(b"h2") } else { Vec::new() };
    send(messages::encrypted_extensions_with(&protocol), &mut transcript);
    match misdeed {
        Misdeed::NoCertificateButRequest | Misdeed::NoProofButRequest => {
            send(messages::certificate_request(Ask::Plainly), &mut transcript);
        }
        Misdeed::Asks(ask) => {
            send(messages::certificate_request(ask), &mut transcript);
            if ask == Ask::Twice {
                send(messages::certificate_request(ask), &mut transcript);
            }
        }
        _ => {}
    }
    match misdeed {
        Misdeed::NoCertificate | Misdeed::NoCertificateButRequest | Misdeed::AlertInHandshake => {}
        Misdeed::NoProof | Misdeed::NoProofButRequest => send(certificate, &mut transcript),
        Misdeed::ReplayedProof => {
            send(certificate, &mut transcript);
            send(proof("server", &Sha256::new_with_prefix(b"another handshake")), &mut transcript);
        }
        Misdeed::ClientsProof => {
            send(certificate, &mut transcript);
            send(proof("client", &transcript.clone()), &mut transcript);
        }
        Misdeed::ProofFirst => {
            send(proof("server", &transcript.clone()), &mut transcript);
            send(certificate, &mut transcript);
        }
        Misdeed::CertificateTwice => {
            send(certificate.clone(), &mut transcript);
            send(certificate, &mut transcript);
            send(proof("server", &transcript.clone()), &mut transcript);
        }
        _ => {
            send(certificate, &mut transcript);
            send(proof("server", &transcript.clone()), &mut transcript);
        }
    }
    flight
}

/// After the handshake.
async fn afterwards(
    stream: &mut TcpStream,
    misdeed: Misdeed,
    ours: &mut Keys,
    theirs: &mut Keys,
    seen: &mut Seen,
) -> Result<()> {
    seen.application = read_encrypted(stream, theirs).await?;
    match misdeed {
        Misdeed::UnencryptedClose => stream.write_all(&messages::plain(ALERT, &[1, 0])).await?,
        Misdeed::UnencryptedMessage => {
            stream.write_all(&messages::plain(HANDSHAKE, &messages::encrypted_extensions())).await?;
        }
        Misdeed::MisplacedMessage => {
            stream.write_all(&ours.seal(HANDSHAKE, &messages::certificate_request(Ask::Plainly))).await?;
        }
        Misdeed::KeyUpdate => stream.write_all(&ours.seal(HANDSHAKE, &[24, 0, 0, 1, 0])).await?,
        Misdeed::Alert(alert) => stream.write_all(&ours.seal(ALERT, &[2, alert])).await?,
        Misdeed::Chatter => {
            stream.write_all(&ours.seal(APPLICATION_DATA, &[])).await?;
            stream.write_all(&ours.seal(HANDSHAKE, &messages::ticket())).await?;
        }
        _ => {}
    }
    // With padding, which is allowed.
    let answer = [b"pong ", &seen.application[..], &[APPLICATION_DATA, 0, 0, 0]].concat();
    stream.write_all(&ours.seal_bare(&answer)).await?;
    if misdeed != Misdeed::EndsEarly {
        stream.write_all(&ours.seal(ALERT, &[1, 0])).await?;
    }
    stream.shutdown().await
}
