//! DeriveKey, opcode 0x1C (chip reference 5.4).

use super::Command;
use super::mac::TempKeySource;
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// Makes a new key in a slot from the slot's own key or its parent's and TempKey, which is
/// consumed. The slot's configuration says which, and whether a MAC is asked for. **The key the
/// slot held is lost.**
#[doc(alias = "atcab_derivekey")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeriveKey<'a> {
    /// The slot that gets the key.
    pub target: Slot,
    /// Where TempKey came from.
    pub source: TempKeySource,
    /// The MAC, if the slot's configuration asks for one.
    pub mac: Option<&'a [u8; 32]>,
}

opaque_debug!(DeriveKey<'_>);

impl Command for DeriveKey<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let mac: &[u8] = self.mac.map_or(&[], |mac| mac);
        let target = u16::from(self.target.number());
        Request::with_data(Opcode::DeriveKey, (self.source as u8) << 2, target, [mac, &[], &[]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;

    #[test]
    fn golden() {
        let roll = DeriveKey { target: Slot::S9, source: TempKeySource::Random, mac: None };
        sends(&roll, "07 1C 00 09 00 00 2D");
        assert_eq!(receives(&roll, "04 00 03 40"), Ok(()));
        let create = DeriveKey { target: Slot::S3, source: TempKeySource::Input, mac: Some(&[7; 32]) };
        assert_eq!((create.request().p1, create.request().data()[0].len()), (0x04, 32));
    }
}
