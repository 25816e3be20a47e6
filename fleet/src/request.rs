//! Requests that chips signed (PKCS#10, RFC 2986).

use atecc608::PublicKey;
use atecc608::x509::{P256, Verifier};
use p256::ecdsa::Signature;
use sec1::der::asn1::{AnyRef, BitStringRef};
use sec1::der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};

/// The key in a request, if the request is signed by it.
pub(crate) fn verified_key(der: &[u8]) -> Option<PublicKey> {
    let mut reader = SliceReader::new(der).ok()?;
    let (information, signature) = reader
        .sequence(|reader| -> sec1::der::Result<_> {
            let information = AnyRef::decode(reader)?;
            AnyRef::decode(reader)?;
            Ok((information, BitStringRef::decode(reader)?))
        })
        .ok()?;
    let key = key(information)?;
    let signature = Signature::from_der(signature.as_bytes()?).ok()?;
    let signature = atecc608::Signature::from(signature);
    P256.verify(&key, &information.to_der().ok()?, &signature).then_some(key)
}

/// The SubjectPublicKeyInfo of a CertificationRequestInfo: version, subject, this.
fn key(information: AnyRef<'_>) -> Option<PublicKey> {
    if Tagged::tag(&information) != Tag::Sequence {
        return None;
    }
    let mut reader = SliceReader::new(information.value()).ok()?;
    AnyRef::decode(&mut reader).ok()?;
    AnyRef::decode(&mut reader).ok()?;
    let info = AnyRef::decode(&mut reader).ok()?.to_der().ok()?;
    let (point, head) = info.split_last_chunk::<65>().map(|(head, point)| (point, head))?;
    let key = PublicKey::from_sec1(point)?;
    // The rest says that it is a P-256 key.
    (key.to_spki_der().get(..head.len()) == Some(head)).then_some(key)
}
