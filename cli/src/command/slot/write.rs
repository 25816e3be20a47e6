//! `atecc slot write`.

use std::fmt;
use std::path::PathBuf;

use atecc608::blocking::SharedKey;
use atecc608::command::{GenDig, WriteBlock, WriteEncrypted, WriteWord};
use atecc608::config::explain::{Action, Stage};
use atecc608::config::{ConfigZone, SlotFlags, WritePolicy};
use atecc608::diagnose::Seen;
use atecc608::memory::{Block, Word};
use atecc608::{Secret, Slot};
use atecc608_linux::Chip;
use clap::Args;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{OTP, Place};
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::{Refusable, files, password, refusal, secret, slots};

/// Writes a file into a slot or OTP, over what was there. Secret slots, whose old contents nobody can read back, want
/// consent. [can be undone; CAN'T BE UNDONE for secret slots]
#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(super) struct Write {
    #[command(flatten)]
    place: Place,

    /// What is written; `-` is standard input.
    #[arg(required = true)]
    file: PathBuf,

    /// The first byte: a multiple of 4, or of 32 where the chip writes whole blocks.
    #[arg(long, default_value_t = 0, value_name = "BYTE")]
    offset: usize,

    /// The key of 32 bytes in the slot's write key: the file is sent encrypted.
    #[arg(long, value_name = "FILE", conflicts_with = "otp")]
    write_key: Option<PathBuf>,

    /// Fills up to what the chip writes at once (4 or 32 bytes; 64 for OTP).
    #[arg(long, value_name = "BYTE", value_parser = byte)]
    fill: Option<u8>,

    /// Writes the SHA-256 of the file without its line end, for which `--password FILE` then stands.
    #[arg(long)]
    as_password: bool,
}

/// A byte, as 255 or 0xff.
fn byte(text: &str) -> Result<u8, String> {
    let byte = match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    byte.map_err(|_| "a byte is 0 to 255, or 0x00 to 0xff".into())
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    /// Nothing for OTP.
    slot: Option<u8>,
    offset: usize,
    bytes: usize,
    encrypted: bool,
    written: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.slot.map_or("OTP".into(), |slot| format!("slot {slot}"));
        let verb = if self.written { "were" } else { "would be" };
        let way = if self.encrypted { ", encrypted" } else { "" };
        write!(f, "{} bytes {verb} written to {name} from byte {} on{way}", self.bytes, self.offset)
    }
}

impl Write {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.place.slot;
        let name = slot.map_or("OTP".into(), |slot| slot.to_string());
        let tried = format!("{} was to be written to {name}", self.file.display());
        let bytes = if self.as_password {
            Zeroizing::new(password::hashed(&self.file)?.expose().to_vec())
        } else {
            Zeroizing::new(files::read(&self.file)?)
        };
        let key = self.write_key.as_deref().map(secret::read).transpose()?;
        let zone = app.ask(&tried, |chip| chip.read_config())?;
        let key =
            key.zip(slot).map(|(key, slot)| SharedKey { slot: zone.slot_config(slot).write_key(), key });
        let unit = unit(&zone, slot, key.is_some());
        let bytes = self.filled(bytes, slot.map_or(OTP, Slot::size), unit, &tried)?;
        match slot {
            Some(slot) => permitted(&zone, slot, key.is_some(), &tried)?,
            None => refusal::permitted(&tried, &zone, &WriteBlock(otp_block(), &[0; 32]))?,
        }
        let answer = |written| Answer {
            slot: slot.map(Slot::number),
            offset: self.offset,
            bytes: bytes.len(),
            encrypted: key.is_some(),
            written,
        };
        if app.dry_run() {
            return app.answer(&answer(false));
        }
        match slot {
            Some(slot) => self.slot(app, &zone, slot, &bytes, key.as_ref(), &tried)?,
            None => otp(app, &zone, &bytes, &tried)?,
        }
        app.answer(&answer(true))
    }

    /// As many bytes as the chip writes at once.
    fn filled(
        &self,
        mut bytes: Zeroizing<Vec<u8>>,
        size: usize,
        unit: usize,
        tried: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let wrong = |cause: String, help: &str| Err(Failure::new(Kind::Usage, tried, cause, help));
        let end = self.offset.saturating_add(bytes.len());
        if bytes.is_empty() || end > size {
            let cause =
                format!("{} bytes from byte {} on do not fit: it has {size}", bytes.len(), self.offset);
            return wrong(cause, "name a file that fits");
        }
        if !self.offset.is_multiple_of(unit) {
            return wrong(
                format!("the chip writes {unit} bytes at once here"),
                "take an --offset that is a multiple of it",
            );
        }
        let full = end.next_multiple_of(unit).min(size);
        match self.fill {
            _ if full == end => {}
            Some(fill) => bytes.resize(full - self.offset, fill),
            None => {
                let cause =
                    format!("the file has {} bytes; the chip writes {unit} at once here", bytes.len());
                return wrong(cause, "--fill 0xff makes it whole, or --fill 0");
            }
        }
        Ok(bytes)
    }

    fn slot(
        &self,
        app: &mut App,
        zone: &ConfigZone,
        slot: Slot,
        bytes: &[u8],
        key: Option<&SharedKey>,
        tried: &str,
    ) -> Result<(), Failure> {
        let block = Block::data(slot, 0).expect("every slot has a first block");
        let word = Word::data(slot, 0).expect("every slot has a first word");
        let (whole, four) = (WriteBlock(block, &[0; 32]), WriteWord(word, &[0; 4]));
        let sealed = WriteEncrypted { block, ciphertext: &[0; 32], mac: &[0; 32] };
        let gen_dig = GenDig::SlotWithOtherData(zone.slot_config(slot).write_key(), &[0; 4]);
        let (commands, seen): (&[&dyn Refusable], _) = match key {
            None => (&[&whole, &four], Seen::new()),
            Some(key) => (&[&sealed, &gen_dig], Seen::new().with_gen_dig(key.slot)),
        };
        let write = |chip: &mut Chip| -> Result<(), atecc608_linux::Failure> {
            let Some(key) = key else { return Ok(chip.write_slot(slot, self.offset, bytes)?) };
            for (block, part) in (0..).zip(bytes.chunks(32)) {
                let mut plaintext = Zeroizing::new([0; 32]);
                plaintext[..part.len()].copy_from_slice(part);
                let first = u8::try_from(self.offset / 32).unwrap_or(u8::MAX);
                let share = <[u8; 20]>::generate();
                chip.write_encrypted(slot, first + block, &Secret::new(*plaintext), key, &share)?;
            }
            Ok(())
        };
        slots::overwrite(app, zone, &[slot], tried, (commands, seen), write)
    }
}

/// How many bytes the chip writes at once (chip reference 5.23).
fn unit(zone: &ConfigZone, slot: Option<Slot>, encrypted: bool) -> usize {
    let Some(slot) = slot else { return OTP };
    let config = zone.slot_config(slot);
    let words = zone.is_data_locked()
        && !encrypted
        && !config.flags().contains(SlotFlags::IS_SECRET)
        && config.write_policy() == WritePolicy::Always;
    if words { 4 } else { 32 }
}

/// The way that was asked for; the error names the other one, if that is open.
fn permitted(zone: &ConfigZone, slot: Slot, encrypted: bool, tried: &str) -> Result<(), Failure> {
    let (way, other) = match encrypted {
        false => (Action::Write, Action::WriteEncrypted),
        true => (Action::WriteEncrypted, Action::Write),
    };
    let stage: Stage = slots::stage(zone);
    let refused = slots::permits(zone, slot, way, tried);
    match (zone.permission(slot, other, stage), encrypted) {
        (Some(_), false) => {
            let key = zone.slot_config(slot).write_key();
            refused.map_err(|failure| failure.advising(format!("give the key in {key}: --write-key FILE")))
        }
        (Some(_), true) => refused.map_err(|failure| failure.advising("leave --write-key out")),
        (None, _) => refused,
    }
}

fn otp_block() -> Block {
    Block::otp(0).expect("OTP has two blocks")
}

fn otp(app: &mut App, zone: &ConfigZone, bytes: &[u8], tried: &str) -> Result<(), Failure> {
    let whole = bytes.try_into().expect("filled");
    let write = WriteBlock(otp_block(), &[0; 32]);
    app.meant(zone.serial_number(), tried, &[&write], Seen::new(), |chip| chip.write_otp(whole))
}
