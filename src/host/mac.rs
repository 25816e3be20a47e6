//! MAC and CheckMac (chip reference 5.2, 5.12).

use super::{sha256, zeros};
use crate::command::{Command, Mac, MacBlocks, OtherData};
use crate::secret::Secret;
use crate::serial::SerialNumber;

/// The two blocks of the message: key or TempKey, then challenge or TempKey.
fn blocks<'a>(
    blocks: &MacBlocks<'a>,
    key: &'a Secret<32>,
    temp_key: &'a Secret<32>,
) -> (&'a [u8; 32], &'a [u8; 32]) {
    match blocks {
        MacBlocks::SlotAndChallenge(challenge) => (key.expose(), challenge),
        MacBlocks::SlotAndTempKey(_) => (key.expose(), temp_key.expose()),
        MacBlocks::TempKeyAndChallenge(_, challenge) => (temp_key.expose(), challenge),
        MacBlocks::TempKeyTwice(_) => (temp_key.expose(), temp_key.expose()),
    }
}

/// What the chip answers to a [`Mac`] command. `key` is the slot's first 32 bytes; what the
/// command does not use (key or TempKey) may be anything.
#[must_use]
pub fn mac(command: &Mac<'_>, key: &Secret<32>, temp_key: &Secret<32>, serial: &SerialNumber) -> [u8; 32] {
    let request = command.request();
    let (first, second) = blocks(&command.blocks, key, temp_key);
    let [a, b, c, d, e, f, g, h, i] = serial.0;
    let (middle, tail) = if command.include_serial { ([e, f, g, h], [c, d]) } else { ([0; 4], [0; 2]) };
    sha256(&[
        first,
        second,
        &[request.opcode.to_byte(), request.p1],
        &request.p2.to_le_bytes(),
        zeros(11),
        &[i],
        &middle,
        &[a, b],
        &tail,
    ])
}

/// The response that CheckMac expects for these blocks.
#[must_use]
pub fn check_mac(
    message: &MacBlocks<'_>,
    other_data: &OtherData,
    key: &Secret<32>,
    temp_key: &Secret<32>,
    serial: &SerialNumber,
) -> [u8; 32] {
    let (first, second) = blocks(message, key, temp_key);
    let [o0, o1, o2, o3, o4, o5, o6, o7, o8, o9, o10, o11, o12] = other_data.0;
    let [a, b, .., i] = serial.0;
    sha256(&[first, second, &[o0, o1, o2, o3], zeros(8), &[o4, o5, o6, i, o7, o8, o9, o10, a, b, o11, o12]])
}

#[cfg(test)]
mod tests {
    use super::super::example::{SERIAL, bytes, challenge, key, t};
    use super::*;
    use crate::command::TempKeySource::{Input, Random};
    use crate::memory::Slot;

    #[test]
    fn mac_examples() {
        let c = challenge();
        let fixed = Secret::new(c);
        let row = |blocks, include_serial, temp_key: &Secret<32>| {
            mac(&Mac { blocks, include_serial, slot: Slot::S4 }, &key(), temp_key, &SERIAL)
        };
        for (value, expected) in [
            (
                row(MacBlocks::SlotAndChallenge(&c), false, &t()),
                "B08F37F245BE67B80A1FC444C7BAC8CB4758261E411F6959661FBC2004AA45E7",
            ),
            (
                row(MacBlocks::SlotAndChallenge(&c), true, &t()),
                "AFDA5762F11E8FB2923744D61B24451D1D181E79A5B402E935CA10567691384D",
            ),
            (
                row(MacBlocks::SlotAndTempKey(Random), false, &t()),
                "607D6B65080FD955E5815E70A7A7F110D5CCC0D7135C3F17143C40CD610FF0B8",
            ),
            (
                row(MacBlocks::SlotAndTempKey(Random), true, &t()),
                "402F666E80E27558152FA001FC4450488E26BFF5F165C96048388FB921F3EC03",
            ),
            (
                row(MacBlocks::SlotAndTempKey(Input), false, &fixed),
                "8242B0615936E2C5DFF7DA37829DCFD9765E8D645D90078CDBD4929CD114744B",
            ),
            (
                row(MacBlocks::TempKeyAndChallenge(Random, &c), false, &t()),
                "E16109B932C05725415AEE8870701BE2E351CD23A3CED098372044971620A6D8",
            ),
            (
                row(MacBlocks::TempKeyAndChallenge(Random, &c), true, &t()),
                "6B0A4094D3239056F0E79949574CAC9DF6CAD7FBC70A651A94CDD68838279E8A",
            ),
            (
                row(MacBlocks::TempKeyAndChallenge(Input, &c), false, &fixed),
                "1733C7FE49693C9B45E8FE73A2B34CAD28CE614AFE84EDC4198DB33B93F94E49",
            ),
            (
                row(MacBlocks::TempKeyTwice(Random), false, &t()),
                "BE5D3A61C56BE15349EA6504C7306499D44A6842E08726BA1230B250835B40F6",
            ),
            (
                row(MacBlocks::TempKeyTwice(Input), false, &fixed),
                "64817A98CEB3A65AFA9C3B7C5EFF495C37E395078DF39D6C77CC64A550C2CDB1",
            ),
        ] {
            assert_eq!(value, bytes(expected));
        }
    }

    #[test]
    fn check_mac_examples() {
        let c = challenge();
        // CheckMac of a MAC: the same bytes, for both forms of the serial number.
        for serial in [None, Some(&SERIAL)] {
            let include_serial = serial.is_some();
            let blocks = MacBlocks::SlotAndChallenge(&c);
            let of = Mac { blocks, include_serial, slot: Slot::S4 };
            let other = OtherData::of_mac(u8::from(include_serial) << 6, Slot::S4, serial);
            assert_eq!(check_mac(&blocks, &other, &key(), &t(), &SERIAL), mac(&of, &key(), &t(), &SERIAL));
        }
        let none = OtherData([0; 13]);
        assert_eq!(
            check_mac(&MacBlocks::SlotAndTempKey(Random), &none, &key(), &t(), &SERIAL),
            bytes("BA8B3590603E392BCCF4E3E03111833477B78BCF92509B0B5F34E837C1241CC6")
        );
        assert_eq!(
            check_mac(&MacBlocks::TempKeyAndChallenge(Random, &c), &none, &key(), &t(), &SERIAL),
            bytes("44DAB70167D581630BC0A5B5321E4E39E277853569AA81D1C3893282E2891AB3")
        );
    }
}
