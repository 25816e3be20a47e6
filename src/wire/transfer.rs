//! What a transfer on the bus means, from its bytes alone (chip reference 1.2, 2.1).

use super::frame::{self, COMMAND_OVERHEAD, WordAddress};
use super::{Opcode, Status};
use core::fmt;

/// The meaning of one write or read. Data, which may be secret, is told by its length only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transfer {
    /// A write to address 0x00: SDA is low for long enough to wake a chip.
    WakePulse,
    /// The next read begins at the start of the answer, or a command at the start of the buffer.
    Reset,
    /// The chip is to sleep.
    Sleep,
    /// The chip is to idle.
    Idle,
    /// A command.
    Command {
        /// Which.
        opcode: Opcode,
        /// Param1.
        p1: u8,
        /// Param2.
        p2: u16,
        /// Bytes of data.
        len: u8,
    },
    /// A one-byte answer.
    Status(Status),
    /// SelfTest's one-byte answer: a bit for each engine that failed.
    Mask(u8),
    /// An answer of so many bytes.
    Data(u8),
    /// A read of so many bytes that hold no answer: count or CRC is wrong.
    Damaged(u8),
    /// A write of so many bytes that is none of the chip's: the bus is another device's, too, or its master has a defect.
    Other(u8),
}

impl Transfer {
    /// What is written.
    #[must_use]
    pub fn of_write(address: u8, bytes: &[u8]) -> Self {
        const RESET: u8 = WordAddress::Reset as u8;
        const SLEEP: u8 = WordAddress::Sleep as u8;
        const IDLE: u8 = WordAddress::Idle as u8;
        const COMMAND: u8 = WordAddress::Command as u8;
        match bytes {
            _ if address == 0 => Self::WakePulse,
            [RESET] => Self::Reset,
            [SLEEP] => Self::Sleep,
            [IDLE] => Self::Idle,
            [COMMAND, group @ ..] => Self::of_group(group).unwrap_or(Self::Other(short(bytes))),
            _ => Self::Other(short(bytes)),
        }
    }

    fn of_group(group: &[u8]) -> Option<Self> {
        let [opcode, p1, p2_low, p2_high, ..] = *frame::payload(group).ok()? else { return None };
        let len = short(group).checked_sub(COMMAND_OVERHEAD as u8)?;
        let p2 = u16::from_le_bytes([p2_low, p2_high]);
        Some(Self::Command { opcode: Opcode::from_byte(opcode)?, p1, p2, len })
    }

    /// What is read, after this command.
    #[must_use]
    pub fn of_read(after: Option<Opcode>, bytes: &[u8]) -> Self {
        match frame::payload(bytes) {
            // What the chip says of a command that it did not execute is a status always.
            Ok(&[mask]) if after == Some(Opcode::SelfTest) && !matches!(mask, 0x11 | 0xEE | 0xFF) => {
                Self::Mask(mask)
            }
            Ok(&[status]) => Self::Status(Status::from_byte(status)),
            Ok(payload) => Self::Data(short(payload)),
            Err(_) => Self::Damaged(short(bytes)),
        }
    }
}

/// No group is longer than 255 bytes.
fn short(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap_or(u8::MAX)
}

impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::WakePulse => f.write_str("wake pulse"),
            Self::Reset => f.write_str("reset"),
            Self::Sleep => f.write_str("sleep"),
            Self::Idle => f.write_str("idle"),
            Self::Command { opcode, p1, p2, len } => {
                write!(f, "{opcode} p1 0x{p1:02X} p2 0x{p2:04X}")?;
                if len > 0 { write!(f, ", {len} bytes") } else { Ok(()) }
            }
            Self::Status(status) => write!(f, "status {status:?} (0x{:02X})", status.to_byte()),
            Self::Mask(mask) => write!(f, "mask 0x{mask:02X}"),
            Self::Data(len) => write!(f, "{len} bytes"),
            Self::Damaged(len) => write!(f, "{len} bytes, damaged"),
            Self::Other(len) => write!(f, "{len} bytes that this chip does not know"),
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Transfer {
    fn format(&self, f: defmt::Formatter<'_>) {
        match *self {
            Self::WakePulse => defmt::write!(f, "wake pulse"),
            Self::Reset => defmt::write!(f, "reset"),
            Self::Sleep => defmt::write!(f, "sleep"),
            Self::Idle => defmt::write!(f, "idle"),
            Self::Command { opcode, p1, p2, len } => {
                defmt::write!(f, "{=str} p1 {=u8:#04X} p2 {=u16:#06X}", opcode.name(), p1, p2);
                if len > 0 {
                    defmt::write!(f, ", {=u8} bytes", len);
                }
            }
            Self::Status(status) => defmt::write!(f, "status {} ({=u8:#04X})", status, status.to_byte()),
            Self::Mask(mask) => defmt::write!(f, "mask {=u8:#04X}", mask),
            Self::Data(len) => defmt::write!(f, "{=u8} bytes", len),
            Self::Damaged(len) => defmt::write!(f, "{=u8} bytes, damaged", len),
            Self::Other(len) => defmt::write!(f, "{=u8} bytes that this chip does not know", len),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Request;
    use crate::wire::frame::GROUP_MAX;
    use crate::wire::frame::{Buffer, crc16};
    use std::format;
    use std::vec::Vec;

    fn group(payload: &[u8]) -> Vec<u8> {
        let mut group = Vec::from([payload.len() as u8 + 3]);
        group.extend(payload);
        group.extend(crc16([&group[..]]));
        group
    }

    #[test]
    fn writes_are_told_apart() {
        let mut buffer = Buffer::new();
        let data = [&[0x5E; 32][..], &[], &[]];
        Request::with_data(Opcode::Nonce, 0x03, 0x0102, data).emit(&mut buffer).unwrap();
        let told = |bytes: &[u8]| format!("{}", Transfer::of_write(0x60, bytes));
        assert_eq!(told(&buffer), "Nonce p1 0x03 p2 0x0102, 32 bytes");
        // Cut short, and with a wrong CRC.
        assert_eq!(told(&buffer[..20]), "20 bytes that this chip does not know");
        buffer[9] ^= 1;
        assert_eq!(told(&buffer), "40 bytes that this chip does not know");
        for (bytes, text) in [(&[0][..], "reset"), (&[1], "sleep"), (&[2], "idle")] {
            assert_eq!(told(bytes), text);
        }
        for other in [&[][..], &[3], &[4], &[0, 0], &[3, 7, 0x99, 0, 0, 0, 0, 0]] {
            assert_eq!(Transfer::of_write(0x60, other), Transfer::Other(other.len() as u8));
        }
        assert_eq!(format!("{}", Transfer::of_write(0, &[0])), "wake pulse");
        assert_eq!(Transfer::of_write(0x60, &[7; 300]), Transfer::Other(255));
    }

    #[test]
    fn reads_are_told_apart() {
        let told = |after, bytes: &[u8]| format!("{}", Transfer::of_read(after, bytes));
        assert_eq!(told(None, &[0x04, 0x11, 0x33, 0x43]), "status AfterWake (0x11)");
        assert_eq!(told(Some(Opcode::Sign), &group(&[0x0F])), "status Execution (0x0F)");
        assert_eq!(told(Some(Opcode::Sign), &group(&[0; 64])), "64 bytes");
        assert_eq!(told(Some(Opcode::SelfTest), &group(&[0x20])), "mask 0x20");
        assert_eq!(told(Some(Opcode::SelfTest), &group(&[0xFF])), "status Communication (0xFF)");
        assert_eq!(told(None, &[0xFF; 67]), "67 bytes, damaged");
        assert_eq!(told(None, &[]), "0 bytes, damaged");
    }

    /// Whatever the bytes: no panic, and no longer than a line.
    #[test]
    fn every_length_is_told() {
        for len in 0..=2 * GROUP_MAX {
            for byte in [0x00, 0x03, 0x07, len as u8, 0xFF] {
                let bytes = std::vec![byte; len];
                let (written, read) = (Transfer::of_write(0x60, &bytes), Transfer::of_read(None, &bytes));
                assert!(format!("{written}{read}").len() < 120);
            }
        }
    }
}
