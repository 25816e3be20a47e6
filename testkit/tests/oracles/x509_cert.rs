//! `x509-cert` 0.3 reads certificates. It is not asked to write them again: that changes dates before 2050.

use atecc608::PublicKey;
use testkit::published;
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};
use x509_cert::request::CertReq;

/// The certificate as it reads it.
pub(crate) fn read(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

/// The key of a request.
pub(crate) fn key_of_request(der: &[u8]) -> PublicKey {
    let request = CertReq::from_der(der).unwrap();
    PublicKey::from_spki_der(&request.info.public_key.to_der().unwrap()).unwrap()
}

#[test]
fn it_reads_the_published_chain() {
    let chain = [published::device(), published::signer(), published::root()];
    let [device, signer, root] = chain.each_ref().map(|der| read(der));
    let name = |certificate: &Certificate| certificate.tbs_certificate().subject().to_string();
    assert_eq!(name(&device), "CN=sn0123A23F29F9366A01,O=Microchip Technology Inc");
    assert_eq!(device.tbs_certificate().issuer(), signer.tbs_certificate().subject());
    assert_eq!(signer.tbs_certificate().issuer(), root.tbs_certificate().subject());
    let extensions = device.tbs_certificate().extensions().unwrap();
    assert_eq!(extensions.len(), 5);
}

/// Why the DER is kept: written again it is 2 bytes shorter, and the signature no longer fits.
#[test]
fn written_again_the_device_s_certificate_is_another() {
    let device = published::device();
    assert_eq!(device.len(), 547);
    assert_eq!(read(&device).to_der().unwrap().len(), 545);
    let root = published::root();
    assert_eq!(read(&root).to_der().unwrap(), root);
}
