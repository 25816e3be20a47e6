//! What must not happen: a chip that is changed although nobody agreed, or in a dry run, or that is not the one meant.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder with a simulated chip and files.
struct Bench(TempDir);

/// How far its chip is.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
enum Stage {
    Blank,
    Written,
    ConfigLocked,
    Locked,
}

const DEVICE: &str = "[slots]\n0 = \"signing key\"\n4 = \"storage key\"\n8 = \"data\"\n9 = \"encrypted storage under key 4\"\n";

/// X and Y of a public key (chip reference 7.3).
const PUBLIC: &[u8] = b"8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B\
                        E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86";

impl Bench {
    fn new(stage: Stage) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        for (name, contents) in [
            ("device.toml", DEVICE.as_bytes()),
            ("block.bin", &[7; 32]),
            ("other.bin", &[8; 32]),
            ("otp.bin", &[9; 64]),
            ("public.txt", PUBLIC),
        ] {
            fs::write(bench.path(name), contents).unwrap();
        }
        let yes = ["--yes-serial", "sim"];
        for (at, arguments) in [
            (Stage::Written, &["config", "apply", "device.toml"][..]),
            (Stage::ConfigLocked, &["lock", "config", "--config", "device.toml"]),
            (Stage::Locked, &["key", "new", "0"]),
            (Stage::Locked, &["slot", "write", "4", "block.bin"]),
            (Stage::Locked, &["slot", "write", "8", "block.bin"]),
            (Stage::Locked, &["lock", "data", "--slot", "4=block.bin", "--slot", "8=block.bin"]),
        ] {
            if at <= stage {
                let output = bench.run(&[arguments, &yes].concat());
                assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
            }
        }
        // There is a file also where nothing was done yet.
        assert!(bench.run(&["lock", "state"]).status.success());
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_atecc"));
        program.current_dir(self.0.path()).env("ATECC608_BUS", "sim:./chip").stdin(Stdio::null());
        program.args(arguments).output().unwrap()
    }

    /// The three zones. The seed of the next random number and a checksum stand behind them.
    fn memory(&self) -> Memory {
        let mut file = fs::read(self.path("chip")).unwrap();
        file.truncate(file.len() - 64);
        Memory(file)
    }
}

/// Not printed byte by byte.
#[derive(PartialEq)]
struct Memory(Vec<u8>);

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memory of {} bytes", self.0.len())
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// What changes a chip, by the stage in which it does.
const CHANGES: [(Stage, &[&str]); 15] = [
    (Stage::Blank, &["config", "apply", "device.toml"]),
    (Stage::Written, &["lock", "config"]),
    (Stage::Written, &["lock", "config", "--config", "device.toml"]),
    (Stage::ConfigLocked, &["slot", "write", "4", "block.bin"]),
    (Stage::ConfigLocked, &["slot", "write", "8", "block.bin"]),
    (Stage::ConfigLocked, &["slot", "write", "--otp", "otp.bin"]),
    (Stage::ConfigLocked, &["key", "write-public", "8", "public.txt"]),
    (Stage::ConfigLocked, &["key", "write-public", "9", "public.txt"]),
    (Stage::ConfigLocked, &["lock", "data", "--without-keys"]),
    (Stage::ConfigLocked, &["lock", "slot", "8"]),
    (Stage::Locked, &["slot", "write", "8", "other.bin"]),
    (Stage::Locked, &["slot", "write", "9", "other.bin", "--write-key", "block.bin"]),
    (Stage::Locked, &["update", "user-extra", "7"]),
    (Stage::Locked, &["counter", "increment", "0"]),
    (Stage::Locked, &["lock", "slot", "8"]),
];

/// Those that need somebody to agree.
fn for_ever(arguments: &[&str]) -> bool {
    let secret = |slot| matches!(slot, &"4" | &"9");
    match arguments {
        ["lock" | "update", ..] | ["counter", "increment", ..] => true,
        ["slot", "write", slot, ..] | ["key", "write-public", slot, ..] => secret(slot),
        _ => false,
    }
}

#[test]
fn a_dry_run_changes_no_bit() {
    for (stage, arguments) in CHANGES {
        let bench = Bench::new(stage);
        let before = bench.memory();
        let dry = bench.run(&[arguments, &["--dry-run"]].concat());
        assert!(dry.status.success(), "{arguments:?}: {}", text(&dry.stderr));
        // An agreement does not make it less dry.
        let agreed = bench.run(&[arguments, &["--dry-run", "--yes-serial", "sim"]].concat());
        assert_eq!(agreed.stdout, dry.stdout, "{arguments:?}");
        assert_eq!(bench.memory(), before, "{arguments:?}");
        // And it is something that would have changed it.
        let done = bench.run(&[arguments, &["--yes-serial", "sim"]].concat());
        assert!(done.status.success(), "{arguments:?}: {}", text(&done.stderr));
        assert_ne!(bench.memory(), before, "{arguments:?}");
    }
}

/// Nobody is there, or another chip is meant: exit code 9, and nothing is changed.
#[test]
fn nothing_is_lost_without_an_agreement() {
    for (stage, arguments) in CHANGES.into_iter().filter(|(_, arguments)| for_ever(arguments)) {
        let bench = Bench::new(stage);
        let before = bench.memory();
        for more in [
            &[][..],
            &["--quiet"],
            &["--json"],
            &["--yes-serial", "0123456789abcdefee"],
            &["--yes-serial", ""],
        ] {
            let output = bench.run(&[arguments, more].concat());
            assert_eq!(output.status.code(), Some(9), "{arguments:?} {more:?}: {}", text(&output.stderr));
            assert!(text(&output.stderr).contains("nothing was changed"), "{}", text(&output.stderr));
            assert_eq!(bench.memory(), before, "{arguments:?} {more:?}");
        }
        // The chip's own number does.
        let info: serde_json::Value = serde_json::from_slice(&bench.run(&["info", "--json"]).stdout).unwrap();
        let serial = info["result"]["serial"].as_str().unwrap().to_uppercase();
        let output = bench.run(&[arguments, &["--yes-serial", &serial]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        assert_ne!(bench.memory(), before, "{arguments:?}");
    }
}

/// Only what was expected and shown is locked: another configuration, other contents, a finding.
#[test]
fn nothing_else_than_expected_is_locked() {
    for (stage, arguments, code, said) in [
        (Stage::Written, &["lock", "config", "--config", "gcp"][..], 1, "it holds another configuration"),
        (Stage::Blank, &["lock", "config", "--config", "device.toml"], 1, "it holds another configuration"),
        (
            Stage::ConfigLocked,
            &["lock", "config", "--config", "gcp"],
            1,
            "locked already, with another configuration",
        ),
        (Stage::ConfigLocked, &["lock", "data"], 1, "no private key was made in slot 0"),
        (
            Stage::ConfigLocked,
            &["lock", "data", "--without-keys", "--slot", "8=other.bin"],
            5,
            "nothing was locked",
        ),
        (
            Stage::ConfigLocked,
            &["lock", "data", "--without-keys", "--otp", "otp.bin"],
            5,
            "nothing was locked",
        ),
        (
            Stage::ConfigLocked,
            &["lock", "data", "--without-keys", "--slot", "0=otp.bin"],
            2,
            "longer than that",
        ),
        (Stage::Written, &["lock", "data"], 5, "the configuration is not locked yet"),
        (Stage::Written, &["lock", "slot", "8"], 5, "the configuration is not locked yet"),
        (Stage::Locked, &["lock", "slot", "0"], 5, "slot 0 is not lockable"),
    ] {
        let bench = Bench::new(stage);
        let before = bench.memory();
        let output = bench.run(&[arguments, &["--yes-serial", "sim"]].concat());
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        assert!(errors.contains(said), "{arguments:?}: {errors}");
        assert_eq!(bench.memory(), before, "{arguments:?}");
    }
}

/// A chip that moves to another address with its one-time byte says so, and is not one that failed; none moves to where
/// nobody can call it.
#[test]
fn a_chip_that_moves_is_no_failure() {
    let bench = Bench::new(Stage::Blank);
    let read = bench.run(&["config", "read", "--json"]);
    let read: serde_json::Value = serde_json::from_slice(&read.stdout).unwrap();
    let mut digits = read["result"]["config"].as_str().unwrap().to_owned();
    // ChipMode: byte 85 is the address, if it is set.
    digits.replace_range(38..40, "01");
    fs::write(bench.path("moving.hex"), digits).unwrap();
    assert!(bench.run(&["config", "apply", "moving.hex", "--despite-lint"]).status.success());
    let before = bench.memory();
    let yes = ["--yes-serial", "sim"];
    let reserved = bench.run(&[&["update", "user-extra-add", "0x06"][..], &yes].concat());
    assert_eq!(reserved.status.code(), Some(2), "{}", text(&reserved.stderr));
    assert_eq!(bench.memory(), before);
    let moved = bench.run(&[&["update", "user-extra-add", "0x6a"][..], &yes].concat());
    assert!(moved.status.success(), "{}", text(&moved.stderr));
    assert!(text(&moved.stderr).contains("the chip answers at 0x35"), "{}", text(&moved.stderr));
    assert!(text(&moved.stdout).contains("0x6a  set, for ever"));
}
