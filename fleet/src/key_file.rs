//! Private keys of a software signer as PEM.
//!
//! Written as SEC1 (`EC PRIVATE KEY`, what `openssl ecparam -genkey` makes), read as that or as PKCS#8 (`PRIVATE KEY`,
//! what `openssl genpkey` makes), both without a password; also as DER. Who has the file has the key: **a key that signs real
//! devices belongs into a chip** or another store that does not give it out.

use p256::ecdsa::SigningKey;
use sec1::der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use sec1::der::pem::LineEnding;
use sec1::der::zeroize::Zeroizing;
use sec1::der::{Decode, EncodePem, Reader, SecretDocument, SliceReader};
use sec1::{EcParameters, EcPrivateKey};
use std::path::Path;
use std::{fmt, fs, io};

/// id-ecPublicKey (RFC 5480 2.1.1).
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// secp256r1 (RFC 5480 2.1.1.1).
const P_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// A text is no private key of P-256 as PEM. What it is instead is not said: it may be another secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidKeyFile;

impl fmt::Display for InvalidKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a private key of P-256 as PEM (EC PRIVATE KEY, or PRIVATE KEY without a password)")
    }
}

impl std::error::Error for InvalidKeyFile {}

/// A new key, of the random numbers of this machine.
#[must_use]
pub fn generate() -> SigningKey {
    use p256::elliptic_curve::Generate;
    SigningKey::generate()
}

/// The key as PEM, SEC1.
///
/// # Errors
///
/// None for a valid key: the type has one for a key that can't be written.
pub fn to_pem(key: &SigningKey) -> Result<Zeroizing<String>, InvalidKeyFile> {
    let secret = Zeroizing::new(<[u8; 32]>::from(key.to_bytes()));
    let public = atecc608::PublicKey::from(*key.verifying_key()).to_sec1();
    let parts = EcPrivateKey {
        private_key: secret.as_slice(),
        parameters: Some(EcParameters::NamedCurve(P_256)),
        public_key: Some(&public),
    };
    parts.to_pem(LineEnding::LF).map(Zeroizing::new).map_err(|_| InvalidKeyFile)
}

/// A key from PEM, SEC1 or PKCS#8.
///
/// # Errors
///
/// [`InvalidKeyFile`].
pub fn from_pem(pem: &str) -> Result<SigningKey, InvalidKeyFile> {
    read(pem).ok_or(InvalidKeyFile)
}

/// A key from DER, SEC1 or PKCS#8.
///
/// # Errors
///
/// [`InvalidKeyFile`].
pub fn from_der(der: &[u8]) -> Result<SigningKey, InvalidKeyFile> {
    sec1(der, true).or_else(|| pkcs8(der)).ok_or(InvalidKeyFile)
}

/// A key from a file.
///
/// # Errors
///
/// [`InvalidData`](std::io::ErrorKind::InvalidData) with [`InvalidKeyFile`]; else what the file system says.
pub fn from_file(path: &Path) -> io::Result<SigningKey> {
    let pem = Zeroizing::new(fs::read_to_string(path)?);
    from_pem(&pem).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn read(pem: &str) -> Option<SigningKey> {
    // `openssl ecparam -genkey` writes the parameters before the key.
    let from =
        pem.find("-----BEGIN EC PRIVATE KEY-----").or_else(|| pem.find("-----BEGIN PRIVATE KEY-----"))?;
    let (label, document) = SecretDocument::from_pem(pem.get(from..)?).ok()?;
    match label {
        "EC PRIVATE KEY" => sec1(document.as_bytes(), true),
        "PRIVATE KEY" => pkcs8(document.as_bytes()),
        _ => None,
    }
}

/// RFC 5915 3. In PKCS#8 the curve stands outside.
fn sec1(der: &[u8], needs_curve: bool) -> Option<SigningKey> {
    let key = EcPrivateKey::from_der(der).ok()?;
    match key.parameters {
        Some(EcParameters::NamedCurve(curve)) if curve == P_256 => {}
        None if !needs_curve => {}
        _ => return None,
    }
    SigningKey::from_slice(key.private_key).ok()
}

/// RFC 5208 5: version, algorithm with the curve, key.
fn pkcs8(der: &[u8]) -> Option<SigningKey> {
    let mut reader = SliceReader::new(der).ok()?;
    let octets = reader
        .sequence(|reader| -> sec1::der::Result<Option<&OctetStringRef>> {
            let version: u8 = reader.decode()?;
            let (algorithm, curve) = reader.sequence(|reader| -> sec1::der::Result<_> {
                Ok((ObjectIdentifier::decode(reader)?, ObjectIdentifier::decode(reader)?))
            })?;
            let key = <&OctetStringRef>::decode(reader)?;
            // Attributes and the public key may follow.
            while !reader.is_finished() {
                AnyRef::decode(reader)?;
            }
            Ok((version <= 1 && algorithm == EC_PUBLIC_KEY && curve == P_256).then_some(key))
        })
        .ok()??;
    sec1(octets.as_bytes(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let key = generate();
        assert_ne!(key, generate());
        let pem = to_pem(&key).unwrap();
        assert!(pem.starts_with("-----BEGIN EC PRIVATE KEY-----\n"));
        let (_, der) = SecretDocument::from_pem(&pem).unwrap();
        assert_eq!(from_der(der.as_bytes()), Ok(key.clone()));
        assert_eq!(from_der(&der.as_bytes()[1..]), Err(InvalidKeyFile));
        assert_eq!(from_pem(&pem), Ok(key));
        for wrong in
            ["", "-----BEGIN PRIVATE KEY-----", &pem.replace("EC PRIVATE", "PUBLIC"), &pem[..pem.len() / 2]]
        {
            assert_eq!(from_pem(wrong), Err(InvalidKeyFile));
        }
    }
}
