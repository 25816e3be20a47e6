//! A described chip is served, changed, kept and dumped again.

use std::fs;
use std::process::Command;

fn simulator() -> Command {
    Command::new(env!("CARGO_BIN_EXE_atecc608-sim"))
}

#[test]
fn a_described_chip_can_be_kept_and_dumped() {
    let folder = tempfile::tempdir().unwrap();
    let (toml, state) = (folder.path().join("chip.toml"), folder.path().join("state"));
    fs::write(&toml, "serial = '012233445566778899'\nconfig_locked = true\n[slot.8]\ndata = 'c0ffee'\n")
        .unwrap();
    // A program that ends at once: the chip is made and kept.
    let status = simulator()
        .arg("run")
        .arg("--chip")
        .arg(&toml)
        .arg("--state")
        .arg(&state)
        .args(["--", "true"])
        .status();
    assert!(status.unwrap().success());
    let output = simulator().arg("dump").arg(&state).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let eeprom = atecc608_sim::description::parse(&text).unwrap();
    assert_eq!(eeprom.config()[..4], [0x01, 0x22, 0x33, 0x44]);
    assert_eq!((eeprom.config()[87], &eeprom.slot(8)[..4]), (0x00, &[0xC0, 0xFF, 0xEE, 0xFF][..]));
}

#[test]
fn mistakes_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let toml = folder.path().join("chip.toml");
    fs::write(&toml, "[slot.99]\n").unwrap();
    for (arguments, part) in [
        (vec!["serve", "--chip", toml.to_str().unwrap()], "no slot 99"),
        (vec!["serve", "--chip", "no-such-file"], "cannot read no-such-file"),
        (vec!["dump", "no-such-file"], "no state file no-such-file"),
    ] {
        let output = simulator().args(&arguments).output().unwrap();
        assert!(!output.status.success());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(part), "{arguments:?}: {text}");
    }
}
