//! The command `atecc` as people get it: a static program, and a Debian package of it.

mod debian;

use std::path::{Path, PathBuf};

use crate::process::{Result, Run, command, root};
use crate::{cargo, tools};

/// What it is built for, and the same in Debian's words. musl: nothing of the machine's is linked, so that one program runs on
/// every distribution.
const TARGETS: [(&str, &str); 2] =
    [("x86_64-unknown-linux-musl", "amd64"), ("aarch64-unknown-linux-musl", "arm64")];

/// A built program.
struct Tool {
    triple: &'static str,
    debian: &'static str,
    program: PathBuf,
}

/// `static [TRIPLE...]`: the programs alone.
pub(crate) fn programs(arguments: &[String]) -> Result {
    for tool in built(arguments)? {
        println!("{}", tool.program.display());
    }
    Ok(())
}

/// `deb [TRIPLE...]` and `release-tool [TRIPLE...]`: programs and packages.
pub(crate) fn packages(arguments: &[String]) -> Result {
    let tools = built(arguments)?;
    let here = runs_here()?;
    for tool in &tools {
        println!("{}\n{}", tool.program.display(), debian::package(tool, &here)?.display());
    }
    Ok(())
}

/// The step of CI: installed into an empty prefix, packed, unpacked, run.
pub(crate) fn check() -> Result {
    let tools = built(&[TARGETS[0].0.to_owned()])?;
    let package = debian::package(&tools[0], &tools[0].program)?;
    let unpacked = tempfile::tempdir()?;
    command("dpkg-deb --extract").arg(&package).arg(unpacked.path()).check()?;
    let program = unpacked.path().join("usr/bin/atecc");
    works(&program)?;
    let manual = unpacked.path().join("usr/share/man/man1/atecc-info.1.gz");
    command("gzip --test").arg(manual).check()?;
    for file in ["bash-completion/completions/atecc", "zsh/vendor-completions/_atecc", "doc/atecc/copyright"]
    {
        if !unpacked.path().join("usr/share").join(file).is_file() {
            return Err(format!("the package has no {file}").into());
        }
    }
    println!("{} is a static program and works; so does {}", tools[0].program.display(), package.display());
    Ok(())
}

/// That a program is static, and reaches a chip.
fn works(program: &Path) -> Result {
    let (_, linked) = command("ldd").arg(program).both()?;
    if !linked.contains("statically linked") && !linked.contains("not a dynamic executable") {
        return Err(format!("{} needs libraries:\n{linked}", program.display()).into());
    }
    let mut info = command("env -u ATECC608_BUS");
    let info = info.arg(program).args(["--bus", "sim:tngtls", "info"]).text()?;
    match info.contains("ATECC608B (00006003) at 0x35 on sim:tngtls") {
        true => Ok(()),
        false => Err(format!("{} says of a chip:\n{info}", program.display()).into()),
    }
}

/// Builds for the targets that are named; without one for those of all machines.
fn built(arguments: &[String]) -> Result<Vec<Tool>> {
    let known = |triple: &String| {
        let found = TARGETS.iter().find(|(known, _)| known == triple);
        found.ok_or_else(|| format!("{triple} is none of {} and {}", TARGETS[0].0, TARGETS[1].0))
    };
    let wanted: Vec<_> = match arguments {
        [] => TARGETS.iter().collect(),
        some => some.iter().map(known).collect::<std::result::Result<_, _>>()?,
    };
    wanted.into_iter().map(|(triple, debian)| install(triple, debian)).collect()
}

/// `cargo install` into a folder of its own.
fn install(triple: &'static str, debian: &'static str) -> Result<Tool> {
    tools::target(triple)?;
    let prefix = folder()?.join(triple);
    let mut install = command("cargo install --quiet --locked --force --no-track --path cli");
    install.args(["--target", triple, "--target-dir"]).arg(cargo::target_directory(root())?);
    // Cargo warns that the prefix is in nobody's PATH.
    install.arg("--root").arg(&prefix).env("CARGO_PROFILE_RELEASE_STRIP", "true");
    if triple.starts_with("aarch64") {
        // The compiler's own linker: no other compiler is needed.
        install.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld");
    }
    install.check()?;
    Ok(Tool { triple, debian, program: prefix.join("bin/atecc") })
}

/// A program for the machine that this runs on: manual and completions are made by it.
fn runs_here() -> Result<PathBuf> {
    let host = cargo::host()?;
    let architecture = host.split('-').next().unwrap_or_default();
    let (triple, debian) = TARGETS
        .iter()
        .find(|(triple, _)| triple.starts_with(architecture))
        .ok_or_else(|| format!("no program is built for {host}"))?;
    Ok(install(triple, debian)?.program)
}

/// Where all of this goes.
fn folder() -> Result<PathBuf> {
    Ok(cargo::target_directory(root())?.join("tool"))
}
