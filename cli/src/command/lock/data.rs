//! `atecc lock data`.

use std::fmt;
use std::path::PathBuf;

use atecc608::Slot;
use atecc608::command::{InfoKeyValid, Lock, LockTarget, Summary};
use atecc608::config::explain::{Action, Stage};
use atecc608::config::{ConfigZone, DataContents};
use atecc608::irreversible::NoMoreFreeDataWrites;
use clap::Args;
use zeroize::Zeroizing;

use super::{Locked, plan_of};
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::files;
use crate::parse;

/// Locks slots and OTP, for ever: from then on the configuration decides what may be read and written. The chip compares
/// the contents first: slots that are not named here have to be blank, those of private keys do not count. Run again, it
/// does nothing. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub(super) struct LockData {
    /// What a slot was filled with: its number, and the file. Behind it the slot has to be blank.
    #[arg(long = "slot", value_name = "SLOT=FILE", value_parser = slot_file, conflicts_with = "unchecked")]
    slots: Vec<(Slot, PathBuf)>,

    /// What OTP was filled with.
    #[arg(long, value_name = "FILE", conflicts_with = "unchecked")]
    otp: Option<PathBuf>,

    /// Locks although no private key was made in a slot that signs, where none can be made after the lock.
    #[arg(long)]
    without_keys: bool,

    /// Locks whatever slots and OTP hold.
    #[arg(long)]
    unchecked: bool,
}

fn slot_file(text: &str) -> Result<(Slot, PathBuf), String> {
    let (slot, file) =
        text.split_once('=').ok_or("write the slot's number, =, and the file: 8=certificate.bin")?;
    Ok((parse::slot(slot)?, file.into()))
}

/// What is shown before.
struct Lost<'a>(&'a ConfigZone);

impl fmt::Display for Lost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "OTP can never be written again, nor any slot but as its configuration says. What ends:",
        )?;
        let mut last = None;
        for (slot, action) in plan_of(self.0).iter().flat_map(|plan| plan.lost()) {
            let before = if last == Some(slot) { "; ".into() } else { format!("\n  {slot}: ") };
            write!(f, "{before}{action}")?;
            last = Some(slot);
        }
        Ok(())
    }
}

impl LockData {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let zone = app.ask("the chip's configuration was read", |chip| chip.read_config())?;
        let serial = zone.serial_number().to_string();
        let tried = format!("slots and OTP of chip {serial} were to be locked");
        let answer = |locked_now, locked| Locked {
            serial: serial.clone(),
            target: "data zone (slots and OTP)".into(),
            locked_now,
            locked,
        };
        if zone.is_data_locked() {
            return app.answer(&answer(false, true));
        }
        if !zone.is_config_locked() {
            let cause = "the configuration is not locked yet; nothing was locked";
            return Err(Failure::new(Kind::Refused, tried, cause, "`atecc lock config` first"));
        }
        self.keys_are_made(app, &zone, &tried)?;
        let files = self.files()?;
        let contents = contents(&files, &tried)?;
        app.show(&Lost(&zone));
        if app.dry_run() {
            return app.answer(&answer(false, false));
        }
        let consent =
            app.consent("its slots and OTP will be locked")?.for_chip(zone.serial_number(), &tried)?;
        let summary = if self.unchecked { Summary::Unchecked } else { Summary::Crc(contents.crc(&zone)) };
        let lock = Lock(LockTarget::Data(summary, NoMoreFreeDataWrites));
        let unchecked = self.unchecked;
        app.consented(&consent, &tried, &[&lock], |chip| match unchecked {
            true => chip.lock_data_unchecked(NoMoreFreeDataWrites),
            false => chip.lock_data(&contents, NoMoreFreeDataWrites),
        })?;
        app.answer(&answer(true, true))
    }

    /// A slot that signs and is empty, and in which no key can be made after the lock, is lost.
    fn keys_are_made(&self, app: &mut App, zone: &ConfigZone, tried: &str) -> Result<(), Failure> {
        let ends = |slot: &Slot| {
            zone.key_config(*slot).is_private()
                && zone.permission(*slot, Action::GenKey, Stage::Locked).is_none()
                && zone.permission(*slot, Action::SignExternal, Stage::Locked).is_some()
        };
        let mut empty = None;
        for slot in Slot::all().filter(ends) {
            if !app.ask(tried, |chip| chip.execute(&InfoKeyValid(slot)))? {
                empty = empty.or(Some(slot));
            }
        }
        let Some(slot) = empty.filter(|_| !self.without_keys) else { return Ok(()) };
        let cause =
            format!("no private key was made in {slot}, and after the lock none can be; nothing was locked");
        let help = format!("`atecc key new {}` first; --without-keys locks it all the same", slot.number());
        Err(Failure::new(Kind::No, tried, cause, help))
    }

    fn files(&self) -> Result<Files, Failure> {
        let read = |path: &PathBuf| files::read(path).map(Zeroizing::new);
        let slots = self.slots.iter().map(|(slot, path)| Ok((*slot, read(path)?)));
        Ok(Files {
            slots: slots.collect::<Result<_, Failure>>()?,
            otp: self.otp.as_ref().map(read).transpose()?.unwrap_or_default(),
        })
    }
}

struct Files {
    slots: Vec<(Slot, Zeroizing<Vec<u8>>)>,
    otp: Zeroizing<Vec<u8>>,
}

fn contents<'a>(files: &'a Files, tried: &str) -> Result<DataContents<'a>, Failure> {
    let too_long = |what: String| {
        Failure::new(
            Kind::Usage,
            tried,
            format!("the file for {what} is longer than that; nothing was locked"),
            "name the file that was written there",
        )
    };
    let mut contents = DataContents::BLANK;
    for (slot, bytes) in &files.slots {
        contents = contents.with_slot(*slot, bytes).ok_or_else(|| too_long(slot.to_string()))?;
    }
    contents.with_otp(&files.otp).ok_or_else(|| too_long("OTP".into()))
}
