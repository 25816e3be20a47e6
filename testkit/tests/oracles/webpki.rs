//! rustls-webpki, which a server with rustls asks about a client's certificate.

use rustls_pki_types::{CertificateDer, UnixTime};
use std::time::Duration;
use testkit::published;
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert, ring::ECDSA_P256_SHA256};

/// 2026-01-01.
const NOW: u64 = 1_767_225_600;

/// Whether a client with this certificate is let in by who trusts `anchor`, when it sends `intermediates`.
pub(crate) fn client(leaf: &[u8], intermediates: &[&[u8]], anchor: &[u8], unix: u64) -> Result<(), Error> {
    let (leaf, anchor) = (CertificateDer::from(leaf), CertificateDer::from(anchor));
    let intermediates: Vec<CertificateDer<'_>> =
        intermediates.iter().map(|der| CertificateDer::from(*der)).collect();
    let leaf = EndEntityCert::try_from(&leaf)?;
    let anchors = [anchor_from_trusted_cert(&anchor)?];
    let now = UnixTime::since_unix_epoch(Duration::from_secs(unix));
    let algorithms = [ECDSA_P256_SHA256];
    leaf.verify_for_usage(&algorithms, &anchors, &intermediates, now, KeyUsage::client_auth(), None, None)?;
    Ok(())
}

/// What a chain of three must do: with the root trusted the signer is needed, and the signer can itself be trusted.
pub(crate) fn three_ways([device, signer, root]: [&[u8]; 3]) {
    client(device, &[signer], root, NOW).unwrap();
    client(device, &[], signer, NOW).unwrap();
    assert_eq!(client(device, &[], root, NOW), Err(Error::UnknownIssuer));
}

#[test]
fn the_published_chain_three_ways() {
    let (device, signer, root) = (published::device(), published::signer(), published::root());
    three_ways([&device, &signer, &root]);
}

#[test]
fn a_changed_signature_and_another_time_are_refused() {
    let (mut device, signer) = (published::device(), published::signer());
    // The signer's certificate began on 2018-12-14, the device's on 2020-11-11.
    let error = client(&device, &[], &signer, 1_577_836_800).unwrap_err();
    assert!(matches!(error, Error::CertNotValidYet { .. }), "{error:?}");
    *device.last_mut().unwrap() ^= 1;
    let error = client(&device, &[], &signer, NOW).unwrap_err();
    assert_eq!(error, Error::InvalidSignatureForPublicKey);
}
