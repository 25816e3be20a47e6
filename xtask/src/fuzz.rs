//! Each fuzz target (or those named) for some seconds (the first argument, 7 if none), with executions and coverage at
//! the end. `minimise` instead makes the corpora of the fewest cases that reach what the committed ones and those found
//! reach; `coverage` says how many lines that is of the code each target is for.

pub(crate) mod corpus;
mod coverage;

use crate::process::{Result, Run, command, root};
use crate::{cargo, tools};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The fuzz targets, and where they are built.
struct Fuzz {
    folder: PathBuf,
    programs: PathBuf,
    targets: Vec<String>,
}

impl Fuzz {
    fn new(named: &[String]) -> Result<Fuzz> {
        tools::toolchain("nightly")?;
        tools::program("cargo-fuzz")?;
        let folder = root().join("fuzz");
        let programs = folder.join("target").join(cargo::host()?).join("release");
        let targets = if named.is_empty() { targets(&folder)? } else { named.to_vec() };
        Ok(Fuzz { folder, programs, targets })
    }

    /// Without a sanitiser: there is no `unsafe` to watch.
    fn build(&self) -> Result {
        command("cargo +nightly fuzz build -s none").current_dir(&self.folder).check()
    }

    fn program(&self, target: &str) -> Command {
        let mut program = Command::new(self.programs.join(target));
        program.current_dir(&self.folder);
        program
    }

    fn corpus(&self, target: &str) -> PathBuf {
        self.folder.join("corpus").join(target)
    }

    /// What the fuzzer has found, which stays on this machine.
    fn found(&self, target: &str) -> Result<PathBuf> {
        made(self.folder.join("target/found").join(target))
    }

    /// A folder for one run.
    fn fresh(&self, what: &str, target: &str) -> Result<PathBuf> {
        let folder = self.folder.join("target").join(what).join(target);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        made(folder)
    }
}

fn made(folder: PathBuf) -> Result<PathBuf> {
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn targets(folder: &Path) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(folder.join("fuzz_targets"))? {
        targets.push(entry?.path().file_stem().ok_or("no name")?.to_string_lossy().into_owned());
    }
    targets.sort();
    Ok(targets)
}

/// See above.
pub(crate) fn main(arguments: &[String]) -> Result {
    let (what, named) = match arguments {
        [what, named @ ..] => (what.as_str(), named),
        [] => ("7", &[][..]),
    };
    match what {
        "coverage" => coverage::print(&Fuzz::new(named)?),
        "minimise" => {
            let fuzz = Fuzz::new(named)?;
            fuzz.build()?;
            fuzz.targets.iter().try_for_each(|target| minimise(&fuzz, target))
        }
        seconds => {
            let seconds: u64 = seconds.parse().map_err(|_| format!("{seconds:?} is no number of seconds"))?;
            let fuzz = Fuzz::new(named)?;
            fuzz.build()?;
            fuzz.targets.iter().try_for_each(|target| run(&fuzz, target, seconds))
        }
    }
}

fn run(fuzz: &Fuzz, target: &str, seconds: u64) -> Result {
    // One case each: so the fuzzer is fastest. New inputs go to the first folder.
    let cases = fuzz.fresh("cases", target)?;
    corpus::unpack(&fuzz.corpus(target), &cases)?;
    let found = fuzz.found(target)?;
    let (passed, text) = fuzz
        .program(target)
        .args([&found, &cases])
        .args(["-timeout=20", "-print_final_stats=1", &format!("-max_total_time={seconds}")])
        .arg(format!("-artifact_prefix={}/crash-{target}-", found.parent().ok_or("no folder")?.display()))
        .both()?;
    fs::write(fuzz.folder.join(format!("target/{target}.log")), &text)?;
    if !passed {
        let lines: Vec<&str> = text.lines().collect();
        return Err(lines[lines.len().saturating_sub(60)..].join("\n").into());
    }
    println!(
        "{target:<14} {:>10} executions  {}",
        executions(&text).unwrap_or("?"),
        reached(&text).unwrap_or("?")
    );
    Ok(())
}

/// What libFuzzer's statistics say.
pub(crate) fn executions(text: &str) -> Option<&str> {
    text.lines().find_map(|line| Some(line.strip_prefix("stat::number_of_executed_units:")?.trim()))
}

/// `cov: 1 ft: 2`, as it was said last.
fn reached(text: &str) -> Option<&str> {
    let line = text.lines().rev().find(|line| line.contains(" cov: "))?;
    let rest = &line[line.find("cov: ")?..];
    let words: Vec<_> =
        rest.match_indices(' ').map(|(at, _)| at).filter(|at| !rest[..*at].ends_with(':')).collect();
    Some(&rest[..words.get(1).copied().unwrap_or(rest.len())])
}

fn minimise(fuzz: &Fuzz, target: &str) -> Result {
    let cases = fuzz.fresh("cases", target)?;
    corpus::unpack(&fuzz.corpus(target), &cases)?;
    corpus::unpack(&fuzz.found(target)?, &cases)?;
    let few = fuzz.fresh("minimised", target)?;
    let (passed, text) = fuzz
        .program(target)
        .args(["-merge=1", "-set_cover_merge=1", "-use_counters=0", "-timeout=20"])
        .args([&few, &cases])
        .both()?;
    fs::write(fuzz.folder.join(format!("target/{target}.log")), &text)?;
    if !passed {
        return Err(format!("{target}: libFuzzer's merge failed; fuzz/target/{target}.log").into());
    }
    let (cases, files) = corpus::pack(&few, &fuzz.corpus(target))?;
    let (_, text) =
        fuzz.program(target).args(["-runs=0", "-use_counters=0"]).arg(fuzz.corpus(target)).both()?;
    println!("{target:<14} {cases:>4} cases in {files:>2} files  {}", reached(&text).unwrap_or("?"));
    Ok(())
}

#[test]
fn what_libfuzzer_says() {
    let text = "#1\tINITED cov: 5 ft: 6 corp: 1/1b\n#9\tDONE   cov: 2172 ft: 2173 corp: 30/1b\nstat::number_of_executed_units: 77\n";
    assert_eq!(reached(text), Some("cov: 2172 ft: 2173"));
    assert_eq!(executions(text), Some("77"));
    assert_eq!(targets(&root().join("fuzz")).unwrap().len(), 12);
}
