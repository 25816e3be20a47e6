//! What can go wrong with a TLS connection, and why it most likely did.

use alloc::string::String;
use core::fmt;

use super::refusal::CertificateRefusal;

/// An alert by the server (RFC 8446, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert(pub u8);

impl Alert {
    pub(super) const CLOSE_NOTIFY: Self = Self(0);
    /// Nothing that was offered suits the server.
    pub const HANDSHAKE_FAILURE: Self = Self(40);
    pub(super) const PROTOCOL_VERSION: Self = Self(70);

    /// The alert's name, and what it usually means for this device.
    const fn explain(self) -> (&'static str, &'static str) {
        match self.0 {
            0 => ("close_notify", "the server closed the connection"),
            10 => ("unexpected_message", "the server did not understand what was sent"),
            20 => ("bad_record_mac", "a record was damaged on the way, or one was lost"),
            22 => ("record_overflow", "a record was too long for the server"),
            40 => (
                "handshake_failure",
                "nothing that this device offers suits the server; most likely its certificate is RSA and this \
                 program is built without, or it speaks TLS 1.2 only, or it takes neither \
                 TLS_AES_128_GCM_SHA256 nor P-256",
            ),
            42 => ("bad_certificate", "the server does not take this device's certificate"),
            43 => ("unsupported_certificate", "the server does not take this kind of client certificate"),
            44 => ("certificate_revoked", "this device's certificate was revoked"),
            45 => ("certificate_expired", "this device's certificate has expired"),
            46 => ("certificate_unknown", "the server does not take this device's certificate"),
            47 => ("illegal_parameter", "the server did not understand what was sent"),
            48 => ("unknown_ca", "the server does not know who has issued this device's certificate"),
            49 => ("access_denied", "the server knows this device and does not let it in"),
            50 => ("decode_error", "the server did not understand what was sent"),
            51 => ("decrypt_error", "the signature does not fit this device's certificate"),
            70 => ("protocol_version", "the server does not speak TLS 1.3"),
            71 => ("insufficient_security", "the server wants stronger algorithms"),
            80 => ("internal_error", "the server is in trouble; try again later"),
            90 => ("user_canceled", "the server gave up"),
            109 => ("missing_extension", "the server misses something in the request"),
            112 => ("unrecognized_name", "the server does not serve this host name"),
            116 => ("certificate_required", "the server wants a client certificate"),
            120 => ("no_application_protocol", "the server wants another protocol"),
            _ => ("unknown alert", "the server gave a reason that is not known"),
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, meaning) = self.explain();
        write!(f, "{name} ({}): {meaning}", self.0)
    }
}

/// What the TLS library says, for people: nothing here depends on its variants.
#[derive(Debug, Clone)]
pub struct LibraryError(embedded_tls::TlsError);

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl core::error::Error for LibraryError {}

/// A TLS connection could not be made, or broke. `E` is the transport's error.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TlsFailure<E> {
    /// The transport failed.
    Transport(E),
    /// The server's certificates, or its proof to have their key, were refused.
    Certificate(CertificateRefusal),
    /// The server sent no certificate.
    NoCertificate,
    /// The server sent a certificate, and no proof to have its key.
    NoProof,
    /// The server broke off, and says why.
    Alert(Alert),
    /// The server does not speak TLS 1.3. The version that it chose instead, if it did, as on the wire.
    Version(Option<u16>),
    /// The server wants another key exchange than P-256 (the number of its group, in TLS), if it says.
    KeyExchange(Option<u16>),
    /// The server chose another cipher suite than the one offered.
    CipherSuite(u16),
    /// The server does not speak TLS.
    NotTls {
        /// The first bytes that it sent.
        start: [u8; 5],
    },
    /// The server sent something that TLS does not allow at this point.
    Unexpected(&'static str),
    /// The server closed the connection during the handshake.
    ClosedInHandshake,
    /// The connection ended without the server's farewell: what came last may be incomplete.
    Truncated,
    /// A record is longer than the receive buffer.
    RecordTooLarge {
        /// Its length, in bytes.
        size: usize,
        /// The buffer's.
        capacity: usize,
    },
    /// There is no memory to receive a record.
    OutOfMemory {
        /// The record's length, in bytes.
        size: usize,
    },
    /// The buffers are too small for a handshake.
    BufferTooSmall {
        /// What the receive buffer must have at least, in bytes.
        receive: usize,
        /// What the transmit buffer must have at least, in bytes, with this name and client certificate.
        transmit: usize,
    },
    /// The server's name is neither a host name nor an address.
    Name,
    /// The server asked for a client certificate, got none, and ended the connection before it had sent
    /// anything: with this alert, if it sent one.
    ClientCertificate(Option<Alert>),
    /// The server's certificates are too many, or too long: more than 16, or more than fits a record.
    Certificates,
    /// The client certificate's key did not sign; the signer's words. Nothing is wrong with the server: connect again.
    ClientSignature(String),
    /// The server asked for a client certificate and takes no signature by ECDSA on P-256 with SHA-256.
    SignatureScheme,
    /// The client certificate's chain can't be sent.
    ClientChain {
        /// How many certificates it has.
        certificates: usize,
        /// How long they are together, in bytes.
        bytes: usize,
    },
    /// The server was shown the client certificate and ended the connection before it had sent anything.
    ClosedAfterCertificate,
    /// A protocol's name is empty, or longer than 255 bytes.
    ProtocolName,
    /// A record can't be decrypted: it was changed on the way, or one is missing.
    Decryption,
    /// The TLS library gives up, for a reason of its own.
    Library(LibraryError),
    /// An earlier call failed, or was dropped while it sent.
    Broken,
}

impl<E> TlsFailure<E> {
    /// The same during the handshake; `shown`: after the server's certificates were taken.
    pub(super) const fn in_handshake(error: embedded_tls::TlsError, shown: bool) -> Self {
        use embedded_tls::TlsError;
        match error {
            TlsError::DecodeError
            | TlsError::ParseError(_)
            | TlsError::InvalidCertificate
            | TlsError::InvalidCertificateEntry
                if !shown =>
            {
                Self::Certificates
            }
            error => Self::from_library(error),
        }
    }

    /// What the library says when nothing else is known.
    pub(super) const fn from_library(error: embedded_tls::TlsError) -> Self {
        use embedded_tls::TlsError;
        use embedded_tls::alert::AlertDescription;
        match error {
            TlsError::CryptoError => Self::Decryption,
            TlsError::HandshakeAborted(_, description) => Self::Alert(Alert(description as u8)),
            TlsError::InvalidKeyShare => Self::KeyExchange(None),
            TlsError::InvalidSignature => {
                Self::Unexpected("a Finished message that does not fit the handshake")
            }
            TlsError::InvalidRecord => Self::Unexpected("data during the handshake"),
            TlsError::AbortHandshake(_, AlertDescription::UnsupportedExtension) => {
                Self::Unexpected("a protocol (ALPN), and was offered none")
            }
            TlsError::AbortHandshake(_, AlertDescription::IllegalParameter) => Self::Unexpected(
                "an extension that TLS does not allow at this point, or a protocol (ALPN) that was not offered",
            ),
            other => Self::Library(LibraryError(other)),
        }
    }
}

impl<E> From<CertificateRefusal> for TlsFailure<E> {
    fn from(refusal: CertificateRefusal) -> Self {
        Self::Certificate(refusal)
    }
}

/// A number of TLS's registry of key exchange groups.
const fn group(number: u16) -> &'static str {
    match number {
        0x18 => "P-384",
        0x19 => "P-521",
        0x1D => "X25519",
        0x1E => "X448",
        0x11EC => "X25519MLKEM768",
        _ => "another group",
    }
}

const fn version(number: u16) -> &'static str {
    match number {
        0x0300 => "SSL 3",
        0x0301 => "TLS 1.0",
        0x0302 => "TLS 1.1",
        0x0303 => "TLS 1.2",
        _ => "another version",
    }
}

impl<E: fmt::Display> fmt::Display for TlsFailure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => write!(f, "the connection failed: {error}"),
            Self::Certificate(refusal) => fmt::Display::fmt(refusal, f),
            Self::NoCertificate => f.write_str(
                "the server sent no certificate, so it may be anybody; nothing was sent to it",
            ),
            Self::NoProof => f.write_str(
                "the server did not prove to have its certificate's key, so it may be anybody; nothing was sent to it",
            ),
            Self::Alert(alert) => write!(f, "the server broke off with {alert}"),
            Self::Version(chosen) => {
                f.write_str("the server does not speak TLS 1.3")?;
                if let Some(chosen) = chosen {
                    write!(f, " but {}", version(*chosen))?;
                }
                f.write_str(", which this device does not; a gateway with TLS 1.3 must stand before it")
            }
            Self::KeyExchange(Some(number)) => write!(
                f,
                "the server wants a key exchange by {} ({number:#06x}), this device has P-256 only",
                group(*number)
            ),
            Self::KeyExchange(None) => {
                f.write_str("the server sent no P-256 key share, this device has P-256 only")
            }
            Self::CipherSuite(number) => write!(
                f,
                "the server chose cipher suite {number:#06x}, which was not offered"
            ),
            Self::NotTls { start } => write!(
                f,
                "the server does not speak TLS; it sent bytes {start:02X?}; is the port right?"
            ),
            Self::Unexpected(what) => write!(f, "the server sent {what}"),
            Self::ClosedInHandshake => f.write_str(
                "the server closed the connection during the handshake and does not say why; is it the right port, \
                 and does it speak TLS 1.3?",
            ),
            Self::Truncated => f.write_str(
                "the connection ended without the server's farewell; what came last may be incomplete",
            ),
            Self::RecordTooLarge { size, capacity } => write!(
                f,
                "the server sent a record of {size} bytes; there is room for {capacity}; a receive buffer of {} \
                 bytes is always large enough",
                super::RECEIVE_BUFFER
            ),
            Self::OutOfMemory { size } => {
                write!(f, "no memory is left to receive a record of {size} bytes")
            }
            Self::BufferTooSmall { receive, transmit } => write!(
                f,
                "the TLS buffers are too small; it takes at least {receive} bytes to receive and {transmit} to transmit"
            ),
            Self::Name => f.write_str("the server's name is neither a host name nor an IP address"),
            Self::ClientCertificate(alert) => {
                f.write_str("the server wants a client certificate, and this device shows none")?;
                if let Some(alert) = alert {
                    write!(f, " (alert {}: {})", alert.0, alert.explain().0)?;
                }
                f.write_str("; it must let clients in with a token alone, or is there another port for that?")
            }
            Self::Certificates => f.write_str(
                "the server sends more certificates than fit: 16 at most, and all in one record of 16 KB; it needs \
                 to send only its own and those between it and the root",
            ),
            Self::ClientSignature(reason) => write!(
                f,
                "the client certificate's key did not sign: {reason}; is the chip there, and the slot the one of the \
                 certificate?"
            ),
            Self::SignatureScheme => f.write_str(
                "the server takes no client certificate with a P-256 key (it does not name ecdsa_secp256r1_sha256), and \
                 this device has no other; the server must allow ECDSA for clients",
            ),
            Self::ClientChain { certificates, bytes } => write!(
                f,
                "the client certificate's chain has {certificates} certificates, {bytes} bytes in all; it must have 1 to \
                 16, in one record of 16 KB; what the server has already may be left out"
            ),
            Self::ClosedAfterCertificate => f.write_str(
                "the server closed the connection after this device had shown its certificate, and does not say why; most \
                 likely it does not take it: is it registered and active there, and known who has issued it? If not, \
                 it does not like what was sent first",
            ),
            Self::ProtocolName => f.write_str("a protocol's name has 1 to 255 bytes"),
            Self::Decryption => f.write_str("a record can't be decrypted; it was changed on the way, or one is missing"),
            Self::Library(error) => write!(f, "the TLS library gave up: {error}"),
            Self::Broken => {
                f.write_str("an earlier step failed or was cut short; this connection can't be used further")
            }
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for TlsFailure<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Certificate(refusal) => Some(refusal),
            Self::Library(error) => Some(error),
            _ => None,
        }
    }
}

impl<E: embedded_io_async::Error + 'static> embedded_io_async::Error for TlsFailure<E> {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        use embedded_io_async::ErrorKind;
        match self {
            Self::Transport(error) => error.kind(),
            Self::ClosedInHandshake | Self::ClosedAfterCertificate | Self::Truncated => {
                ErrorKind::ConnectionReset
            }
            Self::OutOfMemory { .. } | Self::BufferTooSmall { .. } => ErrorKind::OutOfMemory,
            Self::Name | Self::ProtocolName | Self::ClientChain { .. } => ErrorKind::InvalidInput,
            Self::Broken => ErrorKind::BrokenPipe,
            _ => ErrorKind::InvalidData,
        }
    }
}
