//! Firmware validation: a boot loader runs the image that was installed, and no other.
//!
//! The chip checks an image against the vendor's signature once, when it is installed (FullCopy), and keeps
//! its digest; at each boot it compares (FullStore) and proves its answer with a MAC, so that nobody on the
//! bus can say yes in its place. The check at boot is the last until power is cycled: code that
//! runs later can't install anything.
//!
//! | Slot | Holds | Why |
//! |---|---|---|
//! | 4 | I/O protection key | shared with the microcontroller's protected flash; keys the MAC |
//! | 5 | digest of the installed image | SecureBoot's digest slot; only SecureBoot writes it |
//! | 11 | the vendor's public key | SecureBoot's key slot; written before the data lock, never again |
//!
//! The configuration is built from these purposes; all other slots are closed. The vendor's signature on an old image stays good: who
//! recorded it can have that image installed again before the check at boot. To keep old images out is the job of `secure_update`.
//!
//! Run it with `cargo run --example firmware_validation`.

use atecc608::{Secret, blocking::Atecc608};
use p256::elliptic_curve::Generate;
use sha2::{Digest, Sha256};
use testkit::demo::{Failure, Interposer, Vendor, blank_chip, checked, refused};

/// What runs on the device.
mod firmware {
    use atecc608::blocking::Atecc608;
    use atecc608::config::ConfigZone;
    use atecc608::config::build::{Builder, Purpose};
    use atecc608::config::plan::CommitError;
    use atecc608::host::{self, SecureBootKey};
    use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
    use atecc608::{DataContents, Error, ErrorKind, PublicKey, PublicKeySlot, Secret, Signature, Slot};
    use atecc608::{
        command::{NonceRandom, RandomSource, SecureBoot, SecureBootCheck, SecureBootMac, Seed},
        wire::Opcode,
    };
    use embedded_hal::delay::DelayNs;
    use embedded_hal::i2c::I2c;

    const IO_KEY: Slot = Slot::S4;
    const DIGEST: Slot = Slot::S5;
    const VENDOR: Slot = Slot::S11;

    /// With an I/O protection key, proofs ask for a random nonce.
    pub(crate) fn config(chip: &ConfigZone) -> ConfigZone {
        Builder::new(chip)
            .slot(IO_KEY, Purpose::IoProtectionKey)
            .slot(DIGEST, Purpose::SecureBootDigest)
            .slot(VENDOR, Purpose::SecureBootKey { digest: DIGEST })
            .build()
            .expect("these purposes go together")
    }

    /// From a blank chip to one that guards the boot.
    pub(crate) fn provision<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        vendor: &PublicKey,
        io_key: &Secret<32>,
    ) -> Result<(), CommitError<I::Error>> {
        let config = config(&chip.read_config()?);
        let plan = chip.plan(&config)?;
        chip.commit(&plan, NoMoreConfigWrites)?;
        chip.write_slot(IO_KEY, 0, io_key.expose())?;
        chip.write_public_key(PublicKeySlot::new(VENDOR).expect("slot 11 is large enough"), vendor)?;
        let mut stored = [0; 72];
        stored[4..36].copy_from_slice(vendor.x());
        stored[40..].copy_from_slice(vendor.y());
        let contents = DataContents::BLANK.with_slot(IO_KEY, io_key.expose());
        let contents = contents.and_then(|contents| contents.with_slot(VENDOR, &stored)).expect("they fit");
        Ok(chip.lock_data(&contents, NoMoreFreeDataWrites)?)
    }

    /// Makes an image the one to boot, if the vendor has signed it. Before [`boot`], or not until power is
    /// cycled.
    pub(crate) fn install<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Error<I::Error>> {
        chip.secure_boot(digest, SecureBootCheck::Copy(signature))
    }

    /// Whether this is the installed image. Never give the same `num_in` twice: a random number or a
    /// count of boots.
    pub(crate) fn boot<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        digest: &[u8; 32],
        io_key: &Secret<32>,
        num_in: &[u8; 20],
    ) -> Result<(), Error<I::Error>> {
        let (proof, expected) = chip.session(|chip| {
            let nonce = NonceRandom { num_in, seed: Seed::Update, source: RandomSource::Generator };
            let temp_key = host::nonce(&chip.execute(&nonce)?, num_in, Seed::Update);
            let key = SecureBootKey::new(io_key, &temp_key);
            let digest_sent = key.encrypt(digest);
            let check = SecureBoot { digest: &digest_sent, check: SecureBootCheck::Stored, once: true };
            let command = SecureBootMac(check);
            let proof = chip.execute(&command)?;
            Ok((Secret::new(proof), Secret::new(key.mac(&command, digest, None))))
        })?;
        if proof == expected { Ok(()) } else { Err(Error::new(Opcode::SecureBoot, ErrorKind::Forged)) }
    }
}

fn main() -> Result<(), Failure> {
    let vendor = Vendor::generate();
    let io_key = Secret::new(Generate::generate());
    let (bus, mut chip) = blank_chip();
    checked("the device's", &mut chip, firmware::config)?;
    firmware::provision(&mut chip, &vendor.public_key()?, &io_key)?;
    let [old, new, tampered] = ["image 1", "image 2", "image 2, tampered"].map(|i| Sha256::digest(i).into());
    let (old_signature, new_signature) = (vendor.sign(&old)?, vendor.sign(&new)?);

    firmware::install(&mut chip, &old, &old_signature)?;
    let mut tapped = Atecc608::new(Interposer::new(bus.i2c()), bus.delay());
    firmware::boot(&mut tapped, &old, &io_key, &Generate::generate())?;
    println!("accepted: image 1, installed and booted; somebody on the bus recorded it");
    bus.power_cycle();

    let stranger = Vendor::generate().sign(&tampered)?;
    refused("installing an image a stranger signed", firmware::install(&mut chip, &tampered, &stranger))?;
    let attempt = firmware::install(&mut chip, &tampered, &new_signature);
    refused("installing a tampered image", attempt)?;
    firmware::install(&mut chip, &new, &new_signature)?;
    let attempt = firmware::boot(&mut chip, &tampered, &io_key, &Generate::generate());
    refused("booting a tampered image", attempt)?;
    let attempt = firmware::boot(&mut chip, &old, &io_key, &Generate::generate());
    refused("booting image 1 again, copied back into flash", attempt)?;
    let (interposer, delay) = tapped.release();
    let mut tapped = Atecc608::new(interposer.play(), delay);
    let attempt = firmware::boot(&mut tapped, &old, &io_key, &Generate::generate());
    refused("booting image 1 with the recorded answers in place of the chip's", attempt)?;
    firmware::boot(&mut chip, &new, &io_key, &Generate::generate())?;
    println!("accepted: image 2, installed and booted");
    let attempt = firmware::install(&mut chip, &old, &old_signature);
    refused("installing image 1 from the running image 2", attempt)?;
    Ok(())
}
