//! The README's run command: how many crates it builds, then twice with one state file; openssl verifies the tokens.

use crate::process::{Result, Run, command};
use crate::token::Token;
use serde_json::Value;
use std::collections::BTreeSet;

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
    Ok(())
}
