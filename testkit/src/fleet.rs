//! A fleet of one's own: a root, a signer, and templates from examples that are made here. Its devices are those of
//! `preset::x509_device`.

use crate::keys::public_of;
use crate::openssl;
use atecc608::blocking::{Atecc608, CertificateSigner, sign};
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{
    Attribute, Compressed, DateTime, Dates, Definition, Enrolment, Field, GeneralName, KeyPlace, Name, Parts,
    Place, Profile, SerialSource, SignerId, SlotBytes, SlotPlace, TbsCertificate, Template, Term, Validity,
};
use atecc608::{PublicKey, SerialNumber, Slot};
use atecc608_sim::Bus;
use p256::ecdsa::SigningKey;
use std::sync::LazyLock;

const ROOT: [u8; 32] = [0x11; 32];
const SIGNER: [u8; 32] = [0x22; 32];
const OTHER: [u8; 32] = [0x33; 32];

/// The signer's id.
pub const ID: SignerId = SignerId(0xABCD);

/// The root's public key, which programs bring along.
pub static ROOT_KEY: LazyLock<PublicKey> = LazyLock::new(|| PublicKey::from_bytes(public_of(&ROOT)));
/// The signer's public key.
pub static SIGNER_KEY: LazyLock<PublicKey> = LazyLock::new(|| PublicKey::from_bytes(public_of(&SIGNER)));
/// That of someone who is no signer of this fleet.
pub static OTHER_KEY: LazyLock<PublicKey> = LazyLock::new(|| PublicKey::from_bytes(public_of(&OTHER)));

/// The signer.
pub fn signer() -> SigningKey {
    SigningKey::from_slice(&SIGNER).expect("a private key")
}

/// Someone who is no signer of this fleet.
pub fn other() -> SigningKey {
    SigningKey::from_slice(&OTHER).expect("a private key")
}

fn root() -> SigningKey {
    SigningKey::from_slice(&ROOT).expect("a private key")
}

/// 2024-11-30 05h, for 20 years.
pub fn dates() -> Dates {
    dates_of(2024)
}

/// The same in another year.
pub fn dates_of(year: u16) -> Dates {
    let issued = DateTime::new(year, 11, 30, 5, 0, 0).expect("a date");
    Dates::new(issued, Term::Years(20)).expect("an hour")
}

fn example(tbs: &TbsCertificate<'_>) -> &'static [u8] {
    let mut buffer = [0; 1024];
    let der = atecc608::blocking::issue(tbs, &mut root(), &mut buffer).expect("an example");
    der.to_vec().leak()
}

fn validity() -> Validity {
    let at = |year| DateTime::new(year, 1, 1, 0, 0, 0).expect("a date");
    Validity { not_before: at(2020), not_after: at(2040) }
}

const ROOT_NAME: &[Attribute<'_>] = &[Attribute::organization("Example"), Attribute::common_name("Root")];
const SIGNER_NAME: &[Attribute<'_>] =
    &[Attribute::organization("Example"), Attribute::common_name("Signer ABCD")];
const DEVICE_NAME: &[Attribute<'_>] =
    &[Attribute::organization("Example"), Attribute::common_name("sn0123456789ABCDEF01")];

fn device_example(serial: &[u8], names: &[GeneralName<'_>]) -> &'static [u8] {
    example(&TbsCertificate {
        serial,
        issuer: Name::Attributes(SIGNER_NAME),
        validity: validity(),
        subject: Name::Attributes(DEVICE_NAME),
        subject_key: *OTHER_KEY,
        issuer_key: *ROOT_KEY,
        profile: Profile::DEVICE,
        alternative_names: names,
    })
}

const DEVICE_FIELDS: &[Field<'_>] = &[
    Field::signer_id(Place::Issuer, "ABCD"),
    Field::chip_serial(Place::Subject, "0123456789ABCDEF01"),
    Field::text(Place::AlternativeNames, "0123456789AB"),
];

/// The devices' certificates: serial number from the key.
pub static DEVICE: LazyLock<Template<'static>> = LazyLock::new(|| {
    let example = device_example(&[0x41; 16], &[]);
    Template::new(example, 2, 0, SerialSource::PublicKeyHash).with_fields(&DEVICE_FIELDS[..2])
});

/// The same with a serial number of 8 bytes and an address of 12 digits that lie on the chip.
pub static LABELLED: LazyLock<Template<'static>> = LazyLock::new(|| {
    let example = device_example(&[0x41; 8], &[GeneralName::Uri("urn:dev:mac:0123456789AB")]);
    Template::new(example, 3, 0, SerialSource::Stored).with_fields(DEVICE_FIELDS)
});

/// The signers' certificates.
pub static SIGNERS: LazyLock<Template<'static>> = LazyLock::new(|| {
    let example = example(&TbsCertificate {
        serial: &[0x42; 16],
        issuer: Name::Attributes(ROOT_NAME),
        validity: validity(),
        subject: Name::Attributes(SIGNER_NAME),
        subject_key: *OTHER_KEY,
        issuer_key: *ROOT_KEY,
        profile: Profile::SIGNER,
        alternative_names: &[],
    });
    const FIELDS: &[Field<'_>] = &[Field::signer_id(Place::Subject, "ABCD")];
    Template::new(example, 1, 0, SerialSource::PublicKeyHash).with_fields(FIELDS)
});

/// The root's certificate, signed by itself.
pub fn root_certificate() -> Vec<u8> {
    let name = Name::Attributes(ROOT_NAME);
    example(&TbsCertificate::self_signed(&[0x43; 16], name, validity(), *ROOT_KEY, Profile::ROOT)).to_vec()
}

/// What OpenSSL has against a chain of a device's certificate and its signer's, on 2030-01-01.
pub fn verify(device: &[u8], signer: &[u8]) -> Result<(), String> {
    openssl::chain_at(&[device, signer, &root_certificate()], 1_893_456_000)
}

fn issued(
    template: &Template<'_>,
    parts: &Parts<'_>,
    dates: &Dates,
    signer: &mut impl CertificateSigner<Error = p256::ecdsa::Error>,
) -> Compressed {
    let mut buffer = [0; 1024];
    let unsigned = template.issue(parts, ID, dates, &mut buffer).expect("parts that fit");
    let der = sign(unsigned, signer).expect("a signature");
    template.compress(der, ID, parts).expect("what the template makes")
}

/// The signer's certificate, by the root.
pub static SIGNER_CERTIFICATE: LazyLock<Compressed> =
    LazyLock::new(|| issued(&SIGNERS, &Parts::new(*SIGNER_KEY, *ROOT_KEY), &dates(), &mut root()));

/// A device's certificate by the signer.
pub fn certificate(key: PublicKey, serial: SerialNumber, dates: &Dates) -> Compressed {
    let parts = Parts::new(key, *SIGNER_KEY).with_chip_serial(serial);
    issued(&DEVICE, &parts, dates, &mut signer())
}

/// A device that is ready: the preset, both zones locked, its certificates in slots 10 to 12.
pub fn enrolled_chip() -> Bus {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let (device, signer_is) = (device(), signer_of_device());
    let enrolment = Enrolment::new(&device, ID, dates()).with_signer(&signer_is, &SIGNER_CERTIFICATE);
    let (config_lock, data_lock) = (NoMoreConfigWrites, NoMoreFreeDataWrites);
    let (wanted, buffer) = (preset::x509_device, &mut [0; 1024]);
    chip.provision_with_certificate(wanted, &enrolment, &mut signer(), buffer, config_lock, data_lock)
        .expect("a blank chip");
    bus
}

/// A device's certificate as in slots 0, 10 and 11 of the preset.
pub fn device() -> Definition<'static> {
    Definition::new(&DEVICE, SlotPlace::S10, KeyPlace::Private(Slot::S0), KeyPlace::Stored(SlotPlace::S11))
}

/// Its signer's in slot 12.
pub fn signer_of_device() -> Definition<'static> {
    in_places(SlotPlace::S12, SlotPlace::S11)
}

/// The second certificate, of the key in slot 1.
pub fn renewed() -> Definition<'static> {
    Definition::new(&DEVICE, SlotPlace::S13, KeyPlace::Private(Slot::S1), KeyPlace::Stored(SlotPlace::S14))
}

/// Its signer's in slot 15.
pub fn signer_of_renewed() -> Definition<'static> {
    in_places(SlotPlace::S15, SlotPlace::S14)
}

/// A signer's certificate whose key lies in `key`.
pub fn in_places(certificate: SlotPlace, key: SlotPlace) -> Definition<'static> {
    Definition::new(&SIGNERS, certificate, KeyPlace::Stored(key), KeyPlace::Known(*ROOT_KEY))
}

/// As a Trust&GO LoRaWAN chip has it: all in slot 8; address and serial number behind.
pub fn labelled() -> Definition<'static> {
    const TEXTS: [SlotBytes; 1] = [SlotBytes::new(Slot::S8, 376, 12).expect("within the slot")];
    let issuer_key = KeyPlace::Stored(SlotPlace::S8[0]);
    Definition::new(&LABELLED, SlotPlace::S8[1], KeyPlace::Private(Slot::S0), issuer_key)
        .with_serial(SlotBytes::new(Slot::S8, 361, 8).expect("within the slot"))
        .with_texts(&TEXTS)
}
