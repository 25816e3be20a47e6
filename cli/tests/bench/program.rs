//! The program itself, killed, and with a full disk.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use atecc608_sim::server::{self, Options};
use atecc608_sim::{Bus, Chip};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::Value;

use crate::checked;
use crate::tray;
use crate::workshop::Workshop;

fn atecc(workshop: &Workshop, bus: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atecc"));
    let file = |name: &str| workshop.file(name);
    command.args(["--json", "--quiet", "--bus", bus, "provision"]);
    command.arg("--profile").arg(file("profile.toml")).arg("--report").arg(file("report.jsonl"));
    command.arg("--manifest").arg(file("manifest.json")).arg("--labels").arg(file("labels.txt"));
    command.args(["--station", "bench 1", "--operator", "Ada"]).env_remove("ATECC608_BUS");
    command
}

/// Lines of the report, whole or not.
fn lines_there(workshop: &Workshop) -> usize {
    fs::read(workshop.file("report.jsonl")).map_or(0, |report| report.split(|byte| *byte == b'\n').count())
}

/// A run at the bench, and what it says of chips.
struct Running {
    child: Child,
    said: Receiver<Value>,
}

impl Running {
    fn start(workshop: &Workshop, bus: &str) -> Self {
        let mut command = atecc(workshop, bus);
        command.arg("--lock-any-blank-chip-for-ever").stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let (send, said) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                // A line that the end has torn says nothing.
                let Ok(value) = serde_json::from_str::<Value>(&line) else { return };
                if send.send(value).is_err() {
                    return;
                }
            }
        });
        Self { child, said }
    }

    /// What became of the next chip, if it has been said.
    fn next(&mut self) -> Option<Value> {
        let ended = self.child.try_wait().unwrap();
        assert_eq!(ended, None, "the program has ended");
        self.said.recv_timeout(Duration::from_millis(10)).ok()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What report, manifest and labels have, in these numbers.
fn complete(workshop: &Workshop, serials: &BTreeSet<String>) {
    let done = checked::done(&checked::lines(workshop));
    assert_eq!(done.keys().cloned().collect::<BTreeSet<_>>(), *serials);
    let devices = checked::devices(workshop);
    assert_eq!(
        devices.all().iter().map(|device| device.serial.to_string()).collect::<BTreeSet<_>>(),
        *serials
    );
    let labels = fs::read_to_string(workshop.file("labels.txt")).unwrap();
    let labels: Vec<String> =
        labels.lines().map(|label| label.split(' ').next().unwrap().to_lowercase()).collect();
    assert_eq!(labels.len(), serials.len());
    assert_eq!(labels.into_iter().collect::<BTreeSet<_>>(), *serials);
}

/// One chip after the other at a socket; the program is killed in the middle of each, and started again.
#[test]
fn killed_at_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::new(folder.path());
    let bus = Bus::new();
    let socket = bus.add(Chip::blank(0));
    bus.remove(socket);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("tcp:{}", listener.local_addr().unwrap());
    let served = bus.clone();
    thread::spawn(move || server::serve(listener, served, Options::new()));

    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut serials = BTreeSet::new();
    let mut running = Running::start(&workshop, &place);
    let mut killed = 0;
    for seed in 1..=6 {
        let chip = Chip::blank(seed);
        let serial = tray::serial_of(&chip).to_string();
        bus.replace(socket, chip);
        let mut kills = 2;
        let mut wanted = lines_there(&workshop) + 1 + random.next_u32() as usize % 3;
        loop {
            if let Some(said) = running.next() {
                assert_eq!(said["result"]["serial"], serial.as_str(), "{said}");
                assert!(["done", "seen"].contains(&said["result"]["outcome"].as_str().unwrap()), "{said}");
                break;
            }
            if kills > 0 && lines_there(&workshop) >= wanted {
                // Somewhere in what comes next.
                thread::sleep(Duration::from_micros(u64::from(random.next_u32() % 20_000)));
                running.kill();
                (kills, killed) = (kills - 1, killed + 1);
                running = Running::start(&workshop, &place);
                // The first line is that of the new run.
                wanted = lines_there(&workshop) + 2;
            }
        }
        bus.remove(socket);
        serials.insert(serial);
    }
    running.kill();
    // What the last stop has left is made up for, without a chip.
    let ended = atecc(&workshop, &place).args(["--chips", "0"]).output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    complete(&workshop, &serials);
    println!("killed {killed} times at {} chips", serials.len());
    assert!(killed >= 6, "{killed}");
}

/// Chips in files: each run is for one of them.
#[test]
fn killed_with_a_chip_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::new(folder.path());
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let mut serials = BTreeSet::new();
    for number in 0..4 {
        let chip = format!("sim:{}", workshop.file(&format!("chip{number}")).display());
        for _ in 0..2 {
            let wanted = lines_there(&workshop) + 1 + random.next_u32() as usize % 2;
            let mut command = atecc(&workshop, &chip);
            let mut child = command.args(["--yes-serial", "sim"]).stdout(Stdio::null()).spawn().unwrap();
            while lines_there(&workshop) < wanted && child.try_wait().unwrap().is_none() {
                thread::yield_now();
            }
            thread::sleep(Duration::from_micros(u64::from(random.next_u32() % 20_000)));
            let _ = child.kill();
            child.wait().unwrap();
        }
        let said = finish(&workshop, &chip);
        assert!(serials.insert(said["result"]["serial"].as_str().unwrap().to_owned()));
    }
    complete(&workshop, &serials);
}

/// Runs to the end.
fn finish(workshop: &Workshop, chip: &str) -> Value {
    let ended = atecc(workshop, chip).args(["--yes-serial", "sim"]).output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    serde_json::from_slice(&ended.stdout).unwrap()
}

/// The disk is full in the middle of a line of the report: the program ends and says so, and one with more room goes on.
#[test]
fn a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::new(folder.path());
    let program = atecc(&workshop, "");
    let mut serials = BTreeSet::new();
    let mut refused = 0;
    for number in 0..4 {
        let chip = format!("sim:{}", workshop.file(&format!("chip{number}")).display());
        // Files of 14 KiB at most; a chip takes 5 of the report.
        let mut limited = Command::new("bash");
        limited.args(["-c", r#"trap "" XFSZ; ulimit -f 14; exec "$0" "$@""#]).arg(program.get_program());
        let command = atecc(&workshop, &chip);
        limited.args(command.get_args()).args(["--yes-serial", "sim"]);
        let ran = limited.output().unwrap();
        if !ran.status.success() {
            let stderr = String::from_utf8(ran.stderr).unwrap();
            assert_eq!(ran.status.code(), Some(8), "{stderr}");
            assert!(stderr.contains("make room"), "{stderr}");
            assert!(fs::read_to_string(workshop.file("report.jsonl")).unwrap().ends_with('\n'));
            refused += 1;
        }
        let said = finish(&workshop, &chip);
        serials.insert(said["result"]["serial"].as_str().unwrap().to_owned());
    }
    assert!(refused >= 1);
    complete(&workshop, &serials);
}

/// Two programs do not have one report, and what is no report is left alone.
#[test]
fn a_report_that_can_not_be_taken() {
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::new(folder.path());
    let refused = |workshop: &Workshop| {
        let ran = atecc(workshop, "sim:").args(["--yes-serial", "sim"]).output().unwrap();
        assert_eq!(ran.status.code(), Some(8), "{ran:?}");
        String::from_utf8(ran.stderr).unwrap()
    };
    let report: &Path = &workshop.file("report.jsonl");
    let other = atecc608_fleet::report::Report::open(report).unwrap();
    let said = refused(&workshop);
    assert!(said.contains("in use") && said.contains("wait until the other run"), "{said}");
    drop(other);
    fs::write(report, "notes\n").unwrap();
    let said = refused(&workshop);
    assert!(said.contains("is no report") && said.contains("put a copy"), "{said}");
    assert_eq!(fs::read(report).unwrap(), b"notes\n");
}

/// What is written anew after each chip is never written over the report, whatever its path is called.
#[test]
fn the_report_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::new(folder.path());
    let chip = format!("sim:{}", workshop.file("chip").display());
    finish(&workshop, &chip);
    let before = fs::read(workshop.file("report.jsonl")).unwrap();
    let file = |name: &str| workshop.file(name).display().to_string();
    std::os::unix::fs::symlink("report.jsonl", workshop.file("link")).unwrap();
    let roundabout = folder.path().join(".").join("report.jsonl").display().to_string();
    for (option, path) in [
        ("--labels", file("report.jsonl")),
        ("--labels", roundabout),
        ("--labels", file("link")),
        ("--labels", file("profile.toml")),
        ("--manifest", file("report.jsonl")),
        ("--manifest", file("profile.toml")),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atecc"));
        command.args(["--bus", &chip, "--yes-serial", "sim", "provision", option, &path]);
        command.args(["--profile", &file("profile.toml"), "--report", &file("report.jsonl")]);
        let ran = command.output().unwrap();
        let stderr = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{option} {path}: {stderr}");
        assert!(stderr.contains("name the same file"), "{stderr}");
        assert_eq!(fs::read(workshop.file("report.jsonl")).unwrap(), before, "{option} {path}");
    }
}
