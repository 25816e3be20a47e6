//! What the compiler computes is what the program computes.

use atecc608::Slot;
use atecc608::config::build::{Builder, Purpose};
use atecc608::config::lint::{Findings, Kind};
use atecc608::config::{ConfigZone, preset};

const ZONES: [ConfigZone; 6] = [
    ConfigZone::from_bytes(preset::FACTORY),
    ConfigZone::from_bytes(preset::TNGTLS),
    ConfigZone::from_bytes(preset::TFLXTLS),
    preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY)),
    preset::x509_device(&ConfigZone::from_bytes(preset::FACTORY)),
    // Every rule has something to say about most of its slots.
    ConfigZone::from_bytes([0xA5; 128]),
];
const ERRORS: [usize; 6] = [
    ZONES[0].lint_errors(),
    ZONES[1].lint_errors(),
    ZONES[2].lint_errors(),
    ZONES[3].lint_errors(),
    ZONES[4].lint_errors(),
    ZONES[5].lint_errors(),
];
const FIRST: Option<Kind> = match ZONES[5].first_error() {
    Some(finding) => Some(finding.kind),
    None => None,
};

#[test]
fn lint() {
    let errors = |findings: Findings<'_>| {
        findings.filter(|finding| finding.severity == atecc608::config::lint::Severity::Error).count()
    };
    assert_eq!(ERRORS, ZONES.each_ref().map(|zone| errors(zone.lint())));
    assert_eq!(ERRORS, ZONES.each_ref().map(ConfigZone::lint_errors));
    assert!(ERRORS[5] > 20 && ERRORS[3..5] == [0, 0], "{ERRORS:?}");
    let first = ZONES[5].lint().find(|finding| finding.severity == atecc608::config::lint::Severity::Error);
    assert_eq!(FIRST, first.map(|finding| finding.kind));
    assert!(FIRST.is_some());
}

#[test]
fn builder() {
    const BUILDER: Builder = Builder::for_factory_chip()
        .slot(Slot::S0, Purpose::LimitedKey { uses: 100 })
        .slot(Slot::S2, Purpose::AgreementKey)
        .slot(Slot::S4, Purpose::AuthorisationKey)
        .authorised_by(Slot::S2, Slot::S4)
        .slot(Slot::S6, Purpose::IoProtectionKey)
        .slot(Slot::S7, Purpose::SecureBootDigest)
        .slot(Slot::S15, Purpose::SecureBootKey { digest: Slot::S7 })
        .results_inside();
    const WANTED: ConfigZone = match BUILDER.build() {
        Ok(zone) => zone,
        Err(error) => panic!("{}", error.name()),
    };
    const _: () = assert!(WANTED.lint_errors() == 0);
    assert_eq!(BUILDER.build(), Ok(WANTED));
    let mut chip = ConfigZone::from_bytes(preset::FACTORY);
    for byte in 0..13 {
        chip.set_byte(byte, byte);
    }
    let mut set = WANTED;
    set.set_chip_mode(atecc608::config::ChipMode::from_bits(4));
    let zone = preset::on_chip(set.as_bytes(), &chip);
    assert_eq!(zone.serial_number(), chip.serial_number());
    assert!(zone.difference(&set).all(|byte| byte.offset < 13), "only the chip's own bytes");
}
