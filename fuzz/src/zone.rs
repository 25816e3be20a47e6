//! A configuration of any bytes: fields read and written back leave it as it was.

use super::Source;
use atecc608::Slot;
use atecc608::command::CounterId;
use atecc608::config::{ConfigZone, preset};

pub fn zone(data: &[u8]) -> ConfigZone {
    ConfigZone::from_bytes(Source(data).array())
}

pub fn run(data: &[u8]) {
    let zone = zone(data);
    let mut copy = zone;
    for slot in Slot::all() {
        copy.set_slot_config(slot, zone.slot_config(slot));
        copy.set_key_config(slot, zone.key_config(slot));
        let _ = zone.is_slot_locked(slot);
    }
    copy.set_chip_mode(zone.chip_mode());
    copy.set_chip_options(zone.chip_options());
    assert_eq!(copy, zone, "fields that are written back as they are read");
    for counter in [CounterId::Counter0, CounterId::Counter1] {
        let value = zone.counter(counter);
        if copy.set_counter(counter, value).is_some() {
            assert_eq!(copy.counter(counter), value);
        }
    }
    let _ = (zone.i2c_address(), zone.count_match(), zone.kdf_iv(), zone.volatile_key_permission());
    let _ = (zone.secure_boot(), zone.serial_number(), zone.revision(), zone.is_data_locked());
    assert_eq!(zone.difference(&zone).count(), 0);
    // A preset leaves the chip's own bytes alone, and can be written.
    let preset = preset::gcp_device(&zone);
    assert!(preset.difference(&zone).all(|byte| ConfigZone::is_writable(byte.offset)));
    assert!(format!("{zone}").len() > 100);
}
