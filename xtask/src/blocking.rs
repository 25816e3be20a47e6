//! `src/driver/blocking` is `src/driver/asynch` without `async`, letter by letter.
//!
//! Async is written once; the blocking half is made from it by text substitution (bytes of flash decided:
//! README, "Async and blocking"). The test here fails when it is not current.

use crate::process::{Result, root};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where both halves are.
const DRIVER: &str = "src/driver";

const SUBSTITUTIONS: [(&str, &str); 14] = [
    ("#[allow(clippy::await_holding_refcell_ref)]\n", ""),
    // The previous generation of the signature traits has no async ones.
    ("#[cfg(feature = \"p256-014\")]", "#[cfg(any(feature = \"p256-014\", feature = \"p256-013\"))]"),
    (
        "#[cfg(any(feature = \"p256-014\", feature = \"x509\"))]",
        "#[cfg(any(feature = \"p256-014\", feature = \"p256-013\", feature = \"x509\"))]",
    ),
    ("embassy_futures::block_on(async {", "({"),
    ("embedded_hal_async", "embedded_hal"),
    ("embedded-hal-async", "embedded-hal"),
    ("asynch", "blocking"),
    ("AsyncFnOnce", "FnOnce"),
    ("async fn", "fn"),
    ("async |", "|"),
    ("async move |", "move |"),
    (".await", ""),
    (
        "#[allow(async_fn_in_trait, reason = \"whether the future is Send is for the caller's bus to say\")]\n",
        "",
    ),
    (
        "//! [`blocking`](crate::blocking) is the same text without `async`.",
        "//! Made from [`asynch`](crate::asynch) by substitution; edit that.",
    ),
];

/// Futures can be dropped, calls can't: the blocking docs have no such section.
const CANCEL_SAFETY: &str = "/// # Cancel safety";

/// Without the futures that are handed on.
fn outputs(text: &str) -> String {
    const FUTURE: &str = "impl Future<Output = ";
    let mut pieces = text.split(FUTURE);
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let mut depth = 1;
        let end = piece.find(|letter| {
            depth += i32::from(letter == '<') - i32::from(letter == '>');
            depth == 0
        });
        let (output, rest) = piece.split_at(end.expect("the end of a future's type"));
        plain += output;
        plain += &rest[1..];
    }
    plain
}

fn blocking(text: &str) -> String {
    let mut kept = String::new();
    let mut skipping = false;
    for line in text.lines() {
        let content = line.trim();
        if content == CANCEL_SAFETY {
            skipping = true;
            // The empty doc line that separates the section from what is above.
            kept.truncate(kept.trim_end().strip_suffix("///").unwrap_or(&kept).trim_end().len());
            kept.push('\n');
        } else if skipping && (!content.starts_with("///") || content.starts_with("/// #")) {
            skipping = false;
        }
        if !skipping {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    let (rules, closing) = SUBSTITUTIONS.split_at(SUBSTITUTIONS.len() - 1);
    // The line that names both modules comes first, or the substitution of names would hit it.
    let mut text = kept.replace(closing[0].0, "\u{0}");
    for (from, to) in rules {
        text = text.replace(from, to);
    }
    outputs(&text).replace('\u{0}', closing[0].1)
}

fn rustfmt(text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("rustfmt, for the blocking half: {error}; rustup component add rustfmt"))?;
    child.stdin.take().ok_or("no pipe")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err("rustfmt refused the blocking half".into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// A half's files.
fn sources(half: &str) -> Result<BTreeMap<PathBuf, String>> {
    let driver = root().join(DRIVER);
    let mut files = BTreeMap::new();
    let mut folders = vec![PathBuf::from(half)];
    let module = PathBuf::from(format!("{half}.rs"));
    files.insert(module.clone(), fs::read_to_string(driver.join(module))?);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(driver.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.clone(), fs::read_to_string(driver.join(path))?);
            }
        }
    }
    Ok(files)
}

fn blocking_path(path: &Path) -> PathBuf {
    path.to_string_lossy().replacen("asynch", "blocking", 1).into()
}

/// What the blocking half should hold.
fn wanted() -> Result<BTreeMap<PathBuf, String>> {
    let generated = |(path, text): (PathBuf, String)| {
        let head =
            format!("// @generated by cargo xtask blocking from {DRIVER}/{}; edit that.\n", path.display());
        Ok((blocking_path(&path), head + &rustfmt(&blocking(&text))?))
    };
    sources("asynch")?.into_iter().map(generated).collect()
}

/// Writes the blocking half.
pub(crate) fn main(_: &[String]) -> Result {
    let driver = root().join(DRIVER);
    let wanted = wanted()?;
    for path in sources("blocking")?.into_keys().filter(|path| !wanted.contains_key(path)) {
        fs::remove_file(driver.join(path))?;
    }
    for (path, text) in &wanted {
        let path = driver.join(path);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        fs::write(path, text)?;
    }
    println!("wrote {} files", wanted.len());
    Ok(())
}

#[test]
fn the_blocking_half_is_current() {
    let (wanted, found) = (wanted().unwrap(), sources("blocking").unwrap());
    assert!(wanted.len() > 5);
    let names = |files: &BTreeMap<PathBuf, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&wanted), names(&found), "files of the blocking half; cargo xtask blocking");
    for (path, text) in &wanted {
        assert!(*text == found[path], "{DRIVER}/{} is not current; cargo xtask blocking", path.display());
    }
}

#[test]
fn nothing_asynchronous_is_left() {
    for (path, text) in sources("blocking").unwrap() {
        for word in ["async", "await", "impl Future", "Cancel safety", "Dropped at"] {
            let names_its_source =
                |line: &str| line.contains("Made from [`asynch`]") || line.starts_with("// @generated");
            let hits: Vec<_> =
                text.lines().filter(|line| line.contains(word) && !names_its_source(line)).collect();
            assert!(hits.is_empty(), "{word} in {}: {hits:?}", path.display());
        }
    }
}
