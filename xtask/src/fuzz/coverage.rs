//! What the committed corpora, and what the fuzzer has found since, reach: lines of the code each target is for.

use super::{Fuzz, corpus};
use crate::cargo;
use crate::process::{Result, Run, command};
use crate::tools;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The code that each target is for: files, and folders that end in a slash.
const CODE: [(&str, &[&str]); 12] = [
    ("chip", &["sim/src/chip/", "sim/src/bus/"]),
    (
        "compressed",
        &["src/x509/compressed", "src/x509/template", "src/x509/serial.rs", "src/x509/unverified.rs"],
    ),
    (
        "differential",
        &[
            "src/driver/blocking/link.rs",
            "src/driver/blocking/session.rs",
            "src/driver/transaction",
            "src/command/",
            "src/wire/frame.rs",
            "sim/src/chip/command/",
        ],
    ),
    ("jwt", &["src/formats/jwt.rs", "src/formats/json.rs"]),
    ("lint", &["src/config/lint", "src/config/explain/", "src/config/build", "src/config/plan.rs"]),
    ("manifest", &["fleet/src/manifest", "fleet/src/chain.rs", "fleet/src/text.rs"]),
    ("mqtt", &["cloud/src/mqtt/packet/"]),
    ("pem", &["src/formats/pem.rs", "src/formats/jwk.rs", "src/key.rs"]),
    ("response", &["src/driver/", "src/wire/frame.rs", "src/wire/status.rs"]),
    ("wire", &["sim/src/server.rs", "sim/src/bus/master.rs"]),
    ("x509", &["src/x509/certificate", "src/x509/der/read.rs", "src/x509/oid.rs", "src/x509/pem.rs"]),
    (
        "zone",
        &[
            "src/config.rs",
            "src/config/chip.rs",
            "src/config/counter.rs",
            "src/config/describe.rs",
            "src/config/key.rs",
            "src/config/slot.rs",
            "src/config/preset.rs",
        ],
    ),
];

/// One line for each target.
pub(super) fn print(fuzz: &Fuzz) -> Result {
    tools::component("nightly", "llvm-tools")?;
    let sysroot = command("rustc +nightly --print sysroot").text()?;
    let host = cargo::host()?;
    let llvm_cov = Path::new(sysroot.trim()).join("lib/rustlib").join(&host).join("bin/llvm-cov");
    for target in &fuzz.targets {
        let cases = fuzz.fresh("cases", target)?;
        corpus::unpack(&fuzz.corpus(target), &cases)?;
        let mut run = command("cargo +nightly fuzz coverage -s none");
        let (passed, text) =
            run.current_dir(&fuzz.folder).arg(target).arg(&cases).arg(fuzz.found(target)?).both()?;
        if !passed {
            return Err(text.into());
        }
        let program =
            fuzz.folder.join("target").join(&host).join("coverage").join(&host).join("release").join(target);
        let profile = fuzz.folder.join("coverage").join(target).join("coverage.profdata");
        let exported = Command::new(&llvm_cov)
            .arg("export")
            .arg(program)
            .arg(format!("-instr-profile={}", profile.display()))
            .arg("-summary-only")
            .text()?;
        println!("{target:<14} {}", summary(target, &serde_json::from_str(&exported)?, &fuzz.folder)?);
    }
    Ok(())
}

fn summary(target: &str, exported: &Value, fuzz: &Path) -> Result<String> {
    let (_, code) =
        CODE.iter().find(|(name, _)| *name == target).ok_or(format!("{target}: which code is it for?"))?;
    let root = fs::canonicalize(fuzz.join(".."))?;
    let (mut covered, mut total, mut missed) = (0, 0, Vec::new());
    for file in exported["data"][0]["files"].as_array().ok_or("no files")? {
        let name = file["filename"].as_str().ok_or("no name")?;
        let Ok(name) = fs::canonicalize(name) else { continue };
        let Ok(name) = name.strip_prefix(&root) else { continue };
        let name = name.to_string_lossy();
        if !code.iter().any(|part| name.starts_with(part)) {
            continue;
        }
        let lines = &file["summary"]["lines"];
        let [all, reached] = ["count", "covered"].map(|part| lines[part].as_u64().unwrap_or(0));
        (covered, total) = (covered + reached, total + all);
        missed.push((all - reached, name.into_owned()));
    }
    if total == 0 {
        return Err(format!("{target}: none of its code is in the program").into());
    }
    missed.retain(|(lines, _)| *lines > 0);
    missed.sort_by(|a, b| b.cmp(a));
    let worst: Vec<String> = missed.iter().take(4).map(|(lines, name)| format!("{name} {lines}")).collect();
    let share = 100.0 * covered as f64 / total as f64;
    Ok(format!("{covered:>6} of {total:>6} lines  {share:5.1} %  not reached: {}", worst.join(", ")))
}

#[test]
fn the_code_is_there() {
    let files = crate::process::files().unwrap();
    for (target, code) in CODE {
        for part in code {
            assert!(files.iter().any(|file| file.starts_with(part)), "{target}: {part}");
        }
    }
}
