//! The public API of what is published, as lists in docs/api, so that a change shows in review. What was there and is
//! gone, or reads otherwise, breaks users; what is new does not, and has to be listed.

use crate::cargo;
use crate::process::{Result, Run, command, root};
use crate::tools;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// What is listed. The tool is a program: its commands, exit codes and JSON are what it promises.
pub(crate) const CRATES: [&str; 7] = [
    "atecc608",
    "atecc608-cloud",
    "atecc608-config",
    "atecc608-doctor",
    "atecc608-fleet",
    "atecc608-linux",
    "atecc608-sim",
];

/// The list of one of them.
pub(crate) fn path(name: &str) -> PathBuf {
    root().join(format!("docs/api/{name}.txt"))
}

/// A list, and one that was before.
struct Change {
    /// In the old list only.
    gone: Vec<String>,
    /// In the new list only.
    new: Vec<String>,
}

impl Change {
    fn between(old: &str, new: &str) -> Change {
        let lines = |text: &str| -> BTreeSet<String> { text.lines().map(str::to_owned).collect() };
        let (old, new) = (lines(old), lines(new));
        Change { gone: old.difference(&new).cloned().collect(), new: new.difference(&old).cloned().collect() }
    }
}

/// Compares; `--update` writes the lists, and if something breaks users only together with `--breaking`.
pub(crate) fn main(arguments: &[String]) -> Result {
    let said = |option: &str| arguments.iter().any(|argument| argument == option);
    tools::toolchain(tools::NIGHTLY)?;
    let mut troubles = Vec::new();
    for name in CRATES {
        let path = path(name);
        let old = fs::read_to_string(&path).unwrap_or_default();
        let now = list(name)?;
        let change = Change::between(&old, &now);
        let shown = |sign: &str, lines: &[String]| lines.iter().for_each(|line| println!("{sign} {line}"));
        shown("-", &change.gone);
        shown("+", &change.new);
        let (gone, new) = (change.gone.len(), change.new.len());
        println!("{name}: {} lines, {gone} gone or changed, {new} new", now.lines().count());
        if said("--update") && (gone == 0 || said("--breaking")) {
            fs::create_dir_all(path.parent().ok_or("no folder")?)?;
            fs::write(&path, &now)?;
        } else if gone > 0 {
            troubles.push(format!("{name}: breaks users. If it has to be: CHANGELOG.md, the version, cargo xtask api --update --breaking"));
        } else if now != old {
            troubles.push(format!("{name}: not listed yet. cargo xtask api --update"));
        }
    }
    if troubles.is_empty() { Ok(()) } else { Err(troubles.join("\n").into()) }
}

/// Every public item with all features, one a line.
fn list(name: &str) -> Result<String> {
    let json = rustdoc(name)?;
    let api = public_api::Builder::from_rustdoc_json(&json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .map_err(|error| format!("{}: {error}", json.display()))?;
    let mut lines: Vec<String> = api.items().map(|item| item.to_string()).collect();
    lines.dedup();
    Ok(lines.join("\n") + "\n")
}

/// The feature of a package for its program, which adds nothing to the library; and what that brings along does not
/// compile with every nightly.
const PROGRAM: &str = "cli";

fn rustdoc(name: &str) -> Result<PathBuf> {
    let nightly = tools::NIGHTLY;
    let features: Vec<String> =
        cargo::features(name)?.into_iter().filter(|feature| feature != PROGRAM).collect();
    // Warnings are for the step `docs`.
    command(&format!(
        "cargo +{nightly} rustdoc --quiet --locked --lib --no-default-features --target-dir target/api -p {name}"
    ))
    .args(["--features", &features.join(",")])
    .args(["--", "-Zunstable-options", "--output-format", "json", "--cap-lints", "allow"])
    .check()?;
    Ok(root().join(format!("target/api/doc/{}.json", name.replace('-', "_"))))
}

#[test]
fn what_breaks_and_what_does_not() {
    let change = Change::between("pub fn a()\npub fn b()\n", "pub fn a()\npub fn b(u8)\npub fn c()\n");
    assert_eq!(change.gone, ["pub fn b()"]);
    assert_eq!(change.new, ["pub fn b(u8)", "pub fn c()"]);
    let same = Change::between("a\nb\n", "b\na\n");
    assert!(same.gone.is_empty() && same.new.is_empty());
}
