//! `src/driver/blocking` is `src/driver/asynch` without `async`, letter by letter.
//!
//! Async is written once; the blocking twin is made from it by text substitution (bytes of flash
//! decided: README, "Async and blocking"). `cargo run -p blocking-twin` writes it, the test here
//! fails when it is not current. A package of its own, so that it builds while the twin does not.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The driver's package.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const SUBSTITUTIONS: [(&str, &str); 13] = [
    ("#[allow(clippy::await_holding_refcell_ref)]\n", ""),
    // The previous generation of the signature traits has no async ones.
    ("#[cfg(feature = \"p256-014\")]", "#[cfg(any(feature = \"p256-014\", feature = \"p256-013\"))]"),
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

fn rustfmt(text: &str) -> String {
    let config = Path::new(ROOT);
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is needed to make the blocking twin: rustup component add rustfmt");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "rustfmt refused the blocking twin");
    String::from_utf8(output.stdout).unwrap()
}

fn sources(module: &str) -> BTreeMap<PathBuf, String> {
    let src = Path::new(ROOT).join("src/driver");
    let mut files = vec![PathBuf::from(format!("{module}.rs"))];
    for entry in fs::read_dir(src.join(module)).unwrap() {
        files.push(Path::new(module).join(entry.unwrap().file_name()));
    }
    files
        .into_iter()
        .filter_map(|file| Some((file.clone(), fs::read_to_string(src.join(&file)).ok()?)))
        .collect()
}

/// What `src/driver/blocking` should hold.
fn wanted() -> BTreeMap<PathBuf, String> {
    sources("asynch")
        .into_iter()
        .map(|(path, text)| {
            let path = PathBuf::from(path.to_str().unwrap().replace("asynch", "blocking"));
            (path, rustfmt(&blocking(&text)))
        })
        .collect()
}

fn main() {
    let src = Path::new(ROOT).join("src/driver");
    let wanted = wanted();
    for path in sources("blocking").into_keys().filter(|path| !wanted.contains_key(path)) {
        fs::remove_file(src.join(path)).unwrap();
    }
    for (path, text) in &wanted {
        fs::write(src.join(path), text).unwrap();
    }
    println!("wrote {} files", wanted.len());
}

#[test]
fn the_blocking_twin_is_current() {
    let (wanted, found) = (wanted(), sources("blocking"));
    assert!(wanted.len() > 5);
    let names = |files: &BTreeMap<PathBuf, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&wanted), names(&found), "files of the twin; cargo run -p blocking-twin");
    for (path, text) in &wanted {
        assert!(
            *text == found[path],
            "src/driver/{} is not current; cargo run -p blocking-twin",
            path.display()
        );
    }
}

#[test]
fn nothing_asynchronous_is_left() {
    for (path, text) in sources("blocking") {
        for word in ["async", "await", "impl Future", "Cancel safety", "Dropped at"] {
            let hits: Vec<_> = text
                .lines()
                .filter(|line| line.contains(word) && !line.contains("Made from [`asynch`]"))
                .collect();
            assert!(hits.is_empty(), "{word} in {}: {hits:?}", path.display());
        }
    }
}
