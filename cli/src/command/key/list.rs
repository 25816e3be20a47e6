//! `atecc key list`.

use std::fmt;

use atecc608::config::explain::{Action, Stage};
use atecc608::config::{ConfigZone, KeyType, SlotFlags};
use atecc608::{PublicKey, PublicKeySlot, Slot};
use atecc608_linux::Chip;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::public_key::Told;
use crate::slots;

/// All 16 slots: what each is for by the configuration, whether it has a key, whether it is locked. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct List {}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    serial: String,
    /// How far the chip is locked.
    stage: String,
    /// False: what the slots may do is what this configuration would permit once all is locked. Until then no command
    /// touches them.
    config_locked: bool,
    slots: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    slot: u8,
    /// What it is for.
    holds: &'static str,
    key: There,
    /// What may be done with it now.
    may: Vec<&'static str>,
    /// On its own, beside the lock of the data zone.
    locked: bool,
    /// Of a private key, or stored.
    public_key: Option<Told>,
}

/// Whether there is a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum There {
    Yes,
    No,
    /// The chip does not tell.
    Unknown,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Chip {}, {}", self.serial, self.stage)?;
        let when = if self.config_locked { "may" } else { "would be for, once all is locked as it is now" };
        writeln!(f, "slot  holds        key      locked  {when}")?;
        for Row { slot, holds, key, may, locked, public_key } in &self.slots {
            let key = match key {
                There::Yes => "yes",
                There::No => "no",
                There::Unknown => "unknown",
            };
            let (locked, may) = (if *locked { "yes" } else { "-" }, may.join(", "));
            let line = format!("{slot:>4}  {holds:<12} {key:<8} {locked:<7} {may}");
            writeln!(f, "{}", line.trim_end())?;
            if let Some(public_key) = public_key {
                writeln!(f, "      SHA-256 of the public key: {}", public_key.sha256)?;
            }
        }
        Ok(())
    }
}

/// What people ask for, in their words.
const ACTIONS: [(Action, &str); 18] = [
    (Action::SignExternal, "sign"),
    (Action::SignInternal, "attest"),
    (Action::Ecdh, "ECDH"),
    (Action::EcdhEncrypted, "ECDH"),
    (Action::EcdhTempKey, "ECDH"),
    (Action::GenKey, "new key"),
    (Action::PrivWrite, "import"),
    (Action::PrivWriteEncrypted, "import"),
    (Action::Verify, "verify"),
    (Action::Mac, "MAC"),
    (Action::Hmac, "HMAC"),
    (Action::Aes, "AES"),
    (Action::Kdf, "KDF"),
    (Action::DeriveKey, "derive"),
    (Action::Read, "read"),
    (Action::ReadEncrypted, "read encrypted"),
    (Action::Write, "write"),
    (Action::WriteEncrypted, "write encrypted"),
];

impl List {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = "the keys were listed";
        let (zone, found) = app.ask(tried, |chip| -> Result<_, atecc608_linux::Failure> {
            let zone = chip.read_config()?;
            let found: Result<Vec<_>, _> = Slot::all().map(|slot| look(chip, &zone, slot)).collect();
            Ok((zone, found?))
        })?;
        let rows = Slot::all().zip(found).map(|(slot, (key, public_key))| Row {
            slot: slot.number(),
            holds: holds(&zone, slot),
            key,
            may: may(&zone, slot),
            locked: zone.is_slot_locked(slot),
            public_key: public_key.as_ref().map(Told::new),
        });
        app.answer(&Answer {
            serial: zone.serial_number().to_string(),
            stage: slots::stage(&zone).to_string(),
            config_locked: zone.is_config_locked(),
            slots: rows.collect(),
        })
    }
}

/// Whether there is a key, and its public key, as far as the chip tells.
fn look(
    chip: &mut Chip,
    zone: &ConfigZone,
    slot: Slot,
) -> Result<(There, Option<PublicKey>), atecc608_linux::Failure> {
    let permitted = |action| zone.permission(slot, action, slots::stage(zone)).is_some();
    if slots::is_private(zone, slot) {
        if !chip.is_key_valid(slot)? {
            return Ok((There::No, None));
        }
        // It may want an authorisation, or another thing that is not there.
        let told =
            if permitted(Action::PublicKey) { chip.public_key(slot) } else { return Ok((There::Yes, None)) };
        return match told {
            Err(error) if error.status().is_none() => Err(error.into()),
            told => Ok((There::Yes, told.ok())),
        };
    }
    let stored = PublicKeySlot::new(slot).filter(|_| zone.key_config(slot).key_type() == KeyType::P256);
    match stored {
        Some(stored) if permitted(Action::Read) => {
            let key = chip.read_public_key(stored)?;
            let on_curve = p256::PublicKey::try_from(key).is_ok();
            Ok(if on_curve { (There::Yes, Some(key)) } else { (There::No, None) })
        }
        _ => Ok((There::Unknown, None)),
    }
}

/// What a slot is for.
fn holds(zone: &ConfigZone, slot: Slot) -> &'static str {
    match zone.key_config(slot).key_type() {
        KeyType::P256 if zone.key_config(slot).is_private() => "private key",
        KeyType::P256 => "public key",
        KeyType::Aes => "AES keys",
        KeyType::ShaOrData if may(zone, slot).is_empty() => "nothing",
        KeyType::ShaOrData if is_secret(zone, slot) => "secret",
        KeyType::ShaOrData => "data",
        KeyType::Reserved(_) => "reserved",
    }
}

fn is_secret(zone: &ConfigZone, slot: Slot) -> bool {
    zone.slot_config(slot).flags().contains(SlotFlags::IS_SECRET)
}

fn may(zone: &ConfigZone, slot: Slot) -> Vec<&'static str> {
    let stage = match slots::stage(zone) {
        Stage::Unlocked => Stage::Locked,
        stage => stage,
    };
    // Keys that everybody can read are none.
    let senseless = |action| {
        let needs_secret =
            matches!(action, Action::Mac | Action::Hmac | Action::Aes | Action::Kdf | Action::DeriveKey);
        needs_secret && !is_secret(zone, slot)
    };
    let mut words = Vec::new();
    for (action, word) in ACTIONS {
        if !words.contains(&word) && !senseless(action) && zone.permission(slot, action, stage).is_some() {
            words.push(word);
        }
    }
    words
}
