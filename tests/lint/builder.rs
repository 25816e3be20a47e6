//! What the builder makes: always clean, always what was asked for, in the simulated chip's eyes, too.

use atecc608::blocking::Atecc608;
use atecc608::command::CounterId;
use atecc608::config::build::{BuildError, Builder, Purpose};
use atecc608::config::explain::{Action, Stage};
use atecc608::config::lint::Severity;
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, Slot};
use atecc608_sim::Bus;
use testkit::configurations::Xorshift;

fn factory() -> ConfigZone {
    ConfigZone::from_bytes(preset::FACTORY)
}

fn any_slot(random: &mut Xorshift) -> Slot {
    Slot::new(random.below(16) as u8).unwrap()
}

fn purpose(random: &mut Xorshift) -> Purpose {
    match random.below(20) {
        0 => Purpose::Unused,
        1 => Purpose::SigningKey,
        2 => Purpose::RenewableSigningKey,
        3 => Purpose::LimitedKey { uses: random.below(3_000_000) as u32 },
        4 => Purpose::AgreementKey,
        5 => Purpose::EncryptedStorage { key: any_slot(random) },
        6 | 7 => Purpose::StorageKey,
        8 => Purpose::PublicKey,
        9 => Purpose::SecureBootKey { digest: any_slot(random) },
        10 => Purpose::SecureBootDigest,
        11 => Purpose::Data,
        12 => Purpose::AesKey,
        13 => Purpose::ParentKey,
        14 => Purpose::IoProtectionKey,
        15 | 16 => Purpose::AuthorisationKey,
        17 => Purpose::Certificate,
        18 => Purpose::RenewableCertificate,
        _ => [Purpose::MacKey, Purpose::FixedData][random.below(2)],
    }
}

/// Any purposes in any slots: refused, or a configuration with nothing above a notice.
#[test]
fn whatever_is_built_passes() {
    let mut random = Xorshift::new(11);
    let mut built = 0;
    for _ in 0..5_000 {
        let builder = (0..random.below(8)).fold(Builder::new(&factory()), |builder, _| {
            builder.slot(any_slot(&mut random), purpose(&mut random))
        });
        let builder = if random.below(3) == 0 { builder.results_inside() } else { builder };
        let builder = match random.below(2) {
            0 => builder.authorised_by(any_slot(&mut random), any_slot(&mut random)),
            _ => builder,
        };
        if let Ok(zone) = builder.build() {
            built += 1;
            let worse: Vec<_> = zone.lint().filter(|f| f.severity > Severity::Notice).collect();
            assert_eq!(worse, [], "{builder:?}\n{zone}");
            assert!(zone.difference(&factory()).all(|d| ConfigZone::is_writable(d.offset)));
        }
    }
    println!("{built} configurations built from random purposes, none with a warning");
    assert!(built > 1_000);
}

#[test]
fn each_purpose_permits_what_it_says() {
    let zone = Builder::new(&factory())
        .slot(Slot::S0, Purpose::SigningKey)
        .slot(Slot::S1, Purpose::RenewableSigningKey)
        .slot(Slot::S2, Purpose::LimitedKey { uses: 10 })
        .slot(Slot::S3, Purpose::AgreementKey)
        .slot(Slot::S4, Purpose::StorageKey)
        .slot(Slot::S5, Purpose::AesKey)
        .slot(Slot::S6, Purpose::MacKey)
        .slot(Slot::S7, Purpose::AuthorisationKey)
        .slot(Slot::S8, Purpose::EncryptedStorage { key: Slot::S4 })
        .slot(Slot::S9, Purpose::PublicKey)
        .slot(Slot::S10, Purpose::FixedData)
        .slot(Slot::S11, Purpose::SecureBootKey { digest: Slot::S12 })
        .slot(Slot::S12, Purpose::SecureBootDigest)
        .slot(Slot::S13, Purpose::Data)
        .slot(Slot::S14, Purpose::MacKey)
        .slot(Slot::S15, Purpose::RenewableCertificate)
        .authorised_by(Slot::S14, Slot::S7)
        .build()
        .unwrap();
    let terms = |slot, action| {
        zone.permission(slot, action, Stage::Locked)
            .map_or_else(|| "never".to_owned(), |needs| needs.to_string())
    };
    for (slot, action, expected) in [
        (Slot::S0, Action::SignExternal, "by anyone"),
        (Slot::S0, Action::PublicKey, "by anyone"),
        (Slot::S0, Action::GenKey, "never"),
        (Slot::S1, Action::GenKey, "by anyone"),
        (Slot::S2, Action::SignExternal, "counted"),
        (Slot::S3, Action::Ecdh, "by anyone"),
        (Slot::S3, Action::SignExternal, "never"),
        (Slot::S4, Action::GenDig, "random nonce"),
        (Slot::S7, Action::CheckMac, "random nonce"),
        (Slot::S7, Action::Mac, "never"),
        (Slot::S5, Action::Aes, "by anyone"),
        (Slot::S6, Action::CheckMac, "by anyone"),
        (Slot::S6, Action::Hmac, "by anyone"),
        (Slot::S6, Action::Write, "never"),
        (Slot::S8, Action::ReadEncrypted, "encrypted with slot 4, random nonce"),
        (Slot::S8, Action::WriteEncrypted, "encrypted with slot 4"),
        (Slot::S8, Action::Read, "never"),
        (Slot::S9, Action::Verify, "by anyone"),
        (Slot::S10, Action::Read, "by anyone"),
        (Slot::S10, Action::Write, "never"),
        (Slot::S11, Action::SecureBootKey, "by anyone"),
        (Slot::S12, Action::SecureBootStore, "with slot 11"),
        (Slot::S13, Action::Write, "by anyone"),
        (Slot::S14, Action::Hmac, "authorised by slot 7"),
        (Slot::S15, Action::Read, "by anyone"),
        (Slot::S15, Action::WriteWord, "by anyone"),
        (Slot::S15, Action::LockSlot, "by anyone"),
    ] {
        assert_eq!(terms(slot, action), expected, "{slot}: {action}");
    }
    assert_eq!(zone.counter(CounterId::Counter0), 2_097_141);
}

/// A limited key on a simulated chip, used to its end.
#[test]
fn a_limited_key_ends() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let zone = Builder::new(&chip.read_config().unwrap())
        .slot(Slot::S2, Purpose::LimitedKey { uses: 3 })
        .build()
        .unwrap();
    let plan = chip.plan(&zone).unwrap();
    chip.commit(&plan, NoMoreConfigWrites).unwrap();
    chip.ensure_key(Slot::S2).unwrap();
    chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();
    for use_ in 0..3 {
        chip.sign_digest(Slot::S2, &[use_; 32]).unwrap();
    }
    assert!(chip.sign_digest(Slot::S2, &[3; 32]).is_err());
}

#[test]
fn what_does_not_go_together_is_refused() {
    let refused = |purposes: &[(Slot, Purpose)]| {
        purposes
            .iter()
            .fold(Builder::new(&factory()), |b, (slot, purpose)| b.slot(*slot, *purpose))
            .build()
            .unwrap_err()
    };
    let storage = Purpose::EncryptedStorage { key: Slot::S4 };
    let boot = Purpose::SecureBootKey { digest: Slot::S12 };
    let limited = Purpose::LimitedKey { uses: 1 };
    for (purposes, error, words) in [
        (
            &[(Slot::S8, storage), (Slot::S4, Purpose::MacKey)][..],
            BuildError::NoStorageKey { slot: Slot::S8, key: Slot::S4 },
            "slot 8 is to be encrypted with slot 4",
        ),
        (&[(Slot::S7, Purpose::PublicKey)], BuildError::TooSmall { slot: Slot::S7 }, "too small"),
        (
            &[(Slot::S7, Purpose::Certificate)],
            BuildError::TooSmallForCertificate { slot: Slot::S7 },
            "too small for a certificate",
        ),
        (
            &[(Slot::S0, Purpose::RenewableCertificate)],
            BuildError::TooSmallForCertificate { slot: Slot::S0 },
            "use 8 to 15",
        ),
        (
            &[(Slot::S11, boot)],
            BuildError::NoDigestSlot { slot: Slot::S11, digest: Slot::S12 },
            "no secure boot digest",
        ),
        (&[(Slot::S0, limited), (Slot::S1, limited)], BuildError::SecondOne { slot: Slot::S1 }, "second"),
        (
            &[(Slot::S4, Purpose::IoProtectionKey), (Slot::S5, Purpose::IoProtectionKey)],
            BuildError::SecondOne { slot: Slot::S5 },
            "I/O protection",
        ),
        (
            &[(Slot::S2, Purpose::AgreementKey), (Slot::S3, Purpose::MacKey)],
            BuildError::BehindAgreementKey { slot: Slot::S3 },
            "use an odd slot",
        ),
        (&[(Slot::S0, Purpose::LimitedKey { uses: 0 })], BuildError::TooFewUses, "one use"),
        (&[(Slot::S0, Purpose::LimitedKey { uses: 2_097_151 })], BuildError::TooManyUses, "at most"),
    ] {
        assert_eq!(refused(purposes), error);
        assert!(error.to_string().contains(words), "{error}");
    }
    let keys = Builder::new(&factory())
        .slot(Slot::S0, Purpose::SigningKey)
        .slot(Slot::S4, Purpose::StorageKey)
        .slot(Slot::S7, Purpose::AuthorisationKey)
        .slot(Slot::S8, Purpose::Data);
    for (slot, key, error, words) in [
        (0, 4, BuildError::NoAuthorisationKey { slot: Slot::S0, key: Slot::S4 }, "no authorisation key"),
        (8, 7, BuildError::NotAuthorised { slot: Slot::S8 }, "can't be made to need"),
        (7, 7, BuildError::NotAuthorised { slot: Slot::S7 }, "can't be made to need"),
    ] {
        let slots = [slot, key].map(|number| Slot::new(number).unwrap());
        assert_eq!(keys.authorised_by(slots[0], slots[1]).build(), Err(error));
        assert!(error.to_string().contains(words), "{error}");
    }
    for open in [Purpose::Data, Purpose::RenewableCertificate] {
        let open = Builder::new(&factory()).slot(Slot::S8, open).results_inside();
        assert_eq!(open.build(), Err(BuildError::ResultReadable { slot: Slot::S8 }));
    }
    let mut chip = factory();
    chip.set_byte(13, 0);
    let error = Builder::new(&chip).slot(Slot::S5, Purpose::AesKey).build().unwrap_err();
    assert_eq!(error, BuildError::NoAes { slot: Slot::S5 });
}
