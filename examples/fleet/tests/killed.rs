//! The program, killed at random and run again with the same folder: nothing is lost, none is there twice.

use atecc608_sim::chip::Eeprom;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use testkit::examples::{self, Ran};

const CHIPS: u32 = 12;

fn program() -> PathBuf {
    let folder = examples::built(env!("CARGO_MANIFEST_DIR"), &["fleet"], &["src", "../../fleet/src"]);
    examples::program(&folder, "fleet")
}

fn run(arguments: &str, out: &Path) -> Ran {
    let out = out.to_str().unwrap();
    examples::run(&program(), arguments.split_whitespace().chain(["--out", out]))
}

/// The figures of a run that ends well.
fn figures(arguments: &str, out: &Path) -> Value {
    let ran = run(&format!("{arguments} --json"), out);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

fn count(figures: &Value, name: &str) -> u64 {
    match &figures[name] {
        Value::Array(list) => list.len() as u64,
        number => number.as_u64().unwrap_or_else(|| panic!("{name} in {figures}")),
    }
}

fn lines(out: &Path) -> Vec<Value> {
    let report = fs::read_to_string(out.join("report.jsonl")).unwrap();
    report.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Chips that are done, with their certificates as they are in the chip.
fn done(out: &Path) -> BTreeMap<String, String> {
    let mut done = BTreeMap::new();
    for line in lines(out).iter().filter(|line| line["event"] == "done") {
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        assert_eq!(done.insert(text("serial"), text("compressed")), None, "done twice: {line}");
    }
    done
}

/// The chips of the fleet.
fn chips(out: &Path) -> Vec<Eeprom> {
    let Ok(files) = fs::read_dir(out.join("chips")) else { return Vec::new() };
    let files = files.map(|file| file.unwrap().path());
    let chips = files.filter(|file| file.extension().is_some_and(|extension| extension == "eeprom"));
    let of_the_fleet = chips.filter(|file| !file.file_stem().unwrap().to_str().unwrap().starts_with("wrong"));
    of_the_fleet.map(|file| Eeprom::from_bytes(&fs::read(&file).unwrap()).unwrap()).collect()
}

/// What they say: serial number, and slot 10.
fn in_chips(out: &Path) -> BTreeMap<String, String> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let read = chips(out).into_iter().map(|eeprom| {
        let config = eeprom.config();
        assert_eq!(config[86..88], [0, 0], "a chip is not locked");
        (hex(&[&config[..4], &config[8..13]].concat()), hex(&eeprom.slot(10)[..72]))
    });
    read.collect()
}

/// Whether there is a chip whose configuration is locked, and its data zone is not.
fn one_is_half_way(out: &Path) -> bool {
    chips(out).iter().any(|eeprom| eeprom.config()[86..88] == [0x55, 0])
}

/// Manifest, list and PEM files are of these chips.
fn published(out: &Path) -> BTreeSet<String> {
    let manifest: Value = serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
    let entries = manifest.as_array().unwrap();
    let serials: BTreeSet<String> =
        entries.iter().map(|entry| entry["header"]["uniqueId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(serials.len(), entries.len(), "one is there twice");
    let files = fs::read_dir(out.join("certificates")).unwrap();
    let pems: BTreeSet<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(pems, serials);
    assert_eq!(fs::read_to_string(out.join("devices.csv")).unwrap().lines().count(), 1 + serials.len());
    serials
}

/// Lines of the report, whole or not.
fn lines_there(out: &Path) -> usize {
    fs::read(out.join("report.jsonl")).map_or(0, |report| report.split(|byte| *byte == b'\n').count())
}

#[test]
fn killed_at_random() {
    let program = program();
    let folder = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(9);
    let (mut killed, mut half_way) = (0, 0);
    for round in 0..6 {
        let out = folder.path().join(round.to_string());
        let arguments = format!("--chips {CHIPS} --failures 30 --tries 20 --seed {}", 100 + round);
        let arguments = match round % 3 {
            0 => arguments,
            1 => arguments + " --signer chip",
            _ => arguments + " --csr",
        };
        for _ in 0..8 {
            // A run adds a line for each chip at least: it is not over when half as many are there.
            let wanted = lines_there(&out) + 1 + random.next_u32() as usize % (CHIPS as usize / 2);
            let mut child = Command::new(&program)
                .args(arguments.split_whitespace())
                .arg("--out")
                .arg(&out)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            while lines_there(&out) < wanted && child.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
            // Somewhere in what comes next.
            std::thread::sleep(Duration::from_micros(u64::from(random.next_u32() % 5000)));
            child.kill().unwrap();
            killed += u32::from(!child.wait().unwrap().success());
            half_way += u32::from(one_is_half_way(&out));
        }
        let figures = figures(&arguments, &out);
        assert_eq!(count(&figures, "lost"), 0);
        let all: u64 = ["done_at_once", "done_after_failures", "seen", "given_up"]
            .map(|name| count(&figures, name))
            .iter()
            .sum();
        assert_eq!(all, u64::from(CHIPS));
        // Those that are dead for good, if there are any.
        let dead = count(&figures, "given_up");
        let living = u64::from(CHIPS) - dead;
        assert!(dead <= 2, "{figures}");
        assert_eq!(done(&out), in_chips(&out));
        assert_eq!(done(&out).len() as u64, living);
        assert_eq!(published(&out), done(&out).into_keys().collect());
        // None was signed for again.
        let issued = lines(&out).iter().filter(|line| line["event"] == "issued").count();
        assert_eq!(issued as u64, living);
        // Once more there is nothing to do but for the dead, who rise.
        let again = self::figures(&arguments.replace("--failures 30", "--failures 0"), &out);
        assert_eq!((count(&again, "seen"), count(&again, "signatures")), (living, dead));
        assert_eq!(published(&out).len(), CHIPS as usize);
    }
    println!("{killed} of 48 killed, {half_way} in the middle of a chip");
    assert!(killed >= 20, "only {killed} were killed");
    assert!(half_way >= 5, "only {half_way} were in the middle of a chip");
}

/// The disk is full in the middle of a line: the run ends, the line is taken away, and a run with more room goes on.
#[test]
#[cfg(unix)]
fn a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // Files of 40 KiB at most; a chip takes 4 KiB of the report.
    let script = r#"trap "" XFSZ; ulimit -f 40; exec "$0" --chips 20 --failures 0 --out "$1""#;
    let mut limited = Command::new("bash");
    let ran = limited.args(["-c", script]).arg(program()).arg(&out).output().unwrap();
    let stderr = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("the report was written") && stderr.contains("room on the disk"), "{stderr}");
    let report = fs::read_to_string(out.join("report.jsonl")).unwrap();
    assert!(report.ends_with('\n') && report.len() > 30_000, "{}", report.len());
    assert!(lines(&out).len() > 20);
    let before = done(&out).len() as u64;
    assert!(before > 5, "{before}");
    let figures = figures("--chips 20 --failures 0", &out);
    assert_eq!((count(&figures, "seen"), count(&figures, "done_at_once")), (before, 20 - before));
    assert_eq!(done(&out), in_chips(&out));
    assert_eq!(published(&out).len(), 20);
}

/// The same chips by a run that nobody stops, and given up where they are dead.
#[test]
fn figures_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // Of 40 chips two or so are dead at this rate.
    let figures = figures("--chips 40 --failures 100 --tries 3 --seed 5", &out);
    let given_up = count(&figures, "given_up");
    let done_now = count(&figures, "done_at_once") + count(&figures, "done_after_failures");
    assert_eq!(done_now + given_up, 40);
    assert!(given_up > 0);
    assert!(count(&figures, "done_after_failures") > 0, "{figures}");
    assert!(count(&figures, "wrong_chips") > 0, "{figures}");
    assert_eq!(count(&figures, "manifest_entries"), done_now);
    assert_eq!(done(&out).len() as u64, done_now);
    let lines = lines(&out);
    let events = |name: &str| lines.iter().filter(|line| line["event"] == name).count() as u64;
    let failed: u64 = figures["failed_tries"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!((events("failed"), events("given_up")), (failed, given_up));
    assert_eq!(events("refused"), count(&figures, "wrong_chips"));
    assert_eq!(events("issued"), count(&figures, "signatures"));
}

/// A report that is something else, and one that another run has.
#[test]
fn a_report_that_can_not_be_taken() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    figures("--chips 1 --failures 0", &out);
    let report = out.join("report.jsonl");
    let kept = fs::read(&report).unwrap();
    fs::write(&report, "notes\n").unwrap();
    let ran = run("--chips 1", &out);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("is no report") && ran.stderr.contains("put a copy"), "{}", ran.stderr);
    assert_eq!(fs::read(&report).unwrap(), b"notes\n");
    fs::write(&report, kept).unwrap();
    let other = atecc608_fleet::report::Report::open(&report).unwrap();
    let ran = run("--chips 1", &out);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("in use") && ran.stderr.contains("the other run"), "{}", ran.stderr);
    drop(other);
    assert_eq!(count(&figures("--chips 1 --failures 0", &out), "seen"), 1);
}

/// Chips have certificates of the root and signer in the folder: others do not take their place.
#[test]
fn a_root_that_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    figures("--chips 2 --failures 0", &out);
    for name in ["root.pem", "signer.pem", "device-example.pem"] {
        let (path, aside) = (out.join("ca").join(name), folder.path().join(name));
        fs::rename(&path, &aside).unwrap();
        let ran = run("--chips 2", &out);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains(name) && ran.stderr.contains("put it back"), "{}", ran.stderr);
        assert!(!path.exists());
        fs::rename(&aside, &path).unwrap();
    }
    assert_eq!(count(&figures("--chips 2 --failures 0", &out), "seen"), 2);
}

/// Who has a key's file has the key.
#[test]
#[cfg(unix)]
fn keys_are_for_nobody_else() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    figures("--chips 1 --failures 0", &out);
    for name in ["root", "signer", "manifest-signer"] {
        let mode = fs::metadata(out.join(format!("ca/{name}.key.pem"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn what_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let ran = run("--chips 3 --failures 0 --operator Eve", &out);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("3 done at the first try"), "{}", ran.stdout);
    // No progress where nobody looks.
    assert_eq!(ran.stderr, "");
    assert!(lines(&out).iter().all(|line| line["operator"] == "Eve"));
    // Another signer than the folder's.
    let ran = run("--chips 3 --signer chip", &out);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("run with the --signer with which --out was begun"), "{}", ran.stderr);
    for (arguments, word) in [
        ("--chips 0", "1 to 100000"),
        ("--signer paper", "software or chip"),
        ("--i2c /dev/i2c-1", "--i2c"),
        ("--bogus", "--bogus"),
    ] {
        let ran = examples::run(&program(), arguments.split_whitespace());
        assert_eq!(ran.code, Some(2), "{arguments}");
        assert!(ran.stderr.contains(word), "{arguments}: {}", ran.stderr);
    }
}
