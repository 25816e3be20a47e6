//! Keys and signatures to and from the types of `p256`, for both of its generations.
//!
//! Without its arithmetic that crate has signatures and encoded points only; its keys, which lie on the curve, come
//! with the features named `-arithmetic`.

use super::{InvalidPublicKey, PublicKey, Signature};

/// 64 bytes of another crate's array.
#[cfg(any(feature = "p256-014", feature = "p256-013"))]
fn array(bytes: impl AsRef<[u8]>) -> [u8; 64] {
    let mut array = [0; 64];
    array.iter_mut().zip(bytes.as_ref()).for_each(|(to, from)| *to = *from);
    array
}

macro_rules! conversions {
    ($p256:ident, $point:ident) => {
        const _: () = {
            use $p256::ecdsa::{DerSignature, Error, Signature as Fixed};
            use $p256::{FieldBytes, $point};

            fn field(bytes: &[u8]) -> FieldBytes {
                let mut field = FieldBytes::default();
                field.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
                field
            }

            /// Uncompressed. Not checked to lie on the curve.
            impl From<PublicKey> for $point {
                fn from(key: PublicKey) -> Self {
                    Self::from_affine_coordinates(&field(key.x()), &field(key.y()), false)
                }
            }

            /// Uncompressed points only: the rest would take arithmetic. Not checked to lie on the curve.
            impl TryFrom<$point> for PublicKey {
                type Error = InvalidPublicKey;
                fn try_from(point: $point) -> Result<Self, InvalidPublicKey> {
                    Self::try_from_sec1(point.as_bytes())
                }
            }

            /// An error if R or S is 0 or not below the curve's order, which no chip gives.
            impl TryFrom<Signature> for Fixed {
                type Error = Error;
                fn try_from(signature: Signature) -> Result<Self, Error> {
                    Self::from_slice(signature.as_bytes())
                }
            }

            impl From<Fixed> for Signature {
                fn from(signature: Fixed) -> Self {
                    Self::from_bytes(array(signature.to_bytes()))
                }
            }

            /// An error if R or S is 0 or not below the curve's order, which no chip gives.
            impl TryFrom<Signature> for DerSignature {
                type Error = Error;
                fn try_from(signature: Signature) -> Result<Self, Error> {
                    Ok(Fixed::try_from(signature)?.to_der())
                }
            }

            impl TryFrom<&DerSignature> for Signature {
                type Error = Error;
                fn try_from(signature: &DerSignature) -> Result<Self, Error> {
                    Ok(Fixed::from_der(signature.as_bytes())?.into())
                }
            }
        };
    };
}

#[cfg(feature = "p256-014")]
conversions!(p256, Sec1Point);
#[cfg(feature = "p256-013")]
conversions!(p256_013, EncodedPoint);

#[cfg(any(feature = "p256-014-arithmetic", feature = "p256-013-arithmetic"))]
macro_rules! arithmetic {
    ($p256:ident, $to_trait:ident, $to_point:ident) => {
        const _: () = {
            use $p256::ecdsa::{Error, VerifyingKey};
            use $p256::elliptic_curve::{self, sec1::$to_trait};

            /// An error if it does not lie on the curve.
            impl TryFrom<PublicKey> for $p256::PublicKey {
                type Error = elliptic_curve::Error;
                fn try_from(key: PublicKey) -> Result<Self, elliptic_curve::Error> {
                    Self::from_sec1_bytes(&key.to_sec1())
                }
            }

            impl From<$p256::PublicKey> for PublicKey {
                fn from(key: $p256::PublicKey) -> Self {
                    let point = key.$to_point(false);
                    Self::from_bytes(array(point.as_bytes().get(1..).unwrap_or_default()))
                }
            }

            /// An error if it does not lie on the curve.
            impl TryFrom<PublicKey> for VerifyingKey {
                type Error = Error;
                fn try_from(key: PublicKey) -> Result<Self, Error> {
                    Self::from_sec1_bytes(&key.to_sec1())
                }
            }

            impl From<VerifyingKey> for PublicKey {
                fn from(key: VerifyingKey) -> Self {
                    $p256::PublicKey::from(key).into()
                }
            }
        };
    };
}

#[cfg(feature = "p256-014-arithmetic")]
arithmetic!(p256, ToSec1Point, to_sec1_point);
#[cfg(feature = "p256-013-arithmetic")]
arithmetic!(p256_013, ToEncodedPoint, to_encoded_point);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::golden::hex;

    /// Public key of chip reference 7.3.
    fn key() -> PublicKey {
        let xy = hex("8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B\
             E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86");
        PublicKey::from_bytes(xy.try_into().unwrap())
    }

    macro_rules! round_trips {
        ($name:ident, $p256:ident, $point:ident) => {
            #[test]
            fn $name() {
                let point = $p256::$point::from(key());
                assert_eq!(point.as_bytes(), key().to_sec1());
                assert_eq!(PublicKey::try_from(point), Ok(key()));
                let compressed = point.compress();
                assert_eq!(PublicKey::try_from(compressed), Err(InvalidPublicKey));
                assert_eq!(PublicKey::try_from($p256::$point::identity()), Err(InvalidPublicKey));

                let signature = Signature::from_bytes(core::array::from_fn(|i| i as u8 + 1));
                let fixed = $p256::ecdsa::Signature::try_from(signature).unwrap();
                assert_eq!(Signature::from(fixed), signature);
                let der = $p256::ecdsa::DerSignature::try_from(signature).unwrap();
                assert_eq!(Signature::try_from(&der).unwrap(), signature);
                assert!($p256::ecdsa::Signature::try_from(Signature::from_bytes([0; 64])).is_err());
                assert!($p256::ecdsa::DerSignature::try_from(Signature::from_bytes([0xFF; 64])).is_err());

                let on_curve = $p256::PublicKey::try_from(key()).unwrap();
                assert_eq!(PublicKey::from(on_curve), key());
                let verifying = $p256::ecdsa::VerifyingKey::try_from(key()).unwrap();
                assert_eq!(PublicKey::from(verifying), key());
                let off_curve = PublicKey::from_bytes([1; 64]);
                assert!($p256::PublicKey::try_from(off_curve).is_err());
                assert!($p256::ecdsa::VerifyingKey::try_from(off_curve).is_err());
            }
        };
    }

    round_trips!(today, p256, Sec1Point);
    round_trips!(previous, p256_013, EncodedPoint);
}
