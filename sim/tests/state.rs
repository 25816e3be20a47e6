//! State files, without the server around them.

use std::fs::{self, File};
use std::io::Read;

use atecc608_sim::Chip;
use atecc608_sim::state::{StateError, StateFile};

#[test]
fn a_new_file_gets_a_blank_chip_and_an_old_one_gives_its_chip_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let mut state = StateFile::lock(&path).unwrap();
    let mut chip = state.chip(1).unwrap();
    assert!(fs::read(&path).unwrap() == Chip::blank(1).eeprom().to_bytes());
    chip.eeprom_mut().set_otp(&[7; 64]);
    state.keep(chip.eeprom()).unwrap();
    drop(state);
    let again = StateFile::lock(&path).unwrap().chip(2).unwrap();
    // Not all of it: a restarted chip goes on with other random numbers.
    assert_eq!(again.eeprom().config(), chip.eeprom().config(), "the seed is for blank chips");
    assert_eq!(again.eeprom().otp(), &[7; 64]);
}

#[test]
fn a_file_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let first = StateFile::lock(&path).unwrap();
    assert!(matches!(StateFile::lock(&path), Err(StateError::InUse { .. })));
    drop(first);
    StateFile::lock(&path).unwrap();
}

/// Whoever opened the file before reads the old contents to their end: they were replaced, not overwritten.
#[test]
fn contents_are_replaced_as_a_whole_and_only_when_they_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let mut state = StateFile::lock(&path).unwrap();
    let mut chip = state.chip(1).unwrap();
    let old = fs::read(&path).unwrap();
    let mut before = File::open(&path).unwrap();

    chip.eeprom_mut().set_otp(&[7; 64]);
    state.keep(chip.eeprom()).unwrap();
    assert!(fs::read(&path).unwrap() == chip.eeprom().to_bytes());
    let mut seen = Vec::new();
    before.read_to_end(&mut seen).unwrap();
    assert!(seen == old);

    fs::remove_file(&path).unwrap();
    state.keep(chip.eeprom()).unwrap();
    assert!(!path.exists(), "nothing to write");
}

#[test]
fn a_failure_leaves_the_old_contents_and_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let mut state = StateFile::lock(&path).unwrap();
    let mut chip = state.chip(1).unwrap();
    let old = fs::read(&path).unwrap();
    let obstacle = folder.path().join("chip.new");
    fs::create_dir(&obstacle).unwrap();
    chip.eeprom_mut().set_otp(&[7; 64]);
    let error = state.keep(chip.eeprom()).unwrap_err();
    assert!(error.to_string().contains("cannot create"), "{error}");
    assert!(fs::read(&path).unwrap() == old);
    fs::remove_dir(&obstacle).unwrap();
    state.keep(chip.eeprom()).unwrap();
    assert!(fs::read(&path).unwrap() == chip.eeprom().to_bytes());
}

#[test]
fn a_damaged_file_is_named_and_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    fs::write(&path, "a letter").unwrap();
    let error = StateFile::lock(&path).unwrap().chip(1).unwrap_err();
    assert!(matches!(error, StateError::Contents { .. }));
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"a letter");
}
