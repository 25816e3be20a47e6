//! What the questions of plan A have in common: commands with its keys.

use atecc608::{Secret, SerialNumber, Slot, host};

use crate::message;
use crate::patient::{Patient, Reply};
use crate::plan::a::{contents, private_key};
use crate::probe::Stop;
pub(super) use crate::probes::saw::{by_status, yes_or_no};

/// The doctor's private key on the other side of ECDH.
const OTHER_SIDE: [u8; 32] = [0x42; 32];
/// A challenge.
pub(super) const CHALLENGE: [u8; 32] = *b"A challenge from the doctor, why";
/// The key without restrictions.
pub(super) const KEY: u8 = 4;
/// The NoMac key.
pub(super) const NO_MAC_KEY: u8 = 5;
/// The limited key.
pub(super) const LIMITED_KEY: u8 = 6;

/// The slot of this number.
fn slot_of(number: u8) -> Slot {
    Slot::new(number & 0xF).unwrap_or(Slot::S0)
}

/// Whether these bytes came.
pub(super) fn is(reply: &Reply, bytes: &[u8]) -> bool {
    matches!(reply, Reply::Data(data) if data == bytes)
}

impl Patient<'_> {
    /// The whole serial number.
    pub(super) fn serial(&self) -> SerialNumber {
        atecc608::config::ConfigZone::from_bytes(*self.config()).serial_number()
    }

    /// MAC, with a challenge if p1 asks for one.
    pub(super) fn mac(&mut self, p1: u8, p2: u16) -> Result<Reply, Stop> {
        let challenge: &[u8] = if p1 & 1 == 0 { &CHALLENGE } else { &[] };
        self.raw(0x08, p1, p2, challenge)
    }

    /// What MAC makes of these two blocks.
    pub(super) fn expected_mac(&self, p1: u8, p2: u16, first: &[u8; 32], second: &[u8; 32]) -> [u8; 32] {
        message::mac(first, second, message::head(0x08, p1, p2), self.serial_parts())
    }

    /// Whether a slot holds this key: MAC of it and a challenge.
    pub(super) fn holds(&mut self, slot: u8, key: &[u8; 32]) -> Result<bool, Stop> {
        let expected = self.expected_mac(0x00, slot.into(), key, &CHALLENGE);
        Ok(is(&self.mac(0x00, slot.into())?, &expected))
    }

    /// Whether TempKey, which came from outside, holds this value: MAC of it twice.
    pub(super) fn temp_key_is(&mut self, value: &[u8; 32]) -> Result<bool, Stop> {
        let expected = self.expected_mac(0x07, 0, value, value);
        Ok(is(&self.mac(0x07, 0)?, &expected))
    }

    /// CheckMac of these two blocks, with the answer that is right for them. The second is a challenge if p1 wants one.
    pub(super) fn check_mac(
        &mut self,
        p1: u8,
        slot: u8,
        first: &[u8; 32],
        second: &[u8; 32],
    ) -> Result<Reply, Stop> {
        let response = message::mac(first, second, [0; 4], self.serial_parts());
        let challenge = if p1 & 1 == 0 { *second } else { [0; 32] };
        self.raw(0x28, p1, slot.into(), &[&challenge[..], &response, &[0; 13]].concat())
    }

    /// An authorisation with slot 4. TempKey is used up.
    pub(super) fn authorise(&mut self) -> Result<(), Stop> {
        let value = self.load()?;
        self.check_mac(0x05, KEY, &contents(KEY), &value)?.expect_done("CheckMac was to authorise")
    }

    /// GenDig of a slot's key and what TempKey holds, which is what it holds then.
    pub(super) fn gen_dig(&mut self, slot: u8, temp_key: &[u8; 32]) -> Result<[u8; 32], Stop> {
        // OtherData where the NoMac key wants it: with these four bytes the digest is the same.
        let other: &[u8] = if slot == NO_MAC_KEY { &[0x15, 0x02, NO_MAC_KEY, 0x00] } else { &[] };
        let reply = self.raw(0x15, 0x02, slot.into(), other)?;
        reply.expect_done(&format!("GenDig took slot {slot}"))?;
        let (key, temp_key) = (Secret::new(contents(slot)), Secret::new(*temp_key));
        let digest = host::gen_dig_slot(&key, slot_of(slot), &self.serial(), &temp_key);
        Ok(*digest.expose())
    }

    /// Writes the first block of a slot in clear.
    pub(super) fn write_slot(&mut self, slot: u8, bytes: &[u8; 32]) -> Result<Reply, Stop> {
        self.raw(0x12, 0x82, u16::from(slot) << 3, bytes)
    }

    /// Writes a slot's contents as the plan has them: before the data lock.
    pub(super) fn fill(&mut self, slot: u8) -> Result<(), Stop> {
        let reply = self.write_slot(slot, &contents(slot))?;
        reply.expect_done(&format!("slot {slot} was written"))
    }

    /// An encrypted Write of the plan's contents. The MAC is over `hashed` as p1; `spoil` goes over its last byte.
    pub(super) fn write_encrypted(
        &mut self,
        zone_p1: u8,
        hashed: u8,
        p2: u16,
        temp_key: &[u8; 32],
        spoil: u8,
    ) -> Result<Reply, Stop> {
        let plain = contents((p2 >> 3 & 0xF) as u8);
        let mut mac = message::block(temp_key, message::head(0x12, hashed, p2), self.serial_parts(), &plain);
        mac[31] ^= spoil;
        let cipher = message::xor(plain, *temp_key);
        self.raw(0x12, zone_p1, p2, &[cipher, mac].concat())
    }

    /// PrivWrite in clear, with the MAC that nobody asks for.
    pub(super) fn priv_write(&mut self, slot: u8, key: &[u8; 32]) -> Result<Reply, Stop> {
        self.raw(0x46, 0x00, slot.into(), &[&[0; 4][..], key, &[0; 32]].concat())
    }

    /// Puts the plan's private key into a slot: before the data lock.
    pub(super) fn fill_private(&mut self, slot: u8) -> Result<(), Stop> {
        let reply = self.priv_write(slot, &private_key(slot))?;
        reply.expect_done(&format!("the private key of slot {slot} was written"))
    }

    /// PrivWrite encrypted, of the plan's key behind this pad. `spoil` goes over the last byte of the MAC.
    pub(super) fn priv_write_encrypted(
        &mut self,
        slot: u8,
        pad: [u8; 4],
        temp_key: &[u8; 32],
        spoil: u8,
    ) -> Result<Reply, Stop> {
        let mut plain = [0; 36];
        plain[..4].copy_from_slice(&pad);
        plain[4..].copy_from_slice(&private_key(slot));
        let head = message::head(0x46, 0x40, slot.into());
        let mut mac = message::block(temp_key, head, self.serial_parts(), &plain);
        mac[31] ^= spoil;
        let cipher = message::xor(plain, temp_key.iter().copied().chain(message::hash(&[temp_key])));
        self.raw(0x46, 0x40, slot.into(), &[&cipher[..], &mac].concat())
    }

    /// DeriveKey of slot 14, after its MAC with the limited key. `spoil` goes over its last byte. TempKey is random.
    pub(super) fn derive(&mut self, spoil: u8) -> Result<Reply, Stop> {
        self.derive_with_mac(14, LIMITED_KEY, spoil)
    }

    /// DeriveKey with a random TempKey and a MAC.
    pub(super) fn derive_with_mac(&mut self, slot: u8, parent: u8, spoil: u8) -> Result<Reply, Stop> {
        let source = atecc608::command::TempKeySource::Random;
        let parent = Secret::new(contents(parent));
        let mut mac = host::derive_key_mac(&parent, slot_of(slot), source, &self.serial());
        mac[31] ^= spoil;
        self.raw(0x1C, 0x00, slot.into(), &mac)
    }

    /// ECDH with the doctor's public key.
    pub(super) fn ecdh(&mut self, p1: u8, p2: u16) -> Result<Reply, Stop> {
        self.raw(0x43, p1, p2, &message::public_key(&OTHER_SIDE))
    }

    /// What ECDH of a slot's private key comes to.
    pub(super) fn secret_of(&self, slot: u8) -> Result<[u8; 32], Stop> {
        message::shared_secret(&private_key(slot), &OTHER_SIDE)
            .ok_or_else(|| Stop::Unready("the doctor has no such key".into()))
    }

    /// GenKey into TempKey.
    pub(super) fn key_in_temp_key(&mut self) -> Result<(), Stop> {
        self.raw(0x40, 0x04, 0xFFFF, &[])?.expect_data("GenKey made a key in TempKey", 64).map(drop)
    }

    /// A counter's value.
    pub(super) fn counter(&mut self, counter: u16) -> Result<u32, Stop> {
        let data = self.raw(0x24, 0x00, counter, &[])?.expect_data("Counter was read", 4)?;
        Ok(data.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte)))
    }
}
