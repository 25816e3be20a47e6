//! Which chips are on the bus.

use super::*;

/// The client calls 0x60; other chips are elsewhere.
fn at(address: &str) -> String {
    CLIENT.replace("address(0x60)", &format!("address({address})"))
}

#[test]
fn a_preset_makes_the_chip() {
    for (name, address, revision) in [
        ("tngtls", "0x35", "00006003"),
        ("tngtls-published", "0x35", "00006003"),
        ("tflxtls", "0x36", "00006003"),
        ("tnglora", "0x59", "00006003"),
        ("arduino", "0x60", "00006002"),
        ("helium", "0x60", "00006002"),
        ("nerveskey", "0x60", "00006002"),
        ("demo-signer", "0x62", "00006002"),
    ] {
        let arguments = ["--preset", name, "--", "python3", "-c", &at(address), "/dev/i2c-1", INFO];
        assert_eq!(text(&run(&arguments)), revision, "{name}");
    }
    let serial =
        |seed: &str| text(&client(&["--preset", "helium", "--seed", seed], "/dev/i2c-1", READ)).to_owned();
    assert_ne!(serial("1"), serial("2"));
    // The state file keeps it, and wins.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let state = path.to_str().unwrap();
    let first = text(&client(&["--preset", "helium", "--state", state], "/dev/i2c-1", READ)).to_owned();
    let again = client(&["--preset", "arduino", "--state", state], "/dev/i2c-1", READ);
    assert_eq!(text(&again), first);
}

#[test]
fn other_chips_are_on_the_same_bus() {
    let options = ["--verbose", "--also", "demo-signer,3", "--also", "tngtls", "--seed", "1"];
    let asked = |address: &str, command: &str| {
        run(&[&options[..], &["--", "python3", "-c", &at(address), "/dev/i2c-1", command]].concat())
    };
    for (address, revision) in [("0x60", "00006002"), ("0x62", "00006002"), ("0x35", "00006003")] {
        assert_eq!(text(&asked(address, INFO)), revision, "{address}");
    }
    let signer = asked("0x62", READ);
    let serial = text(&signer);
    let eeprom = atecc608_sim::preset::Preset::DemoSigner.eeprom(3);
    let expected: String = eeprom.config()[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(serial[..8], expected, "the seed is its own");
    let log = String::from_utf8_lossy(&signer.stderr);
    assert!(log.contains("chip 0x62 at ") && log.lines().count() == 1, "{log}");
}
