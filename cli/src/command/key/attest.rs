//! `atecc key attest`.

use std::path::PathBuf;

use atecc608::command::{
    GenKeyDigest, GenKeyPublic, NonceRandom, RandomSource, ReadBlock, Seed, SignInternal,
};
use atecc608::config::explain::Action;
use atecc608::diagnose::Seen;
use atecc608::memory::Block;
use atecc608::{Error, PublicKeySlot, Slot};
use atecc608_linux::{BusError, Chip};
use clap::Args;
use p256::elliptic_curve::Generate as _;

use super::attested::Statement;
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::parse::{from_hex, hex};
use crate::public_key::pem;
use crate::{files, parse, slots};

/// Has the chip state, signed with another of its keys, that this public key is in this slot, and how the slot is
/// configured. `atecc key attested` checks it. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Attest {
    /// The slot with the key: a private one, or a public one that is stored.
    #[arg(value_parser = parse::slot)]
    slot: Slot,
    /// The slot of the key that signs: one that may sign what the chip itself states.
    #[arg(long, value_name = "SLOT", value_parser = parse::slot)]
    with: Slot,
    /// 20 bytes of who asks, in hexadecimal, never the same twice, so that no old statement is shown again. Without it,
    /// random ones.
    #[arg(long, value_name = "HEX", value_parser = challenge)]
    challenge: Option<[u8; 20]>,
    /// Writes it to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// 20 bytes.
pub(super) fn challenge(text: &str) -> Result<[u8; 20], String> {
    let bytes = from_hex(text).and_then(|bytes| <[u8; 20]>::try_from(bytes).ok());
    bytes.ok_or_else(|| "a challenge has 20 bytes: 40 hexadecimal digits".into())
}

impl Attest {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let (slot, with) = (self.slot, self.with);
        let tried = format!("{slot} was to be attested with the key in {with}");
        let zone = app.ask(&tried, |chip| chip.read_config())?;
        slots::permits(&zone, with, Action::SignInternal, &tried)?;
        let private = slots::is_private(&zone, slot);
        let stored = PublicKeySlot::new(slot).zip(Block::data(slot, 0));
        if !private && stored.is_none() {
            let cause = format!("{slot} holds no private key, and stored public keys are in slots 8 to 15");
            return Err(Failure::new(
                Kind::Usage,
                tried,
                cause,
                "`atecc key list` shows which slots have keys",
            ));
        }
        let challenge = self.challenge.unwrap_or_else(<[u8; 20]>::generate);
        let nonce = NonceRandom { num_in: &challenge, seed: Seed::Update, source: RandomSource::Generator };
        let digest = GenKeyPublic { slot, digest: true };
        let sign = SignInternal { slot: with, include_serial: true, for_invalidate: false };
        let mut commands: Vec<&dyn crate::Refusable> = vec![&sign, &digest];
        let of_stored =
            stored.map(|(slot, block)| (slot, GenKeyDigest { slot, other_data: [0; 3] }, ReadBlock(block)));
        if let Some((_, digest, read)) = &of_stored {
            commands.extend([digest as &dyn crate::Refusable, read]);
        }
        let (random, key, signature, valid) =
            app.explained(&tried, &commands, Seen::new(), |chip: &mut Chip| -> Result<_, Error<BusError>> {
                let (read, digest_of_stored) = match &of_stored {
                    Some((slot, digest, _)) if !private => (Some(chip.read_public_key(*slot)?), Some(digest)),
                    _ => (None, None),
                };
                let valid = !private && chip.is_key_valid(slot)?;
                let (random, key, signature) = chip.session(|chip| -> Result<_, Error<BusError>> {
                    let random = chip.execute(&nonce)?;
                    let key = match (read, digest_of_stored) {
                        (Some(key), Some(digest)) => {
                            chip.execute(digest)?;
                            key
                        }
                        _ => chip.execute(&digest)?,
                    };
                    Ok((random, key, chip.execute(&sign)?))
                })?;
                Ok((random, key, signature, valid))
            })?;
        let statement = Statement {
            serial: hex(&zone.serial_number().0),
            slot: slot.number(),
            private,
            public_key: pem(&key),
            slot_config: zone.slot_config(slot).bits(),
            key_config: zone.key_config(slot).bits(),
            slot_locked: zone.is_slot_locked(slot),
            validated: valid,
            with: with.number(),
            challenge: hex(&challenge),
            random: hex(&random),
            signature: hex(signature.as_bytes()),
        };
        let text = format!("{}\n", statement.text()?);
        files::give(app, self.out.as_deref(), text.as_bytes(), &statement)
    }
}
