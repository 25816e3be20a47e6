//! A Debian package, by dpkg-deb.

use std::fs;
use std::path::{Path, PathBuf};

use super::Tool;
use crate::cargo;
use crate::process::{Result, Run, command, root};

/// The program, its manual, completions and licences. `here` is the same program for this machine.
pub(super) fn package(tool: &Tool, here: &Path) -> Result<PathBuf> {
    let version = version()?;
    let staged = tempfile::tempdir()?;
    let share = staged.path().join("usr/share");
    put(&staged.path().join("usr/bin/atecc"), &fs::read(&tool.program)?)?;
    executable(&staged.path().join("usr/bin/atecc"))?;
    manual(here, &share.join("man/man1"))?;
    for (shell, file) in [
        ("bash", "bash-completion/completions/atecc"),
        ("zsh", "zsh/vendor-completions/_atecc"),
        ("fish", "fish/vendor_completions.d/atecc.fish"),
    ] {
        let words = command("env").arg(here).args(["completions", shell]).text()?;
        put(&share.join(file), words.as_bytes())?;
    }
    let documents = share.join("doc/atecc");
    put(&documents.join("copyright"), copyright(tool.triple)?.as_bytes())?;
    put(&documents.join("README.md"), &fs::read(root().join("cli/README.md"))?)?;
    let kilobytes = fs::metadata(&tool.program)?.len().div_ceil(1024);
    put(&staged.path().join("DEBIAN/control"), control(&version, tool.debian, kilobytes).as_bytes())?;

    let package = super::folder()?.join(format!("atecc_{version}_{}.deb", tool.debian));
    let mut build = command("dpkg-deb --root-owner-group --build");
    build.arg(staged.path()).arg(&package).env("SOURCE_DATE_EPOCH", changed()?).text()?;
    Ok(package)
}

/// No dependencies: the program is static. Group `i2c` and its rule for device files come with i2c-tools, unless the machine
/// is a Raspberry Pi, which has them.
fn control(version: &str, architecture: &str, kilobytes: u64) -> String {
    format!(
        "Package: atecc\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: The atecc608 project \
         <atecc608@users.noreply.github.com>\nInstalled-Size: {kilobytes}\nRecommends: i2c-tools\nSection: utils\n\
         Priority: optional\nHomepage: https://github.com/atecc608/atecc608\nDescription: ATECC608 secure element \
         from the command line\n Identifies, configures, locks and provisions chips of the family ATECC608 on an I2C\n \
         bus; makes keys, signs, verifies, requests and reads certificates; says why a\n command was refused. Has a \
         simulated chip for trying all of it.\n"
    )
}

fn version() -> Result<String> {
    let metadata = cargo::metadata(root(), "--no-deps")?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let tool =
        packages.iter().find(|found| found["name"] == "atecc608-cli").ok_or("no package atecc608-cli")?;
    Ok(tool["version"].as_str().ok_or("no version")?.to_owned())
}

/// When the sources last changed: the package is the same for the same sources.
fn changed() -> Result<String> {
    Ok(command("git log -1 --format=%ct").text()?.trim().to_owned())
}

fn manual(here: &Path, folder: &Path) -> Result {
    fs::create_dir_all(folder)?;
    command("env").arg(here).args(["--quiet", "man"]).arg(folder).text()?;
    for page in fs::read_dir(folder)? {
        command("gzip --best --no-name").arg(page?.path()).check()?;
    }
    Ok(())
}

/// Ours, and of all that is linked in.
fn copyright(triple: &str) -> Result<String> {
    let mut tree = command("cargo tree --locked --quiet -p atecc608-cli --edges normal --prefix none");
    let listed = tree.args(["--target", triple, "--format", "{p}|{l}"]).text()?;
    let mut crates: Vec<(&str, &str)> = listed
        .lines()
        .filter_map(|line| line.trim_end_matches(" (*)").split_once('|'))
        // Ours have their folder behind the version.
        .filter(|(name, _)| !name.contains('/'))
        .collect();
    crates.sort_unstable();
    crates.dedup();
    let linked: String = crates.iter().map(|(name, licence)| format!("  {name}: {licence}\n")).collect();
    let (mit, apache) = (read("LICENSE-MIT")?, "/usr/share/common-licenses/Apache-2.0");
    Ok(format!(
        "atecc, https://github.com/atecc608/atecc608\n\nLicence: MIT or Apache-2.0 (see {apache}), at your \
         option.\n\n{mit}\nThe program contains these crates of https://crates.io, under these licences:\n\n{linked}"
    ))
}

fn read(file: &str) -> Result<String> {
    Ok(fs::read_to_string(root().join(file))?)
}

/// A file, with its folders, that all may read.
fn put(path: &Path, bytes: &[u8]) -> Result {
    fs::create_dir_all(path.parent().ok_or("no folder")?)?;
    fs::write(path, bytes)?;
    Ok(())
}

fn executable(path: &Path) -> Result {
    command("chmod 755").arg(path).check()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_control_file_is_what_dpkg_wants() {
        let control = super::control("0.1.0", "arm64", 7);
        let fields: Vec<&str> = control
            .lines()
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split_once(": ").unwrap().0)
            .collect();
        for field in ["Package", "Version", "Architecture", "Maintainer", "Description"] {
            assert!(fields.contains(&field), "{field}: {control}");
        }
        assert!(control.ends_with(".\n") && !control.contains("\n\n"), "{control}");
    }
}
