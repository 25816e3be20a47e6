//! The plans as configurations.

use atecc608::config::lint::{Kind, Severity};
use atecc608::config::{ConfigZone, preset};
use atecc608_doctor::plan::b::keys;
use atecc608_doctor::plan::{Plan, a, b};

/// Lint's warnings and errors of a plan's configuration are those that are meant, and no others.
fn warns_of_what_is_meant(plan: Plan, meant: &[(Kind, Option<u8>, &str)]) {
    let zone = ConfigZone::from_bytes(plan.design().layout.on(&preset::FACTORY));
    let mut meant: Vec<_> = meant.iter().map(|(kind, slot, _)| (kind.name(), *slot)).collect();
    let found = zone.lint().filter(|finding| finding.severity != Severity::Notice);
    let mut found: Vec<_> =
        found.map(|finding| (finding.kind.name(), finding.slot.map(|slot| slot.number()))).collect();
    meant.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, meant, "{plan:?}");
}

#[test]
fn lint_warns_of_what_is_meant_and_of_nothing_else() {
    warns_of_what_is_meant(Plan::A, a::MEANT);
    warns_of_what_is_meant(Plan::B, b::MEANT);
}

/// What comes to a chip is what is built, and the chip's own bytes stay its own.
#[test]
fn the_layout_is_the_configuration() {
    let mut chip = preset::FACTORY;
    chip[2..4].copy_from_slice(&[0x45, 0xE1]);
    let built = [
        (Plan::A, *a::configuration(&ConfigZone::from_bytes(chip)).as_bytes()),
        (Plan::B, *b::ZONE.as_bytes()),
    ];
    for (plan, built) in built {
        let on_chip = plan.design().layout.on(&chip);
        assert_eq!(on_chip[..16], chip[..16], "{plan:?}");
        assert_eq!(on_chip[84..88], chip[84..88], "{plan:?}");
        assert_eq!(on_chip[16..84], built[16..84], "{plan:?}");
        assert_eq!(on_chip[88..], built[88..], "{plan:?}");
    }
}

/// Keys of a plan tell their slots apart, also from each other, and those of public keys are some.
#[test]
fn no_two_slots_hold_the_same() {
    for slot in 0..16 {
        for other in 0..slot {
            assert_ne!(a::contents(slot), a::contents(other), "{slot} and {other}");
            assert_ne!(a::private_key(slot), a::private_key(other), "{slot} and {other}");
            assert_ne!(keys::secret(slot), keys::secret(other), "{slot} and {other}");
            assert_ne!(keys::public(slot), keys::public(other), "{slot} and {other}");
        }
        assert_ne!(keys::public(slot), [0; 64], "{slot}");
        assert_ne!(keys::sign(slot, &[0x5A; 32]), [0; 64], "{slot}");
    }
}
