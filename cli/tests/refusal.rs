//! What a person reads when the chip refuses, and who is asked before something is lost.

use atecc608::Slot;
use atecc608::command::{GenKeyPublic, ReadBlock};
use atecc608::diagnose::{Rule, Seen};
use atecc608::irreversible::NoMoreConfigWrites;
use atecc608::memory::Block;
use atecc608_cli::cli::Global;
use atecc608_cli::{App, Kind};

fn app(bus: &str, yes_serial: Option<&str>) -> App {
    let bus = Some(bus.into());
    let yes_serial = yes_serial.map(Into::into);
    App::new(Global { bus, yes_serial, quiet: true, ..Global::default() })
}

#[test]
fn a_refusal_has_its_rule_its_help_and_its_section() {
    let command = GenKeyPublic { slot: Slot::S0, digest: false };
    let failure = app("sim:", None)
        .explained("the key was read", &[&command], Seen::new(), |chip| chip.public_key(Slot::S0))
        .unwrap_err();
    assert_eq!((failure.kind(), failure.rule()), (Kind::Refused, Some(Rule::ConfigUnlocked)));
    let text = failure.to_string();
    for part in [
        "the key was read\n  cause: the chip refused GenKey (status 0x0f): the configuration is not locked yet",
        "config zone unlocked, data zone unlocked; chip reference 5.7",
        "what to do: `atecc config lint` and `atecc config apply` the configuration",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

/// Only the command that the chip refused is looked at.
#[test]
fn the_refused_command_is_explained() {
    let generate = GenKeyPublic { slot: Slot::S5, digest: false };
    let read = ReadBlock(Block::data(Slot::S0, 0).unwrap());
    let failure = app("sim:tngtls", None)
        .explained("slot 0 was read", &[&generate, &read], Seen::new(), |chip| {
            chip.read_slot(Slot::S0, 0, &mut [0; 32])
        })
        .unwrap_err();
    assert_eq!(failure.rule(), Some(Rule::PrivateSlot { slot: Slot::S0 }), "{failure}");
}

/// Chips can be swapped while somebody types.
#[test]
fn another_chip_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| format!("sim:{}", folder.path().join(name).display());
    let consent = app(&place("meant"), Some("sim")).consent("its configuration").unwrap();
    let mut other = app(&place("other"), None);
    let lock = |chip: &mut atecc608_linux::Chip| {
        let zone = chip.read_config()?;
        chip.lock_config(&zone, NoMoreConfigWrites)
    };
    let failure = other.consented(&consent, "the configuration was locked", &[], lock).unwrap_err();
    assert_eq!(failure.kind(), Kind::NoChip);
    assert!(failure.to_string().contains("nothing was changed"), "{failure}");
    assert!(!other.ask("", |chip| chip.lock_state()).unwrap().config);
    // Nor was it what was shown.
    let shown = other.ask("", |chip| chip.serial_number()).unwrap();
    let agreed = app(&place("meant"), Some("sim")).consent("its configuration").unwrap();
    let failure = agreed.for_chip(shown, "the configuration was locked").unwrap_err();
    assert_eq!(failure.kind(), Kind::NoChip);
    // Nor what the chip was prepared for that needs nobody's consent.
    let written = |chip: &mut atecc608_linux::Chip| {
        let mut zone = chip.read_config()?;
        zone.set_byte(20, 0x80);
        chip.write_config(&zone).map_err(atecc608_linux::Failure::from)
    };
    let failure = other.meant(consent.serial(), "it was written", &[], Seen::new(), written).unwrap_err();
    assert_eq!(failure.kind(), Kind::NoChip);
    assert_ne!(other.ask("", |chip| chip.read_config()).unwrap().byte(20), 0x80);
    other.meant(shown, "it was written", &[], Seen::new(), written).unwrap();
    assert_eq!(other.ask("", |chip| chip.read_config()).unwrap().byte(20), 0x80);
    // The one that was meant is.
    let mut meant = app(&place("meant"), None);
    meant.consented(&consent, "the configuration was locked", &[], lock).unwrap();
    assert!(meant.ask("", |chip| chip.lock_state()).unwrap().config);
}
