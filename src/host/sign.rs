//! What Sign(Internal) signs, and Verify(Validate) expects (chip reference 5.21, 5.22).

use super::sha256;
use crate::command::{Command, SignInternal};
use crate::config::{KeyConfig, SlotConfig};
use crate::memory::Slot;
use crate::secret::Secret;
use crate::serial::SerialNumber;
use crate::wire::Opcode;

/// Flags of TempKey that the statement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementFlags {
    /// GenDig used a slot whose NoMac is set.
    pub no_mac: bool,
    /// TempKey is GenKey's digest.
    pub gen_key_data: bool,
    /// TempKey is GenDig's digest of a slot.
    pub gen_dig_data: bool,
    /// TempKey began as a fixed value.
    pub from_input: bool,
    /// The slot that was digested.
    pub slot: Slot,
}

impl StatementFlags {
    /// The byte in the message.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        (self.no_mac as u8) << 7
            | (self.gen_key_data as u8) << 6
            | (self.gen_dig_data as u8) << 5
            | (self.from_input as u8) << 4
            | self.slot.number()
    }
}

/// The chip's statement about what GenDig or GenKey digested into TempKey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InternalStatement {
    /// The command that signs it.
    pub command: SignInternal,
    /// Flags of TempKey.
    pub flags: StatementFlags,
    /// SlotConfig of the digested slot.
    pub slot_config: SlotConfig,
    /// KeyConfig of the digested slot.
    pub key_config: KeyConfig,
    /// The digested slot is locked on its own.
    pub slot_locked: bool,
    /// The digested slot holds a validated public key.
    pub public_key_valid: bool,
    /// Serial number of the chip that signs.
    pub serial: SerialNumber,
}

impl InternalStatement {
    /// The 19 bytes that Verify(Validate) and Verify(Invalidate) take along.
    #[must_use]
    pub fn other_data(&self) -> [u8; 19] {
        let request = self.command.request();
        let [key_low, key_high] = request.p2.to_le_bytes();
        let [slot_low, slot_high] = self.slot_config.bits().to_le_bytes();
        let [config_low, config_high] = self.key_config.bits().to_le_bytes();
        let [_, _, c, d, e, f, g, h, _] = if self.command.include_serial { self.serial.0 } else { [0; 9] };
        // The chip hashes its own bit, which is 1 for *not* locked (chip reference 9.3).
        let (unlocked, valid) = (u8::from(!self.slot_locked), u8::from(self.public_key_valid));
        [
            request.p1,
            key_low,
            key_high,
            slot_low,
            slot_high,
            config_low,
            config_high,
            self.flags.to_byte(),
            0,
            0,
            e,
            f,
            g,
            h,
            c,
            d,
            unlocked,
            valid,
            0,
        ]
    }

    /// The digest that is signed: verify the signature over it.
    #[must_use]
    pub fn digest(&self, temp_key: &Secret<32>) -> [u8; 32] {
        Self::digest_of(&self.other_data(), &self.serial, temp_key)
    }

    /// The digest for given other data, as the chip that verifies rebuilds it with its own serial
    /// number.
    #[must_use]
    pub fn digest_of(other_data: &[u8; 19], serial: &SerialNumber, temp_key: &Secret<32>) -> [u8; 32] {
        let [a, b, .., i] = serial.0;
        let (head, rest) = other_data.split_at(10);
        let (middle, tail) = rest.split_at(4);
        sha256(&[temp_key.expose(), &[Opcode::Sign.to_byte()], head, &[i], middle, &[a, b], tail])
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{SERIAL, bytes, d, g};
    use super::*;

    fn statement(include_serial: bool, for_invalidate: bool) -> InternalStatement {
        InternalStatement {
            command: SignInternal { slot: Slot::S1, include_serial, for_invalidate },
            flags: StatementFlags {
                no_mac: false,
                gen_key_data: true,
                gen_dig_data: false,
                from_input: false,
                slot: Slot::S7,
            },
            slot_config: SlotConfig::from_bits(0x2087),
            key_config: KeyConfig::from_bits(0x0033),
            slot_locked: for_invalidate,
            public_key_valid: for_invalidate,
            serial: SERIAL,
        }
    }

    #[test]
    fn after_gen_key() {
        let plain = statement(false, false);
        assert_eq!(plain.other_data(), bytes("00 01 00 87 20 33 00 47 00 00 00 00 00 00 00 00 01 00 00"));
        assert_eq!(
            plain.digest(&d()),
            bytes("F276E801ACAC081806933ACC4F53D1778C9A54B18ADB5DA1140C479B1734D765")
        );
        assert_eq!(
            statement(true, false).digest(&d()),
            bytes("9BE2D1BE9688F7F5E7E2E76737159B8182991EAEAD3EAF4874BFD7168BBD998D")
        );
        let invalidate = statement(true, true);
        assert_eq!(
            invalidate.other_data(),
            bytes("41 01 00 87 20 33 00 47 00 00 23 B1 BD 5B 45 E1 00 01 00")
        );
        assert_eq!(
            invalidate.digest(&d()),
            bytes("D3DBC1D328CB25E58B2271CF73318B2AE0E8446A8A65069DE006183AD415378D")
        );
    }

    #[test]
    fn after_gen_dig() {
        let statement = InternalStatement {
            command: SignInternal { slot: Slot::S0, include_serial: true, for_invalidate: false },
            flags: StatementFlags {
                no_mac: false,
                gen_key_data: false,
                gen_dig_data: true,
                from_input: false,
                slot: Slot::S4,
            },
            slot_config: SlotConfig::from_bits(0x0F8F),
            key_config: KeyConfig::from_bits(0x003C),
            slot_locked: false,
            public_key_valid: false,
            serial: SERIAL,
        };
        assert_eq!(
            statement.digest(&g()),
            bytes("A17D6BC2962FC329E07E3F6DFE376374AF455ACD9F6624801BC49F1D37877386")
        );
        let flags = StatementFlags { no_mac: true, from_input: true, slot: Slot::S9, ..statement.flags };
        assert_eq!(flags.to_byte(), 0xB9);
    }

    #[test]
    fn as_the_verifying_chip_rebuilds_it() {
        // Chip reference 7.4, Verify(Validate).
        let temp_key = Secret::new(bytes("9102F19EB5C365BA22A34046538F63B107D271F8E49C3EBCFA3360FCBF72790B"));
        let other = bytes("00 00 00 00 00 00 00 5E 00 00 00 00 00 00 00 00 01 00 00");
        assert_eq!(
            InternalStatement::digest_of(&other, &SERIAL, &temp_key),
            bytes("0669330D37CF18A20169999E1E1D1C577FE884F88F1C349CD0C4D5D91117A9D9")
        );
    }
}
