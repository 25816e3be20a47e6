//! What each level allows to be sent, command by command. [`Patient`](crate::patient::Patient) sends nothing else.

use atecc608::wire::Opcode;

use crate::level::{Level, Stage};

/// A whole command, as the chip would take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command<'a> {
    /// Its opcode.
    pub opcode: u8,
    /// The first parameter.
    pub p1: u8,
    /// The second one.
    pub p2: u16,
    /// What follows.
    pub data: &'a [u8],
}

/// TempKey, where a command takes a slot.
const TEMP_KEY: u16 = 0xFFFF;

impl Command<'_> {
    /// Whether this level allows it, in this state of the locks; if not, why.
    ///
    /// # Errors
    ///
    /// What it might change.
    pub fn check(&self, level: Level, stage: Stage) -> Result<(), &'static str> {
        match level {
            Level::Look if self.changes_nothing() => Ok(()),
            Level::Look => Err("it is not on the list of what changes nothing"),
            Level::Blank if self.changes_nothing() => Ok(()),
            Level::Blank if stage != Stage::Unlocked => Err("the configuration of this chip is locked"),
            Level::Blank => self.can_be_undone(),
            // Until the plan's configuration is locked, the chip is as good as it was.
            Level::Spend if stage == Stage::Unlocked => self.can_be_undone(),
            Level::Spend => match self.opcode {
                0x17 if self.p1 & 0x03 != 0x02 => Err("zones are locked between the stages, not by a probe"),
                _ => Ok(()),
            },
        }
    }

    /// The 7-bit address that it gives the chip, if it writes it.
    #[must_use]
    pub fn new_address(&self) -> Option<u8> {
        let config = self.opcode == 0x12 && self.p1 & 0x03 == 0;
        let byte = match (self.p1 & 0x80 != 0, self.p2 & 0x1F) {
            (false, 4) => self.data.first(),
            (true, 0..8) => self.data.get(16),
            _ => None,
        };
        byte.filter(|_| config).map(|byte| byte >> 1)
    }

    /// The list: it writes no EEPROM, takes no key of a slot (whose uses may be counted), increments nothing.
    fn changes_nothing(&self) -> bool {
        let Command { opcode, p1, p2, data } = *self;
        match opcode {
            // AES with TempKey; Galois field multiplication has no key.
            0x51 => p2 == TEMP_KEY || p1 == 0x03,
            // CheckMac with TempKey as the key.
            0x28 => matches!(p1, 0x02 | 0x03 | 0x06 | 0x07),
            // Counter: read.
            0x24 => p1 == 0x00,
            // GenDig of anything but a slot.
            0x15 => matches!(p1, 0x00 | 0x01 | 0x03..=0x05),
            // Info: all but setting and clearing the latch.
            0x30 => p1 < 0x04 || (p1 == 0x04 && p2 == 0),
            // KDF from the registers to the registers or out in clear, with a message that came along.
            0x56 => {
                let registers =
                    matches!(p1 & 0x03, 0x00 | 0x01 | 0x03) && !matches!(p1 >> 2 & 0x07, 0x02 | 0x05..);
                let message_of_slot =
                    p1 & 0x60 == 0x40 && data.first().is_none_or(|details| details & 0x03 == 0);
                p1 & 0x80 == 0 && registers && !message_of_slot
            }
            // MAC with TempKey as the key.
            0x08 => p1 & 0x02 != 0,
            // Nonce and Random, but for the modes that may write a seed.
            0x16 => matches!(p1, 0x01 | 0x03 | 0x23 | 0x43 | 0x63 | 0x83),
            0x1B => p1 == 0x01,
            0x02 => p1 & 0x7C == 0,
            0x77 => p1 & 0xC0 == 0,
            // SHA-256, and HMAC with TempKey.
            0x47 => p1 & 0x38 == 0 && (p1 & 0x07 != 0x04 || p2 == TEMP_KEY) && p1 & 0x07 != 0x05,
            // Verify(External) without a MAC, which takes the IO protection key.
            0x45 => matches!(p1, 0x02 | 0x22),
            _ => false,
        }
    }

    /// On a chip of which nothing is locked.
    fn can_be_undone(&self) -> Result<(), &'static str> {
        let Command { opcode, p1, p2, data } = *self;
        match opcode {
            _ if Opcode::from_byte(opcode).is_none() => Err("nobody knows what it does"),
            0x17 => Err("a lock is for ever"),
            0x20 => Err("what UpdateExtra writes is for ever"),
            0x12 if p1 & 0x03 != 0 => Err("what slots and OTP zone hold can't be read, so not restored"),
            0x12 if p2 >> 3 & 3 == 2 && (p1 & 0x80 != 0 || p2 & 7 == 5) => {
                Err("it reaches the bytes 84 to 87, of which some can be written once, and some lock")
            }
            0x12 if p1 & 0x80 == 0 && p2 & 0x1F == 22 && !data.starts_with(&[0xFF, 0xFF]) => {
                Err("it locks slots, perhaps for ever")
            }
            0x12 if self.new_address().is_some_and(|address| !(0x08..=0x77).contains(&address)) => {
                Err("the chip could not be called at that address any more")
            }
            0x40 if p1 & 0x04 != 0 => Err("a new key replaces what the slot holds"),
            0x46 | 0x1C | 0x80 => Err("it may write a slot"),
            0x43 if p1 & 0x0C == 0x04 => Err("it may write a slot"),
            0x56 if p1 >> 2 & 0x07 == 0x02 => Err("it may write a slot"),
            _ => Ok(()),
        }
    }
}

/// A whole group with a good CRC at the start of these bytes, if there is one.
#[must_use]
pub fn command(bytes: &[u8]) -> Option<Command<'_>> {
    let group = bytes.get(..usize::from(*bytes.first()?))?;
    match *atecc608::wire::frame::payload(group).ok()? {
        [opcode, p1, low, high, ref data @ ..] => {
            Some(Command { opcode, p1, p2: u16::from_le_bytes([low, high]), data })
        }
        _ => None,
    }
}
