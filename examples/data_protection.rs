//! Protection of code or data: a payload that one chip can open, and no other.
//!
//! The sender agrees with the device's public key on a secret (ECDH with a key made for this payload), both
//! chips derive an AES key from it that stays inside (KDF), and AES-GCM seals the payload. Nothing
//! that travels or lies in flash opens it. Who sent it is not proved; sign it as `secure_update` does.
//!
//! | Slot | Holds | Why |
//! |---|---|---|
//! | 2 | the device's private key | ECDH and nothing else; made in the chip before the data lock |
//!
//! ECDH and KDF give nothing out: their results stay in TempKey. The configuration is built so; all other
//! slots are closed. An open data slot would undo it: anyone could have KDF write the AES key there.
//!
//! Run it with `cargo run --example data_protection`.

use atecc608::Slot;
use atecc608::command::{Derivation, EcdhInside, EcdhTarget, KdfInside, KdfOutput, KdfSource, KdfTarget};
use testkit::demo::{Failure, blank_chip, checked, refused};

/// What runs on the device and, here with a chip as well, on the sender.
mod firmware {
    use atecc608::blocking::{Atecc608, Session, ZeroByte};
    use atecc608::command::{
        AesKey, Derivation, EcdhInside, EcdhTarget, GenKeyCreate, KdfInside, KdfSource, KdfTarget, KeyTarget,
    };
    use atecc608::config::ConfigZone;
    use atecc608::config::build::{Builder, Purpose};
    use atecc608::config::plan::CommitError;
    use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
    use atecc608::{Argument, DataContents, Error, ErrorKind, PublicKey, Slot};
    use embedded_hal::delay::DelayNs;
    use embedded_hal::i2c::I2c;

    const KEY: Slot = Slot::S2;

    pub(crate) fn config(chip: &ConfigZone) -> ConfigZone {
        let device = Builder::new(chip).slot(KEY, Purpose::AgreementKey).results_inside();
        device.build().expect("no slot that gives results out")
    }

    /// From a blank chip to one that opens payloads. Give the public key to those who seal them.
    pub(crate) fn provision<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
    ) -> Result<PublicKey, CommitError<I::Error>> {
        let config = config(&chip.read_config()?);
        let plan = chip.plan(&config)?;
        chip.commit(&plan, NoMoreConfigWrites)?;
        let (key, _) = chip.ensure_key(KEY)?;
        chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites)?;
        Ok(key)
    }

    /// What travels with the ciphertext.
    #[derive(Debug)]
    pub(crate) struct Envelope {
        /// The sender's key for this payload.
        pub(crate) sender: PublicKey,
        pub(crate) tag: [u8; 16],
    }

    /// Each payload has an AES key of its own, hence one nonce for all.
    const NONCE: [u8; 12] = [0; 12];

    /// Leaves the payload's AES key in TempKey, from the secret ECDH put there.
    fn derive<I: I2c, D: DelayNs>(chip: &mut Session<'_, I, D, ZeroByte>) -> Result<(), Error<I::Error>> {
        let derivation = Derivation::hkdf(b"payload key 1\x01");
        let derivation = derivation.ok_or(Error::without_command(ErrorKind::Argument(Argument::TooLong)))?;
        let (source, target) = (KdfSource::TempKey, KdfTarget::TempKey);
        chip.execute(&KdfInside { source, target, derivation })
    }

    /// Encrypts in place for the device with this public key.
    pub(crate) fn seal<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        device: &PublicKey,
        payload: &mut [u8],
    ) -> Result<Envelope, Error<I::Error>> {
        chip.session(|chip| {
            let sender = chip.execute(&GenKeyCreate(KeyTarget::TempKey))?;
            chip.execute(&EcdhInside { target: EcdhTarget::TempKeyFromTempKey, public_key: device })?;
            derive(chip)?;
            let tag = chip.aes_gcm_seal(AesKey::TEMP_KEY, &NONCE, sender.as_bytes(), payload)?;
            Ok(Envelope { sender, tag })
        })
    }

    /// Checks and decrypts in place. Nothing is decrypted if the check fails.
    pub(crate) fn open<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        envelope: &Envelope,
        payload: &mut [u8],
    ) -> Result<(), Error<I::Error>> {
        let Envelope { sender, tag } = envelope;
        chip.session(|chip| {
            chip.execute(&EcdhInside { target: EcdhTarget::TempKeyFromSlot(KEY), public_key: sender })?;
            derive(chip)?;
            chip.aes_gcm_open(AesKey::TEMP_KEY, &NONCE, sender.as_bytes(), payload, tag)
        })
    }
}

const PAYLOAD: &[u8] = b"the algorithm that nobody else may have";

fn main() -> Result<(), Failure> {
    let ((_, mut sender), (_, mut device), (_, mut other)) = (blank_chip(), blank_chip(), blank_chip());
    checked("each chip's", &mut device, firmware::config)?;
    firmware::provision(&mut sender)?;
    let key = firmware::provision(&mut device)?;
    firmware::provision(&mut other)?;

    let mut sealed = PAYLOAD.to_vec();
    let envelope = firmware::seal(&mut sender, &key, &mut sealed)?;
    let mut opened = sealed.clone();
    firmware::open(&mut device, &envelope, &mut opened)?;
    if sealed == PAYLOAD || opened != PAYLOAD {
        return Err("the payload was not encrypted, or not decrypted".into());
    }
    println!("accepted: the payload, by the device it was sealed for");

    let mut stolen = sealed.clone();
    refused("opening it with another chip", firmware::open(&mut other, &envelope, &mut stolen))?;
    refused("opening it with the sender's chip", firmware::open(&mut sender, &envelope, &mut stolen))?;
    let mut tampered = sealed.clone();
    tampered[0] ^= 1;
    let before = tampered.clone();
    refused("a payload with one bit changed", firmware::open(&mut device, &envelope, &mut tampered))?;
    if (stolen, &tampered) != (sealed, &before) {
        return Err("ATTACK SUCCEEDED: something was decrypted".into());
    }
    println!("nothing was decrypted");
    refused("asking the chip for the secret", device.shared_secret(Slot::S2, &envelope.sender))?;
    let derivation = Derivation::hkdf(b"payload key 1\x01").ok_or("too long")?;
    let output = KdfOutput::new(KdfSource::TempKey, derivation).ok_or("too long")?;
    let attempt = device.session(|chip| {
        let target = EcdhTarget::TempKeyFromSlot(Slot::S2);
        chip.execute(&EcdhInside { target, public_key: &envelope.sender })?;
        chip.execute(&output)
    });
    refused("asking the chip for the AES key", attempt)?;
    for slot in Slot::all() {
        let kept = device.session(|chip| {
            let target = EcdhTarget::TempKeyFromSlot(Slot::S2);
            chip.execute(&EcdhInside { target, public_key: &envelope.sender })?;
            let target = KdfTarget::Slot(slot);
            chip.execute(&KdfInside { source: KdfSource::TempKey, target, derivation })
        });
        let attempt = kept.and_then(|()| device.read_slot(slot, 0, &mut [0; 32]));
        refused(&format!("having the AES key written to {slot}, and reading it there"), attempt)?;
    }
    Ok(())
}
