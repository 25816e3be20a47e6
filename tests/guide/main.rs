//! The guide's tables say what is so, and operations are found in the docs.

mod atcacert;
mod commands;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names in a text that begin with one of these.
fn names(text: &str, prefixes: &[&str]) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    words.filter(|word| prefixes.iter().any(|prefix| word.starts_with(prefix))).map(str::to_owned).collect()
}

/// Every `.rs` file below a directory of `src`.
fn sources(below: &str) -> Vec<String> {
    let mut directories = vec![root().join("src").join(below)];
    let mut texts = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    texts
}

/// The search aliases of types and functions, by name.
fn aliases(below: &str, prefixes: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in sources(below) {
        let mut pending = BTreeSet::new();
        let mut attribute = false;
        for line in text.lines().map(str::trim) {
            attribute |= line.starts_with("#[doc(alias");
            if attribute {
                pending.extend(names(line, prefixes));
                attribute = !line.ends_with(']');
            } else if !pending.is_empty() && !line.starts_with("#[") {
                let words: Vec<&str> = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
                let behind = |keywords: &[&str]| {
                    let at = words.iter().position(|word| keywords.contains(word))?;
                    words.get(at + 1).copied()
                };
                // Without any of these: an argument of the macro that makes the type.
                let name =
                    behind(&["fn", "struct", "enum"]).or_else(|| behind(&["const"])).unwrap_or(words[0]);
                found.entry(name.to_owned()).or_default().append(&mut pending);
            }
        }
        assert!(pending.is_empty(), "aliases of nothing: {pending:?}");
    }
    found
}

/// The names in back quotes that are linked, last segment only; `execute` runs any type.
fn linked(cell: &str) -> BTreeSet<&str> {
    let links = cell.split("[`").skip(1).filter_map(|rest| rest.split_once("`](")).map(|(name, _)| name);
    links.filter(|name| *name != "execute").collect()
}

/// The operations stand under titles on the handle's page.
#[test]
fn every_block_of_operations_has_a_title() {
    let mut blocks = 0;
    for text in sources("driver/asynch") {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with("impl<") && line.contains("> Atecc608<") {
                let doc = lines[..at].iter().rev().take_while(|line| line.starts_with("///"));
                assert!(doc.last().is_some_and(|first| first.starts_with("/// # ")), "{line} in\n{text}");
                blocks += 1;
            }
        }
    }
    assert!(blocks > 20, "{blocks}");
}
