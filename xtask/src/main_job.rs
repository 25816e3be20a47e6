//! The README's run command: how many crates it builds, then twice with one state file; openssl verifies the tokens.
//! Then the fleet's, with 1,000 chips, and that of mutual TLS, at each cloud.

mod mtls;

use crate::process::{Result, Run, command};
use crate::token::Token;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const RUN: &str = "cargo run --quiet --locked --example gcp_jwt";

/// What a newcomer waits for: the command builds no more crates than this.
const MOST_CRATES: usize = 150;

/// Counts them. It is the command without `-p`, which unites the features of all default members' dev-dependencies.
fn crates() -> Result {
    let mut build = command("cargo build --locked --example gcp_jwt --unit-graph -Z unstable-options");
    let graph: Value = serde_json::from_str(&build.env("RUSTC_BOOTSTRAP", "1").text()?)?;
    let units = graph["units"].as_array().ok_or("no units in the graph")?;
    let crates: BTreeSet<&str> = units.iter().filter_map(|unit| unit["pkg_id"].as_str()).collect();
    let (count, most) = (crates.len(), MOST_CRATES);
    if count == 0 {
        return Err("no packages in the graph".into());
    }
    if count > most {
        return Err(format!(
            "`{RUN}` builds {count} crates, more than {most}. It unites the features of the dev-dependencies \
             of the root package and of examples/gcp_jwt: move the test that needs more to testkit/tests. \
             `cargo tree --edges features --invert CRATE` says who asks for one. They are:\n{}",
            crates.into_iter().collect::<Vec<_>>().join("\n")
        )
        .into());
    }
    println!("the demo builds {count} crates, {most} at most");
    Ok(())
}

/// A thousand chips, of which a tenth of the tries fail: none lost, none twice, all in the manifest.
fn fleet(folder: &Path) -> Result {
    let line = "cargo run --quiet --locked --example fleet -- --chips 1000 --failures 10 --json --out";
    let figures: Value = serde_json::from_str(&command(line).arg(folder).text()?)?;
    let report = fs::read_to_string(folder.join("report.jsonl"))?;
    let mut done = BTreeSet::new();
    for line in report.lines() {
        let line: Value = serde_json::from_str(line)?;
        if line["event"] == "done" && !done.insert(line["serial"].to_string()) {
            return Err(format!("chip {} is done twice", line["serial"]).into());
        }
    }
    let number = |name: &str| figures[name].as_u64().ok_or(format!("{name} is missing in {figures}"));
    let given_up = figures["given_up"].as_array().map_or(0, Vec::len);
    let after_failures = number("done_after_failures")?;
    let all = number("done_at_once")? + after_failures;
    let demands = [
        (figures["lost"].as_array().is_some_and(Vec::is_empty), "chips are lost"),
        (all as usize + given_up == 1000, "done and given up are not all"),
        (done.len() as u64 == all, "the report has other chips as done"),
        (number("manifest_entries")? == all, "the manifest has other chips"),
        (after_failures > 0 && given_up > 0 && number("wrong_chips")? > 0, "nothing failed"),
    ];
    if let Some((_, trouble)) = demands.into_iter().find(|(good, _)| !good) {
        return Err(format!("the fleet: {trouble}: {figures}").into());
    }
    println!(
        "a fleet of 1000: {all} done ({after_failures} after failures), {given_up} given up, none lost, none twice"
    );
    Ok(())
}

/// See above.
pub(crate) fn main(_: &[String]) -> Result {
    crates()?;
    let folder = tempfile::tempdir()?;
    command(RUN).check()?;
    let run = || -> Result<Value> {
        let text = command(RUN).args(["--", "--json", "--state"]).arg(folder.path().join("chip")).text()?;
        Ok(serde_json::from_str(&text)?)
    };
    let (first, second) = (run()?, run()?);
    for run in [&first, &second] {
        let member = |name: &str| run[name].as_str().filter(|text| !text.is_empty());
        for name in ["revision", "serial", "published", "received"] {
            if run[name].is_null() || run[name] == "" {
                return Err(format!("{name} is missing").into());
            }
        }
        let token = Token::new(member("jwt").ok_or("jwt is missing")?)?;
        token.check(member("public_key_pem").ok_or("public_key_pem is missing")?, folder.path())?;
    }
    let demands = [
        (first["public_key_pem"] == second["public_key_pem"], "the second run made a new key"),
        (first["serial"] == second["serial"], "the second run saw another chip"),
        (first["locked_now"] == true && second["locked_now"] == false, "locked otherwise than once"),
        (first["new_key"] == true && second["new_key"] == false, "made a key otherwise than once"),
    ];
    if let Some((_, trouble)) = demands.into_iter().find(|(good, _)| !good) {
        return Err(trouble.into());
    }
    println!("openssl verifies both tokens; the second run found the first one's key and locked nothing");
    fleet(&folder.path().join("fleet"))?;
    mtls::run(folder.path())
}
