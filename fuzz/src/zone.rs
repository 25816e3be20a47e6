//! A configuration of any bytes: fields read and written back leave it as it was, and fields written are read.

use super::Source;
use atecc608::Slot;
use atecc608::command::CounterId;
use atecc608::config::{
    ConfigZone, KeyConfig, KeyType, SecureBoot, SecureBootMode, SlotConfig, WritePolicy, preset,
};

pub fn zone(data: &[u8]) -> ConfigZone {
    ConfigZone::from_bytes(Source(data).array())
}

/// Setters with what getters say.
fn unchanged(zone: &ConfigZone) {
    let mut copy = *zone;
    for slot in Slot::all() {
        let (config, key) = (zone.slot_config(slot), zone.key_config(slot));
        let config = config.with_flags(config.flags()).with_read_key(config.read_key());
        copy.set_slot_config(
            slot,
            config.with_write_key(config.write_key()).with_write_config(config.write_config()),
        );
        let key = key.with_flags(key.flags()).with_key_type(key.key_type()).with_x509_id(key.x509_id());
        let key = if key.auth_key().is_some() { key.with_auth_key(key.auth_key()) } else { key };
        copy.set_key_config(slot, key);
    }
    for index in 0..4 {
        copy.set_x509_format(index, zone.x509_format(index));
    }
    let mode = zone.chip_mode();
    copy.set_chip_mode(mode.with_clock_divider(mode.clock_divider()));
    copy.set_chip_options(zone.chip_options());
    copy.set_use_lock(zone.use_lock());
    copy.set_secure_boot(zone.secure_boot());
    let (offset, bytes) = zone.kdf_iv();
    copy.set_kdf_iv(offset, bytes);
    if let Some(address) = zone.i2c_address() {
        copy.set_i2c_address(address);
    }
    // A clock divider that the chip does not know is written as one that it does; an address has seven bits.
    for byte in zone.difference(&copy) {
        assert!(matches!(byte.offset, 16 | 19), "byte {} is not written as it is read", byte.offset);
    }
    assert_eq!(copy.chip_mode().clock_divider(), mode.clock_divider());
    assert_eq!(copy.i2c_address(), zone.i2c_address());
}

/// Getters beside the bits of the reference.
fn decoded(zone: &ConfigZone) {
    let bytes = zone.as_bytes();
    let bits = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    for (n, slot) in Slot::all().enumerate() {
        let (config, key) = (zone.slot_config(slot), zone.key_config(slot));
        let (config_bits, key_bits) = (bits(20 + 2 * n), bits(96 + 2 * n));
        assert_eq!((config.bits(), key.bits()), (config_bits, key_bits));
        assert_eq!(usize::from(config.read_key().number()), usize::from(config_bits & 0xF));
        assert_eq!(usize::from(config.write_key().number()), usize::from(config_bits >> 8 & 0xF));
        let policy = match config_bits >> 12 {
            0 => WritePolicy::Always,
            1 => WritePolicy::UnlessValidated,
            4..=7 | 12..=15 => WritePolicy::Encrypted,
            _ => WritePolicy::Never,
        };
        assert_eq!(config.write_policy(), policy);
        assert_eq!(config.allows_gen_key(), config_bits & 0x2000 != 0);
        assert_eq!(config.allows_priv_write(), config_bits & 0x4000 != 0);
        assert_eq!(key.is_private(), key_bits & 1 == 1);
        let kind = match key_bits >> 2 & 7 {
            4 => KeyType::P256,
            6 => KeyType::Aes,
            7 => KeyType::ShaOrData,
            other => KeyType::Reserved(other as u8),
        };
        assert_eq!(key.key_type(), kind);
        let auth = (key_bits & 0x80 != 0).then_some((key_bits >> 8 & 0xF) as u8);
        assert_eq!(key.auth_key().map(Slot::number), auth);
        assert_eq!(u16::from(key.x509_id()), key_bits >> 14);
        assert_eq!(zone.is_slot_locked(slot), bits(88) >> n & 1 == 0);
    }
    let boot = zone.secure_boot();
    assert_eq!(u16::from(boot.digest_slot().number()), bits(70) >> 8 & 0xF);
    assert_eq!(u16::from(boot.key_slot().number()), bits(70) >> 12);
    let options = zone.chip_options();
    let io_key = (bits(90) & 0x0002 != 0).then_some((bits(90) >> 12) as u8);
    assert_eq!(options.io_protection_key().map(Slot::number), io_key);
    assert_eq!((zone.is_config_locked(), zone.is_data_locked()), (bytes[87] != 0x55, bytes[86] != 0x55));
    let permission = (bytes[69] & 0x80 != 0).then_some(bytes[69] & 0xF);
    assert_eq!(zone.volatile_key_permission().map(Slot::number), permission);
    let limit = (bytes[18] & 1 != 0).then_some(bytes[18] >> 4);
    assert_eq!(zone.count_match().map(Slot::number), limit);
    assert_eq!(zone.kdf_iv(), (bytes[72], [bytes[73], bytes[74]]));
    assert_eq!(
        (zone.user_extra(), zone.user_extra_add(), zone.use_lock()),
        (bytes[84], bytes[85], bytes[68])
    );
    assert_eq!((zone.aes_enabled(), zone.i2c_enabled()), (bytes[13] & 1 == 1, bytes[14] & 1 == 1));
    assert_eq!(zone.revision().0, bytes[4..8]);
    assert_eq!(zone.serial_number().0[4..], bytes[8..13]);
}

/// Values of any kind written and read, and nothing else touched.
fn written(mut zone: ConfigZone, source: &mut Source<'_>) {
    while !source.is_empty() {
        let before = zone;
        let what = source.byte();
        let (slot, value) = (Slot::all().nth(usize::from(what >> 4)).expect("a slot"), source.byte());
        let other = Slot::all().nth(usize::from(value & 0xF)).expect("a slot");
        let n = slot.number();
        let touched = match what & 0xF {
            0 => {
                let config = SlotConfig::from_bits(zone.slot_config(slot).bits()).with_read_key(other);
                zone.set_slot_config(slot, config);
                assert_eq!(zone.slot_config(slot).read_key(), other);
                20 + 2 * n..22 + 2 * n
            }
            1 => {
                zone.set_slot_config(slot, zone.slot_config(slot).with_write_key(other));
                assert_eq!(zone.slot_config(slot).write_key(), other);
                20 + 2 * n..22 + 2 * n
            }
            2 => {
                zone.set_slot_config(slot, zone.slot_config(slot).with_write_config(value & 0xF));
                assert_eq!(zone.slot_config(slot).write_config(), value & 0xF);
                20 + 2 * n..22 + 2 * n
            }
            3 => {
                let auth = (value & 0x80 != 0).then_some(other);
                zone.set_key_config(slot, zone.key_config(slot).with_auth_key(auth));
                assert_eq!(zone.key_config(slot).auth_key(), auth);
                96 + 2 * n..98 + 2 * n
            }
            4 => {
                let kind = KeyType::from_bits(value);
                let key = KeyConfig::new(kind, zone.key_config(slot).flags()).with_x509_id(value >> 4 & 3);
                zone.set_key_config(slot, key);
                assert_eq!((key.key_type(), key.x509_id()), (kind, value >> 4 & 3));
                96 + 2 * n..98 + 2 * n
            }
            5 => {
                let limit = (value & 0x80 != 0).then_some(other);
                zone.set_count_match(limit);
                assert_eq!(zone.count_match(), limit);
                18..19
            }
            6 => {
                let permission = (value & 0x80 != 0).then_some(other);
                zone.set_volatile_key_permission(permission);
                assert_eq!(zone.volatile_key_permission(), permission);
                69..70
            }
            7 => {
                let boot = SecureBoot::new(SecureBootMode::FullDigest, slot, other);
                zone.set_secure_boot(boot);
                assert_eq!((boot.digest_slot(), boot.key_slot()), (slot, other));
                70..72
            }
            8 | 9 => {
                let counter = [CounterId::Counter0, CounterId::Counter1][usize::from(what & 1)];
                let number = u32::from_le_bytes([value, source.byte(), source.byte() & 0x3F, 0]);
                assert_eq!(zone.set_counter(counter, number).is_some(), number <= 2_097_151);
                if number <= 2_097_151 {
                    assert_eq!(zone.counter(counter), number);
                }
                52 + 8 * (what & 1)..60 + 8 * (what & 1)
            }
            _ => {
                zone.set_byte(value, what);
                assert_eq!(zone.byte(value), if value < 128 { what } else { 0 });
                value..value.saturating_add(1)
            }
        };
        assert!(
            zone.difference(&before).all(|byte| touched.contains(&byte.offset)),
            "{what:#04x} {touched:?}"
        );
    }
}

pub fn run(data: &[u8]) {
    let zone = zone(data);
    unchanged(&zone);
    decoded(&zone);
    written(zone, &mut Source(data.get(128..).unwrap_or_default()));
    assert_eq!(zone.difference(&zone).count(), 0);
    // A preset leaves the chip's own bytes alone, and can be written.
    for preset in [preset::gcp_device(&zone), preset::on_chip(&preset::TNGTLS, &zone)] {
        assert!(preset.difference(&zone).all(|byte| ConfigZone::is_writable(byte.offset)));
    }
    assert!(format!("{zone}").lines().count() > 16);
}
