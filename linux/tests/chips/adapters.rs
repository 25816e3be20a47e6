//! A chip on `/dev/i2c-1`, as kernel drivers and adapters make it.

use std::process::Command;
use std::time::Duration;

use atecc608_sim::{Chip, ChipId};
use testkit::simulator;

use crate::program::{MAX_WRITE, Running, Start};
use crate::served::Served;
use crate::traffic::{Told, signatures, told};

/// What kernel drivers call a missing acknowledge, and what is said of it.
const NACKS: [(&str, &str); 5] = [
    ("enxio", "ENXIO, 6, which is a missing acknowledge"),
    ("enxio,eio", "ENXIO, 6, which is a missing acknowledge"),
    ("eremoteio", "EREMOTEIO, 121, which is a missing acknowledge on a Raspberry Pi"),
    ("eio", "EIO, 5, which is a missing acknowledge with some kernel drivers"),
    ("etimedout", "ETIMEDOUT, 110, which is a missing acknowledge with a CP2112"),
];

/// The program under `atecc608-sim run OPTIONS`, and a folder for its locks.
fn run(options: &[&str], device: &str, address: Option<u8>) -> (Running, tempfile::TempDir) {
    run_limited(options, device, address, None)
}

/// The same with what the program is told of the adapter's limit.
fn run_limited(
    options: &[&str],
    device: &str,
    address: Option<u8>,
    max_write: Option<usize>,
) -> (Running, tempfile::TempDir) {
    let locks = tempfile::tempdir().unwrap();
    let options = [&["--preset", "tngtls"], options].concat();
    let mut command = simulator::run(&options, &std::env::current_exe().unwrap());
    if let Some(bytes) = max_write {
        command.env(MAX_WRITE, bytes.to_string());
    }
    let start = Start { location: device, address, locks: locks.path(), wait: Duration::from_secs(60) };
    (start.spawn(command), locks)
}

#[test]
fn a_chip_works_whatever_a_missing_acknowledge_is_called() {
    let mut serials = Vec::new();
    for (nack, _) in NACKS {
        // Looked for at 0x60 first, where nobody is.
        let (mut program, locks) = run(&["--nack", nack], "/dev/i2c-1", None);
        assert_eq!(program.answer(), "opened", "{nack}");
        assert_eq!(program.ask("sign 1"), "signed", "{nack}");
        serials.push(program.ask("serial"));
        assert!(program.end().success());
        assert!(locks.path().join("i2c-1-35").exists(), "the lock that docs/linux.md names");
    }
    serials.dedup();
    assert_eq!(serials.len(), 1, "{serials:?}");
}

#[test]
fn a_chip_that_is_not_there_has_its_words_whatever_the_error() {
    for (nack, said) in NACKS {
        let (mut program, _locks) = run(&["--nack", nack], "/dev/i2c-1", Some(0x36));
        assert_eq!(program.answer(), "opened", "{nack}");
        let error = program.ask("serial");
        let begin = "error: the chip at 0x36 on /dev/i2c-1 was asked for its serial number, and that failed: wake: no chip \
                     answers: check address";
        assert!(error.starts_with(begin), "{error}");
        for part in [
            ". That is, nobody acknowledges 0x36 on /dev/i2c-1; the kernel says ",
            said,
            "check the address (0x60 as a rule, Trust&GO 0x35, TrustFLEX 0x36)",
        ] {
            assert_eq!(error.matches(part).count(), 1, "{nack}: {part:?} in {error}");
        }
        // A program that has made a text of the driver's error has the kernel's word as well, but none about a session in
        // which nothing was sent.
        let told = program.ask("told");
        assert!(told.contains("failed: told: wake: no chip answers") && told.contains(said), "{told}");
        let unsent = program.ask("unsent");
        assert_eq!(unsent, "error: a session with the chip at 0x36 on /dev/i2c-1 failed: nothing was sent");
    }
}

#[test]
fn a_bus_that_can_not_be_opened_has_its_words() {
    for (options, device, said) in [
        (
            &["--busy", "0x60"][..],
            "/dev/i2c-1",
            &["a kernel driver holds 0x60 on /dev/i2c-1 (EBUSY)", "sudo modprobe -r atmel-ecc"][..],
        ),
        (
            &["--open-fails", "eacces"],
            "/dev/i2c-1",
            &["this user may not open /dev/i2c-1 (EACCES)", "sudo usermod -aG i2c $USER"],
        ),
        (&["--open-fails", "enoent"], "/dev/i2c-1", &["there is no /dev/i2c-1", "ENOENT", "raspi-config"]),
        (
            &["--open-fails", "enodev"],
            "/dev/i2c-1",
            &["there is no adapter behind /dev/i2c-1 any more (ENODEV", "plug the adapter in again"],
        ),
        (&[], "/dev/null", &["/dev/null can't be used as an I2C bus (ENOTTY", "ls /dev/i2c-*"]),
    ] {
        let (mut program, _locks) = run(options, device, None);
        let answer = program.answer();
        assert!(answer.starts_with("not opened: "), "{options:?}: {answer}");
        for part in said {
            assert!(answer.contains(part), "{options:?}: {part:?} in {answer}");
        }
    }
}

#[test]
fn an_adapter_that_does_not_take_everything_has_its_words() {
    for (options, address, job, said) in [
        (&["--no-reserved"][..], 0x6A, "serial", "refused the others"),
        (&["--no-general-call=eopnotsupp"], 0x6A, "serial", "a pulse by way of 0x01 did not wake a chip"),
        (&["--max-write", "32"], 0x35, "sign 1", "refuses to write 40 bytes at once (EOPNOTSUPP"),
        (&["--max-write", "32,einval"], 0x35, "sign 1", "refuses to write 40 bytes at once (EINVAL"),
        (&["--max-write", "32,cut"], 0x35, "sign 1", "but not the one of 40: the adapter (/dev/i2c-1"),
    ] {
        let (mut program, _locks) = run(options, "/dev/i2c-1", Some(address));
        assert_eq!(program.answer(), "opened");
        // A chip that is there has answered before.
        let serial = program.ask("serial");
        assert_eq!(serial.starts_with("error: "), address == 0x6A, "{serial}");
        let error = program.ask(job);
        assert!(error.contains(". That is, ") && error.contains(said), "{options:?}: {error}");
    }
    for (option, note) in [
        (
            "--no-general-call",
            "the adapter of /dev/i2c-1 refuses address 0x00 (EINVAL, 22); the chip was woken with 0x01 instead",
        ),
        ("--max-write=54", ""),
        ("--max-write=61,einval", ""),
    ] {
        let (mut program, _locks) = run(&[option], "/dev/i2c-1", None);
        assert_eq!(program.answer(), "opened", "{option}");
        assert_eq!(program.ask("sign 1"), "signed", "{option}");
        assert_eq!(program.ask("note"), note);
    }
}

/// A verification takes 136 bytes, and what is known of an adapter by its refusal or by its user suffices.
#[test]
fn long_commands_go_in_pieces() {
    let said = |limit: &str| {
        format!(
            "the adapter of /dev/i2c-1 takes {limit} bytes at once; longer commands go to the chip in pieces"
        )
    };
    for (option, told, note) in [
        ("--max-write=61,einval", None, said("61")),
        ("--max-write=54", None, said("54")),
        ("--max-write=32", Some(32), said("32")),
        ("--max-write=32,cut", Some(32), said("32")),
        ("--max-write=200", None, String::new()),
    ] {
        let (mut program, _locks) = run_limited(&[option], "/dev/i2c-1", Some(0x35), told);
        assert_eq!(program.answer(), "opened");
        for id in 1..=3 {
            assert_eq!(program.ask(&format!("verify {id}")), "verified", "{option}");
        }
        assert_eq!(program.ask("note"), note, "{option}");
    }
    // More than the adapter takes, by its user's word.
    let (mut program, _locks) = run_limited(&["--max-write=32"], "/dev/i2c-1", Some(0x35), Some(40));
    assert_eq!(program.answer(), "opened");
    let error = program.ask("verify 1");
    assert!(error.contains("refuses to write 40 bytes at once (EOPNOTSUPP"), "{error}");
}

/// Two processes on one device file, on a bus that this test looks at. Their waits would move the chip's time, so
/// there are none.
#[test]
fn processes_take_turns_on_a_device_file() {
    let served = Served::new();
    let program = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .env("LD_PRELOAD", simulator::folder().join("libatecc608_sim_preload.so"))
            .env("ATECC608_SIM_SERVER", &served.place)
            .env("ATECC608_SIM_BUS", "1")
            .env("ATECC608_SIM_TIME", "virtual")
            .env("ATECC608_SIM_NACK", "eremoteio");
        let start = Start {
            location: "/dev/i2c-1",
            address: Some(0x35),
            locks: served.locks(),
            wait: Duration::ZERO,
        };
        let mut program = start.spawn(command);
        assert_eq!(program.answer(), "opened");
        program
    };
    let (mut one, mut two) = (program(), program());
    assert_eq!(one.ask("hold 1"), "holding");
    let busy = two.ask("sign 2");
    let said = format!("process {} (", one.pid());
    assert!(busy.contains(&said) && busy.contains("(lock ") && busy.contains("/i2c-1-35)"), "{busy}");
    assert_eq!(one.ask("go on"), "signed");
    assert_eq!(two.ask("sign 2"), "signed");
    assert_eq!(one.ask("sign 3"), "signed");
    assert_eq!(signatures(&told(&served.bus)).unwrap(), [1, 2, 3]);

    // The kernel's words also for one that has worked before.
    let memory = served.bus.remove(ChipId::FIRST).unwrap();
    let gone = two.ask("sign 2");
    assert!(
        gone.contains("no chip answers") && gone.contains("nobody acknowledges 0x35 on /dev/i2c-1"),
        "{gone}"
    );
    served.bus.replace(ChipId::FIRST, Chip::with_eeprom(memory));
    assert_eq!(two.ask("sign 2"), "signed");

    assert_eq!(one.ask("hold 4"), "holding");
    one.kill();
    let before = told(&served.bus).len();
    assert_eq!(two.ask("left"), "TempKey false");
    assert_eq!(told(&served.bus)[before..before + 2], [Told::Sleep, Told::Wake]);
    assert_eq!(two.ask("sign 5"), "signed");
}
