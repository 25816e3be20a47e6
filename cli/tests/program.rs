//! What goes beyond one command and its text: colours, the environment, a chip for several programs.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn atecc(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atecc"));
    command.args(arguments).env_remove("ATECC608_BUS").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn colours_are_for_terminals() {
    let wrong = ["--bus", "nowhere", "info"];
    let plain = atecc(&wrong).output().unwrap();
    assert!(text(&plain.stderr).starts_with("error: --bus names"));
    let forced = atecc(&wrong).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(text(&forced.stderr).starts_with("\x1b["));
    let none = atecc(&wrong).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert_eq!(none.stderr, plain.stderr);
}

#[test]
fn the_environment_names_a_bus_and_the_command_line_another() {
    let bus = |command: &mut Command| json(&command.output().unwrap())["result"]["bus"].clone();
    assert_eq!(bus(atecc(&["info", "--json"]).env("ATECC608_BUS", "sim:tflxtls")), "sim:tflxtls");
    let both = ["--bus", "sim:tngtls", "info", "--json"];
    assert_eq!(bus(atecc(&both).env("ATECC608_BUS", "sim:tflxtls")), "sim:tngtls");
}

/// The chip of `--bus sim` lies where the specification has it, and is the same for every command.
#[test]
fn the_simulated_chip_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (state, home) = (folder.path().join("state"), folder.path().join("home"));
    let serial = |state: &str| {
        let mut command = atecc(&["--bus", "sim", "info", "--json"]);
        let output = command.env("HOME", &home).env("XDG_STATE_HOME", state).output().unwrap();
        json(&output)["result"]["serial"].as_str().unwrap().to_owned()
    };
    let at_home = serial("");
    assert!(home.join(".local/state/atecc608/chip").exists());
    // Not absolute: no place.
    assert_eq!(serial("relative"), at_home);
    let elsewhere = serial(state.to_str().unwrap());
    assert!(state.join("atecc608/chip").exists() && elsewhere != at_home);
    assert_eq!(serial(state.to_str().unwrap()), elsewhere);
}

/// Ends with the test, however it ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn a_served_chip_is_there_for_several_programs_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let bus = format!("sim:{}/chip", folder.path().display());
    let serve = ["--bus", &bus, "--json", "sim", "serve", "--listen", "127.0.0.1:0"];
    let mut server = Server(atecc(&serve).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let place = said["bus"].as_str().unwrap();

    let busy = atecc(&["--bus", &bus, "info"]).output().unwrap();
    assert_eq!(busy.status.code(), Some(6), "{}", text(&busy.stderr));
    assert!(text(&busy.stderr).contains("in use by another simulator"));
    assert!(text(&busy.stderr).contains("`atecc sim serve`, and --bus tcp:HOST:PORT for each"));

    let clients = ["0", "1", "0", "1"].map(|counter| {
        // A server may be anything: the serial number has to be named.
        let serial = said["serial"].as_str().unwrap();
        let arguments = ["--bus", place, "--yes-serial", serial, "counter", "increment", counter];
        atecc(&arguments).stderr(Stdio::piped()).spawn().unwrap()
    });
    for client in clients {
        let output = client.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let refused =
        atecc(&["--bus", place, "--yes-serial", "sim", "counter", "increment", "0"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(9));

    drop(server);
    let kept = json(&atecc(&["--bus", &bus, "--json", "counter", "read"]).output().unwrap());
    let counters = kept["result"]["counters"].as_array().unwrap();
    assert!(counters.iter().all(|counter| counter["value"] == 2), "{kept}");
}

/// The reader of a pipe may have enough.
#[test]
fn a_reader_that_stops_is_no_error() {
    let mut child =
        atecc(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

/// Every command has its page, and every shell its words.
#[test]
fn the_manual_and_completions_name_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("man");
    let output = atecc(&["--json", "man", folder.to_str().unwrap()]).output().unwrap();
    let pages = json(&output)["result"]["pages"].as_array().unwrap().clone();
    for page in ["atecc.1", "atecc-info.1", "atecc-counter-increment.1", "atecc-sim-new.1"] {
        assert!(pages.iter().any(|made| made == page), "{page} in {pages:?}");
    }
    let increment = std::fs::read_to_string(folder.join("atecc-counter-increment.1")).unwrap();
    assert!(
        increment.contains("[CAN\\*(AqT BE UNDONE]") || increment.contains("[CAN'T BE UNDONE]"),
        "{increment}"
    );
    assert!(increment.contains("\\-\\-yes\\-serial"), "{increment}");
    for (shell, word) in [("bash", "_atecc"), ("zsh", "#compdef atecc"), ("fish", "complete -c atecc")] {
        let output = atecc(&["completions", shell]).output().unwrap();
        assert!(output.status.success() && text(&output.stdout).contains(word), "{shell}");
    }
}

/// A script that got no object hears of it.
#[test]
fn an_object_that_cannot_be_written_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = atecc(&["--bus", "sim:tngtls", "--json", "info"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(8), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("the answer was written"));
}
