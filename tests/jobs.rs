//! The examples of the five jobs as a user runs them: what is accepted, which attacks are refused, and why.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use atecc608::{Error, ErrorKind, Status};
use atecc608_sim::hal::I2cError;
use testkit::demo::refused;
use testkit::examples::{self, Ran, run};

const JOBS: [&str; 5] =
    ["device_identity", "firmware_validation", "anti_cloning", "data_protection", "secure_update"];

/// Where the built examples are.
fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        examples::built(env!("CARGO_MANIFEST_DIR"), &JOBS, &["src", "sim/src", "testkit/src", "examples"])
    })
}

/// Runs an example, which must print exactly these lines: how each begins, and what it says.
fn job(name: &str, lines: &[(&str, &str)]) {
    let Ran { code, stdout, stderr } = run(&examples::program(programs(), name), [""; 0]);
    assert_eq!((code, &*stderr), (Some(0), ""), "{stdout}");
    assert_eq!(stdout.lines().count(), lines.len(), "{stdout}");
    for (line, (start, part)) in stdout.lines().zip(lines) {
        assert!(line.starts_with(start) && line.contains(part), "{line:?} instead of {start:?} {part:?}");
    }
}

const CHECKED: &str = "0 errors, 0 warnings, ";
const ACCEPTED: &str = "accepted: ";
const MISCOMPARE: &str = "(0x01)";
const EXECUTION: &str = "(0x0F)";
const FORGED: &str = "authentication tag";

#[test]
fn device_identity() {
    job(
        "device_identity",
        &[
            ("checked: the device's", CHECKED),
            (ACCEPTED, "token"),
            ("refused: another chip's token", "InvalidSignature"),
            ("refused: a token with a later expiry", "InvalidSignature"),
            ("refused: yesterday's token", "expired"),
            (ACCEPTED, "challenge"),
            ("refused: the same answer once more", "nothing was asked"),
            ("refused: a recorded answer", "not this device's signature"),
            ("refused: another chip's answer", "not this device's signature"),
        ],
    );
}

#[test]
fn firmware_validation() {
    job(
        "firmware_validation",
        &[
            ("checked: the device's", CHECKED),
            (ACCEPTED, "image 1"),
            ("refused: installing an image a stranger signed", MISCOMPARE),
            ("refused: installing a tampered image", MISCOMPARE),
            ("refused: booting a tampered image", MISCOMPARE),
            ("refused: booting image 1 again", MISCOMPARE),
            ("refused: booting image 1 with the recorded answers", FORGED),
            (ACCEPTED, "image 2"),
            ("refused: installing image 1 from the running image 2", EXECUTION),
        ],
    );
}

#[test]
fn anti_cloning() {
    job(
        "anti_cloning",
        &[
            ("checked: the main unit's", CHECKED),
            ("checked: the accessory's", CHECKED),
            (ACCEPTED, "the accessory 0123"),
            ("refused: copying the serial number", "serial number"),
            ("refused: reading the key", EXECUTION),
            ("refused: the recorded proof", MISCOMPARE),
            ("refused: the copy under the original's serial number", MISCOMPARE),
            ("refused: the copy under its own serial number", MISCOMPARE),
            ("refused: a MAC with the parent key", EXECUTION),
        ],
    );
}

#[test]
fn data_protection() {
    let slots = [("refused: having the AES key written to slot", EXECUTION); 16];
    let lines = [
        ("checked: each chip's", CHECKED),
        (ACCEPTED, "the payload"),
        ("refused: opening it with another chip", FORGED),
        ("refused: opening it with the sender's chip", FORGED),
        ("refused: a payload with one bit changed", FORGED),
        ("nothing was decrypted", ""),
        ("refused: asking the chip for the secret", EXECUTION),
        ("refused: asking the chip for the AES key", EXECUTION),
    ];
    job("data_protection", &[&lines[..], &slots].concat());
}

#[test]
fn secure_update() {
    job(
        "secure_update",
        &[
            ("checked: the device's", CHECKED),
            (ACCEPTED, "version 1"),
            ("refused: a stranger's update", MISCOMPARE),
            ("refused: another image", "not the manifest's"),
            (ACCEPTED, "version 1 runs on"),
            (ACCEPTED, "version 2, now installed"),
            ("refused: going back to version 1", "the version is old"),
            ("refused: version 1 under the name of version 3", MISCOMPARE),
            ("refused: booting version 1", "the version is old"),
        ],
    );
}

/// What makes an example fail: an attack that succeeds, and one that failed for a reason that proves
/// nothing.
#[test]
fn an_attack_must_be_refused() {
    let chip = |kind| Err::<(), Error<I2cError>>(Error::without_command(kind));
    let nack = I2cError::new(embedded_hal::i2c::ErrorKind::Other);
    for refusal in [ErrorKind::Forged, ErrorKind::Status(Status::Miscompare)] {
        assert!(refused("attack", chip(refusal)).is_ok());
    }
    for silence in [ErrorKind::Timeout(nack), ErrorKind::NoDevice(nack), ErrorKind::Status(Status::Parse)] {
        assert!(refused("attack", chip(silence)).unwrap_err().to_string().contains("no refusal"));
    }
    let error = refused("attack", Ok::<(), Error<I2cError>>(())).unwrap_err();
    assert_eq!(error.to_string(), "ATTACK SUCCEEDED: attack");
}

/// The module `firmware` of each example can be pasted into a `no_std` crate.
#[test]
fn the_firmware_needs_no_std() {
    for job in JOBS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(job).with_extension("rs");
        let source = std::fs::read_to_string(path).unwrap();
        let (_, module) = source.split_once("\nmod firmware {\n").unwrap();
        let (module, _) = module.split_once("\n}\n").unwrap();
        for word in
            ["std::", "alloc::", "super::", "crate::", "Vec", "vec!", "String", "format!", "Box", "print"]
        {
            assert!(!module.contains(word), "{job}: {word}");
        }
    }
}
