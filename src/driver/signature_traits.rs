//! The `signature` crate's traits for [`SlotSigner`](crate::blocking::SlotSigner), for both
//! generations of the RustCrypto crates.

use crate::key::Signature;

/// Blocking traits of one generation.
macro_rules! blocking {
    ($signature:ident, $p256:ident) => {
        const _: () = {
            use crate::driver::blocking::{SlotSigner, Wake};
            use $p256::ecdsa::{DerSignature, Signature as Fixed};
            use $signature::hazmat::PrehashSigner;
            use $signature::{Error, Signer};
            use embedded_hal::delay::DelayNs;
            use embedded_hal::i2c::I2c;

            fn fixed(signature: Option<Signature>) -> Result<Fixed, Error> {
                Fixed::from_slice(signature.ok_or_else(Error::new)?.as_bytes())
            }

            impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Signer<Fixed> for SlotSigner<'_, I2C, D, W> {
                fn try_sign(&self, message: &[u8]) -> Result<Fixed, Error> {
                    fixed(self.sign_message(message))
                }
            }

            impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Signer<DerSignature> for SlotSigner<'_, I2C, D, W> {
                fn try_sign(&self, message: &[u8]) -> Result<DerSignature, Error> {
                    Ok(fixed(self.sign_message(message))?.to_der())
                }
            }

            impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> PrehashSigner<Fixed> for SlotSigner<'_, I2C, D, W> {
                fn sign_prehash(&self, prehash: &[u8]) -> Result<Fixed, Error> {
                    fixed(SlotSigner::sign_prehash(self, prehash))
                }
            }

            impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> PrehashSigner<DerSignature> for SlotSigner<'_, I2C, D, W> {
                fn sign_prehash(&self, prehash: &[u8]) -> Result<DerSignature, Error> {
                    Ok(fixed(SlotSigner::sign_prehash(self, prehash))?.to_der())
                }
            }
        };
    };
}

#[cfg(feature = "p256")]
blocking!(signature, p256);
#[cfg(feature = "p256-013")]
blocking!(signature_2, p256_013);

/// Async traits, which the previous generation kept in a crate of their own.
#[cfg(feature = "p256")]
const _: () = {
    use crate::driver::asynch::{SlotSigner, Wake};
    use embedded_hal_async::delay::DelayNs;
    use embedded_hal_async::i2c::I2c;
    use p256::ecdsa::{DerSignature, Signature as Fixed};
    use signature::hazmat::AsyncPrehashSigner;
    use signature::{AsyncSigner, Error};

    fn fixed(signature: Option<Signature>) -> Result<Fixed, Error> {
        Fixed::from_slice(signature.ok_or_else(Error::new)?.as_bytes())
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> AsyncSigner<Fixed> for SlotSigner<'_, I2C, D, W> {
        async fn sign_async(&self, message: &[u8]) -> Result<Fixed, Error> {
            fixed(self.sign_message(message).await)
        }
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> AsyncSigner<DerSignature> for SlotSigner<'_, I2C, D, W> {
        async fn sign_async(&self, message: &[u8]) -> Result<DerSignature, Error> {
            Ok(fixed(self.sign_message(message).await)?.to_der())
        }
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> AsyncPrehashSigner<Fixed> for SlotSigner<'_, I2C, D, W> {
        async fn sign_prehash_async(&self, prehash: &[u8]) -> Result<Fixed, Error> {
            fixed(self.sign_prehash(prehash).await)
        }
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> AsyncPrehashSigner<DerSignature> for SlotSigner<'_, I2C, D, W> {
        async fn sign_prehash_async(&self, prehash: &[u8]) -> Result<DerSignature, Error> {
            Ok(fixed(self.sign_prehash(prehash).await)?.to_der())
        }
    }
};
