//! `atecc jwt`.

mod claims;
mod verify;

use std::path::PathBuf;

use atecc608::Slot;
use atecc608::formats::jwt::{Header, JwtError, UnsignedJwt};
use clap::{Args, Subcommand};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::password::Password;
use crate::{files, parse, signature};
use claims::Claims;

/// A JSON Web Token (ES256), signed with the key in a slot: what clouds and brokers take as a password. Prints it; `jwt
/// verify` checks one. [changes nothing]
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Jwt {
    #[command(subcommand)]
    action: Option<Action>,
    /// The slot of the key.
    #[arg(long, default_value = "0", value_parser = parse::slot)]
    slot: Slot,
    /// The key's id, in the header: for who looks for the key in a set, as HiveMQ does.
    #[arg(long, value_name = "ID")]
    kid: Option<String>,
    #[command(flatten)]
    claims: Claims,
    /// Writes it to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    password: Password,
}

#[derive(Debug, Subcommand)]
enum Action {
    Verify(verify::Verify),
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    token: String,
    claims: serde_json::Map<String, serde_json::Value>,
}

impl Jwt {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        if let Some(Action::Verify(verify)) = &self.action {
            return verify.run(app);
        }
        let slot = self.slot;
        let tried = format!("a token was to be signed with the key in {slot}");
        let claims = self.claims.collect(&tried)?;
        let header = self.kid.as_deref().map_or(Header::ES256, Header::with_kid);
        // Of JSON, base64 makes a third more; the header, the signature.
        let len = serde_json::to_string(&claims).map_or(0, |text| text.len());
        let mut buffer = vec![0; 2 * len + 1024 + 8 * self.kid.as_ref().map_or(0, String::len)];
        let wrong =
            |error: JwtError| Failure::new(Kind::Usage, &tried, error, "give fewer claims, or others");
        let unsigned = UnsignedJwt::new(&header, &claims, &mut buffer).map_err(wrong)?;
        let digest = Sha256::digest(unsigned.signing_input()).into();
        let signature = signature::make(app, slot, &digest, &self.password, &tried)?;
        let token = unsigned.sign(&signature).map_err(wrong)?.to_owned();
        let bytes = format!("{token}\n");
        files::give(
            app,
            self.out.as_deref(),
            bytes.as_bytes(),
            &Answer { slot: slot.number(), token, claims },
        )
    }
}
