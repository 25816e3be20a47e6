//! The fields of a configuration in words (chip reference 4.3).

use atecc608::Slot;
use atecc608::command::CounterId;
use atecc608::config::{ConfigZone, LockState};

use crate::parse::hex;

/// A field, and what its bytes say.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) words: fn(&ConfigZone) -> String,
}

macro_rules! fields {
    ($name:ident: $($field:literal $words:expr;)*) => {
        pub(super) const $name: &[Field] = &[$(Field { name: $field, words: $words },)*];
    };
}

// Bytes 0 to 15 and 84 to 87.
fields! { OWN:
    "serial number" |zone| zone.serial_number().to_string();
    "revision" |zone| zone.revision().to_string();
    "other own bytes (13 to 15)" |zone| bytes(zone, 13, 15);
    "UserExtra" |zone| bytes(zone, 84, 84);
    "UserExtraAdd" |zone| bytes(zone, 85, 85);
    "locks" |zone| {
        let word = |locked| if locked { "locked" } else { "open" };
        let [data, config] = [zone.is_data_locked(), zone.is_config_locked()].map(word);
        format!("{}  configuration {config}, data {data}", bytes(zone, 86, 87))
    };
}

// The rest, but for the slots.
fields! { FIELDS:
    "I2C address" |zone| match zone.i2c_address() {
        Some(address) => address.to_string(),
        None => format!("{} (reserved)", bytes(zone, 16, 16)),
    };
    "reserved (byte 17)" |zone| bytes(zone, 17, 17);
    "CountMatch" |zone| match zone.count_match() {
        Some(slot) => format!("{}  limit of Counter0 in {slot}", bytes(zone, 18, 18)),
        None => format!("{}  no limit of Counter0", bytes(zone, 18, 18)),
    };
    "ChipMode" |zone| {
        let mode = zone.chip_mode();
        let watchdog = if mode.long_watchdog() { "long" } else { "short" };
        format!("{}  clock {:?}, {watchdog} watchdog", bytes(zone, 19, 19), mode.clock_divider())
    };
    "Counter0" |zone| format!("{}  {}", bytes(zone, 52, 59), zone.counter(CounterId::Counter0));
    "Counter1" |zone| format!("{}  {}", bytes(zone, 60, 67), zone.counter(CounterId::Counter1));
    "UseLock" |zone| bytes(zone, 68, 68);
    "VolatileKeyPermission" |zone| match zone.volatile_key_permission() {
        Some(slot) => format!("{}  persistent latch set with {slot}", bytes(zone, 69, 69)),
        None => format!("{}  no persistent latch by Info", bytes(zone, 69, 69)),
    };
    "SecureBoot" |zone| {
        let boot = zone.secure_boot();
        let (mode, key, digest) = (boot.mode(), boot.key_slot(), boot.digest_slot());
        format!("{}  {mode:?}, key {key}, digest {digest}", bytes(zone, 70, 71))
    };
    "KDF IV" |zone| bytes(zone, 72, 74);
    "reserved (bytes 75 to 83)" |zone| bytes(zone, 75, 83);
    "locked slots" |zone| {
        let locks = LockState::of(zone);
        let locked = Slot::all().filter(|slot| locks.slot(*slot)).map(|slot| slot.to_string());
        let locked = locked.collect::<Vec<_>>().join(", ");
        format!("{}  {}", bytes(zone, 88, 89), if locked.is_empty() { "none" } else { &locked })
    };
    "ChipOptions" |zone| {
        let options = zone.chip_options();
        let key = match options.io_protection_key() {
            Some(slot) => format!("I/O protection key in {slot}"),
            None => "no I/O protection key".into(),
        };
        let (ecdh, kdf) = (options.ecdh_protection(), options.kdf_protection());
        format!("{}  {key}, ECDH {ecdh:?}, KDF {kdf:?}", bytes(zone, 90, 91))
    };
    "X509format" |zone| bytes(zone, 92, 95);
}

fn bytes(zone: &ConfigZone, first: u8, last: u8) -> String {
    let bytes: Vec<u8> = (first..=last).map(|offset| zone.byte(offset)).collect();
    hex(&bytes)
}

/// A slot as the configuration's own text has it.
pub(super) fn of_slot(zone: &ConfigZone, slot: Slot) -> String {
    let head = format!("slot {:>2}: ", slot.number());
    let text = zone.to_string();
    let line = text.lines().find_map(|line| line.strip_prefix(&head));
    line.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use atecc608::config::preset;

    /// Whatever byte differs, something is said.
    #[test]
    fn every_byte_is_in_a_field() {
        let zone = ConfigZone::from_bytes(preset::FACTORY);
        for offset in 0..128 {
            let mut other = zone;
            other.set_byte(offset, zone.byte(offset) ^ 0x21);
            let differences = super::super::Differences::new(&zone, &other, "left", "right");
            assert_ne!(differences.to_string(), "", "byte {offset}");
            assert_eq!(differences.is_empty(), !ConfigZone::is_writable(offset), "byte {offset}");
        }
    }
}
