//! `atecc ecdh`.

use std::path::PathBuf;

use atecc608::command::{EcdhEncrypted, EcdhKey, EcdhOutput};
use atecc608::diagnose::Seen;
use atecc608::{ErrorKind, Secret, Slot, wire::Opcode};
use clap::Args;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::app::App;
use crate::failure::Failure;
use crate::out::Out;
use crate::parse;
use crate::password::{self, Password};
use crate::{public_key, secret};

/// The secret that the private key in a slot shares with a public key: 32 bytes, in hexadecimal to standard output, or as
/// they are into a file. It travels over the bus in clear unless --io-key is given. [changes nothing]
#[derive(Debug, Args)]
pub struct Ecdh {
    /// The private key's slot, 0 to 15.
    #[arg(value_parser = parse::slot)]
    slot: Slot,

    /// The other side's public key: PEM, DER, JWK, SSH, or a certificate; `-` is standard input.
    peer: PathBuf,

    /// The chip's I/O protection key (32 bytes): the secret is encrypted on the bus.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["password", "auth_key"])]
    io_key: Option<PathBuf>,

    #[command(flatten)]
    out: Out,

    #[command(flatten)]
    password: Password,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// 32 bytes, in hexadecimal.
    secret: Zeroizing<String>,
}

impl Ecdh {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let peer = public_key::read(&self.peer)?;
        let secret = self.secret(app, &peer)?;
        let slot = self.slot.number();
        self.out.give(app, secret.expose(), |secret| Answer { slot, secret })
    }

    fn secret(&self, app: &mut App, peer: &atecc608::PublicKey) -> Result<Secret<32>, Failure> {
        let slot = self.slot;
        let key = EcdhKey::Slot(slot);
        let tried = format!("a secret was to be agreed on with the key in {slot}");
        if let Some(io_key) = &self.io_key {
            let io_key = secret::read(io_key)?;
            let command = EcdhEncrypted { key, public_key: peer };
            return app.explained(&tried, &[&command], Seen::new(), |chip| {
                chip.shared_secret_protected(slot, peer, &io_key)
            });
        }
        let auth = self.password.proof(app, slot, &tried)?;
        let command = EcdhOutput { key, public_key: peer };
        let check = password::check(auth.as_ref().map_or(slot, |auth| auth.slot));
        let share = <[u8; 20]>::generate();
        app.explained(&tried, &[&command, &check], Seen::new(), |chip| {
            chip.session(|chip| {
                if let Some(auth) = &auth {
                    chip.authorise(auth, &share)?;
                }
                let secret = chip.execute(&command)?;
                secret.ok_or_else(|| atecc608::Error::new(Opcode::Ecdh, ErrorKind::Encrypted))
            })
        })
    }
}
