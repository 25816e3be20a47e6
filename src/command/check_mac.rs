//! CheckMac, opcode 0x28 (chip reference 5.2).

use super::Command;
use super::mac::MacBlocks;
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// The 13 bytes that stand for what the other side hashed besides key and challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OtherData(pub [u8; 13]);

impl OtherData {
    /// For a MAC made by another chip with the MAC command, mode byte and slot as it used them.
    /// `serial` is the other chip's serial number if the MAC includes it (mode bit 6).
    #[must_use]
    pub const fn of_mac(mode: u8, slot: Slot, serial: Option<&crate::serial::SerialNumber>) -> Self {
        let mut data = [0x08, mode, slot.number(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        if let Some(serial) = serial {
            let [_, _, c, d, e, f, g, h, _] = serial.0;
            [data[7], data[8], data[9], data[10]] = [e, f, g, h];
            [data[11], data[12]] = [c, d];
        }
        Self(data)
    }
}

/// Compares a MAC with the one the chip computes; a match may authorise the use of other keys, or
/// copy another slot into TempKey (chip reference 5.2).
///
/// A wrong MAC is status [`Miscompare`](crate::Status::Miscompare).
#[doc(alias = "atcab_checkmac")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CheckMac<'a> {
    /// What the MAC is made of.
    pub blocks: MacBlocks<'a>,
    /// The key's slot.
    pub slot: Slot,
    /// The MAC to check.
    pub response: &'a [u8; 32],
    /// The circumstances the other side hashed.
    pub other_data: &'a OtherData,
}

opaque_debug!(CheckMac<'_>);

impl Command for CheckMac<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        // Present even if unused.
        let challenge: &[u8] = self.blocks.challenge().unwrap_or(&[0; 32]);
        let slot = u16::from(self.slot.number());
        let data: [&[u8]; 3] = [challenge, self.response, &self.other_data.0];
        Request::with_data(Opcode::CheckMac, self.blocks.mode(), slot, data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{hex, receives};
    use super::super::mac::TempKeySource;
    use super::*;
    use crate::serial::SerialNumber;
    use crate::wire::Status;
    use crate::wire::frame::Buffer;

    #[test]
    fn golden() {
        let blocks = MacBlocks::SlotAndTempKey(TempKeySource::Random);
        let other_data = OtherData([0xA5; 13]);
        let check = CheckMac { blocks, slot: Slot::S4, response: &[0x5A; 32], other_data: &other_data };
        let mut buffer = Buffer::new();
        check.request().emit(&mut buffer).unwrap();
        // Count 0x54, chip reference 5.2.
        assert_eq!(buffer[..6], [0x03, 0x54, 0x28, 0x01, 0x04, 0x00]);
        assert_eq!(buffer[6..38], [0; 32]);
        assert_eq!(buffer[38..70], [0x5A; 32]);
        assert_eq!(buffer[70..83], [0xA5; 13]);
        assert_eq!(receives(&check, "04 00 03 40"), Ok(()));
        assert_eq!(receives(&check, "04 01 00 C3"), Err(Some(Status::Miscompare)));
    }

    #[test]
    fn other_data_of_the_reference() {
        // Chip reference 7.4, "CheckMac OtherData for the p1 40 MAC".
        let serial = SerialNumber(hex("012345E123B1BD5BEE").try_into().unwrap());
        let data = OtherData::of_mac(0x40, Slot::S4, Some(&serial));
        assert_eq!(data.0[..], hex("08 40 04 00 00 00 00 23 B1 BD 5B 45 E1")[..]);
        assert_eq!(
            OtherData::of_mac(0, Slot::S4, None).0[..],
            hex("08 00 04 00 00 00 00 00 00 00 00 00 00")[..]
        );
    }
}
