//! Configurations and the certificates that should lie in them: every kind of misfit, with one that just has it not, and the
//! simulated chip's word on those that say what can't be read or done.

use atecc608::blocking::Atecc608;
use atecc608::config::lint::Severity::{self, Error, Notice, Warning};
use atecc608::config::{ConfigZone, preset};
use atecc608::x509::{Definition, KeyPlace, SerialSource, SlotBytes, SlotPlace, Template, Unfit};
use atecc608::{PublicKey, Slot};
use atecc608_sim::{Bus, Chip};
use testkit::set_slot;

/// What stands in the example is not looked at.
const TEMPLATE: Template<'_> = Template::new(&[], 1, 0, SerialSource::PublicKeyHash);
const KEY: KeyPlace = KeyPlace::Private(Slot::S0);
const STORED: KeyPlace = KeyPlace::Stored(SlotPlace::S11);
const DEVICE: Definition<'_> = Definition::new(&TEMPLATE, SlotPlace::S10, KEY, STORED);
/// 12 bytes in slot 5, which the preset closes.
const TEXT: SlotBytes = SlotBytes::new(Slot::S5, 0, 12).expect("within the slot");
const TEXTS: [SlotBytes; 1] = [TEXT];
const FIVE: [SlotBytes; 5] = {
    let mut texts = [TEXT; 5];
    let mut index = 0;
    while index < 5 {
        texts[index] = SlotBytes::new(Slot::S8, 100 + 12 * index, 12).expect("within the slot");
        index += 1;
    }
    texts
};
const LONG: [SlotBytes; 2] = [
    SlotBytes::new(Slot::S8, 100, 72).expect("within the slot"),
    SlotBytes::new(Slot::S8, 200, 57).expect("within the slot"),
];

/// Slot, SlotConfig, KeyConfig.
type Change = (usize, u16, u16);
/// Kind, severity, slot it names; a definition and changes of the preset that have it; and that have it not.
type Row =
    (Unfit, Severity, u8, (Definition<'static>, &'static [Change]), (Definition<'static>, &'static [Change]));

fn rows() -> [Row; 14] {
    let renewed = Definition::new(
        &TEMPLATE,
        SlotPlace::S13,
        KeyPlace::Private(Slot::S1),
        KeyPlace::Stored(SlotPlace::S14),
    );
    let with_issuer = |key| DEVICE.with_issuer_key(key);
    let open_text: &[Change] = &[(5, 0x8F0F, 0x001C)];
    let known = KeyPlace::Known(PublicKey::from_bytes([7; 64]));
    [
        (
            Unfit::PlaceTwice,
            Error,
            10,
            (with_issuer(KeyPlace::Stored(SlotPlace::S10)), &[]),
            (with_issuer(KeyPlace::Stored(SlotPlace::S12)), &[]),
        ),
        (
            Unfit::TooManyTexts,
            Error,
            10,
            (DEVICE.with_texts(&FIVE), &[]),
            (DEVICE.with_texts(&TEXTS), open_text),
        ),
        (Unfit::TooManyTexts, Error, 10, (DEVICE.with_texts(&LONG), &[]), (DEVICE, &[])),
        (Unfit::CertificateUnreadable, Error, 10, (DEVICE, &[(10, 0x8F8F, 0x001C)]), (DEVICE, &[])),
        (
            Unfit::KeyUnreadable,
            Error,
            11,
            (DEVICE, &[(11, 0x8F4F, 0x001C)]),
            (with_issuer(known), &[(11, 0x8F4F, 0x001C)]),
        ),
        (
            Unfit::TextUnreadable,
            Error,
            5,
            (DEVICE.with_texts(&TEXTS), &[]),
            (DEVICE.with_texts(&TEXTS), open_text),
        ),
        (
            Unfit::TextUnreadable,
            Error,
            5,
            (DEVICE.with_serial(TEXT), &[]),
            (DEVICE.with_serial(TEXT), open_text),
        ),
        (Unfit::NoSigningKey, Error, 0, (DEVICE, &[(0, 0x8084, 0x0013)]), (DEVICE, &[(0, 0x8085, 0x0013)])),
        (Unfit::PublicKeyNotTold, Error, 0, (DEVICE, &[(0, 0x8081, 0x0011)]), (DEVICE, &[])),
        (Unfit::SignerKeyReplaceable, Warning, 11, (DEVICE, &[(11, 0x0F0F, 0x0030)]), (renewed, &[])),
        (Unfit::KeyOutlivesCertificate, Warning, 0, (DEVICE, &[(0, 0x2081, 0x0033)]), (renewed, &[])),
        (
            Unfit::TextReplaceable,
            Warning,
            5,
            (DEVICE.with_texts(&TEXTS), &[(5, 0x0F0F, 0x001C)]),
            (renewed.with_texts(&TEXTS), &[(5, 0x0F0F, 0x001C)]),
        ),
        (
            Unfit::SignerKeyFixed,
            Notice,
            11,
            (Definition::new(&TEMPLATE, SlotPlace::S13, KEY, STORED), &[]),
            (renewed, &[]),
        ),
        (
            Unfit::EncryptedTail,
            Notice,
            13,
            (renewed, &[(13, 0x490F, 0x001C), (9, 0x8F8F, 0x005C)]),
            (DEVICE, &[]),
        ),
    ]
}

fn zone(changes: &[Change]) -> ConfigZone {
    let mut bytes = *preset::x509_device(&ConfigZone::from_bytes(preset::FACTORY)).as_bytes();
    for (slot, config, key) in changes {
        set_slot(&mut bytes, *slot, *config, *key);
    }
    ConfigZone::from_bytes(bytes)
}

#[test]
fn each_kind_is_found_where_it_is_and_nowhere_else() {
    for (kind, severity, slot, (with, changes), (without, no_changes)) in rows() {
        let zone_with = zone(changes);
        let found: Vec<_> = with.misfits(&zone_with).filter(|misfit| misfit.kind == kind).collect();
        let [misfit] = found[..] else { panic!("{kind:?}: {found:?}") };
        assert_eq!((misfit.severity, misfit.slot.number()), (severity, slot), "{kind:?}");
        assert_eq!(with.check(&zone_with).is_err(), severity == Error, "{kind:?}");
        let text = misfit.to_string();
        assert!(
            text.starts_with(&format!("{severity}: slot {slot}: ")) && text.contains("\n  help: "),
            "{text}"
        );
        let zone_without = zone(no_changes);
        assert!(without.misfits(&zone_without).all(|misfit| misfit.kind != kind), "{kind:?} without cause");
    }
    for kind in Unfit::ALL {
        // That one is of `misfits_encrypted` only.
        let elsewhere = *kind == Unfit::CertificateNotEncrypted;
        assert!(elsewhere != rows().iter().any(|row| row.0 == *kind), "no row for {kind:?}");
        assert_eq!(kind.name(), format!("{kind:?}"));
    }
}

/// What is in clear, never given out, or in slot 8 is not read encrypted. Keys and texts are looked at as ever.
#[test]
fn certificates_that_are_read_encrypted() {
    const STORAGE_KEY: Change = (9, 0x8F8F, 0x005C);
    let in_slot_8 = Definition::new(&TEMPLATE, SlotPlace::S8[0], KEY, STORED);
    type Case = (Definition<'static>, &'static [Change], Option<(Unfit, u8)>);
    let cases: [Case; 6] = [
        (DEVICE, &[(10, 0x49C9, 0x001C), STORAGE_KEY], None),
        (DEVICE, &[], Some((Unfit::CertificateNotEncrypted, 10))),
        (DEVICE, &[(10, 0x8F8F, 0x001C)], Some((Unfit::CertificateNotEncrypted, 10))),
        (in_slot_8, &[(8, 0x49C9, 0x001C), STORAGE_KEY], Some((Unfit::CertificateNotEncrypted, 8))),
        (
            DEVICE,
            &[(10, 0x49C9, 0x001C), (11, 0x49C9, 0x001C), STORAGE_KEY],
            Some((Unfit::KeyUnreadable, 11)),
        ),
        (DEVICE.with_texts(&TEXTS), &[(10, 0x49C9, 0x001C), STORAGE_KEY], Some((Unfit::TextUnreadable, 5))),
    ];
    for (definition, changes, found) in cases {
        let zone = zone(changes);
        let error = definition.check_encrypted(&zone).err();
        assert_eq!(error.map(|misfit| (misfit.kind, misfit.slot.number())), found, "{changes:x?}");
        let unreadable = definition.misfits_encrypted(&zone);
        assert!(unreadable.into_iter().all(|misfit| misfit.kind != Unfit::CertificateUnreadable));
    }
}

/// The preset fits both of its certificates, when the program is compiled.
#[test]
fn the_preset_fits() {
    const RENEWED: Definition<'_> = Definition::new(
        &TEMPLATE,
        SlotPlace::S13,
        KeyPlace::Private(Slot::S1),
        KeyPlace::Stored(SlotPlace::S14),
    );
    const ZONE: ConfigZone = preset::x509_device(&ConfigZone::from_bytes(preset::FACTORY));
    const _: () = assert!(DEVICE.check(&ZONE).is_ok() && RENEWED.check(&ZONE).is_ok());
    assert_eq!(DEVICE.misfits(&ZONE).count() + RENEWED.misfits(&ZONE).count(), 0);
    // Those of Trust&GO and TrustFLEX, with the device's MAC in slot 5 where a part has one.
    for preset in [preset::TNGTLS, preset::TFLXTLS] {
        let zone = ConfigZone::from_bytes(preset);
        assert_eq!(DEVICE.check(&zone), Ok(()), "{:?}", DEVICE.misfits(&zone).collect::<Vec<_>>());
    }
}

/// What misfits of error say of reading and signing is what the chip says; without them it does both.
#[test]
fn the_chip_agrees() {
    for (kind, severity, _, with, without) in rows() {
        let says_what_can_not_be =
            severity == Error && !matches!(kind, Unfit::PlaceTwice | Unfit::TooManyTexts);
        for ((definition, changes), works) in [(with, !says_what_can_not_be), (without, true)] {
            let mut eeprom = Chip::blank(1).eeprom().clone();
            let mut bytes = *zone(changes).as_bytes();
            bytes[..16].copy_from_slice(&eeprom.config()[..16]);
            testkit::Locks::Both.apply(&mut bytes);
            eeprom.set_config(&bytes);
            for slot in 5..16 {
                eeprom.set_slot(slot, &[slot as u8; 36]);
            }
            for slot in [0, 1] {
                eeprom.set_private_key(slot, &testkit::KEY);
            }
            let bus = Bus::new();
            bus.add(Chip::with_eeprom(eeprom));
            let mut chip = Atecc608::new(bus.i2c(), bus.delay());
            let mut read = |slot: Slot, offset: usize, len: usize| {
                chip.read_slot(slot, offset, &mut vec![0; len]).is_ok()
            };
            let place = |key| match key {
                KeyPlace::Stored(place) => Some(place),
                _ => None,
            };
            let places = [Some(definition.certificate()), place(definition.issuer_key())];
            let mut all =
                places.into_iter().flatten().all(|place| read(place.slot(), place.offset(), SlotPlace::LEN));
            all &= definition
                .serial()
                .iter()
                .chain(definition.texts())
                .all(|text| read(text.slot(), text.offset(), text.len()));
            if let KeyPlace::Private(slot) = definition.subject_key() {
                all &= chip.public_key(slot).is_ok() && chip.sign_digest(slot, &[7; 32]).is_ok();
            }
            assert_eq!(all, works, "{kind:?} {changes:?}");
        }
    }
}
