//! The ServerHello, as far as embedded-tls does not look at it: version, cipher suite, key exchange.

use embedded_tls::TlsCipherSuite;

use super::failure::TlsFailure;
use super::suite::Suite;

const SERVER_HELLO: u8 = 2;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
const TLS_1_3: u16 = 0x0304;
const SECP256R1: u16 = 0x0017;

/// The random of a HelloRetryRequest (RFC 8446, section 4.1.3): SHA-256 of its name.
const RETRY: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2,
    0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// Reads big-endian numbers and byte strings from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        Some(self.bytes(bytes)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    fn u16(&mut self) -> Option<u16> {
        self.number(2).and_then(|number| u16::try_from(number).ok())
    }
}

/// What it says.
struct ServerHello<'a> {
    legacy_version: u16,
    random: &'a [u8],
    cipher_suite: u16,
    version: Option<u16>,
    group: Option<u16>,
}

impl<'a> ServerHello<'a> {
    fn parse(record: &'a [u8]) -> Option<Self> {
        let mut record = Reader(record);
        if record.number(1)? != usize::from(SERVER_HELLO) {
            return None;
        }
        let size = record.number(3)?;
        let mut hello = Reader(record.bytes(size)?);
        let legacy_version = hello.u16()?;
        let random = hello.bytes(32)?;
        let session = hello.number(1)?;
        hello.bytes(session)?;
        let cipher_suite = hello.u16()?;
        hello.bytes(1)?;
        let mut server_hello = Self { legacy_version, random, cipher_suite, version: None, group: None };
        // TLS 1.2 may have no extensions at all.
        let Some(size) = hello.number(2) else { return Some(server_hello) };
        let mut extensions = Reader(hello.bytes(size)?);
        while !extensions.0.is_empty() {
            let kind = extensions.u16()?;
            let size = extensions.number(2)?;
            let mut extension = Reader(extensions.bytes(size)?);
            match kind {
                SUPPORTED_VERSIONS => server_hello.version = extension.u16(),
                KEY_SHARE => server_hello.group = extension.u16(),
                _ => {}
            }
        }
        Some(server_hello)
    }
}

/// Is this a ServerHello that goes on with what was offered?
pub(super) fn check<E>(record: &[u8]) -> Result<(), TlsFailure<E>> {
    let server_hello =
        ServerHello::parse(record).ok_or(TlsFailure::Unexpected("something else than a ServerHello"))?;
    if server_hello.version != Some(TLS_1_3) {
        return Err(TlsFailure::Version(Some(server_hello.version.unwrap_or(server_hello.legacy_version))));
    }
    if server_hello.random == RETRY {
        return Err(TlsFailure::KeyExchange(server_hello.group));
    }
    if server_hello.cipher_suite != Suite::CODE_POINT {
        return Err(TlsFailure::CipherSuite(server_hello.cipher_suite));
    }
    match server_hello.group {
        Some(SECP256R1) => Ok(()),
        other => Err(TlsFailure::KeyExchange(other)),
    }
}
