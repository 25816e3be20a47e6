//! What has to be installed for some steps.

use crate::process::{Result, Run, command, exists};

/// The nightly compiler that is known to generate Xtensa code (LLVM 23, and rustc's `asm!` for it), and whose JSON of
/// rustdoc the list of the public API is made from.
pub(crate) const NIGHTLY: &str = "nightly-2026-10-30";

/// A target of the compiler that is used.
pub(crate) fn target(triple: &str) -> Result {
    // A compiler that came without rustup has the targets that it came with.
    if exists("rustup") { command("rustup target add").arg(triple).check() } else { Ok(()) }
}

/// Packages of Debian's, if one of the programs is missing.
pub(crate) fn debian(programs: &[&str], packages: &[&str]) -> Result {
    if programs.iter().all(|program| exists(program)) { Ok(()) } else { install(packages) }
}

/// Packages of Debian's.
pub(crate) fn install(packages: &[&str]) -> Result {
    let root = command("id -u").text()?.trim() == "0";
    let apt = if root { "apt-get" } else { "sudo apt-get" };
    command(&format!("{apt} update -q")).check()?;
    command(&format!("{apt} install -qy --no-install-recommends")).args(packages).check()
}

/// A compiler, in rustup's words.
pub(crate) fn toolchain(name: &str) -> Result {
    if command("rustup run").args([name, "rustc", "--version"]).succeeds() {
        return Ok(());
    }
    command("rustup toolchain install --profile minimal").arg(name).check()
}

/// A part of a compiler.
pub(crate) fn component(toolchain: &str, name: &str) -> Result {
    command("rustup component add --toolchain").args([toolchain, name]).check()
}

/// A program from the registry.
pub(crate) fn program(name: &str) -> Result {
    if exists(name) { Ok(()) } else { command("cargo install --locked").arg(name).check() }
}
