//! The driver on `embedded-hal-async`.
//!
//! Layers, from the call to the wire: [`Atecc608`] has the operations, a [`Session`] keeps the chip
//! awake for a sequence of commands, the link below it wakes, sends, polls, reads, repeats what is
//! safe to repeat, and puts the chip to rest; [`Wake`] is how the chip is woken.
//!
//! [`blocking`](crate::blocking) is the same text without `async`.

mod configure;
mod device;
mod identity;
#[cfg(feature = "jwt")]
mod jwt;
mod keys;
mod link;
mod lock;
mod memory;
mod session;
mod sha;
#[cfg(feature = "p256")]
mod signer;
mod wake;

pub use device::Atecc608;
pub use session::Session;
pub use sha::Sha256;
#[cfg(feature = "p256")]
pub use signer::SlotSigner;
pub use wake::{SdaPulse, Wake, ZeroByte};
