//! `atecc key import`.

use std::fmt;
use std::path::{Path, PathBuf};

use atecc608::blocking::SharedKey;
use atecc608::command::{GenDig, PrivWriteClear, PrivWriteEncrypted};
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use atecc608::diagnose::Seen;
use atecc608::irreversible::OldKeyIsLost;
use atecc608::{PublicKey, Secret, Slot};
use atecc608_fleet::key_file;
use atecc608_linux::Chip;
use clap::Args;
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::public_key::Told;
use crate::{files, parse, secret, slots};

/// Writes a private key from a file into a slot. A key that the chip makes itself (`atecc key new`) is never seen by
/// anyone: prefer that. A key that is there is lost: that wants consent. [CAN'T BE UNDONE where there is a key]
#[derive(Debug, Args)]
pub(super) struct Import {
    /// Where it goes.
    #[arg(value_parser = parse::slot)]
    slot: Slot,
    /// The private key: PEM or DER, SEC1 or PKCS#8, without a password; `-` for standard input.
    file: PathBuf,
    /// The key of 32 bytes under which it is sent: that in the slot's write key. Needed once the data zone is locked;
    /// between the locks keys go in clear without it.
    #[arg(long, value_name = "FILE")]
    write_key: Option<PathBuf>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// A key was there, and is lost.
    replaced: bool,
    encrypted: bool,
    public_key: Told,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = if self.encrypted { "encrypted" } else { "in clear" };
        writeln!(f, "slot {}: the key was written {way}. Its public key:", self.slot)?;
        f.write_str(&self.public_key.pem)
    }
}

impl Import {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let tried = format!("the private key in {} was to be written to {slot}", self.file.display());
        let key = read(&self.file, &tried)?;
        let write_key = self.write_key.as_deref().map(secret::read).transpose()?;
        let (zone, there) = super::found(app, &tried, slot)?;
        let write_key = write_key.map(|key| SharedKey { slot: zone.slot_config(slot).write_key(), key });
        permitted(&zone, slot, write_key.is_some(), &tried)?;
        if app.dry_run() {
            return super::dry(app, slot, "this private key would be written", there);
        }
        let public_key = PublicKey::from(*key.verifying_key());
        let bytes = Secret::new(key.to_bytes().into());
        let write = |chip: &mut Chip| match &write_key {
            None => chip.write_private_key(slot, &bytes, OldKeyIsLost),
            Some(write_key) => {
                let share = <[u8; 20]>::generate();
                chip.write_private_key_encrypted(slot, &bytes, write_key, &share, OldKeyIsLost)
            }
        };
        let clear = PrivWriteClear { slot, key: &[0; 32], old: OldKeyIsLost };
        let encrypted = PrivWriteEncrypted { slot, ciphertext: &[0; 36], mac: &[0; 32], old: OldKeyIsLost };
        let gen_dig = GenDig::SlotWithOtherData(zone.slot_config(slot).write_key(), &[0; 4]);
        let (commands, seen): (&[&dyn crate::Refusable], _) = match &write_key {
            None => (&[&clear], Seen::new()),
            Some(key) => (&[&encrypted, &gen_dig], Seen::new().with_gen_dig(key.slot)),
        };
        if there {
            let consent = app.consent(super::lost(slot))?.for_chip(zone.serial_number(), &tried)?;
            app.consented(&consent, &tried, commands, write)?;
        } else {
            // Another program can have made one since.
            let written = app.meant(
                zone.serial_number(),
                &tried,
                commands,
                seen,
                |chip| -> Result<_, atecc608_linux::Failure> {
                    if chip.is_key_valid(slot)? {
                        return Ok(false);
                    }
                    write(chip)?;
                    Ok(true)
                },
            )?;
            if !written {
                let cause = "a key is there now, which was not a moment ago; nothing was written";
                return Err(Failure::new(
                    Kind::Consent,
                    tried,
                    cause,
                    "look at it with `atecc key list`; run it again",
                ));
            }
        }
        app.answer(&Answer {
            slot: slot.number(),
            replaced: there,
            encrypted: write_key.is_some(),
            public_key: Told::new(&public_key),
        })
    }
}

/// The way that was asked for; the error names the other one, if that is open.
fn permitted(zone: &ConfigZone, slot: Slot, encrypted: bool, tried: &str) -> Result<(), Failure> {
    let (way, other, help) = match encrypted {
        false => (Action::PrivWrite, Action::PrivWriteEncrypted, "give its write key with --write-key FILE"),
        true => (Action::PrivWriteEncrypted, Action::PrivWrite, "leave --write-key out"),
    };
    let refused = slots::permits(zone, slot, way, tried);
    let stage: Stage = slots::stage(zone);
    match zone.permission(slot, other, stage) {
        Some(_) => refused.map_err(|failure| failure.advising(help)),
        None => refused,
    }
}

/// The private key in a file.
fn read(path: &Path, tried: &str) -> Result<SigningKey, Failure> {
    let bytes = Zeroizing::new(files::read(path)?);
    let key = match std::str::from_utf8(&bytes) {
        Ok(text) => key_file::from_pem(text),
        Err(_) => key_file::from_der(&bytes),
    };
    let help = "`openssl ecparam -name prime256v1 -genkey -noout` makes one; `openssl ec -in FILE` takes a password off";
    key.map_err(|error| Failure::new(Kind::Usage, tried, error, help))
}
