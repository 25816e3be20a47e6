//! What people type, and what they read. Each file is one session in a folder of its own, which begins with what is in
//! `NAME.in`: its simulated chips are kept from one command to the next.
#![cfg(target_os = "linux")]

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

/// Where a file finds what it begins with, and leaves what it makes: nothing of that lasts.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copied(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// OpenSSL, which users have.
fn openssl() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join("openssl"));
    programs.find(|program| program.is_file()).expect("openssl is needed")
}

#[test]
fn transcripts() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let mut originals: Vec<PathBuf> = fs::read_dir(here.join("tests/transcripts"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    originals.push(here.join("README.md"));
    let copies: Vec<PathBuf> = originals
        .iter()
        .map(|original| {
            let copy = folder.path().join(original.file_name().unwrap());
            fs::copy(original, &copy).unwrap();
            let (input, own) = (original.with_extension("in"), copy.with_extension("in"));
            match input.exists() {
                true => copied(&input, &own),
                false => fs::create_dir_all(own).unwrap(),
            }
            copy
        })
        .collect();
    let cases = trycmd::TestCases::new();
    cases
        .default_bin_path(env!("CARGO_BIN_EXE_atecc"))
        .register_bin("openssl", openssl().as_path())
        // Nothing of the person's who runs this.
        .env("ATECC608_BUS", "")
        .env("XDG_STATE_HOME", "")
        .env("HOME", ".")
        .env("CLICOLOR_FORCE", "")
        .env("COLUMNS", "100");
    for copy in &copies {
        cases.case(copy);
    }
    let result = panic::catch_unwind(AssertUnwindSafe(|| cases.run()));
    if std::env::var("TRYCMD").is_ok_and(|what| what == "overwrite") {
        for (original, copy) in originals.iter().zip(&copies) {
            fs::copy(copy, original).unwrap();
        }
    }
    if let Err(panic) = result {
        panic::resume_unwind(panic);
    }
}
