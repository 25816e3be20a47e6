//! Tokens: who signs them, and how long they are good.
//!
//! [`TokenSigner`] signs the token's digest: a chip and a slot ([`ChipSigner`], [`BlockingChipSigner`]), or anything
//! else that has a P-256 key. [`may_sign`] tells by a chip's configuration which slots can. [`sign`] makes a token of
//! any claims; those of a bridge and of Google's token exchange are in `mqtt` and `federation`.

mod error;
mod lifetime;
mod sign;
mod signing_slot;

pub use crate::signer::{BlockingChipSigner, ChipSigner, TokenSigner};
pub use error::TokenError;
pub use lifetime::{Lifetime, LifetimeError};
pub use sign::sign;
pub use signing_slot::{CanNotSign, may_sign, signing_slots};

/// 2020-01-01T00:00:00Z, in Unix seconds: a clock that shows less was never set, and nothing is signed by it.
pub const CLOCK_FLOOR: u64 = 1_577_836_800;
