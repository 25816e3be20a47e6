//! From a blank chip to a certificate in one go.

use super::super::super::Atecc608;
use super::super::rig::Rig;
use super::labelled;
use atecc608::config::plan::CommitError;
use atecc608::config::{ConfigError, ConfigZone, preset};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::wire::Opcode;
use atecc608::x509::{
    ChipError, CompressedError, DateTime, Dates, Definition, Enrolment, Error, KeyPlace, P256,
    ProvisionError, SignerId, SlotBytes, SlotPlace, Stored, TemplateError, Term, Unfit,
};
use atecc608::{Address, Argument, DataContents, ErrorKind, KeyOrigin, Slot};
use atecc608_sim::{Bus, Chip};
use testkit::hook::{Hook, HookDelay};
use testkit::{Locks, fleet, refused};

macro_rules! enrol {
    ($rig:ident, $wanted:expr, $enrolment:expr, $signer:expr, $buffer:expr) => {
        op!($rig.provision_with_certificate(
            $wanted,
            $enrolment,
            $signer,
            $buffer,
            NoMoreConfigWrites,
            NoMoreFreeDataWrites
        ))
    };
}

/// What must not change before it is meant to.
fn kept(rig: &Rig) -> (ConfigZone, Vec<Vec<u8>>) {
    (rig.config(), (0..16).map(|slot| rig.eeprom().slot(slot).to_vec()).collect())
}

#[test]
fn a_blank_chip_and_nothing_the_second_time() {
    let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates())
        .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE);
    let mut rig = Rig::blank();
    let mut buffer = [0; 1024];
    let (certificate, origin) =
        enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer).unwrap();
    assert_eq!(origin, KeyOrigin::Made);
    certificate.verify(&fleet::SIGNER_KEY, &P256).unwrap();
    assert_eq!(certificate.public_key(), Ok(op!(rig.public_key(Slot::S0)).unwrap()));
    let der = certificate.der().to_vec();
    assert!(rig.config().is_config_locked() && rig.config().is_data_locked());
    // Just that, and nothing beside it.
    let eeprom = rig.eeprom();
    assert_eq!(eeprom.slot(11), Stored::Key(&fleet::SIGNER_KEY).to_bytes());
    assert_eq!(eeprom.slot(12), fleet::SIGNER_CERTIFICATE.as_bytes());
    for slot in [8, 9, 13, 14, 15] {
        assert!(eeprom.slot(slot).iter().all(|byte| *byte == 0xFF), "slot {slot}");
    }

    let finished = kept(&rig);
    rig.executed();
    let mut buffer = [0; 1024];
    let (again, origin) =
        enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer).unwrap();
    assert_eq!((again.der(), origin), (&der[..], KeyOrigin::Found));
    assert_eq!(kept(&rig), finished);
    let changes = [Opcode::Write, Opcode::Lock, Opcode::Sign].map(Opcode::to_byte);
    assert!(rig.executed().iter().all(|opcode| !changes.contains(opcode)));

    let (mut one, mut two) = ([0; 1024], [0; 1024]);
    let chain = op!(rig.read_chain(&device, &signer_is, &fleet::ROOT_KEY, &mut one, &mut two)).unwrap();
    assert_eq!(chain.device.der(), der);
    fleet::verify(chain.device.der(), chain.signer.der()).unwrap();
}

/// The root's key beside a device whose signer is known: no key or signer's certificate is written.
#[test]
fn with_a_known_issuer_only_the_certificate_is_written() {
    let issuer = KeyPlace::Known(*fleet::SIGNER_KEY);
    let device = Definition::new(&fleet::DEVICE, SlotPlace::S10, KeyPlace::Private(Slot::S0), issuer);
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates());
    let mut rig = Rig::blank();
    let mut buffer = [0; 1024];
    enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer).unwrap();
    assert!([11, 12].iter().all(|slot| rig.eeprom().slot(*slot) == [0xFF; 72]));
    op!(rig.read_certificate(&device, &mut buffer)).unwrap();
}

/// Everything in slot 8, with texts and a serial number, and bytes of the application's around.
#[test]
fn all_in_slot_8_with_texts() {
    let device = fleet::labelled();
    let signer_is = fleet::in_places(SlotPlace::S8[2], SlotPlace::S8[0]);
    let mut slot = [0xFF; 416];
    slot[361..369].copy_from_slice(&[0x17; 8]);
    slot[376..388].copy_from_slice(b"E8EB1B202027");
    // In a block that is written, between two places.
    slot[220] = 0x5A;
    let contents = DataContents::BLANK.with_slot(Slot::S8, &slot).unwrap();
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates())
        .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE)
        .with_contents(contents);
    let mut rig = Rig::blank();
    let mut buffer = [0; 1024];
    let (certificate, _) =
        enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer).unwrap();
    assert_eq!(certificate.serial(), [0x17; 8]);
    let der = certificate.der().to_vec();
    let written = rig.eeprom().slot(8).to_vec();
    assert_eq!(written[..72], Stored::Key(&fleet::SIGNER_KEY).to_bytes());
    assert_eq!(written[144..216], *fleet::SIGNER_CERTIFICATE.as_bytes());
    assert_eq!(written[216..], slot[216..]);
    let (mut one, mut two) = ([0; 1024], [0; 1024]);
    let chain = op!(rig.read_chain(&device, &signer_is, &fleet::ROOT_KEY, &mut one, &mut two)).unwrap();
    assert_eq!(chain.device.der(), der);
    // Made elsewhere from the same, it is the same but for key and signature.
    assert_ne!(labelled(&rig, b"E8EB1B202027", &[0x17; 8], &fleet::dates()).as_bytes()[..], written[72..144]);
}

/// A signer that is another chip on the same bus.
#[test]
fn signed_by_a_chip_on_the_same_bus() {
    let signer_address = Address::from_7bit(0x35).unwrap();
    let rig = Rig::configured(Locks::Both, |zone| {
        *zone = *preset::x509_device(&ConfigZone::from_bytes(*zone)).as_bytes();
        zone[16] = signer_address.to_config_byte();
    });
    rig.poke(|eeprom| eeprom.set_private_key(0, &[0x22; 32]));
    rig.bus.add(Chip::blank(609));
    let mut signer_chip = Atecc608::new(rig.bus.i2c(), rig.bus.delay()).with_address(signer_address);
    let mut device_chip = Atecc608::new(rig.bus.i2c(), rig.bus.delay());
    let mut signer = go!(signer_chip.keypair(Slot::S0)).unwrap();
    assert_eq!(signer.public_key(), *fleet::SIGNER_KEY);
    let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates())
        .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE);
    let mut buffer = [0; 1024];
    let (certificate, _) = go!(device_chip.provision_with_certificate(
        preset::x509_device,
        &enrolment,
        &mut signer,
        &mut buffer,
        NoMoreConfigWrites,
        NoMoreFreeDataWrites
    ))
    .unwrap();
    certificate.verify(&fleet::SIGNER_KEY, &P256).unwrap();
}

/// While the signer works, another chip is put in that waits for its data lock, too: it gets nothing.
#[test]
fn a_chip_that_was_changed_while_the_signer_worked() {
    let signer_address = Address::from_7bit(0x35).unwrap();
    let signer_rig = Rig::x509(Locks::Both);
    signer_rig.poke(|eeprom| {
        let mut zone = *eeprom.config();
        zone[16] = signer_address.to_config_byte();
        eeprom.set_config(&zone);
        eeprom.set_private_key(0, &[0x22; 32]);
    });
    let bus = &signer_rig.bus;
    let in_socket = bus.add(Chip::blank(609));
    let mut begun = Chip::blank(610);
    let mut zone = *preset::x509_device(&ConfigZone::from_bytes(*begun.eeprom().config())).as_bytes();
    Locks::Config.apply(&mut zone);
    begun.eeprom_mut().set_config(&zone);
    begun.eeprom_mut().set_private_key(0, &testkit::KEY);
    let hook = Hook::default();
    let mut signer_chip = Atecc608::new(bus.i2c(), HookDelay::new(bus, &hook)).with_address(signer_address);
    let mut signer = go!(signer_chip.keypair(Slot::S0)).unwrap();
    let (before, mut begun) = (begun.eeprom().clone(), Some(begun));
    hook.after_pauses(0, move |bus| bus.with_chip(in_socket, |chip| *chip = begun.take().unwrap()));
    let mut device_chip = Atecc608::new(bus.i2c(), bus.delay());
    let device = fleet::device();
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates());
    let mut buffer = [0; 1024];
    let result = go!(device_chip.provision_with_certificate(
        preset::x509_device,
        &enrolment,
        &mut signer,
        &mut buffer,
        NoMoreConfigWrites,
        NoMoreFreeDataWrites
    ));
    match result {
        Err(ProvisionError::Locked(ChipError::X509(Error::OtherChip))) => {}
        other => panic!("{other:?}"),
    }
    bus.with_chip(in_socket, |chip| {
        assert_eq!(chip.eeprom().config(), before.config());
        assert!((8..16).all(|slot| chip.eeprom().slot(slot) == before.slot(slot)));
    });
}

/// Between the locks, told as the signer's failure; then another call ends it.
#[test]
fn a_signer_that_fails_and_one_that_signs_with_another_key() {
    let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates())
        .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE);
    let mut rig = Rig::blank();
    let mut buffer = [0; 1024];
    let nobody = Bus::new();
    let mut away = Atecc608::new(nobody.i2c(), nobody.delay());
    let mut signer = away.signer(Slot::S0).with_public_key(*fleet::SIGNER_KEY);
    match enrol!(rig, preset::x509_device, &enrolment, &mut signer, &mut buffer) {
        Err(ProvisionError::Signer(error)) => assert!(matches!(error.kind, ErrorKind::NoDevice(_))),
        other => panic!("{other:?}"),
    }
    assert!(rig.config().is_config_locked() && !rig.config().is_data_locked());
    let key = op!(rig.public_key(Slot::S0)).unwrap();

    // A chip with another key than it says.
    let liar_bus = Rig::x509(Locks::Both).bus;
    let mut liar = Atecc608::new(liar_bus.i2c(), liar_bus.delay());
    let mut signer = liar.signer(Slot::S0).with_public_key(*fleet::SIGNER_KEY);
    match enrol!(rig, preset::x509_device, &enrolment, &mut signer, &mut buffer) {
        Err(ProvisionError::Locked(ChipError::X509(Error::NotVerified))) => {}
        other => panic!("{other:?}"),
    }
    assert!(!rig.config().is_data_locked());
    assert!((8..16).all(|slot| rig.eeprom().slot(slot).iter().all(|byte| *byte == 0xFF)), "nothing written");

    let (certificate, origin) =
        enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer).unwrap();
    assert_eq!((certificate.public_key(), origin), (Ok(key), KeyOrigin::Found));
    assert!(rig.config().is_data_locked());
}

/// Whatever is wrong with signer, template, dates, places or buffer is told before a byte is written.
#[test]
fn what_is_unfit_is_refused_before_anything_is_written() {
    let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
    let certificate = &fleet::SIGNER_CERTIFICATE;
    let good = Enrolment::new(&device, fleet::ID, fleet::dates()).with_signer(&signer_is, certificate);
    let mut rig = Rig::blank();
    let before = kept(&rig);
    let mut refused = |wanted: fn(&ConfigZone) -> ConfigZone, enrolment: &Enrolment<'_>, size: usize| {
        let mut buffer = vec![0; size];
        let result = enrol!(rig, wanted, enrolment, &mut fleet::signer(), &mut buffer);
        assert_eq!(kept(&rig), before);
        match result {
            Ok(_) => panic!("not refused"),
            Err(error) => error,
        }
    };
    let preset: fn(&ConfigZone) -> ConfigZone = preset::x509_device;

    // A buffer that is too small.
    let needed = fleet::DEVICE.max_len().max(fleet::SIGNERS.max_len());
    let error = refused(preset, &good, needed - 1);
    assert!(matches!(error, ProvisionError::X509(Error::BufferTooSmall(_))), "{error:?}");
    // The signer's certificate is not the root's, or of another key.
    let broken = certificate.with_signature(&certificate_of_nobody());
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates()).with_signer(&signer_is, &broken);
    assert_eq!(x509(refused(preset, &enrolment, 1024)), Error::NotVerified);
    let other_root = signer_is.with_issuer_key(KeyPlace::Known(*fleet::OTHER_KEY));
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates()).with_signer(&other_root, certificate);
    assert_eq!(x509(refused(preset, &enrolment, 1024)), Error::NotVerified);
    // The names would not chain: another signer's id.
    let other_id = Enrolment::new(&device, SignerId(1), fleet::dates()).with_signer(&signer_is, certificate);
    assert_eq!(x509(refused(preset, &other_id, 1024)), Error::OtherIssuer);
    // Its root should come from the chip.
    let no_root = signer_is.with_issuer_key(KeyPlace::Stored(SlotPlace::S13));
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates()).with_signer(&no_root, certificate);
    assert_eq!(x509(refused(preset, &enrolment, 1024)), Error::NoRoot);
    // Another signer than the definition says.
    let known = device.with_issuer_key(KeyPlace::Known(*fleet::OTHER_KEY));
    let enrolment = Enrolment::new(&known, fleet::ID, fleet::dates());
    assert_eq!(x509(refused(preset, &enrolment, 1024)), Error::IssuerKey);
    // A template that needs what is not there.
    let labelled = Definition::new(
        &fleet::LABELLED,
        SlotPlace::S10,
        KeyPlace::Private(Slot::S0),
        KeyPlace::Stored(SlotPlace::S11),
    );
    let enrolment = Enrolment::new(&labelled, fleet::ID, fleet::dates());
    let error = refused(preset, &enrolment, 1024);
    assert!(matches!(error, ProvisionError::X509(Error::Template(TemplateError::NoSerial))), "{error:?}");
    // A place that is secret; two things in one place; a key that is stored and not made.
    let secret = super::moved(&device, SlotPlace::S9);
    let error = refused(preset, &Enrolment::new(&secret, fleet::ID, fleet::dates()), 1024);
    assert!(matches!(error, ProvisionError::Unfit(misfit) if misfit.kind == Unfit::CertificateUnreadable));
    assert!(error.to_string().contains("can't be read in clear"), "{error}");
    let twice = fleet::in_places(SlotPlace::S10, SlotPlace::S11);
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates()).with_signer(&twice, certificate);
    let error = refused(preset, &enrolment, 1024);
    assert!(matches!(error, ProvisionError::Unfit(misfit) if misfit.kind == Unfit::PlaceTwice), "{error:?}");
    // A text of the device's certificate where the signer's is to be written.
    let texts = [SlotBytes::new(Slot::S12, 60, 12).unwrap()];
    let covered = labelled.with_serial(SlotBytes::new(Slot::S13, 0, 8).unwrap()).with_texts(&texts);
    let contents = DataContents::BLANK.with_slot(Slot::S13, &[0x17; 8]).unwrap();
    let enrolment = Enrolment::new(&covered, fleet::ID, fleet::dates())
        .with_signer(&signer_is, certificate)
        .with_contents(contents);
    let error = refused(preset, &enrolment, 1024);
    let unfit = |misfit: atecc608::x509::Misfit| (misfit.kind, misfit.slot) == (Unfit::PlaceTwice, Slot::S12);
    assert!(matches!(error, ProvisionError::Unfit(misfit) if unfit(misfit)), "{error:?}");
    let error = refused(preset, &Enrolment::new(&signer_is, fleet::ID, fleet::dates()), 1024);
    match error {
        ProvisionError::Commit(CommitError::Config(ConfigError::Chip(error))) => {
            assert_eq!(error.kind, ErrorKind::Argument(Argument::NoKeySlot));
        }
        other => panic!("{other:?}"),
    }
    // A configuration with errors; one that can't be written.
    let spoilt = |zone: &ConfigZone| {
        let mut wanted = preset::x509_device(zone);
        wanted.set_byte(21, 0x40);
        wanted
    };
    let error = refused(spoilt, &good, 1024);
    assert!(matches!(error, ProvisionError::Commit(CommitError::Findings { .. })), "{error:?}");
}

fn x509<E: std::fmt::Debug, S: std::fmt::Debug>(error: ProvisionError<E, S>) -> Error {
    match error {
        ProvisionError::X509(error) => error,
        other => panic!("{other:?}"),
    }
}

fn certificate_of_nobody() -> atecc608::Signature {
    atecc608::Signature::from_bytes([7; 64])
}

/// Dates that can't be said are no `Dates`, so there is nothing to refuse later.
#[test]
fn dates_that_can_not_be_said_are_no_value() {
    let leap = DateTime::new(2028, 2, 29, 5, 0, 0).unwrap();
    assert_eq!(Dates::new(leap, Term::Years(1)), Err(CompressedError::NoSuchEnd(leap)));
}

/// On a chip that was locked before: with nothing, with another signer's certificate, with one of another root.
#[test]
fn a_chip_that_was_locked_with_something_else() {
    let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates())
        .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE);
    let mut buffer = [0; 1024];
    let mut rig = Rig::blank();
    let contents = DataContents::BLANK;
    op!(rig.provision(preset::x509_device, Slot::S0, &contents, NoMoreConfigWrites, NoMoreFreeDataWrites))
        .unwrap();
    match enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer) {
        Err(ProvisionError::Locked(ChipError::X509(Error::Blank(place)))) => {
            assert_eq!(place, SlotPlace::S12)
        }
        other => panic!("{other:?}"),
    }
    let other = Enrolment::new(&device, fleet::ID, fleet::dates());
    let mut rig = Rig::blank();
    enrol!(rig, preset::x509_device, &other, &mut fleet::other(), &mut buffer).unwrap();
    match enrol!(rig, preset::x509_device, &other, &mut fleet::signer(), &mut buffer) {
        Err(ProvisionError::Locked(ChipError::X509(Error::IssuerKey))) => {}
        other => panic!("{other:?}"),
    }
}

/// A slot holds something that was not said: the data zone stays open.
#[test]
fn other_contents_leave_the_data_zone_open() {
    let device = fleet::device();
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates());
    let mut rig = Rig::x509(Locks::Config);
    rig.poke(|eeprom| eeprom.set_slot(15, &[1]));
    let mut buffer = [0; 1024];
    match enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer) {
        Err(ProvisionError::Locked(ChipError::Chip(error))) => {
            assert_eq!(error, refused(Opcode::Lock));
        }
        other => panic!("{other:?}"),
    }
    assert!(!rig.config().is_data_locked());
    let written = [0x01; 1];
    let contents = DataContents::BLANK.with_slot(Slot::S15, &written).unwrap();
    // Bytes behind the first are blank.
    rig.poke(|eeprom| {
        let mut bytes = [0xFF; 72];
        bytes[0] = 1;
        eeprom.set_slot(15, &bytes);
    });
    let enrolment = enrolment.with_contents(contents);
    enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer).unwrap();
    assert!(rig.config().is_data_locked());
}

/// A half that another call left is written anew: what was signed then is nobody's business.
#[test]
fn what_was_written_before_is_written_again() {
    let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
    let enrolment = Enrolment::new(&device, fleet::ID, fleet::dates())
        .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE);
    let mut rig = Rig::x509(Locks::Config).settled();
    rig.poke(|eeprom| {
        for slot in 10..13 {
            eeprom.set_slot(slot, &[slot as u8; 40]);
        }
    });
    let mut buffer = [0; 1024];
    let (certificate, origin) =
        enrol!(rig, preset::x509_device, &enrolment, &mut fleet::signer(), &mut buffer).unwrap();
    assert_eq!(origin, KeyOrigin::Found);
    assert_eq!(certificate.public_key(), Ok(testkit::known_public_key()));
    let writes = rig.executed().iter().filter(|opcode| **opcode == Opcode::Write.to_byte()).count();
    assert_eq!(writes, 9, "three blocks a place");
}
