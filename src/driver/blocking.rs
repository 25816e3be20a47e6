//! The driver on `embedded-hal`.
//!
//! Layers, from the call to the wire: [`Atecc608`] has the operations, a [`Session`] keeps the chip
//! awake for a sequence of commands, the link below it does on the bus what the transaction says, which
//! is plain data: wake, send, poll, read, repeat what is safe to repeat, have the chip idle or sleep; [`Wake`] is how the
//! chip is woken.
//!
//! Made from [`asynch`](crate::asynch) by substitution; edit that.

mod aes;
#[cfg(feature = "host")]
mod authorise;
mod cmac;
mod configure;
mod device;
mod diagnose;
#[cfg(feature = "host")]
mod encrypted;
mod identity;
#[cfg(feature = "jwt")]
mod jwt;
mod keys;
mod link;
mod lock;
mod memory;
mod plan;
#[cfg(feature = "host")]
mod protected;
mod provision;
mod session;
mod sha;
#[cfg(any(feature = "p256", feature = "p256-013"))]
mod signer;
mod stored_keys;
mod symmetric;
mod wake;

pub use cmac::Cmac;
pub use device::Atecc608;
#[cfg(feature = "host")]
pub use encrypted::SharedKey;
pub use session::Session;
pub use sha::{HmacStream, Sha256, ShaStream};
#[cfg(any(feature = "p256", feature = "p256-013"))]
pub use signer::SlotSigner;
pub use wake::{SdaPulse, Wake, WithClock, ZeroByte};
