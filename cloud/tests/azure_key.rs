//! A key of Azure's on its way into a chip, and what the chip's HMAC then makes of it.

use atecc608::blocking::{Atecc608, SharedKey};
use atecc608::config::build::{Builder, Purpose};
use atecc608::config::lint::Severity;
use atecc608::config::{ConfigZone, SlotConfig, SlotFlags, preset};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, Secret, Slot, asynch};
use atecc608_cloud::azure::hub::Device;
use atecc608_cloud::azure::sas::{BlockingChipHmac, ChipHmac, SasToken, SymmetricKey, TOKEN_MAX};
use atecc608_cloud::token::Lifetime;
use atecc608_sim::Bus;
use embassy_futures::block_on;

const NOW: u64 = 1_700_000_000;
const STORAGE: Slot = Slot::S4;
const AZURE: Slot = Slot::S5;
const STORAGE_KEY: [u8; 32] = [0x5A; 32];

/// The layout of the module's documentation: replaceable, written encrypted.
fn layout(chip: &ConfigZone) -> ConfigZone {
    let builder = Builder::new(chip).slot(Slot::S0, Purpose::SigningKey).slot(STORAGE, Purpose::StorageKey);
    let mut zone = builder.slot(AZURE, Purpose::MacKey).build().unwrap();
    let mac_key = SlotConfig::CLOSED.with_flags(SlotFlags::IS_SECRET);
    zone.set_slot_config(AZURE, mac_key.with_write_key(STORAGE).with_write_config(0b0100));
    zone
}

fn provisioned() -> Bus {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = layout(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    chip.ensure_key(Slot::S0).unwrap();
    chip.write_slot(STORAGE, 0, &STORAGE_KEY).unwrap();
    let contents = DataContents::BLANK.with_slot(STORAGE, &STORAGE_KEY).unwrap();
    chip.lock_data(&contents, NoMoreFreeDataWrites).unwrap();
    bus
}

fn write(bus: &Bus, key: &SymmetricKey, num_in: u8) {
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let storage = SharedKey { slot: STORAGE, key: Secret::new(STORAGE_KEY) };
    chip.write_encrypted(AZURE, 0, key.secret(), &storage, &[num_in; 20]).unwrap();
}

/// By both drivers, which give the same.
fn token(bus: &Bus) -> String {
    let resource = Device::new("greenhouse.azure-devices.net", "sensor-1").unwrap().resource();
    let (mut first, mut second) = ([0; TOKEN_MAX], [0; TOKEN_MAX]);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let mut signer = BlockingChipHmac::new(&mut chip, AZURE);
    let first = block_on(SasToken::issue(&resource, NOW, Lifetime::HOUR, &mut signer, &mut first)).unwrap();
    let mut chip = asynch::Atecc608::new(bus.i2c(), bus.delay());
    let mut signer = ChipHmac::new(&mut chip, AZURE);
    let second = block_on(SasToken::issue(&resource, NOW, Lifetime::HOUR, &mut signer, &mut second)).unwrap();
    assert_eq!(first.as_str(), second.as_str());
    first.as_str().to_owned()
}

/// Signatures by Python: `base64(hmac.new(key, text, "sha256").digest())`, percent-encoded.
#[test]
fn shorter_keys_and_full_ones_sign_as_elsewhere() {
    for (key, signature) in [
        (&[0xA5; 32][..], "ulYjWRS5kpc%2BaSzjPc2p%2BRaQZfW2T3pe8LRI%2FD1DVSQ%3D"),
        (&[0xA5; 20], "kPXOVDZ8Oi%2BcBUIVzrRvQfBcwUDVighNWYTaVWbhkpk%3D"),
    ] {
        let bus = provisioned();
        write(&bus, &SymmetricKey::from_bytes(key).unwrap(), 1);
        let expected = format!(
            "SharedAccessSignature sr=greenhouse.azure-devices.net%2Fdevices%2Fsensor-1&sig={signature}&se=1700003600"
        );
        assert_eq!(token(&bus), expected);
    }
}

#[test]
fn the_key_is_never_on_the_bus_and_can_be_replaced() {
    let bus = provisioned();
    bus.restart_trace(1 << 16);
    let key = *b"nobody may see this on the wires";
    write(&bus, &SymmetricKey::from_bytes(&key).unwrap(), 1);
    let before = token(&bus);
    let written = bus.trace().to_string();
    // Recorded at all: the command that starts the HMAC, with the slot.
    assert!(written.contains("07 47 04 05 00"), "{written}");
    let hex: Vec<_> = key.iter().map(|byte| format!("{byte:02X}")).collect();
    for part in hex.windows(4) {
        assert!(!written.contains(&part.join(" ")), "{part:?}");
    }
    write(&bus, &SymmetricKey::from_bytes(&[7; 32]).unwrap(), 2);
    assert_ne!(token(&bus), before);
}

#[test]
fn lint_has_no_objection_to_either_layout() {
    let factory = ConfigZone::from_bytes(preset::FACTORY);
    let fixed = Builder::new(&factory).slot(AZURE, Purpose::MacKey).build().unwrap();
    for zone in [layout(&factory), fixed] {
        let findings: Vec<_> = zone.lint().filter(|finding| finding.severity > Severity::Notice).collect();
        assert!(findings.is_empty(), "{findings:?}");
    }
}

#[test]
fn a_token_takes_so_long_on_the_bus() {
    let bus = provisioned();
    write(&bus, &SymmetricKey::from_bytes(&[7; 32]).unwrap(), 1);
    let resource = Device::new("greenhouse.azure-devices.net", "sensor-1").unwrap().resource();
    let mut buffer = [0; TOKEN_MAX];
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let start = bus.now();
    let mut signer = BlockingChipHmac::new(&mut chip, AZURE);
    block_on(SasToken::issue(&resource, NOW, Lifetime::HOUR, &mut signer, &mut buffer)).unwrap();
    // The simulator's clock, in nanoseconds, at 100 kHz. The documentation says some 45 ms.
    let millis = (bus.now() - start) / 1_000_000;
    assert!((40..50).contains(&millis), "{millis} ms");
}

/// What a slot without a usable key says.
#[test]
fn another_slot_is_refused_in_words() {
    let bus = provisioned();
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let mut signer = BlockingChipHmac::new(&mut chip, Slot::S0);
    let resource = Device::new("h", "d").unwrap().resource();
    let mut buffer = [0; TOKEN_MAX];
    let error =
        block_on(SasToken::issue(&resource, NOW, Lifetime::HOUR, &mut signer, &mut buffer)).unwrap_err();
    assert!(error.to_string().contains("no private key"), "{error}");
}
