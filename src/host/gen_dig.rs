//! TempKey after GenDig (chip reference 5.6).

use super::{secret_sha256, serial_parts, zeros};
use crate::command::{Command, ConfigBlock, CounterId, GenDig, SharedNonceOrder};
use crate::config::{KeyConfig, SlotConfig};
use crate::memory::Slot;
use crate::secret::Secret;
use crate::serial::SerialNumber;

/// Opcode, p1, p2 of the command as the message holds them.
fn head(command: &GenDig<'_>) -> [u8; 4] {
    let request = command.request();
    let [low, high] = request.p2.to_le_bytes();
    [request.opcode.to_byte(), request.p1, low, high]
}

fn stored(value: &[u8; 32], head: &[u8; 4], serial: &SerialNumber, temp_key: &Secret<32>) -> Secret<32> {
    secret_sha256(&[value, head, &serial_parts(serial), zeros(25), temp_key.expose()])
}

/// After GenDig of a slot whose first 32 bytes are `key`.
#[must_use]
pub fn gen_dig_slot(
    key: &Secret<32>,
    slot: Slot,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    stored(key.expose(), &head(&GenDig::Slot(slot)), serial, temp_key)
}

/// After GenDig of a slot whose NoMac is set: the message holds `other_data` in place of opcode,
/// mode and slot.
#[must_use]
pub fn gen_dig_slot_with(
    key: &Secret<32>,
    other_data: &[u8; 4],
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    stored(key.expose(), other_data, serial, temp_key)
}

/// After GenDig of a block of the configuration zone.
#[must_use]
pub fn gen_dig_config(
    contents: &[u8; 32],
    block: ConfigBlock,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    stored(contents, &head(&GenDig::Config(block)), serial, temp_key)
}

/// After GenDig of a block of OTP, the first or the second.
#[must_use]
pub fn gen_dig_otp(
    contents: &[u8; 32],
    second: bool,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    stored(contents, &head(&GenDig::Otp { second }), serial, temp_key)
}

/// After GenDig of a value both sides know. The message holds the high byte of p2 as zero.
#[must_use]
pub fn gen_dig_shared_nonce(
    value: &[u8; 32],
    order: SharedNonceOrder,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    let [opcode, p1, low, _] = head(&GenDig::SharedNonce(order, value));
    let (first, last) = match order {
        SharedNonceOrder::HostFirst => (value, temp_key.expose()),
        SharedNonceOrder::TempKeyFirst => (temp_key.expose(), value),
    };
    secret_sha256(&[first, &[opcode, p1, low, 0], &serial_parts(serial), zeros(25), last])
}

/// After GenDig of a counter.
#[must_use]
pub fn gen_dig_counter(
    counter: CounterId,
    value: u32,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    secret_sha256(&[
        zeros(32),
        &head(&GenDig::Counter(counter)),
        &serial_parts(serial),
        &[0],
        &value.to_le_bytes(),
        zeros(20),
        temp_key.expose(),
    ])
}

/// After GenDig of a slot's configuration and lock state.
#[must_use]
pub fn gen_dig_key_config(
    slot: Slot,
    slot_config: SlotConfig,
    key_config: KeyConfig,
    slot_locked: bool,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    secret_sha256(&[
        zeros(32),
        &head(&GenDig::KeyConfig(slot)),
        &serial_parts(serial),
        &[0],
        &slot_config.bits().to_le_bytes(),
        &key_config.bits().to_le_bytes(),
        // The chip hashes its own bit, which is 1 for *not* locked (chip reference 9.3).
        &[u8::from(!slot_locked)],
        zeros(19),
        temp_key.expose(),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::example::{SERIAL, bytes, challenge, g, key, t};
    use super::*;

    #[test]
    fn stored_values() {
        assert_eq!(gen_dig_slot(&key(), Slot::S4, &SERIAL, &t()), g());
        assert_eq!(gen_dig_slot_with(&key(), &[0x15, 0x02, 0x04, 0x00], &SERIAL, &t()), g());
        assert_eq!(
            gen_dig_slot_with(&key(), &[0x08, 0x41, 0x04, 0x00], &SERIAL, &t()).expose(),
            &bytes("C021EEBCFB06A15C03D6B0F1B496D4338218096A26850205E5423D1B4879568A")
        );
        // Block 0 of the captured chip, chip reference 7.1.
        let block = bytes("012345E10000600223B1BD5BEE015500C0000000832087208F20C48F8F8F8F8F");
        assert_eq!(
            gen_dig_config(&block, ConfigBlock::B0, &SERIAL, &t()).expose(),
            &bytes("22F6E3A5B3FE43492BC4FB3C8387F1E42960E8DB9E0E36BF26AC3DA375CFC3E9")
        );
        assert_eq!(
            gen_dig_otp(&[0xFF; 32], false, &SERIAL, &t()).expose(),
            &bytes("354B81D8A821D6B1B4E6F6B1535011A08578B554ECAC4F78B260051456A1EE98")
        );
    }

    #[test]
    fn shared_nonce() {
        let c = challenge();
        assert_eq!(
            gen_dig_shared_nonce(&c, SharedNonceOrder::HostFirst, &SERIAL, &t()).expose(),
            &bytes("832651BD02220B72A1BC14B05FEF229FC6C785D654BA9ED21402209240DE9521")
        );
        assert_eq!(
            gen_dig_shared_nonce(&c, SharedNonceOrder::TempKeyFirst, &SERIAL, &t()).expose(),
            &bytes("B5F7865BBFCBCCF5A39601E9A2341808C1EEC0B2579F5FF5D06FA3DFD1FF0098")
        );
    }

    #[test]
    fn counters_and_configuration() {
        let counter = |counter| gen_dig_counter(counter, 0x0001_2345, &SERIAL, &t());
        assert_eq!(
            counter(CounterId::Counter0).expose(),
            &bytes("05A89805BF9ABCCA1FE172F1CE0AB5E9C8C3FC06779A21F8121A3A2141A1575F")
        );
        assert_eq!(
            counter(CounterId::Counter1).expose(),
            &bytes("1A2F641FE9F78467DCEA8D3680D110C13C364EAEB27A45C5CCDA2074042007A3")
        );
        let (slot, key) = (SlotConfig::from_bits(0x2087), KeyConfig::from_bits(0x0013));
        let digest = |locked| gen_dig_key_config(Slot::S2, slot, key, locked, &SERIAL, &t());
        assert_eq!(
            digest(false).expose(),
            &bytes("6B0731CB5933796E30A3DBE838EE87FA98C0030F5C0DC76A105B65E78A2F2E59")
        );
        assert_eq!(
            digest(true).expose(),
            &bytes("D143018CABFB9501B4D3B37E6EACA15AA3B8103828DF60D70975CB0F2329AE93")
        );
    }
}
