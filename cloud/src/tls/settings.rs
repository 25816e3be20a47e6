//! Whom to connect to, as whom, and with how much memory.

use super::client::ClientIdentity;
use super::failure::TlsFailure;
use super::roots::Roots;
use crate::signer::NoSigner;

/// A receive buffer of this size, in bytes, holds the longest record TLS allows. Google's servers send such.
pub const RECEIVE_BUFFER: usize = (1 << 14) + 256;

/// A transmit buffer of this size, in bytes, is enough for a host name of 253 bytes with some protocols, and for a
/// client certificate with its issuer's of up to 1,241 bytes together: those of a Trust&GO chip have 547 and 520. What
/// is written goes out in records some 128 bytes smaller.
pub const TRANSMIT_BUFFER: usize = 1536;

/// The smallest receive buffer, in bytes: below it no handshake fits.
const RECEIVE_MIN: usize = 512;
/// What a ClientHello takes at most besides the name and the protocols; some 190 of it are used.
const CLIENT_HELLO: usize = 512;
/// What the message with the client's certificates takes at most besides them: headers of record and message, lengths,
/// a request context of 255 bytes, content type and tag (RFC 8446, sections 4.4.2 and 5.2).
const CERTIFICATE_MESSAGE: usize = 5 + 4 + 1 + 255 + 3 + 1 + 16;
/// And for each of them: its length, and that of no extensions.
const CERTIFICATE_ENTRY: usize = 3 + 2;

/// Longer ones are not used to their end: embedded-tls would make records of them that are longer than 16 KB. It leaves 128
/// bytes of each free, beside the header.
pub(super) const TRANSMIT_MAX: usize = PLAINTEXT_MAX + 5 + 128;

/// More certificates embedded-tls does not send,
const CHAIN_MAX: usize = 16;
/// and they go into one record.
const PLAINTEXT_MAX: usize = 1 << 14;

/// Whom to connect to, and who may say that it is them. `S` signs for the client's certificate.
#[derive(Debug)]
#[non_exhaustive]
pub struct Settings<'a, S = NoSigner> {
    /// The server's host name (or IP address, if its certificate has that), which its certificate must have.
    pub name: &'a str,
    /// Who may have issued it.
    pub roots: &'a Roots,
    /// The time of day, in Unix seconds.
    pub now: u64,
    /// Who connects, if the server asks. Without, the server is told that there is no certificate.
    pub client: Option<ClientIdentity<'a, S>>,
    /// The protocols that are offered to the server (ALPN), the most wanted first; if there is none, it is not asked.
    pub protocols: &'a [&'a str],
    /// Let the server show an RSA certificate. True with the feature `rsa`. Without the feature such a certificate is
    /// refused all the same, but then the reason is known.
    pub offer_rsa: bool,
}

impl<'a> Settings<'a> {
    /// To the server of this name, at the time `now` (Unix seconds), without a client certificate.
    #[must_use]
    pub const fn new(name: &'a str, roots: &'a Roots, now: u64) -> Self {
        let offer_rsa = cfg!(any(feature = "rsa", feature = "rsa-ring"));
        Self { name, roots, now, client: None, protocols: &[], offer_rsa }
    }
}

impl<'a, S> Settings<'a, S> {
    /// The same with a client certificate.
    #[must_use]
    pub fn with_client<C>(self, client: ClientIdentity<'a, C>) -> Settings<'a, C> {
        self.with_client_if(Some(client))
    }

    /// The same with a client certificate, or, decided at run time, without.
    #[must_use]
    pub fn with_client_if<C>(self, client: Option<ClientIdentity<'a, C>>) -> Settings<'a, C> {
        let Self { name, roots, now, client: _, protocols, offer_rsa } = self;
        Settings { name, roots, now, client, protocols, offer_rsa }
    }

    /// The same with protocols to be offered (ALPN, RFC 7301), the most wanted first; AWS IoT Core wants
    /// `x-amzn-mqtt-ca` on port 443. A server that has none of them ends the handshake, or does not answer:
    /// [`Secured::protocol`](super::Secured::protocol) tells. One that chooses another is refused.
    #[must_use]
    pub fn with_protocols(self, protocols: &'a [&'a str]) -> Self {
        Self { protocols, ..self }
    }

    /// Whether the handshake's messages can be made of this, and fit these buffers, in bytes.
    pub(super) fn check<E>(&self, receive: usize, transmit: usize) -> Result<(), TlsFailure<E>> {
        if self.protocols.iter().any(|name| !(1..=255).contains(&name.len())) {
            return Err(TlsFailure::ProtocolName);
        }
        let protocols: usize = self.protocols.iter().map(|name| 1 + name.len()).sum();
        let hello = CLIENT_HELLO + self.name.len() + protocols;
        let mut needed = hello;
        if let Some(client) = &self.client {
            let certificates = client.chain.len();
            let bytes = client.chain.iter().map(|der| CERTIFICATE_ENTRY + der.len()).sum::<usize>();
            let message = CERTIFICATE_MESSAGE + bytes;
            if !(1..=CHAIN_MAX).contains(&certificates) || message > PLAINTEXT_MAX {
                return Err(TlsFailure::ClientChain { certificates, bytes });
            }
            needed = hello.max(message);
        }
        if receive < RECEIVE_MIN || transmit < needed {
            return Err(TlsFailure::BufferTooSmall { receive: RECEIVE_MIN, transmit: needed });
        }
        Ok(())
    }
}

/// Memory of a connection.
#[derive(Debug)]
pub struct Buffers<'a> {
    /// Must hold the longest record that the server sends: [`RECEIVE_BUFFER`].
    pub receive: &'a mut [u8],
    /// [`TRANSMIT_BUFFER`]. The certificates of a client are sent in one record: it must hold them with 285 bytes, and
    /// 5 for each. What is too small is told before anything is sent; beyond 16 KB and 133 bytes it is not used.
    pub transmit: &'a mut [u8],
}
