//! Handshake messages (RFC 8446, section 4), as bytes.

use rustls::pki_types::CertificateDer;
use sha2_010::{Digest, Sha256};

use super::Misdeed;

pub(super) const CERTIFICATE: u8 = 11;
pub(super) const FINISHED: u8 = 20;

const SECP256R1: [u8; 2] = [0, 0x17];
const ECDSA_SECP256R1_SHA256: [u8; 2] = [4, 3];

/// SHA-256 of `HelloRetryRequest`, its random.
fn retry() -> [u8; 32] {
    Sha256::digest(b"HelloRetryRequest").into()
}

fn sized<const N: usize>(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_be_bytes();
    [&length[4 - N..], content].concat()
}

fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind][..], &sized::<3>(content)].concat()
}

fn extension(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[0, kind][..], &sized::<2>(content)].concat()
}

/// An unencrypted record.
pub(super) fn plain(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &sized::<2>(content)].concat()
}

/// The client's P-256 key share: the 65 bytes after its group and length.
pub(super) fn client_share(hello: &[u8]) -> Option<Vec<u8>> {
    let start = [SECP256R1[0], SECP256R1[1], 0, 65, 4];
    let at = hello.windows(start.len()).position(|bytes| bytes == start)?;
    hello.get(at + 4..at + 4 + 65).map(<[u8]>::to_vec)
}

pub(super) fn server_hello(misdeed: Misdeed, share: &[u8]) -> Vec<u8> {
    let (random, group, share) = match misdeed {
        Misdeed::Retry(group) => (retry(), group.to_be_bytes(), Vec::new()),
        _ => ([7; 32], SECP256R1, sized::<2>(share)),
    };
    let suite = match misdeed {
        Misdeed::CipherSuite(suite) => suite,
        _ => 0x1301,
    };
    let extensions = match misdeed {
        Misdeed::OldVersion => Vec::new(),
        _ => [extension(43, &[3, 4]), extension(51, &[&group[..], &share].concat())].concat(),
    };
    let [high, low] = suite.to_be_bytes();
    message(2, &[&[3, 3][..], &random, &[0, high, low, 0], &sized::<2>(&extensions)].concat())
}

pub(super) fn encrypted_extensions() -> Vec<u8> {
    message(8, &[0, 0])
}

pub(super) fn certificate_request() -> Vec<u8> {
    let algorithms = extension(13, &sized::<2>(&ECDSA_SECP256R1_SHA256));
    message(13, &[&[0][..], &sized::<2>(&algorithms)].concat())
}

pub(super) fn certificate(chain: &[CertificateDer<'_>]) -> Vec<u8> {
    let entries: Vec<u8> = chain.iter().flat_map(|each| [&sized::<3>(each)[..], &[0, 0]].concat()).collect();
    message(CERTIFICATE, &[&[0][..], &sized::<3>(&entries)].concat())
}

/// What a side signs in its CertificateVerify.
pub(super) fn to_be_signed(side: &str, transcript: &Sha256) -> Vec<u8> {
    let context = format!("TLS 1.3, {side} CertificateVerify\0");
    [&[0x20; 64][..], context.as_bytes(), &transcript.clone().finalize()].concat()
}

pub(super) fn certificate_verify(signature: &[u8]) -> Vec<u8> {
    message(15, &[&ECDSA_SECP256R1_SHA256[..], &sized::<2>(signature)].concat())
}

pub(super) fn finished(verify: &[u8; 32]) -> Vec<u8> {
    message(FINISHED, verify)
}

/// A session ticket of an hour.
pub(super) fn ticket() -> Vec<u8> {
    message(4, &[0, 0, 14, 16, 1, 2, 3, 4, 1, 0, 0, 4, 9, 9, 9, 9, 0, 0])
}
