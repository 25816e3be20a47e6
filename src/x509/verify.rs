//! Who says that a signature is right.

use crate::key::{PublicKey, Signature};

/// Says whether a signature is right: software, or anything that has the arithmetic of P-256.
///
/// [`P256`] is one, with the feature `p256-014-arithmetic`. The chip's own Verify needs none of it: the operations of
/// the driver that read certificates use that.
pub trait Verifier {
    /// Whether `signature` is that of `key` over the SHA-256 of `message`. `false` also for keys that are not on the
    /// curve, and for signatures whose R or S is no number below the curve's order.
    #[doc(alias = "atcacert_verify_response_sw")]
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool;
}

/// The crate `p256` 0.14.
#[cfg(feature = "p256-014-arithmetic")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct P256;

#[cfg(feature = "p256-014-arithmetic")]
impl Verifier for P256 {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
        use p256::ecdsa::signature::Verifier as _;
        use p256::ecdsa::{Signature, VerifyingKey};

        match (VerifyingKey::try_from(*key), Signature::try_from(*signature)) {
            (Ok(key), Ok(signature)) => key.verify(message, &signature).is_ok(),
            _ => false,
        }
    }
}
