//! On a bus of this machine, as kernel drivers and adapters make it.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicU32, Ordering};

use testkit::simulator;

/// A bus that no other test has: its locks have its number.
struct Bus {
    number: String,
    device: String,
}

impl Bus {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = 1_000 + std::process::id() % 100_000 * 100 + NEXT.fetch_add(1, Ordering::Relaxed);
        Self { number: number.to_string(), device: format!("/dev/i2c-{number}") }
    }

    /// `atecc608-sim run OPTIONS -- atecc ARGUMENTS`. The bus is in the environment.
    fn run(&self, options: &[&str], arguments: &[&str]) -> Output {
        let options = [&["--bus", &self.number], options].concat();
        simulator::run(&options, Path::new(env!("CARGO_BIN_EXE_atecc")))
            .args(arguments)
            .env("ATECC608_BUS", &self.device)
            .output()
            .unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        for entry in std::fs::read_dir("/run/lock").into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&format!("i2c-{}-", self.number)) {
                std::fs::remove_file(entry.path()).ok();
            }
        }
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Its answer; there is nothing else to say.
fn answer(output: &Output) -> String {
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

#[test]
fn commands_work_whatever_a_missing_acknowledge_is_called() {
    let mut answers = Vec::new();
    for nack in ["enxio,eio", "eremoteio", "eio", "etimedout"] {
        let bus = Bus::new();
        let options = ["--preset", "tngtls", "--nack", nack];
        let mut said = answer(&bus.run(&options, &["info"])).replace(&bus.number, "N");
        said += &answer(&bus.run(&options, &["scan"])).replace(&bus.number, "N");
        said += &answer(&bus.run(&options, &["key", "public", "0"]));
        assert!(said.contains("ATECC608B (00006003) at 0x35 on /dev/i2c-N"), "{said}");
        assert!(said.contains("/dev/i2c-N\n  0x35  ATECC608B  0123"), "{said}");
        answers.push(said);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

/// Exit codes by kind, and words for each.
#[test]
fn a_bus_that_can_not_be_used_has_its_words_and_its_exit_code() {
    for (options, arguments, code, said) in [
        (
            &["--busy", "0x60"][..],
            &["info"][..],
            6,
            &["a kernel driver holds 0x60 on ", "(EBUSY)", "sudo modprobe -r atmel-ecc"][..],
        ),
        (&["--busy", "0x60"], &["scan"], 6, &["EBUSY"]),
        (
            &["--open-fails", "eacces"],
            &["info"],
            3,
            &["this user may not open ", "(EACCES)", "usermod -aG i2c"],
        ),
        (&["--open-fails", "eacces"], &["scan"], 3, &["EACCES"]),
        (&["--open-fails", "enoent"], &["info"], 3, &["there is no ", "raspi-config"]),
        (
            &["--open-fails", "enodev"],
            &["info"],
            3,
            &["there is no adapter behind", "plug the adapter in again"],
        ),
        (
            &["--nack", "eremoteio"],
            &["--address", "0x36", "info"],
            4,
            &["nobody acknowledges 0x36", "EREMOTEIO, 121", "seen as: wake: no chip answers"],
        ),
        (&["--preset", "demo-signer"], &["info"], 4, &["at 0x60, 0x35, 0x36", "nobody acknowledges 0x60"]),
        (&["--preset", "demo-signer"], &["scan"], 4, &["chips were looked for", "`atecc scan --all`"]),
        (&["--max-write", "32"], &["--bus", "/dev/null", "info"], 3, &["can't be used as an I2C bus"]),
    ] {
        let output = Bus::new().run(options, arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{options:?} {arguments:?}: {errors}");
        assert!(errors.starts_with("error: ") && errors.contains("\n  what to do: "), "{errors}");
        for part in said {
            assert_eq!(errors.matches(part).count(), 1, "{options:?} {arguments:?}: {part:?} in {errors}");
        }
    }
}

/// Somebody else's device at 0x60 does not hide the chip.
#[test]
fn a_scan_tells_of_an_address_that_is_taken_and_goes_on() {
    let bus = Bus::new();
    let output = bus.run(&["--preset", "tngtls", "--busy", "0x60"], &["scan"]);
    let said = answer(&output);
    assert!(said.contains("  0x35  ATECC608B") && said.contains("a kernel driver holds 0x60"), "{said}");
    // Every address: the chip of the demo signer is at none of the usual ones.
    let all = answer(&Bus::new().run(&["--preset", "demo-signer"], &["scan", "--all"]));
    assert!(all.contains("  0x62  ATECC608A"), "{all}");
}

/// What a CP2112 does to commands of 72 bytes and more, and an adapter that cuts them.
#[test]
fn long_commands_go_in_pieces() {
    for (options, arguments, limit) in [
        (&["--max-write", "61,einval"][..], &[][..], "61"),
        (&["--max-write", "54,eopnotsupp"], &[], "54"),
        (&["--max-write", "32,cut"], &["--max-write", "32"], "32"),
    ] {
        let bus = Bus::new();
        let options = [&["--preset", "tngtls"], options].concat();
        let output = bus.run(&options, &[arguments, &["bench", "--rounds", "1"]].concat());
        let (said, noted) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{noted}");
        // 136 bytes for Verify, 72 for ECDH.
        for command in ["\nVerify  ", "\nECDH  "] {
            assert!(said.contains(command) && !said.contains("not measured"), "{said}");
        }
        let note = format!(
            "note: the adapter of {} takes {limit} bytes at once; longer commands go to the chip in pieces\n",
            bus.device
        );
        assert_eq!(noted, note);
        let quiet = bus.run(&options, &[arguments, &["--quiet", "bench", "--rounds", "1"]].concat());
        assert!(quiet.status.success() && quiet.stderr.is_empty());
    }
    // What is said to be more than the adapter takes.
    let output =
        Bus::new().run(&["--preset", "tngtls", "--max-write", "32,cut"], &["bench", "--rounds", "1"]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{errors}");
    assert!(
        errors.contains("perhaps drops the end of long writes") && errors.contains("--max-write 32"),
        "{errors}"
    );
}

#[test]
fn another_address_wakes_the_chip_and_that_is_noted() {
    let bus = Bus::new();
    let output = bus.run(&["--no-general-call"], &["info"]);
    assert!(output.status.success());
    let note = format!(
        "note: the adapter of {} refuses address 0x00 (EINVAL, 22); the chip was woken with 0x01 instead\n",
        bus.device
    );
    assert_eq!(text(&output.stderr), note);
}
