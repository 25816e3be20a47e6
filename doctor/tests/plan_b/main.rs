//! Plan B as a configuration.

use atecc608::config::lint::Severity;
use atecc608::config::{ConfigZone, preset};
use atecc608_doctor::plan::b::keys;
use atecc608_doctor::plan::{Plan, b};

/// As it is on a chip from the factory.
fn zone() -> ConfigZone {
    ConfigZone::from_bytes(Plan::B.design().layout.on(&preset::FACTORY))
}

#[test]
fn lint_warns_of_what_is_meant_and_of_nothing_else() {
    let zone = zone();
    let mut meant: Vec<_> = b::MEANT.iter().map(|(kind, slot, _)| (kind.name(), *slot)).collect();
    let found = zone.lint().filter(|finding| finding.severity != Severity::Notice);
    let mut found: Vec<_> =
        found.map(|finding| (finding.kind.name(), finding.slot.map(|slot| slot.number()))).collect();
    meant.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, meant);
}

/// What comes to a chip is what is built, and the chip's own bytes stay its own.
#[test]
fn the_layout_is_the_configuration() {
    let mut chip = preset::FACTORY;
    chip[2..4].copy_from_slice(&[0x45, 0xE1]);
    let on_chip = Plan::B.design().layout.on(&chip);
    assert_eq!(on_chip[..16], chip[..16]);
    assert_eq!(on_chip[84..88], chip[84..88]);
    assert_eq!(on_chip[16..84], b::ZONE.as_bytes()[16..84]);
    assert_eq!(on_chip[88..], b::ZONE.as_bytes()[88..]);
}

/// Keys of the plan tell their slots apart, and those of public keys are some.
#[test]
fn no_two_slots_hold_the_same() {
    for slot in 0..16 {
        for other in 0..slot {
            assert_ne!(keys::secret(slot), keys::secret(other), "{slot} and {other}");
            assert_ne!(keys::public(slot), keys::public(other), "{slot} and {other}");
        }
        assert_ne!(keys::public(slot), [0; 64], "{slot}");
        assert_ne!(keys::sign(slot, &[0x5A; 32]), [0; 64], "{slot}");
    }
}
