//! Secure update: a new image is installed if the vendor has signed it and it is newer than the last.
//!
//! The vendor signs a manifest, version and digest of the image. The chip verifies the signature with a key
//! that nobody can change, and its counter says which version was installed last: it never goes back, so
//! neither does the version. It is counted up only when the image is in flash; an update that was cut off
//! before is simply done again. Number the versions one by one, up to 2 097 151.
//!
//! | What | Holds | Why |
//! |---|---|---|
//! | slot 11 | the vendor's public key | written before the data lock, never again |
//! | Counter1 | version installed last | only ever grows; Counter0 is left to limited-use keys |
//!
//! The configuration is built from this; all other slots are closed. Somebody who can change bits between chip and microcontroller can
//! forge the answers; where that matters, take `VerifyMac` as `firmware_validation` takes `SecureBootMac`.
//!
//! Run it with `cargo run --example secure_update`.

use atecc608::Signature;
use atecc608_sim::hal::I2cError;
use firmware::{Manifest, UpdateError};
use sha2::{Digest, Sha256};
use testkit::demo::{Failure, Refusal, Vendor, blank_chip, checked, refused};

/// What runs on the device.
mod firmware {
    use atecc608::blocking::Atecc608;
    use atecc608::command::CounterId;
    use atecc608::config::ConfigZone;
    use atecc608::config::build::{Builder, Purpose};
    use atecc608::config::plan::CommitError;
    use atecc608::irreversible::{CountIsSpent, NoMoreConfigWrites, NoMoreFreeDataWrites};
    use atecc608::{DataContents, Error, PublicKey, PublicKeySlot, Signature, Slot};
    use embedded_hal::delay::DelayNs;
    use embedded_hal::i2c::I2c;

    const VENDOR: PublicKeySlot = PublicKeySlot::new(Slot::S11).expect("slot 11 is large enough");
    const VERSION: CounterId = CounterId::Counter1;

    pub(crate) fn config(chip: &ConfigZone) -> ConfigZone {
        let device = Builder::new(chip).slot(VENDOR.slot(), Purpose::PublicKey);
        device.build().expect("a slot that is large enough")
    }

    /// From a blank chip to one that guards updates.
    pub(crate) fn provision<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        vendor: &PublicKey,
    ) -> Result<(), CommitError<I::Error>> {
        let config = config(&chip.read_config()?);
        let plan = chip.plan(&config)?;
        chip.commit(&plan, NoMoreConfigWrites)?;
        chip.write_public_key(VENDOR, vendor)?;
        let mut stored = [0; 72];
        stored[4..36].copy_from_slice(vendor.x());
        stored[40..].copy_from_slice(vendor.y());
        let contents = DataContents::BLANK.with_slot(VENDOR.slot(), &stored).expect("it fits");
        Ok(chip.lock_data(&contents, NoMoreFreeDataWrites)?)
    }

    #[derive(Clone, Copy)]
    pub(crate) struct Manifest {
        pub(crate) version: u32,
        /// SHA-256 of the image.
        pub(crate) image: [u8; 32],
    }

    impl Manifest {
        /// What the vendor signs.
        pub(crate) fn to_bytes(self) -> [u8; 52] {
            let mut bytes = [0; 52];
            bytes[..16].copy_from_slice(b"update manifest1");
            bytes[16..20].copy_from_slice(&self.version.to_be_bytes());
            bytes[20..].copy_from_slice(&self.image);
            bytes
        }
    }

    #[derive(Debug)]
    pub(crate) enum UpdateError<E> {
        /// Status Miscompare: the vendor did not sign this.
        Chip(Error<E>),
        /// The image is not the manifest's.
        WrongImage,
        OldVersion,
    }

    impl<E> From<Error<E>> for UpdateError<E> {
        fn from(error: Error<E>) -> Self {
            Self::Chip(error)
        }
    }

    /// Manifest and image are the vendor's; returns the version installed last.
    fn authentic<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        manifest: &Manifest,
        signature: &Signature,
        image: &[u8],
    ) -> Result<u32, UpdateError<I::Error>> {
        let digest = chip.sha256(&manifest.to_bytes())?;
        chip.verify_stored(VENDOR, &digest, signature)?;
        // A software SHA-256 is faster.
        if chip.sha256(image)? != manifest.image {
            return Err(UpdateError::WrongImage);
        }
        Ok(chip.counter(VERSION)?)
    }

    /// Whether an image may be written into flash. Call [`installed`] once it is there, and not before.
    pub(crate) fn may_install<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        manifest: &Manifest,
        signature: &Signature,
        image: &[u8],
    ) -> Result<(), UpdateError<I::Error>> {
        let last = authentic(chip, manifest, signature, image)?;
        if manifest.version > last { Ok(()) } else { Err(UpdateError::OldVersion) }
    }

    /// From now on older images are refused. Cut off in between, the same image may still be installed.
    pub(crate) fn installed<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        manifest: &Manifest,
    ) -> Result<(), Error<I::Error>> {
        while chip.counter(VERSION)? < manifest.version {
            chip.increment_counter(VERSION, CountIsSpent)?;
        }
        Ok(())
    }

    /// Whether the image in flash may run.
    pub(crate) fn may_boot<I: I2c, D: DelayNs>(
        chip: &mut Atecc608<I, D>,
        manifest: &Manifest,
        signature: &Signature,
        image: &[u8],
    ) -> Result<(), UpdateError<I::Error>> {
        let last = authentic(chip, manifest, signature, image)?;
        if manifest.version >= last { Ok(()) } else { Err(UpdateError::OldVersion) }
    }
}

impl std::fmt::Display for UpdateError<I2cError> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Chip(error) => error.fmt(f),
            Self::WrongImage => f.write_str("the image is not the manifest's"),
            Self::OldVersion => f.write_str("the version is old"),
        }
    }
}

impl std::error::Error for UpdateError<I2cError> {}

impl Refusal for UpdateError<I2cError> {
    fn is_refusal(&self) -> bool {
        !matches!(self, Self::Chip(error) if !error.is_refusal())
    }
}

/// What the vendor publishes.
fn release(vendor: &Vendor, version: u32, image: &[u8]) -> Result<(Manifest, Signature), Failure> {
    let manifest = Manifest { version, image: Sha256::digest(image).into() };
    Ok((manifest, vendor.sign(&Sha256::digest(manifest.to_bytes()).into())?))
}

fn main() -> Result<(), Failure> {
    let vendor = Vendor::generate();
    let (bus, mut chip) = blank_chip();
    let chip = &mut chip;
    checked("the device's", chip, firmware::config)?;
    firmware::provision(chip, &vendor.public_key()?)?;
    let (image_1, image_2) = (b"firmware 1, with a hole", b"firmware 2");
    let (old, old_signature) = release(&vendor, 1, image_1)?;
    let (new, new_signature) = release(&vendor, 2, image_2)?;
    firmware::may_install(chip, &old, &old_signature, image_1)?;
    firmware::installed(chip, &old)?;
    println!("accepted: version 1");

    let stranger = release(&Vendor::generate(), 2, image_2)?.1;
    refused("a stranger's update", firmware::may_install(chip, &new, &stranger, image_2))?;
    let attempt = firmware::may_install(chip, &new, &new_signature, b"firmware 2, tampered");
    refused("another image than the manifest's", attempt)?;
    firmware::may_install(chip, &new, &new_signature, image_2)?;
    bus.power_cycle();
    firmware::may_boot(chip, &old, &old_signature, image_1)?;
    println!("accepted: version 2, but power was lost before it was in flash; version 1 runs on");
    firmware::may_install(chip, &new, &new_signature, image_2)?;
    firmware::installed(chip, &new)?;
    firmware::may_boot(chip, &new, &new_signature, image_2)?;
    println!("accepted: version 2, now installed");

    let attempt = firmware::may_install(chip, &old, &old_signature, image_1);
    refused("going back to version 1 with its valid signature", attempt)?;
    let renamed = Manifest { version: 3, ..old };
    let attempt = firmware::may_install(chip, &renamed, &old_signature, image_1);
    refused("version 1 under the name of version 3", attempt)?;
    let attempt = firmware::may_boot(chip, &old, &old_signature, image_1);
    refused("booting version 1, written into flash by other means", attempt)?;
    Ok(())
}
