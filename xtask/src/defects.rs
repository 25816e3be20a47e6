//! Seeds the defects of `defects.toml`, one at a time, into a copy of the tree, and demands that the tests or the fuzzer
//! find them. Not part of CI: each defect is a build.

use crate::process::{Result, Run, command, files, root};
use crate::{cargo, fuzz};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether a seeded defect is found.
type Check = fn(&Copy, &Value) -> Result<bool>;

const KINDS: [(&str, Check); 2] = [("faults", faults), ("fuzz", fuzzed)];

/// A copy of the tree.
struct Copy(PathBuf);

impl Copy {
    /// Only what has changed is written, so that little is built again.
    fn refresh(&self) -> Result {
        for name in files()? {
            let (source, target) = (root().join(&name), self.0.join(&name));
            if fs::read(&target).ok() != Some(fs::read(&source)?) {
                fs::create_dir_all(target.parent().ok_or("no folder")?)?;
                fs::copy(&source, &target)?;
            }
        }
        Ok(())
    }

    fn command(&self, line: &str) -> Command {
        let mut command = command(line);
        command.current_dir(&self.0).env("CARGO_INCREMENTAL", "0");
        command
    }

    fn seed(&self, defect: &Value) -> Result {
        for edit in edits(defect)? {
            let path = self.0.join(edit.file);
            fs::write(&path, edit.applied(&fs::read_to_string(&path)?)?)?;
        }
        if edits(defect)?.iter().any(|edit| edit.file.contains("/asynch/")) {
            self.command("cargo run --locked --quiet -p xtask -- blocking").text()?;
        }
        Ok(())
    }
}

/// A text that becomes another.
struct Edit<'a> {
    file: &'a str,
    text: &'a str,
    defect: &'a str,
}

impl Edit<'_> {
    fn applied(&self, source: &str) -> Result<String> {
        match source.matches(self.text).count() {
            1 => Ok(source.replace(self.text, self.defect)),
            times => Err(format!("{}: {times} times, not once: {:?}", self.file, self.text).into()),
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    Ok(value[name].as_str().ok_or(format!("defects.toml: no {name}"))?)
}

fn edits(defect: &Value) -> Result<Vec<Edit<'_>>> {
    let edits = defect["edits"].as_array().ok_or("defects.toml: no edits")?;
    edits
        .iter()
        .map(|edit| {
            Ok(Edit { file: text(edit, "file")?, text: text(edit, "text")?, defect: text(edit, "defect")? })
        })
        .collect()
}

fn table() -> Result<Value> {
    Ok(toml::from_str(&fs::read_to_string(root().join("xtask/defects.toml"))?)?)
}

/// See above.
pub(crate) fn main(arguments: &[String]) -> Result {
    let Some((kind, names)) = arguments.split_first() else { return Err("faults or fuzz?".into()) };
    let (_, check) = KINDS.iter().find(|(known, _)| known == kind).ok_or("faults or fuzz?")?;
    let table = table()?;
    let all = table[kind].as_array().ok_or("defects.toml: no such table")?;
    let copy = Copy(cargo::target_directory(root())?.join("defects").join(kind));
    let mut missed = Vec::new();
    for defect in all {
        let name = text(defect, "name")?;
        if !names.is_empty() && !names.iter().any(|named| named == name) {
            continue;
        }
        copy.refresh()?;
        copy.seed(defect)?;
        if !check(&copy, defect)? {
            missed.push(name);
        }
    }
    copy.refresh()?;
    if missed.is_empty() { Ok(()) } else { Err(format!("not found: {}", missed.join(", ")).into()) }
}

fn faults(copy: &Copy, defect: &Value) -> Result<bool> {
    let (name, what, tests) = (text(defect, "name")?, text(defect, "what")?, text(defect, "tests")?);
    copy.command("cargo test --locked --test faults --no-run").text()?;
    let (passed, output) = copy.command("cargo test --locked --test faults --").arg(tests).both()?;
    let found = !passed && output.contains("FAILED");
    // A violation is told with the number of the promise that is broken.
    let broken = output.lines().find(|line| {
        let line = line.split_once(" violations:").map_or(*line, |(_, rest)| rest);
        line.as_bytes().first().is_some_and(u8::is_ascii_digit) && line[1..].starts_with(": ")
    });
    let count = output.lines().find_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        words.windows(2).find(|pair| pair[1] == "violations").map(|pair| pair[0].to_owned())
    });
    let said = if found { "found" } else { "NOT FOUND" };
    let count = count.map(|count| format!("{count} violations, ")).unwrap_or_default();
    println!("{name:18} {what}: {said} by {tests} ({count}{})", broken.unwrap_or_default());
    Ok(found)
}

/// By the fuzzer, from nothing for a minute, then from the committed corpus.
fn fuzzed(copy: &Copy, defect: &Value) -> Result<bool> {
    let (name, what) = (text(defect, "name")?, text(defect, "what")?);
    let folder = copy.0.join("fuzz");
    copy.command("cargo +nightly fuzz build -s none").arg(name).current_dir(&folder).text()?;
    let program = folder.join("target").join(cargo::host()?).join("release").join(name);
    let fresh = folder.join("target/fresh");
    let mut said = Vec::new();
    let mut ever = false;
    for (from, corpus) in [("from nothing", false), ("with the corpus", true)] {
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        fs::create_dir_all(&fresh)?;
        let mut run = Command::new(&program);
        run.current_dir(&folder).arg(&fresh);
        if corpus {
            run.arg(unpacked(&folder, name)?);
        }
        run.args(["-max_total_time=60", "-print_final_stats=1", "-seed=1", "-timeout=20"]);
        let (passed, output) = run.arg(format!("-artifact_prefix={}/", fresh.display())).both()?;
        let found = !passed && output.contains("panicked");
        ever |= found;
        let count = fuzz::executions(&output).unwrap_or("?");
        said.push(format!("{from} {} {count} executions", if found { "in" } else { "not in" }));
    }
    println!("{name:14} {what}: {}", said.join(", "));
    Ok(ever)
}

fn unpacked(folder: &Path, name: &str) -> Result<PathBuf> {
    let cases = folder.join("target/cases").join(name);
    if cases.exists() {
        fs::remove_dir_all(&cases)?;
    }
    fs::create_dir_all(&cases)?;
    fuzz::corpus::unpack(&folder.join("corpus").join(name), &cases)?;
    Ok(cases)
}

/// So that who moves the code sees it.
#[test]
fn every_text_stands_where_it_is_said_to() {
    let table = table().unwrap();
    for (kind, _) in KINDS {
        let defects = table[kind].as_array().unwrap();
        assert!(defects.len() >= 9, "{kind}");
        for edit in defects.iter().flat_map(|defect| edits(defect).unwrap()) {
            let source = fs::read_to_string(root().join(edit.file)).unwrap();
            assert_ne!(edit.applied(&source).unwrap(), source, "{}", edit.file);
        }
    }
}
