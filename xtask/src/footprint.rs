//! What the driver takes from a firmware (benches/README.md): no path to a panic, flash, static RAM, stack.
//!
//! Builds the programs of benches/footprint for both targets, fails if a panic can be reached from the driver's own
//! code, checks that check on a copy of the driver with one `unwrap`, and compares the sizes with
//! benches/footprint/sizes.toml. Prints the stack of operations, and fails if signing or reading a certificate takes too much. `--update` writes
//! that file and the table of the documentation instead of comparing. `--steps` builds the programs whose instructions
//! are counted, and prints where they are.

mod panics;
mod program;
mod sizes;
mod stack;

use crate::process::{Result, Run, command, root};
use crate::tools;
use program::Program;
use std::fs;
use std::path::{Path, PathBuf};

const CRATE: &str = "benches/footprint";
const TARGETS: [&str; 2] = ["thumbv6m-none-eabi", "riscv32imc-unknown-none-elf"];
/// The `unwrap` that has to be found.
const SPOILED: [&str; 3] =
    ["src/wire/frame.rs", "bytes.get(end..count).ok_or(Damaged)?", "bytes.get(end..count).unwrap()"];

/// See above.
pub(crate) fn main(arguments: &[String]) -> Result {
    for target in TARGETS {
        tools::target(target)?;
    }
    tools::debian(&["readelf", "c++filt", "addr2line", "size"], &["binutils"])?;
    if arguments.iter().any(|argument| argument == "--steps") {
        return steps();
    }
    every_operation()?;
    for target in TARGETS {
        no_panic(target)?;
    }
    println!();
    let stack = stack::print()?;
    println!();
    stack::print_requests()?;
    let now = sizes::measure()?;
    println!("\n{}", now.table());
    if arguments.iter().any(|argument| argument == "--update") {
        now.update()?;
    } else {
        now.compare()?;
    }
    // After all tables: benches/report shows them, whatever is wrong with one.
    stack.small_enough()
}

/// How programs are built.
struct Build<'a> {
    folder: PathBuf,
    target: &'a str,
    features: &'a str,
    /// One more option of the compiler.
    option: Option<&'a str>,
}

impl<'a> Build<'a> {
    fn new(target: &'a str, features: &'a str) -> Build<'a> {
        Build { folder: root().join(CRATE), target, features, option: None }
    }

    /// What the programs leave to a board stays open.
    fn programs(&self, names: &[&str]) -> Result<Vec<Program>> {
        let mut flags = "-Dwarnings -Clink-arg=--unresolved-symbols=ignore-all -Clink-arg=-e_start -Clink-arg=--emit-relocs".to_owned();
        let mut cargo = command(&format!("cargo build --quiet --release --locked --target {}", self.target));
        for name in names {
            cargo.args(["--bin", name]);
        }
        if !self.features.is_empty() {
            cargo.args(["--features", self.features]);
        }
        if let Some(option) = self.option {
            flags += &format!(" {option}");
            if option.starts_with("-Z") {
                // The stable compiler has it, but keeps it to itself.
                cargo.env("RUSTC_BOOTSTRAP", "1");
            }
        }
        let built = root().join(CRATE).join("target");
        cargo.current_dir(&self.folder).env("RUSTFLAGS", flags).env("CARGO_TARGET_DIR", &built).check()?;
        let folder = built.join(self.target).join("release");
        Ok(names.iter().map(|name| Program::new(name, folder.join(name))).collect())
    }
}

fn steps() -> Result {
    for target in TARGETS {
        let ours = Build::new(target, "every,loud").programs(&["steps_blocking", "steps_asynch"])?;
        let peer = Build::new(target, "peer").programs(&["steps_peer"])?;
        for program in ours.iter().chain(&peer) {
            println!("{}", program.path.display());
        }
    }
    Ok(())
}

/// The programs with every operation really have them all.
fn every_operation() -> Result {
    let source = root().join(CRATE).join("src");
    let mut called = fs::read_to_string(source.join("every.rs"))?;
    for entry in fs::read_dir(source.join("every"))? {
        called += &fs::read_to_string(entry?.path())?;
    }
    let asynch = root().join("src/driver/asynch");
    for entry in fs::read_dir(&asynch)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        for name in fs::read_to_string(&path)?.lines().filter_map(operation) {
            if !called.contains(&format!("{name}(")) {
                return Err(format!("{CRATE}/src/every.rs does not call {name} of {}", path.display()).into());
            }
        }
    }
    Ok(())
}

/// The name of a public function, if a line begins one.
fn operation(line: &str) -> Option<&str> {
    let mut rest = line.trim_start().strip_prefix("pub ")?;
    while let Some(less) = rest.strip_prefix("async ").or_else(|| rest.strip_prefix("const ")) {
        rest = less;
    }
    let name = rest.strip_prefix("fn ")?;
    Some(&name[..name.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?])
}

/// The proof, and the proof that it proves something.
fn no_panic(target: &str) -> Result {
    // What is moved into functions of its own has no source any more.
    let option = Some("-Cllvm-args=-enable-machine-outliner=never");
    let build = Build { option, ..Build::new(target, "every,loud") };
    for program in build.programs(&["every_blocking", "every_asynch"])? {
        let found = panics::find(&program)?;
        if !found.own.is_empty() {
            let places = found.own.join("\n  ");
            return Err(format!("{target}, {}: a panic can be reached from\n  {places}", program.name).into());
        }
        println!(
            "{target:28} {:16} no panic of the driver; places in other crates: {}",
            program.name,
            found.others()
        );
    }
    let copy = root().join(CRATE).join("target/spoiled");
    spoil(&copy)?;
    let build = Build { folder: copy.join(CRATE), ..Build::new(target, "loud") };
    for program in build.programs(&["blocking", "asynch"])? {
        let found = panics::find(&program)?;
        let Some(first) = found.own.first() else {
            return Err(format!(
                "{target}, {}: one unwrap more in {} was not found",
                program.name, SPOILED[0]
            )
            .into());
        };
        let place = first.rsplit('/').next().unwrap_or_default();
        println!("{target:28} {:16} with one unwrap more: found, {place}", program.name);
    }
    Ok(())
}

/// A copy of the driver with one `unwrap` more.
fn spoil(copy: &Path) -> Result {
    if copy.exists() {
        fs::remove_dir_all(copy)?;
    }
    let parts = ["src/", "docs/", "README.md", "Cargo.toml", "benches/"];
    for file in crate::process::files()?.iter().filter(|file| parts.iter().any(|part| file.starts_with(part)))
    {
        let to = copy.join(file);
        fs::create_dir_all(to.parent().ok_or("no folder")?)?;
        fs::copy(root().join(file), to)?;
    }
    let [file, good, bad] = SPOILED;
    let text = fs::read_to_string(copy.join(file))?;
    if text.matches(good).count() != 1 {
        return Err(format!("{file}: the code to spoil is not where it was").into());
    }
    Ok(fs::write(copy.join(file), text.replace(good, bad))?)
}

#[test]
fn operations_are_public_functions() {
    assert_eq!(operation("    pub async fn sign(&mut self"), Some("sign"));
    assert_eq!(operation("    pub const fn new() {"), Some("new"));
    assert_eq!(operation("    pub(crate) fn hidden() {"), None);
    assert_eq!(operation("    fn private() {"), None);
}
