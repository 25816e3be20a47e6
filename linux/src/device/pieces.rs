//! Long writes on an adapter that takes no long ones.
//!
//! The chip joins what comes in several writes, each with the word address of a command (chip reference 1.5). UNVERIFIED: one
//! page of its data sheet says the opposite (chip reference 9.1, D28). A chip that does not join them does not answer. It
//! would take each piece as a command of its own, so none may be one: what a file holds, and is hashed by the chip, could
//! be a Lock there.

use atecc608::wire::frame;
use libc::EINVAL;
use linux_embedded_hal::i2cdev::linux::LinuxI2CError;
use linux_embedded_hal::{I2CError, I2cdev};
use zeroize::Zeroizing;

use embedded_hal::i2c::I2c;

use super::{errno, is_refusal};

/// The word address of a command (chip reference 1.4).
const COMMAND: u8 = 0x03;
/// The longest writes of adapters that are known for one: CP2112, CP2615.
const KNOWN: [usize; 2] = [61, 54];
/// The word address and the longest group.
const LONGEST: usize = 156;

/// Whether it can go in pieces: it is a command.
pub(super) fn can_be_split(bytes: &[u8]) -> bool {
    matches!(bytes, [COMMAND, _, ..])
}

/// Writes a command in pieces that the adapter takes.
///
/// # Errors
///
/// What the kernel says of a piece. If that is a refusal, it is of the first, and nothing was sent.
pub(super) fn write(i2c: &mut I2cdev, address: u8, bytes: &[u8], max: usize) -> Result<(), I2CError> {
    let group = bytes.get(1..).unwrap_or_default();
    let Some(length) = length(group, max.saturating_sub(1).max(1)) else {
        return Err(I2CError::from(LinuxI2CError::Errno(EINVAL)));
    };
    for part in group.chunks(length) {
        // Of a key that is written in the clear, perhaps.
        let mut piece = Zeroizing::new(Vec::with_capacity(LONGEST));
        piece.push(COMMAND);
        piece.extend_from_slice(part);
        I2c::<u8>::write(i2c, address, &piece)?;
    }
    Ok(())
}

/// The longest pieces, of at most so many bytes, none of which begins with a command. `None` if there are no such: nobody
/// has yet written a file for which that is so.
fn length(group: &[u8], most: usize) -> Option<usize> {
    let begins_with_one = |start: usize| group.get(start..).is_some_and(|rest| frame::payload(rest).is_ok());
    let is_safe = |length: &usize| !(*length..group.len()).step_by(*length).any(begins_with_one);
    (1..=most).rev().find(is_safe)
}

/// The same once a write was refused for its length, with the limits of adapters that are known. Gives the one that fits;
/// `None` if the adapter refuses these as well.
pub(super) fn find(i2c: &mut I2cdev, address: u8, bytes: &[u8]) -> Option<(usize, Result<(), I2CError>)> {
    let shorter = KNOWN.into_iter().filter(|max| *max < bytes.len());
    let mut tried = shorter.map(|max| (max, write(i2c, address, bytes, max)));
    tried.find(|(_, result)| !result.as_ref().is_err_and(|error| is_refusal(errno(error.inner()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Count, packet, CRC.
    fn group(packet: &[u8]) -> Vec<u8> {
        let mut group = vec![(packet.len() + 3) as u8];
        group.extend(packet);
        let crc = frame::crc16([&group[..]]);
        group.extend(crc);
        group
    }

    /// SHA update over 64 bytes of a file.
    fn update(message: &[u8; 64]) -> Vec<u8> {
        group(&[&[0x47, 0x01, 64, 0], &message[..]].concat())
    }

    #[test]
    fn no_piece_is_a_command_of_its_own() {
        assert_eq!(length(&update(&[0x5A; 64]), 60), Some(60));
        // A lock of the configuration without a CRC, where the second piece begins, and each below that.
        let lock = group(&[0x17, 0x80, 0, 0]);
        for (from, first) in [(55, 59), (54, 60), (48, 60)] {
            let mut message = [0; 64];
            message[from..from + lock.len()].copy_from_slice(&lock);
            let group = update(&message);
            let length = length(&group, 60).unwrap();
            assert_eq!(length, first, "{from}");
            for piece in group.chunks(length).skip(1) {
                assert!(!piece.starts_with(&lock));
            }
        }
        // Also if the chip joined all but the first one.
        let mut message = [0; 64];
        message[25..32].copy_from_slice(&lock);
        assert_ne!(length(&update(&message), 30), Some(30));
    }
}
