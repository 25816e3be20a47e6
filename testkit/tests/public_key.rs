//! Public keys as DER and PEM are what `p256` and both generations of `spki` read and write.

use atecc608::formats::pem::PEM_LEN;
use atecc608::{BufferTooSmall, PublicKey};
use p256::pkcs8::{DecodePublicKey, EncodePublicKey};

#[test]
fn p256_reads_the_pem() {
    // Public key of chip reference 7.3.
    let xy = testkit::bytes(
        "8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B\
         E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86",
    );
    let key = PublicKey::from_bytes(xy.try_into().unwrap());
    let mut buffer = [0; PEM_LEN];
    let pem = key.to_pem(&mut buffer).unwrap();
    assert_eq!(pem.len(), PEM_LEN);
    let parsed = p256::PublicKey::from_public_key_pem(pem).unwrap();
    assert_eq!(parsed.to_sec1_bytes()[..], key.to_sec1());
    assert_eq!(parsed.to_public_key_der().unwrap().as_bytes(), key.to_spki_der());
    assert_eq!(key.to_pem(&mut [0; PEM_LEN - 1]), Err(BufferTooSmall::new(PEM_LEN)));
}

#[test]
fn p256_and_spki_agree_on_the_der() {
    // The generator of the curve, by which every implementation knows.
    let generator =
        p256::PublicKey::from_secret_scalar(&p256::NonZeroScalar::from_uint(1_u8.into()).unwrap());
    let key = PublicKey::from(generator);
    let der = key.to_spki_der();
    assert_eq!(p256::PublicKey::from_public_key_der(&der), Ok(generator));
    assert_eq!(EncodePublicKey::to_public_key_der(&key).unwrap().as_bytes(), der);
    let previous = p256_013::pkcs8::EncodePublicKey::to_public_key_der(&key).unwrap();
    assert_eq!(previous.as_bytes(), der);
    assert_eq!(PublicKey::from_spki_der(&der), Some(key));
    for i in 0..der.len() - 64 {
        let mut other = der;
        other[i] ^= 1;
        assert_eq!(PublicKey::from_spki_der(&other), None, "byte {i}");
    }
    assert_eq!(PublicKey::from_spki_der(&der[..90]), None);
}
