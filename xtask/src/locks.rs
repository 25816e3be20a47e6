//! The lock files of all workspaces: what one package comes to depend on stands in each of them.

use crate::process::{Result, Run, command, files};

fn manifests() -> Result<Vec<String>> {
    let locks = files()?.into_iter().filter(|file| file.ends_with("Cargo.lock"));
    Ok(locks.map(|file| file.replace("Cargo.lock", "Cargo.toml")).collect())
}

/// Brings them up to date, without newer versions of what is in them already.
pub(crate) fn main(_: &[String]) -> Result {
    for manifest in manifests()? {
        command("cargo metadata --quiet --format-version 1 --manifest-path").arg(manifest).text()?;
    }
    Ok(())
}

/// Demands that they are.
pub(crate) fn check() -> Result {
    for manifest in manifests()? {
        let mut cargo = command("cargo metadata --quiet --locked --format-version 1 --manifest-path");
        if !cargo.arg(&manifest).both()?.0 {
            return Err(format!("the lock file of {manifest} is not current: cargo xtask locks").into());
        }
    }
    Ok(())
}
