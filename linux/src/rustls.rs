//! TLS with a key in the chip, by [`rustls`] 0.23: as a client that shows a certificate, and as a server.
//!
//! Feature `rustls`. Any of its cryptography providers will do; the chip signs, and nothing else is its business. Versions
//! 1.2 (with rustls' feature `tls12`) and 1.3.
//!
//! ```
//! # #[cfg(feature = "sim")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use atecc608::Slot;
//! use atecc608::x509::trust;
//! use atecc608_linux::SharedChip;
//! use atecc608_linux::rustls::{ChipKey, ClientCertificate, certified_key};
//! use rustls::{RootCertStore, crypto::ring};
//! use std::sync::Arc;
//! # let root = atecc608::PublicKey::from_bytes(atecc608_sim::preset::demo_root().public_key);
//!
//! // A Trust&GO chip; on a Raspberry Pi "/dev/i2c-1".
//! let chip = SharedChip::open("sim:tngtls", None)?;
//!
//! // The chain, as it lies on the chip. The root of a real one is that of `trust::MICROCHIP`.
//! let trust = trust::MICROCHIP.with_root(trust::TrustAnchor::new(root));
//! let chain = chip.read_trust_chain(&trust)?;
//! let key = ChipKey::new(chip, Slot::S0)?;
//! let certificate = Arc::new(ClientCertificate::new(certified_key(key, chain)?));
//!
//! // Whom the client trusts: the server's root.
//! let roots = RootCertStore::empty();
//! let config = certificate.config(Arc::new(ring::default_provider()), roots)?;
//! # assert!(config.client_auth_cert_resolver.has_certs());
//! # Ok(()) }
//! # #[cfg(not(feature = "sim"))]
//! # fn main() {}
//! ```
//!
//! A chain from files is read with rustls' own means: `CertificateDer::pem_file_iter("chain.pem")?.collect()`.
#![doc = include_str!("../docs/tls.md")]

mod advice;
mod certificate;
mod chain;
mod key;
mod sessions;

pub use advice::advice;
pub use certificate::{ClientCertificate, ServerCertificate};
pub use chain::{ChainError, certified_key};
pub use key::ChipKey;
