//! Handshake messages (RFC 8446, section 4), as bytes.

use rustls::pki_types::CertificateDer;
use sha2_010::{Digest, Sha256};

use super::{Ask, Misdeed};

pub(super) const CERTIFICATE: u8 = 11;
pub(super) const CERTIFICATE_VERIFY: u8 = 15;
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
    encrypted_extensions_with(&[])
}

pub(super) fn encrypted_extensions_with(extensions: &[u8]) -> Vec<u8> {
    message(8, &sized::<2>(extensions))
}

/// The choice of a protocol (RFC 7301, section 3.1).
pub(super) fn protocol(name: &[u8]) -> Vec<u8> {
    extension(16, &sized::<2>(&sized::<1>(name)))
}

pub(super) fn certificate_request(ask: Ask) -> Vec<u8> {
    let schemes = |schemes: &[u16]| {
        let bytes: Vec<u8> = schemes.iter().flat_map(|scheme| scheme.to_be_bytes()).collect();
        extension(13, &sized::<2>(&bytes))
    };
    let p256 = schemes(&[0x0403]);
    // rsa_pss_rsae_sha256, ecdsa_secp384r1_sha384.
    let others = [0x0804, 0x0503];
    let extensions = match ask {
        Ask::Plainly | Ask::Context | Ask::Truncated | Ask::Twice => p256,
        // GREASE (RFC 8701).
        Ask::UnknownExtension => [extension(0x5A, &[1, 2, 3]), p256].concat(),
        Ask::AllExtensions => {
            // status_request, signed_certificate_timestamp, compress_certificate, certificate_authorities, oid_filters.
            let empty = [5, 18, 27, 47, 48].map(|kind| extension(kind, &[])).concat();
            let mut cert = p256.clone();
            cert[1] = 50;
            [p256, empty, cert].concat()
        }
        Ask::UnknownSchemes => schemes(&[0x5A5A, 0x0904, 0xFE00, 0x0403, 0xFFFF]),
        Ask::OtherSchemes => schemes(&others),
        Ask::NoSchemes => Vec::new(),
        Ask::MisplacedExtension => [p256, extension(51, &[])].concat(),
    };
    let context = if ask == Ask::Context { &[0xC0; 255][..] } else { &[] };
    let content = [sized::<1>(context), sized::<2>(&extensions)].concat();
    let end = if ask == Ask::Truncated { content.len() - 3 } else { content.len() };
    message(13, &content[..end])
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
