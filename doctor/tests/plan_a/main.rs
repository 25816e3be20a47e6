//! Plan A as a configuration.

use atecc608::config::lint::Severity;
use atecc608::config::{ConfigZone, preset};
use atecc608_doctor::plan::{Plan, a};

/// As it is on a chip from the factory.
fn zone() -> ConfigZone {
    ConfigZone::from_bytes(Plan::A.design().layout.on(&preset::FACTORY))
}

#[test]
fn lint_warns_of_what_is_meant_and_of_nothing_else() {
    let zone = zone();
    let mut meant: Vec<_> = a::MEANT.iter().map(|(kind, slot, _)| (kind.name(), *slot)).collect();
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
    let wanted = a::configuration(&ConfigZone::from_bytes(chip));
    assert_eq!(&Plan::A.design().layout.on(&chip), wanted.as_bytes());
    assert_eq!(wanted.as_bytes()[..16], chip[..16]);
    assert_eq!(wanted.as_bytes()[84..88], chip[84..88]);
}

/// Keys of the plan tell their slots apart, also from each other.
#[test]
fn no_two_slots_hold_the_same() {
    for slot in 0..16 {
        for other in 0..slot {
            assert_ne!(a::contents(slot), a::contents(other), "{slot} and {other}");
            assert_ne!(a::private_key(slot), a::private_key(other), "{slot} and {other}");
        }
    }
}
