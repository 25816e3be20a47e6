//! The page about `--json`: its fields are those that the commands give.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const PAGE: &str = include_str!("../docs/json.md");

/// Runs a command line in a folder that has the chip of `--bus sim`.
fn atecc(folder: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atecc"));
    if !line.starts_with("--bus") {
        command.args(["--bus", "sim"]);
    }
    command
        .args(["--json", "--quiet", "--yes-serial", "sim"])
        .args(line.split(' '))
        .current_dir(folder)
        .env_remove("XDG_STATE_HOME")
        .env("HOME", folder)
        .output()
        .unwrap()
}

/// What is to be there before: each line is a command that succeeds.
const BEFORE: [&str; 7] = [
    "sim reset --seed 5",
    "provision",
    "sign reading.txt --out reading.sig",
    "key public 0 --out key.pem",
    "jwt --aud my-project --out token",
    "--bus sim:tngtls tng device --out device.pem",
    "--bus sim:tngtls tng root --out root.pem",
];

/// The page's sections: a command line, and its fields.
fn sections() -> Vec<(&'static str, BTreeSet<String>)> {
    let sections = PAGE.split("\n## `atecc ").skip(1).map(|section| {
        let (line, rest) = section.split_once("`\n").unwrap();
        let fields =
            rest.lines().filter_map(|row| Some(row.strip_prefix("| `")?.split_once('`')?.0.to_owned()));
        (line, fields.collect())
    });
    sections.collect()
}

/// The paths of everything in it that is no object or list with contents.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                paths(value, &at, found);
            }
        }
        Value::Array(items) => {
            let at = format!("{at}[]");
            items.iter().for_each(|item| paths(item, &at, found));
            if items.is_empty() {
                found.insert(at);
            }
        }
        _ => drop(found.insert(at.to_owned())),
    }
}

/// Whether `inner` is in what `outer` names, which is empty or null in the other.
fn is_in(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What is documented and not given, or given and not documented.
fn differences(documented: &BTreeSet<String>, given: &BTreeSet<String>) -> Vec<String> {
    let whole = |field: &String| field.strip_suffix(".*").map(str::to_owned);
    let missing = documented.iter().filter(|field| match whole(field) {
        Some(object) => !given.iter().any(|given| is_in(given, &object)),
        None => !given.iter().any(|given| is_in(field, given)),
    });
    let extra = given.iter().filter(|given| {
        !documented.iter().any(|field| match whole(field) {
            Some(object) => is_in(given, &object),
            None => is_in(field, given),
        })
    });
    let missing = missing.map(|field| format!("{field} is not given"));
    missing.chain(extra.map(|field| format!("{field} is not documented"))).collect()
}

#[test]
fn fields_are_those_that_are_documented() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("reading.txt"), "21.5 degrees\n").unwrap();
    fs::write(folder.path().join("secret.key"), [7; 32]).unwrap();
    for line in BEFORE {
        let output = atecc(folder.path(), line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let sections = sections();
    assert!(sections.len() > 40, "{}", sections.len());
    let mut wrong = Vec::new();
    for (line, documented) in sections {
        let output = atecc(folder.path(), line);
        let object: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(object["version"], 1);
        let (mut given, result) = (BTreeSet::new(), &object["result"]);
        assert!(result.is_object(), "{line}: {object:#}");
        paths(result, "", &mut given);
        wrong.extend(differences(&documented, &given).into_iter().map(|what| format!("{line}: {what}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_difference_is_one() {
    let set = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<BTreeSet<_>>();
    assert!(differences(&set(&["a", "b[].c", "d.*"]), &set(&["a", "b[]", "d.e"])).is_empty());
    assert_eq!(differences(&set(&["a", "ab"]), &set(&["a"])), ["ab is not given"]);
    assert_eq!(differences(&set(&["a"]), &set(&["a", "ab"])), ["ab is not documented"]);
    assert_eq!(differences(&set(&["d.*"]), &set(&["e"])).len(), 2);
}
