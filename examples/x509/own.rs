//! A blank chip gets a certificate of one's own authority.

use crate::Failure;
use crate::authority::Authority;
use crate::report::{Report, hex, pem};
use atecc608::blocking::Atecc608;
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{
    Attribute, Certificate, Csr, Definition, KeyPlace, Name, P256, PemLabel, SlotPlace, Stored,
};
use atecc608::{DataContents, Slot};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

const KEY: Slot = Slot::S0;
const DEVICE: SlotPlace = SlotPlace::S10;
const SIGNER_KEY: SlotPlace = SlotPlace::S11;
const SIGNER: SlotPlace = SlotPlace::S12;

/// All of it, with a blank chip. An error says what was done when.
pub(crate) fn run<I: I2c<Error: 'static>, D: DelayNs>(chip: &mut Atecc608<I, D>) -> Result<Report, Failure> {
    let serial = chip.serial_number().map_err(said("looking for the chip"))?;
    let found = chip.read_config().map_err(said("reading the configuration"))?;
    let mut authority = Authority::new()?;

    // The configuration. What locking it would mean is looked at before (`plan` refuses what lint calls an error).
    let plan = chip.plan(&preset::x509_device(&found)).map_err(said("planning the configuration"))?;
    chip.commit(&plan, NoMoreConfigWrites).map_err(said("locking the configuration"))?;

    // The key, which is made in the chip and never leaves it, and the request for its certificate.
    let (key, _) = chip.ensure_key(KEY).map_err(said("making the key"))?;
    let csr_pem = request(chip, KEY)?;

    // The certificate: 72 bytes, beside those of its signer, in slots that nobody can write once the data zone is locked.
    let device = authority.certify(key, serial)?;
    let signer_key = authority.signer_key();
    let contents = [
        (DEVICE, Stored::Certificate(&device)),
        (SIGNER_KEY, Stored::Key(&signer_key)),
        (SIGNER, Stored::Certificate(&authority.signer_compressed)),
    ];
    chip.write_places(&contents).map_err(said("writing the certificates"))?;
    let bytes = contents.map(|(place, stored)| (place.slot(), stored.to_bytes()));
    let expected =
        bytes.iter().try_fold(DataContents::BLANK, |all, (slot, bytes)| all.with_slot(*slot, bytes));
    chip.lock_data(&expected.ok_or("too long")?, NoMoreFreeDataWrites)
        .map_err(said("locking the data zone"))?;

    // Read back, made up from the templates again, and verified: by the chip, and once more in software.
    let (devices, signers) = (authority.devices(), authority.signers());
    let from_signer = KeyPlace::Stored(SIGNER_KEY);
    let device_is = Definition::new(&devices, DEVICE, KeyPlace::Private(KEY), from_signer);
    let signer_is = Definition::new(&signers, SIGNER, from_signer, KeyPlace::Known(authority.root_key()));
    let (mut one, mut other) = (vec![0; devices.max_len()], vec![0; signers.max_len()]);
    let chain = chip
        .read_chain(&device_is, &signer_is, &authority.root_key(), &mut one, &mut other)
        .map_err(said("reading the certificates back"))?;
    chain.device.verify(&chain.signer.public_key()?, &P256)?;
    chain.signer.verify(&authority.root_key(), &P256)?;
    Certificate::parse(&authority.root_der)?.verify(&authority.root_key(), &P256)?;

    Ok(Report {
        part: "an own authority's".into(),
        serial: serial.to_string(),
        name: chain.device.common_name().unwrap_or_default().to_owned(),
        valid: chain.device.validity()?,
        csr_pem: Some(csr_pem),
        device_pem: pem(PemLabel::Certificate, chain.device.der())?,
        signer_pem: pem(PemLabel::Certificate, chain.signer.der())?,
        root_pem: pem(PemLabel::Certificate, &authority.root_der)?,
        compressed_hex: hex(device.as_bytes()),
    })
}

/// A request for a certificate of the key in a slot.
pub(crate) fn request<I: I2c<Error: 'static>, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    key: Slot,
) -> Result<String, Failure> {
    let name = [Attribute::common_name("ATECC608 demo")];
    let csr = Csr::new(Name::Attributes(&name));
    let (mut der, mut text) = (vec![0; csr.max_der_len()], vec![0; csr.max_pem_len()]);
    Ok(chip.sign_csr_pem(key, &csr, &mut der, &mut text).map_err(said("signing the request"))?.to_owned())
}

/// What was being done.
pub(crate) fn said<E: std::fmt::Display>(what: &str) -> impl FnOnce(E) -> Failure {
    move |error| format!("{what}: {error}").into()
}
