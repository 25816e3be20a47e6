//! What Cargo knows.

use crate::process::{Result, Run, command, root};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// `cargo metadata` of the workspace in a folder, with these arguments.
pub(crate) fn metadata(folder: &Path, arguments: &str) -> Result<Value> {
    let text = command(&format!("cargo metadata --format-version 1 --locked {arguments}"))
        .current_dir(folder)
        .text()?;
    Ok(serde_json::from_str(&text)?)
}

/// Where the workspace in a folder is built.
pub(crate) fn target_directory(folder: &Path) -> Result<PathBuf> {
    let metadata = metadata(folder, "--no-deps")?;
    Ok(metadata["target_directory"].as_str().ok_or("no target directory")?.into())
}

/// The machine that this runs on, in the compiler's words.
pub(crate) fn host() -> Result<String> {
    let version = command("rustc -vV").text()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not say its host")?.to_owned())
}

/// The features of a package in the root's workspace, without `default`.
pub(crate) fn features(package: &str) -> Result<Vec<String>> {
    let metadata = metadata(root(), "--no-deps")?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let found = packages.iter().find(|found| found["name"] == package).ok_or("no such package")?;
    let features = found["features"].as_object().ok_or("no features")?;
    Ok(features.keys().filter(|name| *name != "default").cloned().collect())
}
