//! Dependencies, by cargo-deny and `deny.toml`: licences, sources, and known advisories, for every lock file. RustSec's
//! database is taken from where `ADVISORY_DB` says (a Git directory or a checkout), or from GitHub; without either this
//! says that advisories were not looked up, and passes.

use crate::cargo;
use crate::process::{Result, Run, command, files, root};
use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DATABASE: &str = "https://github.com/rustsec/advisory-db";
/// What cargo-deny calls its copy of that.
const COPY: &str = "advisory-db-3157b0e258782691";
const CONFIG: &str = "deny.toml";

/// See above.
pub(crate) fn main(_: &[String]) -> Result {
    tools::program("cargo-deny")?;
    let config = fs::read_to_string(root().join(CONFIG))?;
    let folder = tempfile::tempdir()?;
    let workspaces: Vec<String> = files()?
        .into_iter()
        .filter(|file| file.ends_with("Cargo.lock"))
        .map(|file| file.replace("Cargo.lock", "Cargo.toml"))
        .collect();

    let what = ["licenses", "bans", "sources"];
    // A check that finds nothing must be one that can.
    let none = written(folder.path(), "none.toml", &config.replace("\"MIT\"", "\"0BSD\""))?;
    if deny("Cargo.toml", &none, &["licenses"])?.0 {
        return Err("cargo-deny takes a licence that is not allowed".into());
    }
    for workspace in &workspaces {
        let (passed, text) = deny(workspace, &root().join(CONFIG), &what)?;
        if !passed {
            return Err(format!("{workspace}\n{text}").into());
        }
        println!("{workspace}: {}", text.lines().last().unwrap_or_default());
    }
    duplicates()?;

    match database()? {
        Some(path) => advisories(&workspaces, &config, &path, folder.path()),
        None => {
            println!(
                "ADVISORIES NOT CHECKED: {DATABASE} is out of reach and ADVISORY_DB names no copy of it"
            );
            Ok(())
        }
    }
}

fn written(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path)
}

/// Whether these checks pass, and what is said about them.
fn deny(workspace: &str, config: &Path, checks: &[&str]) -> Result<(bool, String)> {
    let mut deny = command("cargo deny --locked --all-features --color never --manifest-path");
    deny.arg(workspace).arg("--config").arg(config);
    if checks == ["advisories"] {
        deny.arg("--offline");
    }
    deny.arg("check").args(checks).both()
}

/// Without features the driver brings nothing twice. With all there are two generations of RustCrypto.
fn duplicates() -> Result {
    let tree =
        command("cargo tree --quiet --locked -p atecc608 -e normal -d --no-default-features").text()?;
    match tree.trim() {
        "" => Ok(()),
        twice => Err(format!("the driver without features has duplicates:\n{twice}").into()),
    }
}

/// The folder in which cargo-deny looks for its copy.
fn database() -> Result<Option<PathBuf>> {
    let folder = cargo::target_directory(root())?.join("advisories");
    let copy = folder.join(COPY);
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    let mut clone = match std::env::var_os("ADVISORY_DB") {
        Some(given) => {
            let mut clone = Command::new("git");
            clone.args(["clone", "--quiet"]).arg(given);
            clone
        }
        None => command(&format!("timeout 60 git clone --quiet --depth 1 {DATABASE}")),
    };
    let cloned = clone.arg(&copy).env("GIT_TERMINAL_PROMPT", "0").succeeds();
    if !cloned && std::env::var_os("ADVISORY_DB").is_some() {
        return Err("ADVISORY_DB names no database".into());
    }
    Ok(cloned.then_some(folder))
}

fn advisories(workspaces: &[String], config: &str, database: &Path, folder: &Path) -> Result {
    let mark = "[advisories]\n";
    let located = config.replacen(mark, &format!("{mark}db-path = {database:?}\n"), 1);
    let ignored: Vec<&str> =
        config.split("id = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    // What is ignored is there to be found.
    let strict = written(
        folder,
        "strict.toml",
        &ignored.iter().fold(located.clone(), |text, id| text.replace(id, "RUSTSEC-1970-0001")),
    )?;
    let located = written(folder, "advisories.toml", &located)?;
    let mut used = vec![false; ignored.len()];
    let mut refused = 0;
    for workspace in workspaces {
        let (passed, text) = deny(workspace, &located, &["advisories"])?;
        if !passed {
            return Err(format!("{workspace}\n{text}").into());
        }
        // Of what is ignored and not there, cargo-deny says so.
        for (id, used) in ignored.iter().zip(&mut used) {
            *used |= !text.contains(id);
        }
        refused += usize::from(!deny(workspace, &strict, &["advisories"])?.0);
    }
    if let Some((id, _)) = ignored.iter().zip(used).find(|(_, used)| !used) {
        return Err(format!("{id} is ignored for nothing ({CONFIG})").into());
    }
    if refused == 0 {
        return Err("cargo-deny passes without what is ignored".into());
    }
    let date = command("git log -1 --format=%cs").current_dir(database.join(COPY)).text()?;
    println!(
        "advisories: database of {}, {} lock files, none but those that {CONFIG} names",
        date.trim(),
        workspaces.len()
    );
    Ok(())
}
