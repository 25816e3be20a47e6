//! What authorises the use of a key whose ReqAuth is set: a password or a key, from a file.

use std::path::{Path, PathBuf};

use atecc608::blocking::SharedKey;
use atecc608::command::{CheckMac, MacBlocks, OtherData, TempKeySource};
use atecc608::config::ConfigZone;
use atecc608::{Secret, Slot};
use clap::Args;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::{files, secret};

/// For commands that use a key.
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// The password that authorises this use, if the slot asks for that: a file; its SHA-256, without a line end, is
    /// what the chip compares (`atecc slot write --as-password` puts it there).
    #[arg(long, value_name = "FILE", conflicts_with = "auth_key")]
    password: Option<PathBuf>,

    /// The same as a key of 32 bytes.
    #[arg(long, value_name = "FILE")]
    auth_key: Option<PathBuf>,
}

impl Password {
    /// The same as [`for_slot`](Self::for_slot); the chip's configuration is only read if something is given.
    pub(crate) fn proof(&self, app: &mut App, slot: Slot, tried: &str) -> Result<Option<SharedKey>, Failure> {
        if self.password.is_none() && self.auth_key.is_none() {
            return Ok(None);
        }
        let zone = app.ask(tried, |chip| chip.read_config())?;
        self.for_slot(&zone, slot, tried)
    }

    /// What is proved to the chip just before the slot's key is used.
    ///
    /// # Errors
    ///
    /// [`Kind::File`]; [`Kind::Usage`], if the slot asks for none.
    pub(crate) fn for_slot(
        &self,
        zone: &ConfigZone,
        slot: Slot,
        tried: &str,
    ) -> Result<Option<SharedKey>, Failure> {
        let key = match (&self.password, &self.auth_key) {
            (Some(password), _) => hashed(password)?,
            (_, Some(key)) => secret::read(key)?,
            _ => return Ok(None),
        };
        let Some(slot) = zone.key_config(slot).auth_key() else {
            let cause = format!("{slot} asks for no authorisation (ReqAuth in its KeyConfig is 0)");
            return Err(Failure::new(Kind::Usage, tried, cause, "leave --password and --auth-key out"));
        };
        Ok(Some(SharedKey { slot, key }))
    }
}

/// The key made of a password: its SHA-256. An editor's line end is none of it.
pub(crate) fn hashed(path: &Path) -> Result<Secret<32>, Failure> {
    let bytes = Zeroizing::new(files::read(path)?);
    let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    Ok(Secret::new(Sha256::digest(text).into()))
}

/// The command by which the chip compares, for a diagnosis.
pub(crate) fn check(slot: Slot) -> CheckMac<'static> {
    let blocks = MacBlocks::SlotAndTempKey(TempKeySource::Random);
    CheckMac { blocks, slot, response: &[0; 32], other_data: &OtherData([0; 13]) }
}
