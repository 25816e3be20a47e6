//! `atecc slot read`.

use std::path::PathBuf;

use atecc608::Slot;
use atecc608::blocking::SharedKey;
use atecc608::command::{GenDig, ReadBlock, ReadWord};
use atecc608::config::explain::Action;
use atecc608::config::{ConfigZone, SlotFlags};
use atecc608::diagnose::Seen;
use atecc608::memory::{Block, Word};
use atecc608_linux::Chip;
use clap::Args;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{OTP, Place};
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::out::Out;
use crate::{password, secret, slots};

/// Reads a slot or OTP: in hexadecimal to standard output, or as bytes into a file. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Read {
    #[command(flatten)]
    place: Place,

    /// The first byte.
    #[arg(long, default_value_t = 0, value_name = "BYTE")]
    offset: usize,

    /// How many bytes; all that follow if nothing is said.
    #[arg(long, value_name = "BYTES")]
    len: Option<usize>,

    /// The key of 32 bytes in the slot's read key, for a slot that is read encrypted only. The chip compares it first.
    #[arg(long, value_name = "FILE", conflicts_with = "otp")]
    read_key: Option<PathBuf>,

    #[command(flatten)]
    out: Out,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    /// Nothing for OTP.
    slot: Option<u8>,
    offset: usize,
    encrypted: bool,
    /// In hexadecimal.
    data: Zeroizing<String>,
}

impl Read {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.place.slot;
        let (name, size) = match slot {
            Some(slot) => (slot.to_string(), slot.size()),
            None => ("OTP".into(), OTP),
        };
        let tried = format!("{name} was to be read");
        let len = self.len.unwrap_or(size.saturating_sub(self.offset));
        if len == 0 || self.offset.checked_add(len).is_none_or(|end| end > size) {
            let cause = format!("{name} has {size} bytes; these are {len} from byte {} on", self.offset);
            return Err(Failure::new(Kind::Usage, tried, cause, "take a smaller --offset or --len"));
        }
        let bytes = match slot {
            Some(slot) => self.slot(app, slot, len, &tried)?,
            None => otp(app, &tried)?[self.offset..self.offset + len].to_vec().into(),
        };
        let (slot, encrypted, offset) = (slot.map(Slot::number), self.read_key.is_some(), self.offset);
        self.out.give(app, &bytes, |data| Answer { slot, offset, encrypted, data })
    }

    fn slot(
        &self,
        app: &mut App,
        slot: Slot,
        len: usize,
        tried: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let zone = app.ask(tried, |chip| chip.read_config())?;
        let key = self.read_key.as_deref().map(secret::read).transpose()?;
        match key {
            Some(key) => {
                let key = SharedKey { slot: zone.slot_config(slot).read_key(), key };
                compared(app, &zone, &key, tried)?;
                encrypted(app, slot, self.offset, len, &key, tried)
            }
            None => clear(app, slot, self.offset, len, tried),
        }
    }
}

fn clear(
    app: &mut App,
    slot: Slot,
    offset: usize,
    len: usize,
    tried: &str,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(vec![0; len]);
    let block = ReadBlock(Block::data(slot, 0).expect("every slot has a first block"));
    let word = ReadWord(Word::data(slot, 0).expect("every slot has a first word"));
    app.explained(tried, &[&block, &word], Seen::new(), |chip: &mut Chip| {
        chip.read_slot(slot, offset, &mut bytes)
    })?;
    Ok(bytes)
}

/// Has the chip compare the key first: nothing comes with the bytes that would show that they were decrypted with
/// another one (chip reference 5.16).
fn compared(app: &mut App, zone: &ConfigZone, key: &SharedKey, tried: &str) -> Result<(), Failure> {
    let asks = zone.permission(key.slot, Action::CheckMac, slots::stage(zone)).is_some()
        // It would cost a use.
        && !zone.slot_config(key.slot).flags().contains(SlotFlags::LIMITED_USE);
    let (check, share) = (password::check(key.slot), <[u8; 20]>::generate());
    let compared = match asks {
        true => app.explained(tried, &[&check], Seen::new(), |chip| chip.check_password(key, &share)),
        false => Err(Failure::new(Kind::Refused, tried, "", "")),
    };
    match compared {
        Err(failure) if failure.kind() == Kind::Refused => {
            app.note(format_args!(
                "the chip can't say whether this is the key in {}; with another one the bytes are wrong",
                key.slot
            ));
            Ok(())
        }
        Err(failure) if failure.kind() == Kind::No => {
            let cause = format!("the read key is the one in {}, and the file has another", key.slot);
            Err(Failure::new(Kind::No, tried, cause, "give the right one with --read-key"))
        }
        compared => compared,
    }
}

/// Whole blocks, and the part of them that is wanted.
fn encrypted(
    app: &mut App,
    slot: Slot,
    offset: usize,
    len: usize,
    key: &SharedKey,
    tried: &str,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (first, last) = (offset / 32, (offset + len - 1) / 32);
    let block = ReadBlock(Block::data(slot, 0).expect("every slot has a first block"));
    let gen_dig = GenDig::SlotWithOtherData(key.slot, &[0; 4]);
    let seen = Seen::new().with_gen_dig(key.slot);
    app.explained(tried, &[&block, &gen_dig], seen, |chip: &mut Chip| {
        let mut bytes = Zeroizing::new(Vec::with_capacity((last - first + 1) * 32));
        for block in (0..).take(last + 1).skip(first) {
            let share = <[u8; 20]>::generate();
            bytes.extend_from_slice(chip.read_encrypted(slot, block, key, &share)?.expose());
        }
        let skip = offset - first * 32;
        Ok::<_, atecc608_linux::Failure>(Zeroizing::new(bytes[skip..skip + len].to_vec()))
    })
}

fn otp(app: &mut App, tried: &str) -> Result<[u8; OTP], Failure> {
    let block = ReadBlock(Block::otp(0).expect("OTP has two blocks"));
    app.explained(tried, &[&block], Seen::new(), |chip| chip.read_otp())
}
