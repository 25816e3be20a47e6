//! Where things are in the chip (chip reference 4.1, 4.2).
//!
//! [`Slot`] is one of the 16 slots, [`PublicKeySlot`] one that can hold a public key. [`Zone`] is configuration, OTP or
//! data; [`Block`] and [`Word`] are 32 and 4 bytes in it, as Read and Write address them.

mod slot;
pub(crate) mod span;
mod zone;

pub use slot::{InvalidSlot, PublicKeySlot, Slot, SlotTooSmall};
pub use zone::{Block, Word, Zone};
