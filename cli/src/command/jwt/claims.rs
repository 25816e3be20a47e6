//! What a token says.

use std::path::PathBuf;

use atecc608::x509::DateTime;
use clap::Args;
use serde_json::{Map, Value};

use crate::failure::{Failure, Kind};
use crate::{files, parse};

/// What the token says.
#[derive(Debug, Args)]
pub(super) struct Claims {
    /// For whom it is (`aud`): the project's id at a bridge in the form of Google's IoT Core.
    #[arg(long, value_name = "TEXT")]
    aud: Option<String>,
    /// For Google's Workload Identity Federation: the provider, as PROJECT_NUMBER/POOL/PROVIDER, instead of --aud.
    #[arg(long, value_name = "PROVIDER", value_parser = provider, conflicts_with = "aud")]
    google: Option<String>,
    /// Who it is about (`sub`): at brokers the client id or user name.
    #[arg(long, value_name = "TEXT")]
    sub: Option<String>,
    /// Who made it (`iss`).
    #[arg(long, value_name = "TEXT")]
    iss: Option<String>,
    /// How long it is good (`exp`): 90s, 30m, 12h, 7d or seconds.
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = parse::span)]
    exp: u64,
    /// Says also from when on it is good (`nbf`).
    #[arg(long)]
    nbf: bool,
    /// Made then instead of now (`iat`): 2026-11-30T05:00:00Z, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = parse::time)]
    time: Option<DateTime>,
    /// So long before that it says that it was made, against clocks that are slow: brokers refuse a token of the future.
    #[arg(long, value_name = "SPAN", value_parser = parse::span)]
    backdate: Option<u64>,
    /// Another claim; the value as JSON, or as text if it is none. May be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = claim)]
    claim: Vec<(String, Value)>,
    /// More claims: a JSON object; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
}

/// The audience of a provider.
fn provider(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [number, pool, provider]
            if number.parse::<u64>().is_ok() && !pool.is_empty() && !provider.is_empty() =>
        {
            Ok(format!(
                "//iam.googleapis.com/projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{provider}"
            ))
        }
        _ => Err("a provider is PROJECT_NUMBER/POOL/PROVIDER; the project's number, not its id".into()),
    }
}

fn claim(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("a claim is NAME=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.into()));
    Ok((name.into(), value))
}

impl Claims {
    /// All of them.
    pub(super) fn collect(&self, tried: &str) -> Result<Map<String, Value>, Failure> {
        let now = parse::time_or_now(self.time)?.to_unix().unwrap_or(0);
        let issued = now.saturating_sub(self.backdate.unwrap_or(0));
        let mut claims = Map::new();
        let audience = self.google.as_ref().or(self.aud.as_ref());
        for (name, value) in [("iss", self.iss.as_ref()), ("sub", self.sub.as_ref()), ("aud", audience)] {
            if let Some(value) = value {
                claims.insert(name.into(), value.as_str().into());
            }
        }
        claims.insert("iat".into(), issued.into());
        if self.nbf {
            claims.insert("nbf".into(), issued.into());
        }
        claims.insert("exp".into(), now.saturating_add(self.exp).into());
        let own = self.claim.iter().cloned().map(Ok);
        for own in own.chain(self.of_file(tried)?.into_iter().map(Ok)) {
            let (name, value) = own?;
            if claims.insert(name.clone(), value).is_some() {
                let cause = format!("the claim {name} is given twice; iat and exp are always there");
                return Err(Failure::new(
                    Kind::Usage,
                    tried,
                    cause,
                    "--exp, --time and --backdate set iat and exp",
                ));
            }
        }
        Ok(claims)
    }

    fn of_file(&self, tried: &str) -> Result<Map<String, Value>, Failure> {
        let Some(path) = &self.claims else { return Ok(Map::new()) };
        serde_json::from_slice(&files::read(path)?).map_err(|error| {
            let cause = format!("{} is no JSON object: {error}", path.display());
            Failure::new(Kind::Usage, tried, cause, r#"write it as {"acl": {"pub": ["t/1"]}}"#)
        })
    }
}
