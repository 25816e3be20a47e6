//! Long writes on an adapter that takes no long ones.
//!
//! The chip joins what comes in several writes, each with the word address of a command (chip reference 1.5). UNVERIFIED: one
//! page of its data sheet says the opposite (chip reference 9.1, D28). A chip that does not join them does not answer.

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
    for part in group.chunks(max.saturating_sub(1).max(1)) {
        // Of a key that is written in the clear, perhaps.
        let mut piece = Zeroizing::new(Vec::with_capacity(LONGEST));
        piece.push(COMMAND);
        piece.extend_from_slice(part);
        I2c::<u8>::write(i2c, address, &piece)?;
    }
    Ok(())
}

/// The same once a write was refused for its length, with the limits of adapters that are known. Gives the one that fits;
/// `None` if the adapter refuses these as well.
pub(super) fn find(i2c: &mut I2cdev, address: u8, bytes: &[u8]) -> Option<(usize, Result<(), I2CError>)> {
    let shorter = KNOWN.into_iter().filter(|max| *max < bytes.len());
    let mut tried = shorter.map(|max| (max, write(i2c, address, bytes, max)));
    tried.find(|(_, result)| !result.as_ref().is_err_and(|error| is_refusal(errno(error.inner()))))
}
