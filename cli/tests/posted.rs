//! Tables as people post them, by the program: `atecc config lint FILE`. That each form is read is tested with the package
//! `atecc608-config`.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/tests/forms").join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Status, standard output, standard error.
fn run(command: &str, file: &Path) -> (Option<i32>, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_atecc"));
    program.env_remove("ATECC608_BUS").args(["config", command]).arg(file);
    if command == "plan" {
        program.args(["--present", "factory"]);
    }
    let output = program.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// What stands on standard error, if lint found errors.
fn no(status: i32) -> &'static str {
    if status == 1 { "lint found errors: do not lock this\n" } else { "" }
}

#[test]
fn every_form_is_linted_alike() {
    let mut answers: Vec<_> = folder("posted").iter().map(|file| run("lint", file)).collect();
    answers.dedup();
    let [(status, text, errors)] = &answers[..] else { panic!("{answers:?}") };
    // The vendor's test configuration: open in two places.
    assert_eq!((*status, errors.as_str()), (Some(1), no(1)), "{text}");
    assert!(!text.contains("First of all") && text.lines().last().unwrap().contains(" errors, "), "{text}");
}

#[test]
fn every_table_says_first_what_it_is() {
    let first = "First of all:\n";
    for (name, status, begins, says) in [
        ("nerves", 0, "warning: ", "\n0 errors, "),
        ("nerves_volatile", 0, "warning: ", "\n0 errors, "),
        ("helium", 0, "notice: ", "\n0 errors, "),
        ("arduino", 1, first, "* The table was made for an ATECC508A"),
        ("mbed", 1, first, "* The table was made for an ATECC508A"),
        ("adafruit_v1", 1, first, "the chip would answer at 0x10"),
        ("gowrap", 1, first, "moved by 28 towards the front"),
        ("extra_row_4", 1, first, "moved by 16 towards the front"),
        ("cal280", 1, first, "moved by 1 towards the end"),
    ] {
        let file = folder("tables").into_iter().find(|file| file.ends_with(format!("{name}.hex"))).unwrap();
        for command in ["lint", "plan"] {
            let (code, text, errors) = run(command, &file);
            let begins = if command == "plan" && begins != first { "Chip " } else { begins };
            assert_eq!((code, errors.as_str()), (Some(status), no(status)), "{command} {name}");
            assert!(text.starts_with(begins) && text.contains(says), "{command} {name}: {text}");
        }
    }
    let (code, text, errors) =
        run("lint", &folder("tables").into_iter().find(|f| f.ends_with("first112.hex")).unwrap());
    assert_eq!((code, text.as_str()), (Some(2), ""));
    assert!(errors.contains("112 bytes that begin with 01 23 are a dump without its last row"), "{errors}");
}
