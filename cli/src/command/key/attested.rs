//! `atecc key attested`, and what a chip states.

use std::fmt;
use std::path::PathBuf;

use atecc608::command::{Seed, SignInternal};
use atecc608::config::{KeyConfig, SlotConfig};
use atecc608::host::{self, InternalStatement, StatementFlags};
use atecc608::{PublicKey, SerialNumber, Signature, Slot};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::parse::from_hex;
use crate::{files, public_key, signature};

/// Checks what `atecc key attest` wrote; exit status 1 if the chip did not state it. Needs no chip. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Attested {
    /// What `atecc key attest` wrote; `-` for standard input.
    file: PathBuf,
    /// The public key that signed it.
    #[arg(long, value_name = "FILE")]
    public: PathBuf,
    /// The challenge of 20 bytes that was asked with, in hexadecimal: then it is no old statement.
    #[arg(long, value_name = "HEX", value_parser = super::attest::challenge)]
    challenge: Option<[u8; 20]>,
}

/// A chip's statement about a slot, and all that is needed to check it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Statement {
    /// Of the chip, in hexadecimal.
    pub(super) serial: String,
    pub(super) slot: u8,
    /// Whether the private key is in the slot.
    pub(super) private: bool,
    /// PEM.
    pub(super) public_key: String,
    /// The slot's SlotConfig.
    pub(super) slot_config: u16,
    /// The slot's KeyConfig.
    pub(super) key_config: u16,
    /// On its own.
    pub(super) slot_locked: bool,
    /// A stored public key that its parent has validated.
    pub(super) validated: bool,
    /// The slot of the key that signed.
    pub(super) with: u8,
    /// The 20 bytes of who asked, in hexadecimal.
    pub(super) challenge: String,
    /// The chip's share of the nonce, in hexadecimal.
    pub(super) random: String,
    /// R and S, in hexadecimal.
    pub(super) signature: String,
}

impl Statement {
    pub(super) fn text(&self) -> Result<String, Failure> {
        serde_json::to_string_pretty(self)
            .map_err(|error| Failure::new(Kind::File, "the statement was written", error, ""))
    }

    /// What was signed: the statement's digest, and the signature. `None` if a field is malformed.
    fn signed(&self) -> Option<([u8; 32], Signature)> {
        let serial = SerialNumber(array(&self.serial)?);
        let (slot, with) = (Slot::new(self.slot)?, Slot::new(self.with)?);
        let nonce = host::nonce(&array(&self.random)?, &array(&self.challenge)?, Seed::Update);
        let key = public_key::of_text(&self.public_key)?;
        let temp_key = match self.private {
            true => host::gen_key_public(&key, slot, &serial, &nonce),
            false => host::gen_key_stored(&key, &[0; 3], &serial, &nonce),
        };
        let statement = InternalStatement {
            command: SignInternal { slot: with, include_serial: true, for_invalidate: false },
            flags: StatementFlags {
                no_mac: false,
                gen_key_data: true,
                gen_dig_data: false,
                from_input: false,
                slot,
            },
            slot_config: SlotConfig::from_bits(self.slot_config),
            key_config: KeyConfig::from_bits(self.key_config),
            slot_locked: self.slot_locked,
            public_key_valid: self.validated,
            serial,
        };
        Some((statement.digest(&temp_key), Signature::from_bytes(array(&self.signature)?)))
    }

    fn is_by(&self, key: PublicKey) -> Option<bool> {
        let (digest, given) = self.signed()?;
        Some(signature::fits(key, &digest, &given))
    }
}

fn array<const N: usize>(digits: &str) -> Option<[u8; N]> {
    from_hex(digits)?.try_into().ok()
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    attested: bool,
    #[serde(flatten)]
    statement: Statement,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statement { serial, slot, private, public_key, with, slot_locked, .. } = &self.statement;
        let kind = if *private { "the private key to" } else { "a stored copy of" };
        writeln!(f, "Chip {serial} states, signed with its slot {with}, that slot {slot} holds {kind}")?;
        write!(f, "{public_key}")?;
        let locked = if *slot_locked { "; the slot is locked" } else { "" };
        let (slot_config, key_config) = (self.statement.slot_config, self.statement.key_config);
        write!(f, "with SlotConfig {slot_config:#06x} and KeyConfig {key_config:#06x}{locked}")
    }
}

impl Attested {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = format!("the statement in {} was checked", self.file.display());
        let unreadable = |cause: &dyn fmt::Display| {
            Failure::new(Kind::Usage, &tried, cause, "give what `atecc key attest` wrote")
        };
        let statement: Statement = serde_json::from_slice(&files::read(&self.file)?)
            .map_err(|_| unreadable(&"it is no statement"))?;
        let key = public_key::read(&self.public)?;
        let by = statement.is_by(key).ok_or_else(|| unreadable(&"a field is malformed"))?;
        let asked = self.challenge.is_none_or(|challenge| array(&statement.challenge) == Some(challenge));
        if by && asked || app.json() {
            app.answer(&Answer { attested: by && asked, statement })?;
        }
        match (by, asked) {
            (false, _) => Err(Failure::no("the signature does not fit to this statement and this key")),
            (true, false) => Err(Failure::no("it was made for another challenge")),
            (true, true) => Ok(()),
        }
    }
}
