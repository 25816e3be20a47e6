//! The `signature` crate's traits for [`SlotSigner`](crate::blocking::SlotSigner), for both
//! generations of the RustCrypto crates.

use crate::key::{PublicKey, Signature};

/// Blocking traits of one generation.
macro_rules! blocking {
    ($signature:ident, $p256:ident) => {
        const _: () = {
            use crate::driver::blocking::{SlotSigner, Wake};
            use $p256::ecdsa::{DerSignature, Signature as Fixed};
            use $signature::hazmat::PrehashSigner;
            use $signature::{Error, Keypair, Signer};
            use embedded_hal::delay::DelayNs;
            use embedded_hal::i2c::I2c;

            fn fixed(signature: Option<Signature>) -> Result<Fixed, Error> {
                Fixed::from_slice(signature.ok_or_else(Error::new)?.as_bytes())
            }

            impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> Signer<Fixed> for SlotSigner<'_, I2C, D, W, K> {
                fn try_sign(&self, message: &[u8]) -> Result<Fixed, Error> {
                    fixed(self.sign_message(message))
                }
            }

            impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> Signer<DerSignature> for SlotSigner<'_, I2C, D, W, K> {
                fn try_sign(&self, message: &[u8]) -> Result<DerSignature, Error> {
                    Ok(fixed(self.sign_message(message))?.to_der())
                }
            }

            impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> PrehashSigner<Fixed> for SlotSigner<'_, I2C, D, W, K> {
                fn sign_prehash(&self, prehash: &[u8]) -> Result<Fixed, Error> {
                    fixed(SlotSigner::sign_prehash(self, prehash))
                }
            }

            impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> PrehashSigner<DerSignature> for SlotSigner<'_, I2C, D, W, K> {
                fn sign_prehash(&self, prehash: &[u8]) -> Result<DerSignature, Error> {
                    Ok(fixed(SlotSigner::sign_prehash(self, prehash))?.to_der())
                }
            }

            impl<I2C: I2c, D, W> Keypair for SlotSigner<'_, I2C, D, W, PublicKey> {
                type VerifyingKey = PublicKey;
                fn verifying_key(&self) -> PublicKey {
                    self.public_key()
                }
            }
        };
    };
}

#[cfg(feature = "p256-014")]
blocking!(signature, p256);
#[cfg(feature = "p256-013")]
blocking!(signature_2, p256_013);

/// Async traits, which the previous generation kept in a crate of their own.
#[cfg(feature = "p256-014")]
const _: () = {
    use crate::driver::asynch::{SlotSigner, Wake};
    use embedded_hal_async::delay::DelayNs;
    use embedded_hal_async::i2c::I2c;
    use p256::ecdsa::{DerSignature, Signature as Fixed};
    use signature::hazmat::AsyncPrehashSigner;
    use signature::{AsyncSigner, Error, Keypair};

    fn fixed(signature: Option<Signature>) -> Result<Fixed, Error> {
        Fixed::from_slice(signature.ok_or_else(Error::new)?.as_bytes())
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> AsyncSigner<Fixed> for SlotSigner<'_, I2C, D, W, K> {
        async fn sign_async(&self, message: &[u8]) -> Result<Fixed, Error> {
            fixed(self.sign_message(message).await)
        }
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> AsyncSigner<DerSignature> for SlotSigner<'_, I2C, D, W, K> {
        async fn sign_async(&self, message: &[u8]) -> Result<DerSignature, Error> {
            Ok(fixed(self.sign_message(message).await)?.to_der())
        }
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> AsyncPrehashSigner<Fixed> for SlotSigner<'_, I2C, D, W, K> {
        async fn sign_prehash_async(&self, prehash: &[u8]) -> Result<Fixed, Error> {
            fixed(self.sign_prehash(prehash).await)
        }
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> AsyncPrehashSigner<DerSignature>
        for SlotSigner<'_, I2C, D, W, K>
    {
        async fn sign_prehash_async(&self, prehash: &[u8]) -> Result<DerSignature, Error> {
            Ok(fixed(self.sign_prehash(prehash).await)?.to_der())
        }
    }

    impl<I2C: I2c, D, W> Keypair for SlotSigner<'_, I2C, D, W, PublicKey> {
        type VerifyingKey = PublicKey;
        fn verifying_key(&self) -> PublicKey {
            self.public_key()
        }
    }
};

/// What says how it signs: `ecdsa-with-SHA256`, without parameters (RFC 5758, 3.2).
#[cfg(any(feature = "spki-08", feature = "spki-07"))]
macro_rules! algorithm {
    ($spki:ident, $i2c:path, $($signer:tt)*) => {
        const _: () = {
            use $spki::der::asn1::AnyRef;
            use $spki::{AlgorithmIdentifier, ObjectIdentifier, SignatureAlgorithmIdentifier};

            impl<I2C: $i2c, D, W, K> SignatureAlgorithmIdentifier for $($signer)*::SlotSigner<'_, I2C, D, W, K> {
                type Params = AnyRef<'static>;
                const SIGNATURE_ALGORITHM_IDENTIFIER: AlgorithmIdentifier<AnyRef<'static>> = AlgorithmIdentifier {
                    oid: ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
                    parameters: None,
                };
            }
        };
    };
}

#[cfg(feature = "spki-08")]
algorithm!(spki, embedded_hal_async::i2c::I2c, crate::driver::asynch);
#[cfg(feature = "spki-08")]
algorithm!(spki, embedded_hal::i2c::I2c, crate::driver::blocking);
#[cfg(feature = "spki-07")]
algorithm!(spki_07, embedded_hal::i2c::I2c, crate::driver::blocking);
