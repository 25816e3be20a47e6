//! The Linux examples on `/dev/i2c-1` as kernel drivers and adapters make it: what a missing acknowledge is called,
//! and what a person reads when the bus can't be used.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use testkit::examples;

/// What kernel drivers call a missing acknowledge; the first is what `linux-embedded-hal` knows as one.
const NACKS: [&str; 5] = ["enxio", "enxio,eio", "eremoteio", "eio", "etimedout"];

fn example(name: &str) -> &'static str {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        examples::built(
            env!("CARGO_MANIFEST_DIR"),
            &["gcp_jwt"],
            &["src", "sim/src", "linux/src", "examples"],
        )
    });
    examples::program(folder, name).to_str().unwrap().to_owned().leak()
}

/// Cargo on the package of the simulator, with the build folder of this test, which is given back.
fn cargo(command: &str) -> (Command, PathBuf) {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([command, "--quiet", "-p", "atecc608-sim", "--target-dir"]).arg(profile.parent().unwrap());
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    (cargo, profile.to_owned())
}

/// `cargo run -p atecc608-sim -- run OPTIONS -- PROGRAM`, word for word.
fn cargo_run(options: &[&str], program: &[&str]) -> Output {
    let (mut cargo, _) = cargo("run");
    cargo.args(["--", "run"]).args(options).arg("--").args(program).output().unwrap()
}

/// The same without Cargo, once the program is built.
fn run(options: &[&str], program: &[&str]) -> Output {
    static SIMULATOR: OnceLock<PathBuf> = OnceLock::new();
    let simulator = SIMULATOR.get_or_init(|| {
        let (mut cargo, folder) = cargo("build");
        assert!(cargo.status().unwrap().success(), "the simulator can't be built");
        folder.join("atecc608-sim")
    });
    Command::new(simulator).arg("run").args(options).arg("--").args(program).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The log of executed commands without their times, which the clock of the host is in.
fn commands(log: &str) -> Vec<&str> {
    log.lines()
        .filter_map(|line| line.strip_prefix("at ")?.split_once("opcode "))
        .map(|(_, rest)| rest)
        .collect()
}

/// From a blank chip to a device that is logged in, and once more with the same chip. The chip executes the same
/// commands, whatever the missing acknowledges between them are called: nothing runs twice, nothing is left out.
#[test]
fn a_device_logs_in_whatever_a_missing_acknowledge_is_called() {
    let mut executed = Vec::new();
    for nack in NACKS {
        let folder = tempfile::tempdir().unwrap();
        let chip = folder.path().join("chip");
        let options = ["--verbose", "--nack", nack, "--state", chip.to_str().unwrap()];
        let program = [example("gcp_jwt"), "--i2c", "/dev/i2c-1", "--json"];
        let mut log = Vec::new();
        for (more, locked_now) in [(&["--lock-chip-for-ever"][..], true), (&[], false)] {
            let output = cargo_run(&options, &[&program, more].concat());
            let errors = text(&output.stderr);
            assert!(output.status.success(), "{nack}: {errors}");
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["locked_now"], locked_now);
            assert!(report["jwt"].as_str().unwrap().starts_with("eyJ"));
            assert_eq!(report["published"].as_array().unwrap().len(), 2);
            assert_eq!(report["received"].as_array().unwrap().len(), 2);
            log.extend(commands(errors).into_iter().map(str::to_owned));
        }
        assert!(log.len() > 20 && log.iter().any(|command| command.starts_with("41 ")), "{log:#?}");
        executed.push(log);
    }
    for (nack, log) in NACKS.iter().zip(&executed) {
        assert_eq!(log, &executed[0], "{nack}");
    }
}

/// One that the program can't go on with: options of the simulator, what the person reads.
struct Condition {
    options: &'static [&'static str],
    device: &'static str,
    address: &'static str,
    /// Whether anything was tried on the bus before.
    tried: bool,
    said: &'static [&'static str],
}

const CONDITIONS: [Condition; 11] = [
    Condition {
        options: &["--busy", "0x60"],
        device: "/dev/i2c-1",
        address: "0x60",
        tried: false,
        said: &[
            "a kernel driver holds 0x60 on /dev/i2c-1 (EBUSY)",
            "/sys/bus/i2c/devices/1-0060/driver",
            "sudo modprobe -r atmel-ecc",
            "device tree",
        ],
    },
    Condition {
        options: &["--open-fails", "eacces"],
        device: "/dev/i2c-1",
        address: "0x60",
        tried: false,
        said: &["this user may not open /dev/i2c-1 (EACCES)", "sudo usermod -aG i2c $USER"],
    },
    Condition {
        options: &["--open-fails", "enoent"],
        device: "/dev/i2c-1",
        address: "0x60",
        tried: false,
        said: &["there is no /dev/i2c-1", "ENOENT", "raspi-config", "dtparam=i2c_arm=on"],
    },
    // Without the simulator's help.
    Condition {
        options: &[],
        device: "/dev/i2c-4077",
        address: "0x60",
        tried: false,
        said: &["there is no /dev/i2c-4077", "ENOENT", "raspi-config", "dtparam=i2c_arm=on"],
    },
    Condition {
        options: &["--open-fails", "enodev"],
        device: "/dev/i2c-1",
        address: "0x60",
        tried: false,
        said: &["there is no adapter behind /dev/i2c-1 any more (ENODEV", "plug the adapter in again"],
    },
    Condition {
        options: &[],
        device: "/dev/null",
        address: "0x60",
        tried: false,
        said: &["/dev/null can't be used as an I2C bus (ENOTTY", "the device file of an I2C bus"],
    },
    // Neither 0x00 nor 0x01 is sent, and 0x6A << 1 has no six zeros.
    Condition {
        options: &["--no-reserved"],
        device: "/dev/i2c-1",
        address: "0x6A",
        tried: true,
        said: &[
            "refuses address 0x00",
            "(EINVAL",
            "refused the others",
            "SdaPulse",
            "six zero bits in a row",
        ],
    },
    Condition {
        options: &["--no-general-call=eopnotsupp"],
        device: "/dev/i2c-1",
        address: "0x6A",
        tried: true,
        said: &["refuses address 0x00", "(EOPNOTSUPP", "a pulse by way of 0x01 did not wake a chip"],
    },
    Condition {
        options: &["--max-write", "7,einval"],
        device: "/dev/i2c-1",
        address: "0x60",
        tried: true,
        said: &["refuses to write 8 bytes at once (EINVAL", "61 bytes for a CP2112", "tokens be signed"],
    },
    Condition {
        options: &["--max-write", "7"],
        device: "/dev/i2c-1",
        address: "0x60",
        tried: true,
        said: &["refuses to write 8 bytes at once (EOPNOTSUPP", "54 for a CP2615"],
    },
    Condition {
        options: &["--nack", "eremoteio"],
        device: "/dev/i2c-1",
        address: "0x35",
        tried: true,
        said: &[
            "nobody acknowledges 0x35 on /dev/i2c-1",
            "EREMOTEIO, 121",
            "a missing acknowledge on a Raspberry Pi",
            "check the address (0x60 as a rule, Trust&GO 0x35, TrustFLEX 0x36), SDA (pin 3 of a Raspberry Pi)",
            "If `i2cdetect` does not show the chip, that proves nothing",
        ],
    },
];

const NOTE_8BIT: &str = "note: 0x6a is the 8-bit form of 0x35 as well; if no chip answers, try that\n";

#[test]
fn each_way_of_failing_has_its_sentence() {
    for Condition { options, device, address, tried, said } in CONDITIONS {
        let gcp_jwt = [example("gcp_jwt"), "--i2c", device, "--address", address];
        let output = run(options, &gcp_jwt);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{options:?}: {errors}");
        // One of the addresses is the 8-bit form of another.
        let errors = errors.strip_prefix(NOTE_8BIT).unwrap_or(errors);
        assert!(errors.starts_with("error: ") && output.stdout.is_empty(), "{errors}");
        assert_eq!(errors.contains("\n  seen as: "), tried, "{errors}");
        for part in said.iter().chain(&["\n  what to do: "]) {
            assert_eq!(errors.matches(part).count(), 1, "{options:?}: {part:?} in\n{errors}");
        }
    }
}

/// The commands of a login fit 54 bytes.
#[test]
fn short_writes_are_long_enough_for_some_things() {
    let gcp_jwt = [example("gcp_jwt"), "--i2c", "/dev/i2c-1", "--lock-chip-for-ever"];
    for limit in ["54", "61,einval", "40,cut"] {
        let output = run(&["--max-write", limit], &gcp_jwt);
        assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    }
    for (limit, said) in [
        ("32", "refuses to write 40 bytes at once (EOPNOTSUPP"),
        ("32,einval", "refuses to write 40 bytes at once (EINVAL"),
        ("32,cut", "but not the one of 40: the adapter (/dev/i2c-1"),
    ] {
        let output = run(&["--max-write", limit], &gcp_jwt);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains(said) && errors.contains("\n  seen as: Write: "), "{errors}");
    }
}

/// A chip is woken although the adapter does not send address 0x00, and the person is told how.
#[test]
fn another_address_wakes_the_chip_where_0x00_is_refused() {
    for (option, errno, address) in [
        ("--no-general-call", "EINVAL", "0x01"),
        ("--no-general-call=eopnotsupp", "EOPNOTSUPP", "0x01"),
        ("--no-reserved", "EINVAL", "0x60"),
    ] {
        let output = run(&[option], &[example("gcp_jwt"), "--i2c", "/dev/i2c-1", "--lock-chip-for-ever"]);
        let errors = text(&output.stderr);
        assert!(output.status.success(), "{option}: {errors}");
        assert!(errors.starts_with("note: ") && errors.lines().count() == 1, "{errors}");
        assert!(errors.contains(errno) && errors.contains(&format!("woken with {address}")), "{errors}");
    }
}
