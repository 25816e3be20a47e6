//! Contents of slots: written between the locks, read back where the chip gives them.

use super::outcome::{Step, Trouble, at};
use super::recipe::{Contents, Recipe};
use atecc608::blocking::Atecc608;
use atecc608::config::explain::{Action, Needs};
use atecc608::config::{ConfigZone, KeyFlags, KeyType};
use atecc608::{Secret, Slot};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use p256::elliptic_curve::Generate;
use sec1::der::zeroize::Zeroizing;

/// Blocks that the chip writes as a whole (chip reference 5.23).
const BLOCK: usize = 32;

/// Writes what a slot is to have, encrypted if the recipe says so.
pub(super) fn write<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    recipe: &Recipe,
    contents: &Contents,
) -> Result<(), Trouble> {
    let slot = contents.slot();
    let bytes = filled(slot, contents.bytes());
    let Some(key) = contents.write_key() else {
        return chip.write_slot(slot, 0, &bytes).map_err(|error| at(Step::Write)(format!("{slot}: {error}")));
    };
    let key = recipe
        .write_key(key)
        .ok_or_else(|| at(Step::Write)(format!("{slot}: the recipe has no key for it")))?;
    for (block, bytes) in (0..).zip(bytes.chunks(BLOCK)) {
        let mut whole = Zeroizing::new([0; BLOCK]);
        // What is behind the slot's end is not kept, and has to be zeros.
        whole.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        let nonce = <[u8; 20]>::generate();
        chip.write_encrypted(slot, block, &Secret::new(*whole), &key, &nonce)
            .map_err(|error| at(Step::Write)(format!("{slot}, encrypted: {error}")))?;
    }
    Ok(())
}

/// Blank up to the end of its last block, or of the slot.
fn filled(slot: Slot, bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let len = bytes.len().next_multiple_of(BLOCK).min(slot.size());
    let mut filled = Zeroizing::new(vec![0xFF; len]);
    filled.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    filled
}

/// Compares what can be read in clear. The rest was compared by the chip, when the data zone was locked.
pub(super) fn read_back<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    recipe: &Recipe,
    zone: &ConfigZone,
) -> Result<(), Trouble> {
    for contents in recipe.contents() {
        let (slot, wanted) = (contents.slot(), contents.bytes());
        if zone.permission(slot, Action::Read, recipe.stage()) != Some(Needs::NOTHING) {
            continue;
        }
        let mut found = Zeroizing::new(vec![0; wanted.len()]);
        chip.read_slot(slot, 0, &mut found).map_err(at(Step::ReadBack))?;
        let differs = found.iter().zip(wanted).enumerate().any(|(at, (found, wanted))| {
            if at == 0 { (found ^ wanted) & first_byte(zone, slot) != 0 } else { found != wanted }
        });
        if differs {
            return Err(Trouble::Refused(format!("{slot} has other contents than it should")));
        }
    }
    Ok(())
}

/// The bits of byte 0 that the chip leaves alone: not those in which it keeps whether a public key is valid (chip
/// reference 4.16).
fn first_byte(zone: &ConfigZone, slot: Slot) -> u8 {
    let key = zone.key_config(slot);
    let validated =
        slot >= Slot::S8 && key.key_type() == KeyType::P256 && key.flags().contains(KeyFlags::PUB_INFO);
    if validated { 0x0F } else { 0xFF }
}
