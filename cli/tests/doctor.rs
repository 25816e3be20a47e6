//! What a run of the doctor leaves to the next one.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use atecc608_doctor::level::Level;
use atecc608_doctor::report::Report;
use atecc608_linux::{Failure, SharedChip};

fn doctor(folder: &Path, options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_atecc"))
        .current_dir(folder)
        .args(["--bus", "sim:./chip", "--quiet", "doctor"])
        .args(options)
        .output()
        .unwrap()
}

fn chip(folder: &Path) -> SharedChip {
    SharedChip::open(&format!("sim:{}", folder.join("chip").display()), None).unwrap()
}

/// A program that is killed restores nothing. The next run does, before it asks anything.
#[test]
fn the_configuration_that_a_killed_run_has_changed_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let blank = ["--level", "blank", "--report", "report.json", "--probe", "beyond-zone"];
    assert!(doctor(folder.path(), &blank).status.success());

    let before = chip(folder.path()).with(|chip| chip.read_config()).unwrap();
    let mut report = Report::from_json(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((report.level, report.unrestored.take()), (Level::Blank, None));
    report.unrestored = Some(before.as_bytes()[16..].iter().map(|byte| format!("{byte:02x}")).collect());
    fs::write(&file, report.to_json()).unwrap();
    let mut changed = before;
    changed.set_byte(19, 0x04);
    changed.set_byte(91, 0x03);
    chip(folder.path()).with(|chip| chip.write_config(&changed).map(|_| ()).map_err(Failure::from)).unwrap();

    assert!(doctor(folder.path(), &blank).status.success());
    assert_eq!(chip(folder.path()).with(|chip| chip.read_config()).unwrap(), before);
    let report = Report::from_json(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((report.unrestored, report.sessions.len()), (None, 2));

    // Another chip is told apart, and left alone.
    fs::remove_file(folder.path().join("chip")).unwrap();
    let other = doctor(folder.path(), &blank);
    assert_eq!(other.status.code(), Some(4), "{other:?}");
    assert!(String::from_utf8(other.stderr).unwrap().contains("the report is about another chip"));
}

/// Whoever looks at a report that a stranger sent does not give him the terminal.
#[test]
fn a_report_with_control_characters_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let good = include_str!("../../docs/doctor/blank.json");
    let check = |text: &str| {
        fs::write(&path, text).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_atecc"));
        program.args(["doctor", "--check"]).arg(&path).output().unwrap()
    };
    assert!(!check(good).stdout.is_empty());
    for place in ["\"program\": \"", "\"observed\": \""] {
        let text = good.replacen(place, &format!("{place}\\u001b]0;mine\\u0007"), 1);
        let output = check(&text);
        assert_eq!(output.status.code(), Some(8));
        assert!(output.stdout.is_empty() && !output.stderr.contains(&0x1B));
    }
}
