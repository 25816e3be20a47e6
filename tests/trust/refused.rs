//! Chips that are no such part, have no certificate, or one that does not belong to them.

use crate::rig::{Rig, demo};
use atecc608::blocking::Atecc608;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::trust::{self, OtpCode, TrustError};
use atecc608::x509::{SignerId, SlotPlace};
use atecc608::{DataContents, Error, ErrorKind, Slot, config::preset};
use atecc608_sim::Bus;
use atecc608_sim::preset::Preset;

#[test]
fn a_blank_chip() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let refusal = chip.identify_trust(&trust::MICROCHIP).unwrap_err();
    assert_eq!(refusal, TrustError::NotTrust(None));
    assert!(refusal.to_string().contains("the data zone is not locked"));
}

#[test]
fn a_chip_that_somebody_configured() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    chip.provision(
        preset::gcp_device,
        Slot::S0,
        &DataContents::BLANK,
        NoMoreConfigWrites,
        NoMoreFreeDataWrites,
    )
    .unwrap();
    let refusal = chip.identify_trust(&trust::MICROCHIP).unwrap_err();
    assert_eq!(refusal, TrustError::NotTrust(Some(OtpCode([0xFF; 8]))));
    for preset in [Preset::Arduino, Preset::Helium, Preset::NervesKey, Preset::DemoSigner] {
        let refusal = Rig::new(preset, 1).refusal(&demo());
        assert!(matches!(refusal, TrustError::NotTrust(Some(_))), "{preset}: {refusal}");
    }
}

/// TrustFLEX parts can be ordered without certificates, or have theirs erased for others.
#[test]
fn a_trustflex_without_certificates() {
    let code = OtpCode(*b"MKMwyhP1");
    for blank in [[0xFF; 72], [0; 72]] {
        let mut rig = Rig::new(Preset::TflxTls, 1);
        rig.change(|eeprom| [10, 11, 12].into_iter().for_each(|slot| eeprom.set_slot(slot, &blank)));
        let refusal = rig.refusal(&demo());
        assert_eq!(refusal, TrustError::NoCertificate { code, place: SlotPlace::S12 });
        assert!(refusal.to_string().contains("slot 12 holds no certificate"));
        // Only the device's is missing.
        let mut rig = Rig::new(Preset::TflxTls, 1);
        rig.change(|eeprom| eeprom.set_slot(10, &blank));
        assert_eq!(rig.refusal(&demo()), TrustError::NoCertificate { code, place: SlotPlace::S10 });
    }
}

#[test]
fn the_signer_of_another_chip() {
    let (mut rig, other) = (Rig::new(Preset::TngTls, 1), Rig::new(Preset::TngTls, 0x101));
    rig.change(|eeprom| [11, 12].into_iter().for_each(|slot| eeprom.set_slot(slot, &other.slot(slot))));
    let refusal = rig.refusal(&demo());
    let (named, stored) = (SignerId(0xD000), SignerId(0xD001));
    assert_eq!(refusal, TrustError::WrongSigner { named, stored });
    // The signer's own certificate is good.
    let mut buffer = [0; trust::MAX_LEN];
    let signer = rig.chip.read_trust_signer(&demo(), &mut buffer).unwrap();
    assert_eq!(signer.common_name(), Some("Crypto Authentication Signer D001"));
}

#[test]
fn certificates_copied_to_another_chip() {
    let (mut rig, other) = (Rig::new(Preset::TngTls, 1), Rig::new(Preset::TngTls, 2));
    let slots = [5, 10, 11, 12];
    rig.change(|eeprom| slots.into_iter().for_each(|slot| eeprom.set_slot(slot, &other.slot(slot))));
    let refused = TrustError::NotBySigner { signer: SignerId(0xD000), template: 3 };
    assert_eq!(rig.refusal(&demo()), refused);
    // Neither the serial number alone helps, nor the key alone.
    rig.set_serial(&other.serial());
    assert_eq!(rig.refusal(&demo()), refused);
    rig.change(|eeprom| eeprom.set_slot(0, &other.slot(0)));
    rig.read(&demo()).unwrap();
    rig.set_serial(&Rig::new(Preset::TngTls, 1).serial());
    assert_eq!(rig.refusal(&demo()), refused);
}

#[test]
fn another_key_in_the_devices_slot() {
    let mut rig = Rig::new(Preset::TngTls, 1);
    rig.change(|eeprom| eeprom.set_private_key(0, &[7; 32]));
    let refusal = rig.refusal(&demo());
    assert_eq!(refusal, TrustError::NotBySigner { signer: SignerId(0xD000), template: 3 });
    assert!(refusal.to_string().contains("the key, the serial number or the address is not the one"));
}

#[test]
fn a_signer_that_the_root_never_signed() {
    let mut rig = Rig::new(Preset::TngTls, 1);
    let key = rig.chip.public_key(Slot::S1).unwrap();
    rig.change(|eeprom| eeprom.set_public_key(11, key.as_bytes()));
    assert_eq!(rig.refusal(&demo()), TrustError::NotByRoot(SignerId(0xD000)));
    // The simulated parts' root is not Microchip's.
    let refusal = Rig::new(Preset::TngLora, 1).refusal(&trust::MICROCHIP);
    assert_eq!(refusal, TrustError::NotByRoot(SignerId(0xD000)));
}

/// Nobody there is nobody there, and not a wrong part.
#[test]
fn no_chip() {
    let bus = Bus::new();
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let refusal = chip.identify_trust(&trust::MICROCHIP).unwrap_err();
    let TrustError::Chip(Error { kind: ErrorKind::NoDevice(_), .. }) = refusal else { panic!("{refusal}") };
    assert!(std::error::Error::source(&refusal).is_some());
}
