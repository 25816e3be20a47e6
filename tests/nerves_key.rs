//! Tables that other people lock chips with: without lint errors, provisioned, and used as they are meant.

use atecc608::blocking::{Atecc608, SharedKey};
use atecc608::command::{InfoLatch, LatchAction, Mac, MacBlocks};
use atecc608::config::explain::{Action, Stage};
use atecc608::config::lint::Severity;
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{Address, DataContents, Error, KeyOrigin, PublicKey, Secret, Slot, Status};
use atecc608_sim::Bus;
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use atecc608_sim::preset::Preset;
use embedded_hal::delay::DelayNs;

type Driver = Atecc608<SimI2c, SimDelay>;

/// Bytes 16 to 127 of NervesKey with a volatile key: slot 1 authorises by CheckMac and is of KeyType 6, slots 0 and
/// 2 work while the latch is set.
const NERVES_KEY_VOLATILE: [u8; 112] = {
    let mut table = [0; 112];
    let slots = [0x2087, 0x9081, 0x9081, 0x0F0F, 0x0F0F, 0x0F0F, 0x0F0F, 0x0F0F];
    let more = [0x0F0F, 0x0F0F, 0x2F0F, 0x2F0F, 0x2F0F, 0x2F0F, 0x0F0F, 0x0F0F];
    let keys = [0x1033, 0x0078, 0x1038, 0x001C, 0x001C, 0x001C, 0x001C, 0x001C];
    let more_keys = [0x003C, 0x003C, 0x003C, 0x0030, 0x003C, 0x003C, 0x003C, 0x003C];
    let mut slot = 0;
    while slot < 16 {
        let (config, key): (u16, u16) =
            if slot < 8 { (slots[slot], keys[slot]) } else { (more[slot - 8], more_keys[slot - 8]) };
        (table[4 + 2 * slot], table[5 + 2 * slot]) = (config as u8, (config >> 8) as u8);
        (table[80 + 2 * slot], table[81 + 2 * slot]) = (key as u8, (key >> 8) as u8);
        slot += 1;
    }
    table[0] = 0xC0;
    (table[36], table[37], table[38], table[39]) = (0xFF, 0xFF, 0xFF, 0xFF);
    (table[44], table[45], table[46], table[47]) = (0xFF, 0xFF, 0xFF, 0xFF);
    table[53] = 0x81;
    (table[70], table[71], table[72], table[73]) = (0x55, 0x55, 0xFF, 0xFF);
    table
};
const ACTIVATION: [u8; 32] = *b"correct horse battery staple\0\0\0\0";
const DIGEST: [u8; 32] = [0x17; 32];

fn wanted(chip: &ConfigZone) -> ConfigZone {
    let mut zone = preset::FACTORY;
    zone[16..].copy_from_slice(&NERVES_KEY_VOLATILE);
    preset::on_chip(&zone, chip)
}

fn driver(bus: &Bus) -> Driver {
    Atecc608::new(bus.i2c(), bus.delay())
}

fn refused<T: core::fmt::Debug>(result: Result<T, Error<I2cError>>) {
    assert_eq!(result.unwrap_err().status(), Some(Status::Execution));
}

/// A chip with the table, its volatile key and its device key.
fn provisioned(bus: &Bus) -> (Driver, PublicKey) {
    let mut chip = driver(bus);
    let found = chip.read_config().unwrap();
    let plan = chip.plan(&wanted(&found)).unwrap();
    chip.commit(&plan, NoMoreConfigWrites).unwrap();
    // It can be written between the locks only.
    chip.write_slot(Slot::S1, 0, &ACTIVATION).unwrap();
    let contents = DataContents::BLANK.with_slot(Slot::S1, &ACTIVATION).unwrap();
    let (key, origin) =
        chip.provision(wanted, Slot::S0, &contents, NoMoreConfigWrites, NoMoreFreeDataWrites).unwrap();
    assert_eq!(origin, KeyOrigin::Made);
    (chip, key)
}

fn activate(chip: &mut Driver, key: &[u8; 32]) -> Result<(), Error<I2cError>> {
    let shared = SharedKey { slot: Slot::S1, key: Secret::new(*key) };
    chip.session(|chip| {
        chip.authorise(&shared, &[7; 20])?;
        chip.execute(&InfoLatch(LatchAction::Set)).map(drop)
    })
}

fn mac(chip: &mut Driver) -> Result<Secret<32>, Error<I2cError>> {
    let blocks = MacBlocks::SlotAndChallenge(&[9; 32]);
    chip.execute(&Mac { blocks, include_serial: false, slot: Slot::S2 }).map(Secret::new)
}

#[test]
fn the_volatile_table_has_no_errors() {
    let zone = wanted(&ConfigZone::from_bytes(preset::FACTORY));
    assert_eq!(zone.lint_errors(), 0, "{}", zone.lint());
    // On a part without AES the volatile key authorises all the same; only slot 2, for AES keys by its type and named
    // by nobody, is told.
    let mut without_aes = zone;
    without_aes.set_byte(13, 0);
    let errors = without_aes.lint().filter(|finding| finding.severity == Severity::Error);
    assert_eq!(errors.map(|finding| finding.slot).collect::<Vec<_>>(), [Some(Slot::S2)]);
    // And the key of another type than 7 may do all that the table wants of it.
    let check = zone.permission(Slot::S1, Action::CheckMac, Stage::Locked).unwrap();
    assert!(check.random && check.authorised_by.is_none());
    assert!(zone.permission(Slot::S0, Action::SignExternal, Stage::Locked).unwrap().latch);
    // It is the table that the simulated chip starts with, too.
    let simulated = *Preset::NervesKeyVolatile.eeprom(1).config();
    assert!((16..128).all(|at| matches!(at, 86 | 87) || simulated[at] == zone.byte(at as u8)));
}

/// One call does it where nothing has to be written between the locks.
#[test]
fn provision_takes_the_table() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = driver(&bus);
    let (key, _) = chip
        .provision(wanted, Slot::S0, &DataContents::BLANK, NoMoreConfigWrites, NoMoreFreeDataWrites)
        .unwrap();
    assert_eq!(chip.public_key(Slot::S0).unwrap(), key);
    let locks = chip.lock_state().unwrap();
    assert!(locks.config && locks.data);
}

#[test]
fn authorised_and_signed() {
    let bus = Bus::with_blank_chip(1);
    let (mut chip, key) = provisioned(&bus);
    refused(chip.sign_digest(Slot::S0, &DIGEST));
    refused(mac(&mut chip));
    assert_eq!(activate(&mut chip, &[0; 32]).unwrap_err().status(), Some(Status::Miscompare));
    refused(chip.sign_digest(Slot::S0, &DIGEST));

    activate(&mut chip, &ACTIVATION).unwrap();
    let signature = chip.sign_digest(Slot::S0, &DIGEST).unwrap();
    chip.verify(&key, &DIGEST, &signature).unwrap();
    mac(&mut chip).unwrap();

    bus.power_cycle();
    bus.delay().delay_ms(1);
    refused(chip.sign_digest(Slot::S0, &DIGEST));
}

/// The chips that the simulator starts from: found at their address, and they sign.
#[test]
fn other_peoples_chips_sign() {
    for preset in Preset::ALL {
        let bus = Bus::new();
        bus.add(preset.chip(1));
        let address = Address::from_7bit(preset.address()).unwrap();
        let mut chip = driver(&bus).with_address(address);
        let zone = chip.read_config().unwrap();
        assert!(zone.is_config_locked() && zone.is_data_locked() && zone.aes_enabled(), "{preset}");
        assert_eq!(zone.i2c_address(), Some(address));
        assert!(chip.revision().unwrap().is_608());
        if preset == Preset::NervesKeyVolatile {
            activate(&mut chip, &Preset::VOLATILE_KEY).unwrap();
        }
        let slot = Slot::new(preset.device_key() as u8).unwrap();
        let key = chip.public_key(slot).unwrap();
        if preset == Preset::TngTlsPublished {
            // Nobody but the real chip has that key.
            refused(chip.sign_message(slot, b"a message"));
            continue;
        }
        let signature = chip.sign_message(slot, b"a message").unwrap();
        let digest = chip.sha256(b"a message").unwrap();
        chip.verify(&key, &digest, &signature).unwrap();
        // None of these tables is one that lint calls broken, but for Arduino's, made for another chip.
        assert_eq!(zone.lint_errors() == 0, preset != Preset::Arduino, "{preset}: {}", zone.lint());
    }
}
