//! The programs are asked what they can answer: they take the published chain, and none with a wrong byte.

use testkit::published::{device, root, signer};
use testkit::{gnutls, openssl, oracle};

#[test]
fn both_take_the_published_chain() {
    let (device, signer, root) = (device(), signer(), root());
    assert_eq!((device.len(), signer.len(), root.len()), (547, 520, 501));
    oracle::chain(&[&device, &signer, &root]).unwrap();
    oracle::chain(&[&signer, &root]).unwrap();
    oracle::chain(&[&root]).unwrap();
    for certificate in [&device, &signer, &root] {
        oracle::certificate(certificate).unwrap();
    }
}

/// The last byte of a certificate is one of its signature.
#[test]
fn a_changed_signature_is_refused_wherever_it_is() {
    let chain = [device(), signer(), root()];
    for changed in 0..chain.len() {
        let mut chain = chain.clone();
        *chain[changed].last_mut().unwrap() ^= 1;
        let error = oracle::chain(&chain.each_ref().map(Vec::as_slice)).unwrap_err();
        assert!(error.contains("certificate signature failure"), "{error}");
    }
}

#[test]
fn a_chain_without_its_middle_is_refused() {
    let error = oracle::chain(&[&device(), &root()]).unwrap_err();
    assert!(error.contains("unable to get local issuer certificate"), "{error}");
}

/// Seconds since 1970: the device's certificate begins on 2020-11-11 at 04:00.
#[test]
fn openssl_looks_at_the_dates() {
    let (device, signer, root) = (device(), signer(), root());
    let chain = [&device[..], &signer, &root];
    openssl::chain_at(&chain, 1_605_067_200).unwrap();
    let error = openssl::chain_at(&chain, 1_605_067_199).unwrap_err();
    assert!(error.contains("certificate is not yet valid"), "{error}");
}

#[test]
fn what_is_no_certificate_is_none() {
    let mut device = device();
    device.pop();
    assert!(oracle::certificate(&device).is_err());
    assert!(oracle::certificate(b"").is_err());
    assert!(oracle::request(&device).is_err());
}

#[test]
fn their_text_tells_what_is_inside() {
    let said = openssl::certificate(&signer()).unwrap();
    for part in [
        "Subject: CN=Crypto Authentication Signer 2C00,O=Microchip Technology Inc",
        "CA:TRUE, pathlen:0",
        "Certificate Sign, CRL Sign",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    if gnutls::installed() {
        let said = gnutls::certificate(&signer()).unwrap();
        assert!(said.contains("Path Length Constraint: 0"), "{said}");
    }
}
