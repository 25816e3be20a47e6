//! `run`: a program on the bus, its end, its environment.

mod chips;

use std::fs;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

fn run(arguments: &[&str]) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_atecc608-sim"));
    run.arg("run").args(arguments).output().expect("the binary runs")
}

/// A program that is not of this repository: wakes the chip through `/dev/i2c-N`, sends a command, prints the
/// answer without count and CRC.
const CLIENT: &str = r#"
import fcntl, os, sys, time
bus = os.open(sys.argv[1], os.O_RDWR)
def address(value):
    fcntl.ioctl(bus, 0x0703, value)
address(0)
try:
    os.write(bus, b"\0")
except OSError:
    pass
time.sleep(0.0015)
address(0x60)
os.write(bus, bytes.fromhex(sys.argv[2]))
while True:
    try:
        count = os.read(bus, 1)
        break
    except OSError:
        time.sleep(0.001)
print(os.read(bus, count[0] - 1)[:-2].hex())
"#;

/// Info (revision), Read of config block 0, Write of config word 5 (chip reference 7.2).
const INFO: &str = "0307300000 00035D";
const READ: &str = "03070280000009AD";
const WRITE: &str = "030B120005008300 8720381D";

fn client(options: &[&str], device: &str, command: &str) -> Output {
    run(&[options, &["--", "python3", "-c", CLIENT, device, command]].concat())
}

fn text(output: &Output) -> &str {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    std::str::from_utf8(&output.stdout).unwrap().trim()
}

#[test]
fn a_program_finds_the_chip() {
    assert_eq!(text(&client(&[], "/dev/i2c-1", INFO)), "00006002");
    assert_eq!(text(&client(&["--bus", "9"], "/dev/i2c-9", INFO)), "00006002");
    assert_eq!(text(&client(&["--real-time"], "/dev/i2c-1", INFO)), "00006002");
    let other = client(&["--bus", "9"], "/dev/i2c-99", INFO);
    assert!(!other.status.success() && String::from_utf8_lossy(&other.stderr).contains("FileNotFoundError"));
}

#[test]
fn seed_and_state_make_the_chip() {
    let serial = |options: &[&str]| text(&client(options, "/dev/i2c-1", READ)).to_owned();
    assert_eq!(serial(&["--seed", "7"]), serial(&["--seed", "7"]));
    assert_ne!(serial(&["--seed", "7"]), serial(&["--seed", "8"]));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let state = ["--state", path.to_str().unwrap()];
    assert_eq!(text(&client(&state, "/dev/i2c-1", WRITE)), "00");
    // Word 5: 83 00 instead of the factory's 83 20.
    assert_eq!(&serial(&state)[40..48], "83008720");
}

/// The client wakes the chip twice in a row; what it reads then is an option.
#[test]
fn what_pulses_and_long_reads_do_is_an_option() {
    let script = |after: &str| {
        CLIENT.replace(
            "count = os.read(bus, 1)",
            &format!(
                "{after}\n        answer = os.read(bus, 9)\n        print(answer.hex())\n        sys.exit()"
            ),
        )
    };
    let read = |options: &[&str], script: &str| {
        text(&run(&[options, &["--", "python3", "-c", script, "/dev/i2c-1", INFO]].concat())).to_owned()
    };
    let plain = script("time.sleep(0.01)");
    let pulse = script(
        "time.sleep(0.01)\n        address(0)\n        try: os.write(bus, b'')\n        except OSError: pass\n        \
         address(0x60)",
    );
    assert_eq!(read(&[], &plain), "07000060028038ffff");
    assert_eq!(read(&["--past-the-end", "repeats"], &plain), "070000600280380700");
    assert_eq!(read(&[], &pulse), "07000060028038ffff");
    assert_eq!(read(&["--awake-pulse", "responds"], &pulse), "04113343ffffffffff");
}

#[test]
fn the_end_of_the_program_is_passed_on() {
    for (script, code) in [("exit 0", 0), ("exit 3", 3), ("exit 255", 255), ("kill -TERM $$", 128 + 15)] {
        assert_eq!(run(&["--", "sh", "-c", script]).status.code(), Some(code), "{script}");
    }
}

#[test]
fn arguments_and_output_are_the_programs() {
    let output = run(&["--seed", "1", "--", "echo", "--seed", "--", "a b"]);
    assert_eq!(output.stdout, b"--seed -- a b\n");
    assert!(output.stderr.is_empty());
}

#[test]
fn sleeps_are_virtual_unless_the_time_is_real() {
    // A day, in a child of the program.
    assert_eq!(text(&run(&["--", "sh", "-c", "sleep 86400; echo done"])), "done");
    let time = |options: &[&str]| {
        text(&run(&[options, &["--", "printenv", "ATECC608_SIM_TIME"]].concat())).to_owned()
    };
    assert_eq!(time(&[]), "virtual");
    assert_eq!(time(&["--real-time"]), "real");
}

/// What opening, addressing and writing fail with, on each of the adapters that the options describe.
#[test]
fn adapters_fail_as_asked() {
    const TRIES: &str = r#"
import errno, fcntl, os
# One number has two names.
names = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}
def tried(call, *arguments):
    try:
        return call(*arguments)
    except OSError as error:
        print(names[error.errno], end=" ")
bus = tried(os.open, "/dev/i2c-1", os.O_RDWR)
if bus is not None:
    tried(os.write, bus, b"\0")
    tried(fcntl.ioctl, bus, 0x0703, 0x60)
    tried(fcntl.ioctl, bus, 0x0706, 0x60)
    tried(os.write, bus, bytes(62))
"#;
    for (options, expected) in [
        (&[][..], "ENXIO ENXIO"),
        (&["--nack", "EREMOTEIO"], "EREMOTEIO EREMOTEIO"),
        (&["--nack", "eio"], "EIO EIO"),
        (&["--nack", "etimedout,enxio"], "ETIMEDOUT ETIMEDOUT"),
        (&["--busy", "0x60"], "ENXIO EBUSY ENXIO"),
        (&["--busy", "96", "--busy", "0x00"], "ENXIO EBUSY ENXIO"),
        (&["--max-write", "61"], "ENXIO EOPNOTSUPP"),
        (&["--max-write", "61,EINVAL"], "ENXIO EINVAL"),
        (&["--max-write", "61,cut"], "ENXIO ENXIO"),
        (&["--no-general-call"], "EINVAL ENXIO"),
        (&["--no-general-call=eopnotsupp"], "EOPNOTSUPP ENXIO"),
        (&["--no-reserved=eio"], "EIO ENXIO"),
        (&["--open-fails", "eacces"], "EACCES"),
        (&["--open-fails", "enoent"], "ENOENT"),
    ] {
        let output = run(&[options, &["--", "python3", "-c", TRIES]].concat());
        assert_eq!(text(&output), expected, "{options:?}");
    }
}

#[test]
fn verbose_logs_the_programs_commands() {
    let output = client(&["--verbose"], "/dev/i2c-1", INFO);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("opcode 30 p1 00 p2 0000"), "{log}");
}

#[test]
fn wrong_options_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("none");
    let nowhere = nowhere.to_str().unwrap();
    for (options, message) in [
        (&[][..], "Usage"),
        (&["echo"], "Usage"),
        (&["--bus", "x", "--", "echo"], "--bus"),
        (
            &["--preset", "tng", "--", "echo"],
            "there are tngtls, tngtls-legacy, tngtls-published, tflxtls, tnglora",
        ),
        (&["--also", "tng", "--", "echo"], "no preset \"tng\""),
        (&["--also", "helium,x", "--", "echo"], "\"x\" is no seed"),
        (&["--also", "helium", "--", "echo"], "there is more than one chip at 0x60"),
        (&["--awake-pulse", "x", "--", "echo"], "ignored or responds"),
        (&["--past-the-end", "x", "--", "echo"], "ones or repeats"),
        (&["--preload", nowhere, "--", "echo"], "cannot use"),
        (&["--state", folder.path().to_str().unwrap(), "--", "echo"], "cannot read"),
        (&["--", nowhere], "cannot run"),
        (&["--nack", "eagain", "--", "echo"], "use enxio, eremoteio, eio, etimedout"),
        (&["--nack", "enxio,", "--", "echo"], "no kernel driver reports \"\""),
        (&["--busy", "0xC0", "--", "echo"], "in 8-bit notation 0xC0 is 0x60"),
        (&["--busy", "sixty", "--", "echo"], "a 7-bit address is 0x00 to 0x7F"),
        (&["--max-write", "0", "--", "echo"], "no number of bytes from 1 to 8192"),
        (&["--max-write", "61,enxio", "--", "echo"], "fails with eopnotsupp or einval, or is cut"),
        (&["--no-general-call=enxio", "--", "echo"], "[possible values: einval, eopnotsupp, eio]"),
        (&["--no-general-call", "--no-reserved", "--", "echo"], "cannot be used with"),
        (&["--open-fails", "eperm", "--", "echo"], "[possible values: eacces, enoent, enodev]"),
    ] {
        let output = run(options);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty(), "{options:?}");
        assert!(error.contains(message), "{options:?}: {error}");
    }
}

/// A copy of the program alone says what is missing, and takes the library from elsewhere.
#[test]
fn the_library_is_looked_for_beside_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("atecc608-sim");
    fs::copy(env!("CARGO_BIN_EXE_atecc608-sim"), &copy).unwrap();
    let alone = Command::new(&copy).args(["run", "--", "true"]).output().unwrap();
    let error = String::from_utf8_lossy(&alone.stderr);
    assert!(!alone.status.success() && error.contains("cargo build -p atecc608-sim-preload"), "{error}");

    let preload = text(&run(&["--", "printenv", "LD_PRELOAD"])).to_owned();
    let given = Command::new(&copy).args(["run", "--preload", &preload, "--", "true"]).output().unwrap();
    text(&given);

    // Both places that Cargo has for it: the newer one counts, whichever that is.
    fs::create_dir(folder.path().join("deps")).unwrap();
    let places = ["", "deps"].map(|sub| folder.path().join(sub).join("libatecc608_sim_preload.so"));
    for (old, new) in [(0, 1), (1, 0)] {
        for (place, seconds) in [(old, 1_000), (new, 2_000)] {
            fs::copy(&preload, &places[place]).unwrap();
            let file = fs::File::options().write(true).open(&places[place]).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        }
        let found = Command::new(&copy).args(["run", "--", "printenv", "LD_PRELOAD"]).output().unwrap();
        assert_eq!(text(&found), places[new].to_str().unwrap());
    }
}

/// A chip that can't be kept is an error even if the program does not mind.
#[test]
fn a_change_that_cannot_be_kept_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let state = path.to_str().unwrap();
    fs::create_dir(folder.path().join("chip.new")).unwrap();
    let script = format!("python3 -c '{CLIENT}' /dev/i2c-1 '{WRITE}' 2>&1; true");
    let output = run(&["--state", state, "--", "sh", "-c", &script]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains("chip.new"), "{}: {error}", output.status);
}
