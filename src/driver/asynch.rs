//! The driver on `embedded-hal-async`.
//!
//! [`Atecc608`] is the chip, with its operations by job. [`Session`] keeps it awake for a sequence of commands.
//! [`Sha256`], [`HmacStream`] and [`Cmac`] take a message in pieces. [`Wake`] is how the chip is woken: by a zero byte
//! ([`ZeroByte`]), by a pin ([`SdaPulse`]), or as you implement it.
//!
//! [`blocking`](crate::blocking) is the same text without `async`.

// In the order in which the documentation shows the operations.
mod device;
mod session;

mod keys;

#[cfg(feature = "jwt")]
mod jwt;

#[cfg(any(feature = "p256-014", feature = "x509"))]
mod signer;

#[cfg(feature = "x509")]
mod csr;

#[cfg(feature = "x509")]
mod issue;

mod identity;

mod memory;

#[cfg(feature = "host")]
mod encrypted;

mod provision;

#[cfg(feature = "x509")]
mod certificate;
#[cfg(feature = "x509")]
mod provision_certificate;
#[cfg(feature = "x509")]
mod write_certificate;

#[cfg(feature = "x509")]
mod trust;

mod configure;

mod plan;

mod lock;

mod stored_keys;

mod sha;

mod symmetric;

#[cfg(feature = "host")]
mod authorise;

#[cfg(feature = "host")]
mod protected;

mod aes;
mod cmac;

mod diagnose;

mod link;
mod wake;

pub use crate::driver::wake::{SdaPulse, WithClock, ZeroByte};
#[cfg(feature = "host")]
pub use crate::host::SharedKey;
pub use cmac::Cmac;
pub use device::Atecc608;
#[cfg(feature = "x509")]
pub use issue::{CertificateSigner, issue, issue_from_template, sign};
pub use session::Session;
pub use sha::{HmacStream, Sha256, ShaStream};
#[cfg(any(feature = "p256-014", feature = "x509"))]
pub use signer::SlotSigner;
pub use wake::Wake;
