//! Where things are in the chip: slots, zones, blocks and words (chip reference 4.1, 4.2).

mod slot;
pub(crate) mod span;
mod zone;

pub use slot::{PublicKeySlot, Slot};
pub use zone::{Block, Word, Zone};
