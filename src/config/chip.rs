//! Fields that concern the whole chip (chip reference 4.4, 4.12, 4.13).

mod mode;
mod options;
mod secure_boot;

pub use mode::{ChipMode, ClockDivider};
pub use options::{ChipOptions, OutputProtection};
pub use secure_boot::{SecureBoot, SecureBootMode};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Slot;

    #[test]
    fn examples_of_the_reference() {
        // Chip reference 4.4.
        for (byte, divider) in [(0x00, ClockDivider::M0), (0x28, ClockDivider::M1), (0x68, ClockDivider::M2)]
        {
            assert_eq!(ChipMode::from_bits(byte).clock_divider(), divider);
            assert_eq!(ChipMode::from_bits(0x07).with_clock_divider(divider).bits(), byte | 0x07);
        }
        let mode = ChipMode::from_bits(0x05);
        assert!(mode.alternate_address() && !mode.ttl_enable() && mode.long_watchdog());
        // 4.12: bytes 03 F7 of TFLXTLS.
        let boot = SecureBoot::from_bits(0xF703);
        assert_eq!(boot, SecureBoot::new(SecureBootMode::FullDigest, Slot::S7, Slot::S15));
        assert_eq!((boot.mode(), boot.sets_latch()), (SecureBootMode::FullDigest, false));
        assert!(
            SecureBoot::from_bits(0x0018).sets_latch() && SecureBoot::from_bits(0x0018).needs_random_nonce()
        );
        // 4.13: 0E 60 of the Trust parts, 02 04 of BitBox02.
        let trust = ChipOptions::from_bits(0x600E);
        assert_eq!(trust.io_protection_key(), Some(Slot::S6));
        assert!(trust.kdf_aes() && trust.auto_clear_first_fail() && !trust.power_on_self_test());
        let bitbox = ChipOptions::from_bits(0x0402);
        assert_eq!(bitbox.io_protection_key(), Some(Slot::S0));
        assert_eq!(bitbox.ecdh_protection(), OutputProtection::Clear);
        assert_eq!(bitbox.kdf_protection(), OutputProtection::Encrypted);
        assert_eq!(ChipOptions::from_bits(0).io_protection_key(), None);
    }
}
