//! Text that others read: tokens and keys, each behind its feature, and keys as DER.

#[cfg(feature = "jwk")]
pub mod jwk;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "pem")]
pub mod pem;
pub mod spki;
#[cfg(feature = "serde")]
pub mod stored;

#[cfg(any(feature = "jwk", feature = "jwt"))]
mod json;
