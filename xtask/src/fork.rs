//! `embedded-tls/` is upstream's embedded-tls with the patches that lie beside it, and nothing else: same source, same
//! dependencies and features, same licence.

use crate::process::{Result, Run, command, root};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = "embedded-tls";
const UPSTREAM: &str = "embedded-tls";
const VERSION: &str = "0.19.0";
/// What crates.io says of the file that has it.
const CHECKSUM: &str = "6ff3c16c9cedcab3ef5c79fd46349152adbb98f997b937cb1ead7655f5c07e43";

/// Paths below a folder, and what the files hold.
type Tree = BTreeMap<PathBuf, Vec<u8>>;

/// See above.
pub(crate) fn main(_: &[String]) -> Result {
    let ours = root().join(FOLDER);
    let folder = tempfile::tempdir()?;
    let upstream = fetch(folder.path())?;

    let patched = folder.path().join("patched");
    copy(&read(&upstream.join("src"))?, &patched.join("src"))?;
    let wanted = read(&ours.join("src"))?;
    // A comparison that finds nothing must be one that can.
    if differences(&read(&patched.join("src"))?, &wanted).is_empty() {
        return Err("upstream's source is ours without a patch: drop the package".into());
    }
    let patches: Vec<PathBuf> = read(&ours.join("patches"))?.into_keys().collect();
    for (index, name) in patches.iter().enumerate() {
        let path = ours.join("patches").join(name);
        numbered(index + 1, name, &fs::read_to_string(&path)?)?;
        // In no repository, so that nothing is taken for outside of it.
        let mut apply = command("git apply --whitespace=nowarn");
        apply.arg(&path).current_dir(&patched).env("GIT_CEILING_DIRECTORIES", folder.path());
        apply.check().map_err(|error| format!("{} does not apply: {error}", path.display()))?;
    }
    let patched = read(&patched.join("src"))?;
    let differ = differences(&patched, &wanted);
    if !differ.is_empty() {
        return Err(format!(
            "{FOLDER}/src is not {UPSTREAM} {VERSION} with {FOLDER}/patches: {differ:?}; {FOLDER}/README.md says how to \
             change it"
        )
        .into());
    }

    let (theirs, own) = (manifest(&upstream)?, manifest(&ours)?);
    if theirs != own {
        return Err(
            format!("{FOLDER}/Cargo.toml has other dependencies or features:\n{own:#}\n{theirs:#}").into()
        );
    }
    if fs::read(upstream.join("LICENSE"))? != fs::read(ours.join("LICENSE"))? {
        return Err(format!("{FOLDER}/LICENSE is not upstream's").into());
    }
    println!(
        "{FOLDER}: {} files, {UPSTREAM} {VERSION} of crates.io with {} patches",
        wanted.len(),
        patches.len()
    );
    Ok(())
}

/// Where Cargo has unpacked upstream's package, which it has compared with its checksum.
fn fetch(folder: &Path) -> Result<PathBuf> {
    let project = folder.join("project");
    fs::create_dir_all(project.join("src"))?;
    fs::write(project.join("src/lib.rs"), "")?;
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         {UPSTREAM} = {{ version = \"={VERSION}\", default-features = false }}\n"
    );
    fs::write(project.join("Cargo.toml"), manifest)?;
    let metadata = command("cargo metadata --quiet --format-version 1").current_dir(&project).text()?;
    let lock: toml::Table = fs::read_to_string(project.join("Cargo.lock"))?.parse()?;
    let locked = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let checksum = locked
        .filter(|package| package.get("name").and_then(toml::Value::as_str) == Some(UPSTREAM))
        .find_map(|package| package.get("checksum")?.as_str());
    if checksum != Some(CHECKSUM) {
        return Err(format!("{UPSTREAM} {VERSION} has the checksum {checksum:?}").into());
    }
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let package = packages.iter().find(|package| package["name"] == UPSTREAM).ok_or("not fetched")?;
    let manifest = Path::new(package["manifest_path"].as_str().ok_or("no manifest")?);
    Ok(manifest.parent().ok_or("no folder")?.to_owned())
}

/// Patches are applied in the order of their names, which count; each says what it is for.
fn numbered(number: usize, name: &Path, text: &str) -> Result {
    let name = name.to_string_lossy();
    let described = text.strip_prefix("Subject: ").and_then(|text| text.split_once("\n---\n"));
    match described {
        Some((words, _)) if name.starts_with(&format!("{number:04}-")) && words.lines().count() > 2 => Ok(()),
        _ => Err(format!("{name}: not patch {number:04}, or without the text of its pull request").into()),
    }
}

/// Dependencies and features, without what only tests need.
fn manifest(folder: &Path) -> Result<Value> {
    let mut metadata = command("cargo metadata --quiet --format-version 1 --no-deps --manifest-path");
    let metadata: Value = serde_json::from_str(&metadata.arg(folder.join("Cargo.toml")).text()?)?;
    let package = &metadata["packages"][0];
    let mut dependencies: Vec<&Value> = package["dependencies"].as_array().ok_or("none")?.iter().collect();
    dependencies.retain(|dependency| dependency["kind"].is_null());
    dependencies.sort_by_key(|dependency| dependency["name"].to_string());
    Ok(json!({ "dependencies": dependencies, "features": package["features"] }))
}

fn read(folder: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                tree.insert(path, fs::read(entry.path())?);
            }
        }
    }
    Ok(tree)
}

fn copy(tree: &Tree, folder: &Path) -> Result {
    for (path, content) in tree {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        fs::write(path, content)?;
    }
    Ok(())
}

/// The files that are not the same in both, or in one only.
fn differences<'a>(one: &'a Tree, other: &'a Tree) -> Vec<&'a Path> {
    let mut paths: Vec<&Path> = one.keys().chain(other.keys()).map(PathBuf::as_path).collect();
    paths.sort();
    paths.dedup();
    paths.retain(|path| one.get(*path) != other.get(*path));
    paths
}

#[test]
fn differences_of_all_kinds() {
    let tree = |files: &[(&str, &str)]| -> Tree {
        files.iter().map(|(path, content)| (PathBuf::from(path), content.as_bytes().to_vec())).collect()
    };
    let (one, other) =
        (tree(&[("a", "1"), ("b", "2"), ("c", "3")]), tree(&[("b", "2"), ("c", "4"), ("d", "5")]));
    assert_eq!(differences(&one, &other), [Path::new("a"), Path::new("c"), Path::new("d")]);
    assert!(differences(&one, &one).is_empty());
}

#[test]
fn patches_are_numbered_and_described() {
    let text = "Subject: What\n\nWhy, and how.\n\n---\ndiff";
    numbered(1, Path::new("0001-what.patch"), text).unwrap();
    assert!(numbered(2, Path::new("0001-what.patch"), text).is_err());
    assert!(numbered(1, Path::new("0001-what.patch"), "Subject: What\n---\ndiff").is_err());
    assert!(numbered(1, Path::new("0001-what.patch"), "diff").is_err());
}
