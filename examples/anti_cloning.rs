//! Anti-cloning: a main unit takes accessories (cartridges, batteries, sensors) with the vendor's chip in
//! them, and no copies.
//!
//! The accessory answers a challenge with a MAC under its key and its serial number; the main unit's own
//! chip checks it. Each accessory has a key of its own, derived from a parent key and its serial number, so
//! that a key that leaks betrays one accessory. The main unit's chip derives it anew for each check.
//!
//! | Chip | Slot | Holds | Why |
//! |---|---|---|---|
//! | accessory | 3 | its key | makes MACs; written before the data lock, never read, never written again |
//! | main unit | 4 | the parent key | GenDig and CheckMac: its NoMac keeps it from making MACs |
//! | accessory | 8 | data anyone reads | what a copier can copy |
//!
//! Both configurations are built from these purposes; all other slots are closed.
//!
//! Run it with `cargo run --example anti_cloning`.

use atecc608::config::ConfigZone;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{Secret, Slot};
use p256::elliptic_curve::Generate;
use testkit::demo::{Driver, Failure, blank_chip, checked, refused};

/// What runs on accessory and main unit, and in the factory.
mod firmware {
    use atecc608::blocking::Atecc608;
    use atecc608::command::{CheckMac, GenDig, MacBlocks, NonceFixed, OtherData, TempKeySource};
    use atecc608::config::ConfigZone;
    use atecc608::config::build::{Builder, Purpose};
    use atecc608::config::plan::CommitError;
    use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
    use atecc608::{DataContents, Error, Secret, SerialNumber, Slot, host};
    use embedded_hal::delay::DelayNs;
    use embedded_hal::i2c::I2c;

    const KEY: Slot = Slot::S3;
    const PARENT: Slot = Slot::S4;
    const DATA: Slot = Slot::S8;
    /// What the parent key is hashed with, besides the serial number.
    const DERIVATION: [u8; 4] = *b"key1";

    /// The serial number, where a nonce goes.
    fn serial_nonce(serial: &SerialNumber) -> [u8; 32] {
        let mut nonce = [0; 32];
        nonce[..9].copy_from_slice(&serial.0);
        nonce
    }

    /// The factory's: the key of the accessory with this serial number.
    fn accessory_key(parent: &Secret<32>, serial: &SerialNumber) -> Secret<32> {
        host::gen_dig_slot_with(parent, &DERIVATION, serial, &Secret::new(serial_nonce(serial)))
    }

    pub(crate) fn accessory_config(chip: &ConfigZone) -> ConfigZone {
        let accessory = Builder::new(chip).slot(KEY, Purpose::MacKey).slot(DATA, Purpose::Data);
        accessory.build().expect("these purposes go together")
    }

    pub(crate) fn main_unit_config(chip: &ConfigZone) -> ConfigZone {
        let main_unit = Builder::new(chip).slot(PARENT, Purpose::ParentKey);
        main_unit.build().expect("a slot for any secret")
    }

    /// The factory's: from a blank chip to one with this key in this slot.
    fn provision<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        config: &ConfigZone,
        slot: Slot,
        key: &Secret<32>,
    ) -> Result<(), CommitError<I::Error>> {
        let plan = chip.plan(config)?;
        chip.commit(&plan, NoMoreConfigWrites)?;
        chip.write_slot(slot, 0, key.expose())?;
        let contents = DataContents::BLANK.with_slot(slot, key.expose()).expect("it fits");
        Ok(chip.lock_data(&contents, NoMoreFreeDataWrites)?)
    }

    pub(crate) fn provision_main_unit<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        parent: &Secret<32>,
    ) -> Result<(), CommitError<I::Error>> {
        let config = main_unit_config(&chip.read_config()?);
        provision(chip, &config, PARENT, parent)
    }

    pub(crate) fn provision_accessory<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        parent: &Secret<32>,
    ) -> Result<(), CommitError<I::Error>> {
        let key = accessory_key(parent, &chip.serial_number()?);
        let config = accessory_config(&chip.read_config()?);
        provision(chip, &config, KEY, &key)
    }

    /// The accessory's answer to a challenge.
    pub(crate) fn prove<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        challenge: &[u8; 32],
    ) -> Result<[u8; 32], Error<I::Error>> {
        chip.mac(KEY, challenge, true)
    }

    /// The main unit's check of the answer of an accessory that says it has this serial number. Take a
    /// new challenge each time: `chip.random()`.
    pub(crate) fn check<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        serial: &SerialNumber,
        challenge: &[u8; 32],
        proof: &[u8; 32],
    ) -> Result<(), Error<I::Error>> {
        chip.session(|chip| {
            chip.execute(&NonceFixed::TempKey(&serial_nonce(serial)))?;
            chip.execute(&GenDig::SlotWithOtherData(PARENT, &DERIVATION))?;
            let blocks = MacBlocks::TempKeyAndChallenge(TempKeySource::Input, challenge);
            // 0x40: the accessory's MAC holds its serial number.
            let other_data = &OtherData::of_mac(0x40, KEY, Some(serial));
            chip.execute(&CheckMac { blocks, slot: PARENT, response: proof, other_data })
        })
    }
}

/// The copier's: a second chip with everything that can be read of the first.
fn copy(original: &mut Driver) -> Result<Driver, Failure> {
    let (_, mut copy) = blank_chip();
    let theirs = original.read_config()?;
    refused("copying the serial number", copy.write_config(&theirs))?;
    let mut config = copy.read_config()?;
    for offset in (0..128).filter(|&offset| ConfigZone::is_writable(offset)) {
        config.set_byte(offset, theirs.byte(offset));
    }
    copy.write_config(&config)?;
    copy.lock_config(&config, NoMoreConfigWrites)?;
    for slot in Slot::all() {
        let mut contents = vec![0; slot.size()];
        match original.read_slot(slot, 0, &mut contents) {
            Ok(()) => copy.write_slot(slot, 0, &contents)?,
            // The key is asked for, too: without one, there is no MAC at all.
            Err(error) if slot == Slot::S3 => refused::<(), _>("reading the key", Err(error))?,
            Err(_) => {}
        }
    }
    copy.lock_data_unchecked(NoMoreFreeDataWrites)?;
    Ok(copy)
}

fn main() -> Result<(), Failure> {
    let parent = Secret::new(Generate::generate());
    let ((_, mut main_unit), (_, mut accessory)) = (blank_chip(), blank_chip());
    checked("the main unit's", &mut main_unit, firmware::main_unit_config)?;
    checked("the accessory's", &mut accessory, firmware::accessory_config)?;
    firmware::provision_main_unit(&mut main_unit, &parent)?;
    firmware::provision_accessory(&mut accessory, &parent)?;
    accessory.write_slot(Slot::S8, 0, b"model 7, calibration 0.93, 2000 h   ")?;

    let serial = accessory.serial_number()?;
    let challenge = main_unit.random()?;
    let proof = firmware::prove(&mut accessory, &challenge)?;
    firmware::check(&mut main_unit, &serial, &challenge, &proof)?;
    println!("accepted: the accessory {serial}");

    let mut copy = copy(&mut accessory)?;
    let next = main_unit.random()?;
    let attempt = firmware::check(&mut main_unit, &serial, &next, &proof);
    refused("the recorded proof for a new challenge", attempt)?;
    let forged = firmware::prove(&mut copy, &next)?;
    let attempt = firmware::check(&mut main_unit, &serial, &next, &forged);
    refused("the copy under the original's serial number", attempt)?;
    let attempt = firmware::check(&mut main_unit, &copy.serial_number()?, &next, &forged);
    refused("the copy under its own serial number", attempt)?;
    refused("a MAC with the parent key", main_unit.mac(Slot::S4, &next, true))?;
    Ok(())
}
