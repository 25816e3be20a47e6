//! The signatures that certificates and handshakes may carry, for webpki, over RustCrypto.

use embedded_tls::SignatureScheme;
use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use rustls_pki_types as pki_types;
#[cfg(feature = "p384")]
use sha2_010::Sha384;
use sha2_010::{Digest, Sha256};
use signature_2::hazmat::PrehashVerifier;

/// ECDSA over a digest; the curve is the type's.
macro_rules! ecdsa {
    ($name:ident, $curve:ident, $hash:ident, $key:ident, $signature:ident) => {
        #[derive(Debug)]
        struct $name;

        impl SignatureVerificationAlgorithm for $name {
            fn public_key_alg_id(&self) -> AlgorithmIdentifier {
                alg_id::$key
            }

            fn signature_alg_id(&self) -> AlgorithmIdentifier {
                alg_id::$signature
            }

            fn verify_signature(
                &self,
                key: &[u8],
                message: &[u8],
                signature: &[u8],
            ) -> Result<(), InvalidSignature> {
                use $curve::ecdsa::{DerSignature, VerifyingKey};
                let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
                let signature = DerSignature::try_from(signature).map_err(|_| InvalidSignature)?;
                key.verify_prehash(&$hash::digest(message), &signature).map_err(|_| InvalidSignature)
            }
        }
    };
}

ecdsa!(P256Sha256, p256_013, Sha256, ECDSA_P256, ECDSA_SHA256);
#[cfg(feature = "p384")]
ecdsa!(P256Sha384, p256_013, Sha384, ECDSA_P256, ECDSA_SHA384);
#[cfg(feature = "p384")]
ecdsa!(P384Sha256, p384, Sha256, ECDSA_P384, ECDSA_SHA256);
#[cfg(feature = "p384")]
ecdsa!(P384Sha384, p384, Sha384, ECDSA_P384, ECDSA_SHA384);

#[cfg(feature = "rsa")]
mod with_rsa {
    use super::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
    use rsa::pkcs1::DecodeRsaPublicKey;
    use rsa::{RsaPublicKey, pkcs1v15, pss};
    use sha2_010::{Sha256, Sha384, Sha512};
    use signature_2::Verifier;

    /// Below this length, in bytes, a modulus is not accepted; above `MODULUS_MAX` neither.
    const MODULUS_MIN: usize = 256;
    const MODULUS_MAX: usize = 512;

    fn public_key(der: &[u8]) -> Result<RsaPublicKey, InvalidSignature> {
        use rsa::traits::PublicKeyParts;
        let key = RsaPublicKey::from_pkcs1_der(der).map_err(|_| InvalidSignature)?;
        (MODULUS_MIN..=MODULUS_MAX).contains(&key.size()).then_some(key).ok_or(InvalidSignature)
    }

    macro_rules! rsa {
        ($name:ident, $padding:ident, $hash:ident, $id:ident, $static:ident) => {
            #[derive(Debug)]
            struct $name;

            pub(super) static $static: &dyn SignatureVerificationAlgorithm = &$name;

            impl SignatureVerificationAlgorithm for $name {
                fn public_key_alg_id(&self) -> AlgorithmIdentifier {
                    alg_id::RSA_ENCRYPTION
                }

                fn signature_alg_id(&self) -> AlgorithmIdentifier {
                    alg_id::$id
                }

                fn verify_signature(
                    &self,
                    key: &[u8],
                    message: &[u8],
                    signature: &[u8],
                ) -> Result<(), InvalidSignature> {
                    let signature = $padding::Signature::try_from(signature).map_err(|_| InvalidSignature)?;
                    $padding::VerifyingKey::<$hash>::new(public_key(key)?)
                        .verify(message, &signature)
                        .map_err(|_| InvalidSignature)
                }
            }
        };
    }

    rsa!(Pkcs1Sha256, pkcs1v15, Sha256, RSA_PKCS1_SHA256, PKCS1_SHA256);
    rsa!(Pkcs1Sha384, pkcs1v15, Sha384, RSA_PKCS1_SHA384, PKCS1_SHA384);
    rsa!(Pkcs1Sha512, pkcs1v15, Sha512, RSA_PKCS1_SHA512, PKCS1_SHA512);
    rsa!(PssSha256, pss, Sha256, RSA_PSS_SHA256, PSS_SHA256);
    rsa!(PssSha384, pss, Sha384, RSA_PSS_SHA384, PSS_SHA384);
    rsa!(PssSha512, pss, Sha512, RSA_PSS_SHA512, PSS_SHA512);
}

#[cfg(all(feature = "rsa-ring", not(feature = "rsa")))]
mod with_rsa {
    use super::SignatureVerificationAlgorithm as Algorithm;
    use webpki::ring;

    // Moduli of 2048 to 8192 bits.
    pub(super) static PKCS1_SHA256: &dyn Algorithm = ring::RSA_PKCS1_2048_8192_SHA256;
    pub(super) static PKCS1_SHA384: &dyn Algorithm = ring::RSA_PKCS1_2048_8192_SHA384;
    pub(super) static PKCS1_SHA512: &dyn Algorithm = ring::RSA_PKCS1_2048_8192_SHA512;
    pub(super) static PSS_SHA256: &dyn Algorithm = ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY;
    pub(super) static PSS_SHA384: &dyn Algorithm = ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY;
    pub(super) static PSS_SHA512: &dyn Algorithm = ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY;
}

/// What certificates may be signed with.
pub(super) static FOR_CERTIFICATES: &[&dyn SignatureVerificationAlgorithm] = &[
    &P256Sha256,
    #[cfg(feature = "p384")]
    &P256Sha384,
    #[cfg(feature = "p384")]
    &P384Sha256,
    #[cfg(feature = "p384")]
    &P384Sha384,
    #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
    with_rsa::PKCS1_SHA256,
    #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
    with_rsa::PKCS1_SHA384,
    #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
    with_rsa::PKCS1_SHA512,
    #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
    with_rsa::PSS_SHA256,
    #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
    with_rsa::PSS_SHA384,
    #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
    with_rsa::PSS_SHA512,
];

/// What a server may sign the handshake with (RFC 8446, section 4.2.3: neither PKCS #1 nor a curve with
/// another one's hash).
pub(super) fn for_handshake(scheme: SignatureScheme) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    match scheme {
        SignatureScheme::EcdsaSecp256r1Sha256 => Some(&P256Sha256),
        #[cfg(feature = "p384")]
        SignatureScheme::EcdsaSecp384r1Sha384 => Some(&P384Sha384),
        #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
        SignatureScheme::RsaPssRsaeSha256 => Some(with_rsa::PSS_SHA256),
        #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
        SignatureScheme::RsaPssRsaeSha384 => Some(with_rsa::PSS_SHA384),
        #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
        SignatureScheme::RsaPssRsaeSha512 => Some(with_rsa::PSS_SHA512),
        _ => None,
    }
}
