//! PrivWrite, opcode 0x46 (chip reference 5.14).

use super::Command;
use crate::irreversible::OldKeyIsLost;
use crate::memory::Slot;
use crate::secret::equal;
use crate::wire::{Opcode, Request};

/// Writes a private key in clear, which works before the data zone is locked.
#[doc(alias = "atcab_priv_write")]
#[derive(Clone, Copy)]
pub struct PrivWriteClear<'a> {
    /// The slot.
    pub slot: Slot,
    /// The key, big endian.
    pub key: &'a [u8; 32],
    /// The key the slot held is lost.
    pub old: OldKeyIsLost,
}

opaque_debug!(PrivWriteClear<'_>);

impl PartialEq for PrivWriteClear<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.slot == other.slot && equal(self.key, other.key)
    }
}

impl Eq for PrivWriteClear<'_> {}

impl Command for PrivWriteClear<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        // The MAC is ignored in this mode, but every host known sends one.
        let data: [&[u8]; 3] = [&[0; 4], self.key, &[0; 32]];
        Request::with_data(Opcode::PrivWrite, 0x00, u16::from(self.slot.number()), data)
    }
}

/// Writes a private key encrypted under the slot's write key, which GenDig put into TempKey.
#[doc(alias = "atcab_priv_write")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PrivWriteEncrypted<'a> {
    /// The slot.
    pub slot: Slot,
    /// Four zeros and the key, encrypted.
    pub ciphertext: &'a [u8; 36],
    /// Proof that the sender knows TempKey.
    pub mac: &'a [u8; 32],
    /// The key the slot held is lost.
    pub old: OldKeyIsLost,
}

opaque_debug!(PrivWriteEncrypted<'_>);

impl Command for PrivWriteEncrypted<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let data: [&[u8]; 3] = [self.ciphertext, self.mac, &[]];
        Request::with_data(Opcode::PrivWrite, 0x40, u16::from(self.slot.number()), data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::frame::Buffer;

    #[test]
    fn golden() {
        let mut buffer = Buffer::new();
        let clear = PrivWriteClear { slot: Slot::S7, key: &[0x87; 32], old: OldKeyIsLost };
        clear.request().emit(&mut buffer).unwrap();
        assert_eq!(buffer[..10], [0x03, 0x4B, 0x46, 0x00, 0x07, 0x00, 0, 0, 0, 0]);
        assert_eq!(buffer[10..42], [0x87; 32]);
        let encrypted =
            PrivWriteEncrypted { slot: Slot::S7, ciphertext: &[1; 36], mac: &[2; 32], old: OldKeyIsLost };
        encrypted.request().emit(&mut buffer).unwrap();
        assert_eq!((buffer[1], buffer[3]), (0x4B, 0x40));
        assert!(!std::format!("{clear:?}").contains("135"), "keys must not be printed");
        assert!(clear == clear && clear != PrivWriteClear { key: &[0x86; 32], ..clear });
        assert!(clear != PrivWriteClear { slot: Slot::S6, ..clear });
    }
}
