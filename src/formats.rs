//! Text that others read: tokens and keys, each behind its feature.

#[cfg(feature = "jwk")]
pub mod jwk;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "pem")]
pub mod pem;

#[cfg(any(feature = "jwk", feature = "jwt"))]
mod json;
