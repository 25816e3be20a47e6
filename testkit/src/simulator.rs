//! The simulator as a program, for tests that run others on it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder with `atecc608-sim` and its preload library, which are built there if they are not current.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.parent().unwrap().parent().unwrap().to_owned();
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "-p", "atecc608-sim", "-p", "atecc608-sim-preload", "--target-dir"]);
        cargo.arg(profile.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().unwrap().success(), "the simulator can't be built");
        profile
    })
}

/// `atecc608-sim run OPTIONS -- PROGRAM`, to which the program's arguments are to be added.
pub fn run(options: &[&str], program: &Path) -> Command {
    let mut command = Command::new(folder().join("atecc608-sim"));
    command.arg("run").args(options).arg("--").arg(program);
    command
}
