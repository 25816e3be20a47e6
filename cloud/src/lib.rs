#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "tls")]
extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "azure")]
pub mod azure;
#[cfg(feature = "federation")]
pub mod federation;
#[cfg(feature = "identity")]
pub mod identity;
#[cfg(any(feature = "aws", feature = "azure", feature = "federation"))]
pub mod json;
#[cfg(feature = "mqtt")]
pub mod mqtt;
#[cfg(any(feature = "identity", feature = "tls", feature = "token"))]
pub mod signer;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(feature = "token")]
pub mod token;

#[cfg(any(feature = "azure", feature = "federation"))]
mod hex;
#[cfg(any(feature = "federation", feature = "mqtt"))]
mod names;

#[cfg(any(feature = "federation", feature = "mqtt"))]
pub use names::NameProblem;
