//! The built examples, for tests that run them as a user does.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The folder of the built examples of the package in `root` (`env!("CARGO_MANIFEST_DIR")` of the test). `cargo test`
/// builds them beside the test; with `--test` alone they may be missing or older than `sources`, which are folders in
/// `root`, and are built here.
pub fn built(root: &str, examples: &[&str], sources: &[&str]) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let folder = profile.join("examples");
    let sources: Vec<SystemTime> =
        sources.iter().map(|source| newest(&Path::new(root).join(source))).collect();
    let is_old = |example: &&str| {
        let built = std::fs::metadata(program(&folder, example)).and_then(|file| file.modified()).ok();
        built.is_none_or(|built| sources.iter().any(|source| *source > built))
    };
    if examples.iter().any(is_old) {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--target-dir"]).arg(profile.parent().unwrap());
        cargo.args(examples.iter().flat_map(|example| ["--example", example]));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let status = cargo.current_dir(root).status().unwrap();
        assert!(status.success(), "the examples can't be built");
    }
    folder
}

/// An example's program.
pub fn program(folder: &Path, example: &str) -> PathBuf {
    folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX))
}

/// What a program printed, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs a program with these arguments to its end.
pub fn run<A: AsRef<OsStr>>(program: &Path, arguments: impl IntoIterator<Item = A>) -> Ran {
    let output = Command::new(program).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// When a file in this folder or below was last changed.
fn newest(folder: &Path) -> SystemTime {
    let entries = std::fs::read_dir(folder).unwrap();
    let times = entries.map(Result::unwrap).map(|entry| match entry.file_type().unwrap().is_dir() {
        true => newest(&entry.path()),
        false => entry.metadata().unwrap().modified().unwrap(),
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}
