//! Text that others read, each behind its feature.
//!
//! `jwt`: ES256 JSON Web Tokens, signed by the chip. `jwk`: public keys as JSON Web Keys. `pem`: public keys as PEM. All
//! write into a buffer of the caller's.

#[cfg(feature = "jwk")]
pub mod jwk;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "pem")]
pub mod pem;

#[cfg(any(feature = "jwk", feature = "jwt"))]
mod json;
