//! The README's example works in an empty project: its manifest and its program are put there as they stand, with
//! the packages of this repository in the place of the registry's.

use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The first block of this language.
fn block<'a>(readme: &'a str, language: &str) -> &'a str {
    let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_example_runs_in_an_empty_project() {
    let readme = include_str!("../README.md");
    let project = tempfile::tempdir().unwrap();
    let folder = |below: &str| root().join(below).display().to_string();
    let manifest = format!(
        "[package]\nname = \"pasted\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{}\n\
         [patch.crates-io]\natecc608 = {{ path = '{}' }}\natecc608-sim = {{ path = '{}' }}\n\
         atecc608-sim-preload = {{ path = '{}' }}\n\n[profile.dev]\ndebug = false\n",
        block(readme, "toml"),
        folder(""),
        folder("sim"),
        folder("sim/preload"),
    );
    fs::write(project.path().join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(project.path().join("src")).unwrap();
    fs::write(project.path().join("src/main.rs"), block(readme, "rust")).unwrap();
    // The versions that are here already, so that no registry is asked.
    fs::copy(root().join("Cargo.lock"), project.path().join("Cargo.lock")).unwrap();

    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pasted");
    let run = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--target-dir"])
        .arg(target)
        .current_dir(project.path())
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let (printed, said) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}");
    assert!(!said.contains("warning"), "{said}");

    // A key as PEM and a token: header, claims, signature.
    let (pem, token) = printed.split_once("-----END PUBLIC KEY-----").unwrap();
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----"), "{printed}");
    let parts: Vec<&str> = token.trim().split('.').collect();
    assert_eq!(parts.len(), 3, "{printed}");
    assert!(parts[0].starts_with("eyJ") && parts[2].len() == 86, "{printed}");
}

/// What a person needs first is short, and both commands stand there.
#[test]
fn it_is_short_and_has_both_commands() {
    let readme = include_str!("../README.md");
    assert!(readme.lines().count() <= 146, "{} lines", readme.lines().count());
    for command in ["cargo run --example gcp_jwt", "cargo test --workspace"] {
        assert!(readme.contains(&format!("```sh\n{command}\n```")), "{command}");
    }
}
