//! The zone in words.

use super::{ConfigZone, DerivePolicy, KeyConfig, KeyFlags, KeyType, SlotConfig, SlotFlags, WritePolicy};
use crate::command::CounterId;
use crate::memory::Slot;
use core::fmt;

impl ConfigZone {
    /// Name of the field a byte belongs to (chip reference 4.3).
    #[must_use]
    pub const fn field_name(offset: u8) -> &'static str {
        match offset {
            0..=3 | 8..=12 => "serial number",
            4..=7 => "revision",
            13 => "AES enable",
            14 => "I2C enable",
            16 => "I2C address",
            18 => "CountMatch",
            19 => "ChipMode",
            20..=51 => "SlotConfig",
            52..=59 => "Counter0",
            60..=67 => "Counter1",
            68 => "UseLock",
            69 => "VolatileKeyPermission",
            70..=71 => "SecureBoot",
            72 => "KdfIvLoc",
            73..=74 => "KdfIvStr",
            84 => "UserExtra",
            85 => "UserExtraAdd",
            86 => "LockValue",
            87 => "LockConfig",
            88..=89 => "SlotLocked",
            90..=91 => "ChipOptions",
            92..=95 => "X509format",
            96..=127 => "KeyConfig",
            _ => "reserved",
        }
    }
}

impl fmt::Debug for ConfigZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfigZone(")?;
        for byte in self.as_bytes() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

fn lock(locked: bool) -> &'static str {
    if locked { "locked" } else { "unlocked" }
}

impl fmt::Display for ConfigZone {
    /// Several lines: chip, locks, counters, then one line a slot.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, serial number {}", self.revision(), self.serial_number())?;
        match self.i2c_address() {
            Some(address) => write!(f, "I2C address {address}")?,
            None => write!(f, "I2C address byte {:#04x} (reserved!)", self.byte(16))?,
        }
        writeln!(
            f,
            ", clock {:?}, {} watchdog",
            self.chip_mode().clock_divider(),
            if self.chip_mode().long_watchdog() { "long" } else { "short" }
        )?;
        writeln!(
            f,
            "config zone {}, data zone {}",
            lock(self.is_config_locked()),
            lock(self.is_data_locked())
        )?;
        write!(
            f,
            "counters {} and {}",
            self.counter(CounterId::Counter0),
            self.counter(CounterId::Counter1)
        )?;
        if let Some(slot) = self.count_match() {
            write!(f, ", limit of the first in {slot}")?;
        }
        if let Some(slot) = self.volatile_key_permission() {
            write!(f, "; persistent latch set with {slot}")?;
        }
        if let Some(slot) = self.chip_options().io_protection_key() {
            write!(f, "; I/O protection key in {slot}")?;
        }
        let boot = self.secure_boot();
        if boot.bits() & 3 != 0 {
            write!(
                f,
                "; secure boot {:?}, key {}, digest {}",
                boot.mode(),
                boot.key_slot(),
                boot.digest_slot()
            )?;
        }
        for slot in Slot::all() {
            write!(f, "\nslot {:>2}: ", slot.number())?;
            describe_slot(f, self.slot_config(slot), self.key_config(slot))?;
            if self.is_slot_locked(slot) {
                f.write_str(", slot locked")?;
            }
        }
        Ok(())
    }
}

fn describe_slot(f: &mut fmt::Formatter<'_>, slot: SlotConfig, key: KeyConfig) -> fmt::Result {
    if key.is_private() {
        f.write_str("private key")?;
        let mut separator = ": ";
        for (name, _) in slot.permissions().iter_names() {
            write!(f, "{separator}{name}")?;
            separator = ", ";
        }
        if slot.allows_gen_key() {
            f.write_str("; GenKey may replace it")?;
        }
        if slot.allows_priv_write() {
            write!(f, "; PrivWrite under {}", slot.write_key())?;
        }
        if key.flags().contains(KeyFlags::PUB_INFO) {
            f.write_str("; public key on request")?;
        }
    } else {
        match key.key_type() {
            KeyType::P256 => f.write_str("public key")?,
            KeyType::Aes => f.write_str("AES keys")?,
            KeyType::ShaOrData => f.write_str("key or data")?,
            KeyType::Reserved(code) => write!(f, "unusable key type {code}")?,
        }
        let flags = slot.flags();
        match (flags.contains(SlotFlags::IS_SECRET), flags.contains(SlotFlags::ENCRYPT_READ)) {
            (false, false) => f.write_str("; read in clear")?,
            (true, false) => f.write_str("; never read")?,
            (_, true) => write!(f, "; read encrypted with {}", slot.read_key())?,
        }
        match slot.write_policy() {
            WritePolicy::Always => f.write_str("; written in clear")?,
            WritePolicy::UnlessValidated => f.write_str("; written in clear unless validated")?,
            WritePolicy::Never => f.write_str("; never written")?,
            WritePolicy::Encrypted => write!(f, "; written encrypted with {}", slot.write_key())?,
        }
        match slot.derive_policy() {
            DerivePolicy::Never => {}
            DerivePolicy::Roll { .. } => f.write_str("; DeriveKey rolls it")?,
            DerivePolicy::Create { .. } => write!(f, "; DeriveKey from {}", slot.write_key())?,
        }
        if flags.contains(SlotFlags::NO_MAC) {
            f.write_str("; no MAC")?;
        }
    }
    if slot.flags().contains(SlotFlags::LIMITED_USE) {
        f.write_str("; limited use")?;
    }
    if let Some(auth) = key.auth_key() {
        write!(f, "; needs authorisation by {auth}")?;
    }
    for (flag, text) in [
        (KeyFlags::REQ_RANDOM, "; needs a random nonce"),
        (KeyFlags::PERSISTENT_DISABLE, "; needs the persistent latch"),
        (KeyFlags::LOCKABLE, "; lockable"),
    ] {
        if key.flags().contains(flag) {
            f.write_str(text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::preset;
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_person_can_read_it() {
        let zone = preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY));
        let text = zone.to_string();
        for line in [
            "ATECC608A (00006002), serial number 0123000000000000ee",
            "I2C address 0x60, clock M0, short watchdog",
            "config zone unlocked, data zone unlocked",
            "counters 0 and 0",
            "slot  0: private key: EXTERNAL_SIGN; public key on request",
            "slot  1: private key: EXTERNAL_SIGN; GenKey may replace it; public key on request; lockable",
            "slot  2: key or data; never read; never written; no MAC",
            "slot  8: key or data; read in clear; written in clear; lockable",
        ] {
            assert!(text.lines().any(|l| l == line), "no line {line:?} in\n{text}");
        }
        assert_eq!(text.lines().count(), 20);
        assert!(std::format!("{zone:?}").starts_with("ConfigZone(01230000000060020000"));
    }

    #[test]
    fn every_byte_has_a_name() {
        assert_eq!(ConfigZone::field_name(16), "I2C address");
        assert_eq!(ConfigZone::field_name(17), "reserved");
        assert_eq!(ConfigZone::field_name(127), "KeyConfig");
    }
}
