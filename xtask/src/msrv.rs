//! The oldest Rust that is promised: what is published is compiled with it, if rustup can bring it. If not, what one
//! toolchain can tell is asked: clippy's `incompatible_msrv` (a step of its own) about our own code, and here the
//! `rust-version` of what users build.

use crate::cargo;
use crate::process::{Result, Run, command, exists, root};
use semver::Version;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// What is published, and how each is compiled.
const PUBLISHED: [(&str, &str); 9] = [
    ("atecc608", "--lib"),
    ("atecc608-cli", "--lib --bins"),
    ("atecc608-cloud", "--lib"),
    ("atecc608-config", "--lib"),
    ("atecc608-doctor", "--lib"),
    ("atecc608-fleet", "--lib"),
    ("atecc608-linux", "--lib"),
    ("atecc608-sim", "--lib --bins"),
    ("atecc608-sim-preload", "--lib"),
];

/// Published, too, but outside of the workspace: it is compiled with those that depend on it.
const COMPILED_WITH_OTHERS: &str = "atecc608-embedded-tls";

fn version(text: &str) -> Result<Version> {
    let dots = text.matches('.').count();
    Ok(Version::parse(&format!("{text}{}", ".0".repeat(2_usize.saturating_sub(dots))))?)
}

/// See above.
pub(crate) fn main(_: &[String]) -> Result {
    let metadata = cargo::metadata(root(), "--all-features")?;
    let ours = stated(&metadata)?;
    dependencies(&metadata, &ours)?;
    if !exists("rustup") || !command("rustup toolchain install --profile minimal").arg(&ours).both()?.0 {
        println!("NOT COMPILED with Rust {ours}: rustup cannot bring it");
        return Ok(());
    }
    for (package, what) in PUBLISHED {
        for features in ["--no-default-features", "--all-features"] {
            let line = format!(
                "cargo +{ours} check --quiet --locked --target-dir target/msrv -p {package} {what} {features}"
            );
            command(&line).check()?;
        }
    }
    println!(
        "compiled with Rust {ours}, without features and with all: {}",
        PUBLISHED.map(|(name, _)| name).join(", ")
    );
    Ok(())
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

/// The version of Rust that all published packages state.
fn stated(metadata: &Value) -> Result<String> {
    let find = |name: &str| {
        packages(metadata).find(|package| package["name"] == name && package["source"].is_null())
    };
    let names = PUBLISHED.iter().map(|(name, _)| *name).chain([COMPILED_WITH_OTHERS]);
    let versions: Vec<(&str, Option<&str>)> =
        names.map(|name| (name, find(name).and_then(|package| package["rust_version"].as_str()))).collect();
    match versions[..] {
        [(_, Some(first)), ..] if versions.iter().all(|(_, version)| *version == Some(first)) => {
            Ok(first.to_owned())
        }
        _ => Err(format!("not all state the same: {versions:?}").into()),
    }
}

/// No dependency that users build may say that it needs a newer Rust.
fn dependencies(metadata: &Value, ours: &str) -> Result {
    let id = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let by_id: HashMap<String, &Value> =
        packages(metadata).map(|package| (id(&package["id"]), package)).collect();
    let nodes = metadata["resolve"]["nodes"].as_array().ok_or("no graph")?;
    let nodes: HashMap<String, &Value> = nodes.iter().map(|node| (id(&node["id"]), node)).collect();
    let published = |package: &&Value| PUBLISHED.iter().any(|(name, _)| package["name"] == *name);
    let mut todo: Vec<String> =
        packages(metadata).filter(published).map(|package| id(&package["id"])).collect();
    let mut seen = HashSet::new();
    while let Some(this) = todo.pop() {
        if !seen.insert(this.clone()) {
            continue;
        }
        for dependency in nodes[&this]["deps"].as_array().into_iter().flatten() {
            let kinds = dependency["dep_kinds"].as_array().ok_or("no kinds")?;
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                todo.push(id(&dependency["pkg"]));
            }
        }
    }
    let limit = version(ours)?;
    let mut bad = Vec::new();
    for package in seen.iter().map(|id| by_id[id]) {
        if let Some(needs) = package["rust_version"].as_str()
            && version(needs)? > limit
        {
            bad.push(format!("{} {} needs Rust {needs}", package["name"], package["version"]));
        }
    }
    println!("{} packages, Rust {ours} stated", seen.len());
    if bad.is_empty() { Ok(()) } else { Err(bad.join("\n").into()) }
}

#[test]
fn versions_in_short() {
    assert!(version("1.88").unwrap() < version("1.88.1").unwrap());
    assert!(version("1.90").unwrap() > version("1.88").unwrap());
    assert_eq!(version("2").unwrap(), version("2.0.0").unwrap());
}
