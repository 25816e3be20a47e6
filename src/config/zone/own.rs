//! What each chip has of its own: bytes 0 to 15 (chip reference 4.3), and for which chip a table was made.

use crate::command::{Model, Revision};
use crate::config::ConfigZone;
use crate::serial::SerialNumber;

impl ConfigZone {
    /// Serial number, bytes 0 to 3 and 8 to 12. Never writable.
    #[must_use]
    pub const fn serial_number(&self) -> SerialNumber {
        let [a, b, c, d, _, _, _, _, e, f, g, h, i, ..] = self.0;
        SerialNumber([a, b, c, d, e, f, g, h, i])
    }

    /// Revision, bytes 4 to 7. Never writable.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        Revision(self.word(1))
    }

    /// Whether bytes 0 to 15 can be a chip's own. In templates they are 0 or FF; lint and explain then do
    /// without them, as for a chip with I2C and AES.
    #[must_use]
    pub const fn has_own_bytes(&self) -> bool {
        let mut offset = 0;
        while offset < 16 {
            if !matches!(self.byte(offset), 0x00 | 0xFF) {
                return true;
            }
            offset += 1;
        }
        false
    }

    /// Whether the table was made for an ATECC508A (chip reference 4.14): by its revision, a value of OTPmode
    /// where CountMatch is now (byte 18), or LastKeyUse where the 608 has UseLock, SecureBoot and others (bytes 68
    /// to 83, all FF). Slots and keys mean the same on both.
    #[must_use]
    pub const fn is_for_508a(&self) -> bool {
        matches!(self.revision().model(), Model::Atecc508A) || self.has_otp_mode() || self.has_last_key_use()
    }

    /// A value of the 508A's OTPmode; as CountMatch it would have reserved bits.
    pub(crate) const fn has_otp_mode(&self) -> bool {
        matches!(self.byte(18), 0x55 | 0xAA)
    }

    /// The 508A's LastKeyUse, unused.
    pub(crate) const fn has_last_key_use(&self) -> bool {
        let mut offset = 68;
        while offset < 84 {
            if self.byte(offset) != 0xFF {
                return false;
            }
            offset += 1;
        }
        true
    }

    /// The AES command is available, as far as is known.
    pub(crate) const fn may_have_aes(&self) -> bool {
        self.aes_enabled() || !self.has_own_bytes()
    }

    /// Whether the AES command is available (byte 13). Never writable.
    #[must_use]
    pub const fn aes_enabled(&self) -> bool {
        self.byte(13) & 1 == 1
    }

    /// Whether the interface is I2C, else single wire (byte 14). Never writable.
    #[must_use]
    pub const fn i2c_enabled(&self) -> bool {
        self.byte(14) & 1 == 1
    }
}
