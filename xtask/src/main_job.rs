//! The README's run command twice with one state file; openssl verifies the tokens.

use crate::process::{Result, Run, command};
use crate::token::Token;
use serde_json::Value;

const RUN: &str = "cargo run --quiet --locked --example gcp_jwt";

/// See above.
pub(crate) fn main(_: &[String]) -> Result {
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
