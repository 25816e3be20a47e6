//! `atecc jwt verify`.

use std::fmt;
use std::path::{Path, PathBuf};

use atecc608::x509::DateTime;
use atecc608::{Signature, Slot};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::command::key::public_key_of;
use crate::failure::{Failure, Kind};
use crate::password::Password;
use crate::{files, parse, public_key, signature};

/// Whether a token is signed with a key, and good now; exit status 1 if not. Prints what it says. With --public no chip is
/// needed. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The file with the token; `-` for standard input.
    token: PathBuf,
    /// The public key: PEM, DER, JWK, SSH, or a certificate of it.
    #[arg(long, value_name = "FILE", conflicts_with = "slot")]
    public: Option<PathBuf>,
    /// The public key is that of the private key in this slot, or stored there.
    #[arg(long, default_value = "0", value_parser = parse::slot)]
    slot: Slot,
    /// For whom it has to be (`aud`).
    #[arg(long, value_name = "TEXT")]
    aud: Option<String>,
    /// Whether it is good then instead of now: 2026-11-30T05:00:00Z, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = parse::time)]
    time: Option<DateTime>,
    #[command(flatten)]
    password: Password,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    good: bool,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(&self.claims).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

/// A token in its parts.
struct Parts {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    digest: [u8; 32],
    signature: Signature,
}

impl Verify {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let Parts { header, claims, digest, signature } = read(&self.token)?;
        let time = parse::time_or_now(self.time)?.to_unix().unwrap_or(0);
        let key = match &self.public {
            Some(path) => public_key::read(path)?,
            None => public_key_of(app, self.slot, &self.password)?.0,
        };
        let why = if header.get("alg").is_none_or(|alg| alg != "ES256") {
            Some("its header does not say ES256".into())
        } else if !signature::fits(key, &digest, &signature) {
            Some("it is not signed with this key".into())
        } else {
            self.not_good(&claims, time)
        };
        app.answer(&Answer { good: why.is_none(), header, claims })?;
        match why {
            None => Ok(()),
            Some(why) => Err(Failure::no(format!("the token is not good: {why}"))),
        }
    }

    /// Why it is not good at this time, for this audience.
    fn not_good(&self, claims: &Map<String, Value>, time: u64) -> Option<String> {
        let told = |seconds: u64| {
            DateTime::from_unix(seconds).map_or_else(|| seconds.to_string(), |time| time.to_string())
        };
        let number = |name: &str| claims.get(name).and_then(Value::as_u64);
        if let Some(end) = number("exp").filter(|end| *end <= time) {
            return Some(format!("it ended at {}", told(end)));
        }
        for name in ["nbf", "iat"] {
            if let Some(start) = number(name).filter(|start| *start > time) {
                return Some(format!("by its {name} it is of the future: {}", told(start)));
            }
        }
        let wanted = self.aud.as_ref()?;
        let is_for = match claims.get("aud") {
            Some(Value::String(one)) => one == wanted,
            Some(Value::Array(several)) => several.iter().any(|one| one == wanted.as_str()),
            _ => false,
        };
        (!is_for).then(|| format!("it is not for {wanted}"))
    }
}

fn read(path: &Path) -> Result<Parts, Failure> {
    let bytes = files::read(path)?;
    parts(&bytes).ok_or_else(|| {
        let tried = format!("a token was looked for in {}", path.display());
        let help = "a token is three parts in base64url with dots between them";
        Failure::new(Kind::Usage, tried, "there is none signed with a P-256 key", help)
    })
}

fn parts(bytes: &[u8]) -> Option<Parts> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let (signed, last) = text.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let object = |part: &str| serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).ok()?).ok();
    let signature = Base64UrlUnpadded::decode_vec(last).ok()?;
    Some(Parts {
        header: object(header)?,
        claims: object(claims)?,
        digest: Sha256::digest(signed).into(),
        signature: Signature::from_bytes(signature.try_into().ok()?),
    })
}
