//! TLS 1.3 to a server whose identity is verified.

mod algorithms;
mod certificate;
mod chain;
mod client;
mod entropy;
mod failure;
mod record;
mod refusal;
mod roots;
mod secured;
mod server_hello;
mod suite;
mod verifier;

use alloc::rc::Rc;

use embedded_io_async::{Read, Write};
use embedded_tls::{TlsConfig, TlsConnection, TlsContext};
use rand_core::CryptoRngCore;
use rustls_pki_types::ServerName;

use chain::Demands;
use client::Provider;
use record::{Note, Wire};
use verifier::{Verdict, Verifier};

pub use certificate::{CertificateInfo, KeyKind, Timestamp};
pub use chain::Chain;
pub use client::ClientIdentity;
pub use entropy::{BadSource, Entropy};
pub use failure::{Alert, TlsFailure};
pub use refusal::{CertificateRefusal, Usage};
#[cfg(feature = "rsa")]
pub use roots::GTS_ROOT_R1;
#[cfg(feature = "p384")]
pub use roots::{DIGICERT_TLS_ECC_P384_ROOT_G5, GTS_ROOT_R4};
pub use roots::{RootError, Roots};
pub use secured::Secured;

/// A receive buffer of this size, in bytes, holds the longest record TLS allows. Google's servers send such.
pub const RECEIVE_BUFFER: usize = (1 << 14) + 256;

/// A transmit buffer of this size, in bytes, is enough for a host name of 253 bytes, and for a client
/// certificate of 1 KB. What is written goes out in records some 128 bytes smaller.
pub const TRANSMIT_BUFFER: usize = 1536;

/// The smallest receive buffer, in bytes: below it no handshake fits.
const RECEIVE_MIN: usize = 512;
/// What a ClientHello takes besides the name, or a client certificate's message besides the certificate.
const TRANSMIT_MIN: usize = 512;

/// Whom to connect to, and who may say that it is them.
#[derive(Debug)]
pub struct Settings<'a> {
    /// The server's host name (or IP address, if its certificate has that), which its certificate must have.
    pub name: &'a str,
    /// Who may have issued it.
    pub roots: &'a Roots,
    /// The time of day, in Unix seconds.
    pub now: u64,
    /// Who connects, if the server asks. Without, the server is told that there is no certificate.
    pub client: Option<ClientIdentity<'a>>,
}

/// Memory of a connection.
#[derive(Debug)]
pub struct Buffers<'a> {
    /// Must hold the longest record that the server sends: [`RECEIVE_BUFFER`].
    pub receive: &'a mut [u8],
    /// [`TRANSMIT_BUFFER`].
    pub transmit: &'a mut [u8],
}

/// Connects over `transport`: returns when the server is verified and may be sent to.
///
/// Takes a heap of some 10 KB for the server's certificates, until it returns, and afterwards as much as the
/// record that is just arriving. Give it a time limit: nothing here looks at a clock. When it is dropped, drop
/// the transport too.
///
/// # Errors
/// See [`TlsFailure`]. Nothing but the handshake was sent.
pub async fn connect<'a, T, R>(
    transport: T,
    settings: Settings<'_>,
    buffers: Buffers<'a>,
    rng: &mut R,
) -> Result<Secured<'a, T>, TlsFailure<T::Error>>
where
    T: Read + Write + 'a,
    R: CryptoRngCore,
{
    let name = ServerName::try_from(settings.name).map_err(|_| TlsFailure::Name)?;
    let certificate = settings.client.as_ref().map_or(0, |client| client.certificate.len());
    let transmit = TRANSMIT_MIN + certificate.max(settings.name.len());
    if buffers.receive.len() < RECEIVE_MIN || buffers.transmit.len() < transmit {
        return Err(TlsFailure::BufferTooSmall { receive: RECEIVE_MIN, transmit });
    }

    let config = TlsConfig::new();
    #[cfg(feature = "rsa")]
    let config = config.enable_rsa_signatures();
    let config = match name {
        ServerName::DnsName(_) => config.with_server_name(settings.name),
        // An address has no place in the request (RFC 6066, section 3).
        _ => config,
    };
    let demands = Demands { text: settings.name, name, roots: settings.roots, now: settings.now };

    let note = Rc::new(Note::new());
    let wire = Wire::new(transport, Rc::clone(&note), buffers.receive.len());
    let mut connection = TlsConnection::new(wire, buffers.receive, buffers.transmit);
    let mut provider =
        Provider { rng, verifier: Verifier::new(demands), client: settings.client, unsigned: false };
    let opened = connection.open(TlsContext::new(&config, &mut provider)).await;

    // What embedded-tls thinks of it comes last: it accepts servers that have shown nothing.
    let unsigned = provider.unsigned;
    let verdict = provider.verifier.verdict();
    if let Verdict::Refused(refusal) = verdict {
        return Err(TlsFailure::Certificate(refusal));
    }
    if unsigned {
        return Err(TlsFailure::ClientSignature);
    }
    if let Err(error) = opened {
        return Err(note.failure().unwrap_or_else(|| TlsFailure::from_library(error)));
    }
    match verdict {
        Verdict::Proved(chain) => {
            note.established.set(true);
            Ok(Secured { connection, note, chain, ended: false, broken: false })
        }
        Verdict::NoProof => Err(TlsFailure::NoProof),
        Verdict::NoCertificate => Err(TlsFailure::NoCertificate),
        Verdict::Refused(refusal) => Err(TlsFailure::Certificate(refusal)),
    }
}
