//! The program, and what it says.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use testkit::examples::{self, Ran};

/// The built example. `cargo test` builds it beside the tests; with `--test` alone it may be missing or older than its
/// sources, and is built here.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let sources = [
            "src",
            "aws",
            "../gcp_jwt/demo",
            "../mock-clouds/src",
            "../mock-servers/src",
            "../../cloud/src",
            "../../fleet/src",
            "../../linux/src",
            "../../sim/src",
            "../../src",
        ];
        examples::program(&examples::built(env!("CARGO_MANIFEST_DIR"), &["mtls"], &sources), "mtls")
    })
}

pub(crate) fn run(arguments: &[&str]) -> Ran {
    examples::run(program(), arguments)
}

/// Runs it to success, for the report.
pub(crate) fn json(arguments: &[&str]) -> Value {
    let ran = run(&[arguments, &["--json"]].concat());
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{arguments:?}");
    // Exactly one value: anything behind it is an error.
    serde_json::from_str(&ran.stdout).unwrap()
}

/// Runs it to success; the steps.
pub(crate) fn steps(arguments: &[&str]) -> String {
    let ran = run(arguments);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{arguments:?}: {}", ran.stdout);
    ran.stdout
}

/// Runs it in vain past the command line: what failed, cause and help are there, in words.
pub(crate) fn failed(arguments: &[&str]) -> String {
    let Ran { code, stdout, stderr } = run(arguments);
    assert_eq!(code, Some(1), "{arguments:?}: {stdout}{stderr}");
    assert!(stderr.starts_with("error: ") && stderr.matches("error: ").count() == 1, "{stderr}");
    assert!(stderr.contains("\n  cause: ") && stderr.contains("\n  what to do: "), "{stderr}");
    for noise in ["panicked", "RUST_BACKTRACE", "Error {", "Err(", "Failure {", "report this"] {
        assert!(!stderr.contains(noise), "{stderr}");
    }
    stderr
}

/// Runs it until it says this, and stops it there.
pub(crate) fn until(arguments: &[&str], words: &str) {
    let mut child =
        Command::new(program()).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        said.push(line);
        if said.last().is_some_and(|line| line.contains(words)) {
            break;
        }
    }
    let _ = child.kill();
    child.wait().unwrap();
    assert!(said.last().is_some_and(|line| line.contains(words)), "{arguments:?}: {said:?}");
}

/// These words, one behind the other.
pub(crate) fn in_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let at = rest.find(word).unwrap_or_else(|| panic!("{word:?} is not in\n{rest}\nof\n{text}"));
        rest = &rest[at + word.len()..];
    }
}

/// A text of the report.
pub(crate) fn text<'r>(report: &'r Value, name: &str) -> &'r str {
    report[name].as_str().unwrap_or_else(|| panic!("no {name} in {report}"))
}
