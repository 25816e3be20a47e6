//! What every command works with: the chip, the form of its answer, consent, progress.
//!
//! What a command asks of the chip goes through [`App::explained`], which says why the chip refused. It takes the commands
//! that the operation sends and the chip may refuse, by any rule of its configuration; those that it never refuses need
//! not be named. The one that was refused is diagnosed:
//!
//! ```text
//! let command = GenKeyPublic { slot, digest: false };
//! let key = app.explained("the public key was read", &[&command], Seen::new(), |chip| chip.public_key(slot))?;
//! ```
//!
//! `Seen` says what the operation did before, so that more is certain; that a GenDig among the commands went well is
//! known. What can't be undone is [`App::consent`], then [`App::consented`]. [`App::ask`] is for what the chip refuses
//! to nobody: serial number, configuration, lock state.

use std::fmt::Display;
use std::process::ExitCode;

use atecc608::SerialNumber;
use atecc608::diagnose::Seen;
use atecc608_linux::{Chip, SharedChip};
use serde::Serialize;

use crate::bus::{self, Place};
use crate::cli::Global;
use crate::consent::{self, Consent};
use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::progress::Progress;
use crate::refusal::{self, Refusable};

/// The program, for one command.
#[derive(Debug)]
pub struct App {
    global: Global,
    output: Output,
    place: Option<Place>,
    chip: Option<SharedChip>,
}

impl App {
    /// Nothing is opened yet.
    #[must_use]
    pub fn new(global: Global) -> Self {
        let output = Output::new(global.json, global.quiet);
        Self { global, output, place: None, chip: None }
    }

    /// What holds for every command.
    #[must_use]
    pub fn global(&self) -> &Global {
        &self.global
    }

    /// Whether nothing is to be written.
    #[must_use]
    pub fn dry_run(&self) -> bool {
        self.global.dry_run
    }

    /// The chip, which is opened at the first call.
    ///
    /// # Errors
    ///
    /// No bus, no rights, no chip; each with what helps.
    pub fn chip(&mut self) -> Result<SharedChip, Failure> {
        if self.chip.is_none() {
            let place = self.place()?;
            self.chip = Some(place.open(&self.global)?);
        }
        Ok(self.chip.clone().expect("opened above"))
    }

    /// Where the chip is.
    pub(crate) fn place(&mut self) -> Result<Place, Failure> {
        if self.place.is_none() {
            self.place = Some(Place::of(self.global.bus())?);
        }
        Ok(self.place.clone().expect("found above"))
    }

    /// Where the chip is, as the user calls it: `sim`, `/dev/i2c-1`.
    ///
    /// # Errors
    ///
    /// There is no bus, or several.
    pub fn bus(&mut self) -> Result<String, Failure> {
        Ok(self.place()?.name)
    }

    /// Any operations of the driver in one session; `tried` is said if they fail.
    ///
    /// # Errors
    ///
    /// As [`chip`](Self::chip), and what the operations fail with.
    pub fn ask<R, X: Into<atecc608_linux::Failure>>(
        &mut self,
        tried: impl Display,
        work: impl FnOnce(&mut Chip) -> Result<R, X>,
    ) -> Result<R, Failure> {
        self.chip()?.with(work).map_err(|error| self.placed(Failure::of_chip(tried, &error)))
    }

    /// The same; if the chip refuses one of `commands`, the failure says by which rule of its configuration, what would
    /// help, what is locked, and where the chip reference has it. A comparison by the chip that does not match is
    /// [`Kind::No`].
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn explained<R, X: Into<atecc608_linux::Failure>>(
        &mut self,
        tried: impl Display,
        commands: &[&dyn Refusable],
        seen: Seen,
        work: impl FnOnce(&mut Chip) -> Result<R, X>,
    ) -> Result<R, Failure> {
        let chip = self.chip()?;
        chip.with(work).map_err(|error| {
            self.placed(refusal::explained(&chip, &tried.to_string(), &error, commands, seen))
        })
    }

    /// The failure; if no chip answers at the address that was given, with that address.
    fn placed(&self, failure: Failure) -> Failure {
        match self.global.address {
            Some(address) if failure.kind() == Kind::NoChip => failure.advising_first(bus::asked_at(address)),
            _ => failure,
        }
    }

    /// The same for what `consent` was given to: in the same session the serial number is compared before `work`, as
    /// chips can be swapped while somebody types.
    ///
    /// # Errors
    ///
    /// As [`explained`](Self::explained); [`Kind::NoChip`] if another chip is there now.
    pub fn consented<R, X: Into<atecc608_linux::Failure>>(
        &mut self,
        consent: &Consent,
        tried: impl Display,
        commands: &[&dyn Refusable],
        work: impl FnOnce(&mut Chip) -> Result<R, X>,
    ) -> Result<R, Failure> {
        self.meant(consent.serial(), tried, commands, Seen::new(), work)
    }

    /// The same for what needs no consent, and was prepared for the chip with this serial number: by its configuration,
    /// or what it holds. Another one, which may be put in at any time, may hold there what can't be had again.
    ///
    /// # Errors
    ///
    /// As [`consented`](Self::consented).
    pub fn meant<R, X: Into<atecc608_linux::Failure>>(
        &mut self,
        meant: SerialNumber,
        tried: impl Display,
        commands: &[&dyn Refusable],
        seen: Seen,
        work: impl FnOnce(&mut Chip) -> Result<R, X>,
    ) -> Result<R, Failure> {
        let tried = tried.to_string();
        let done = self.explained(&tried, commands, seen, |chip| -> Result<_, atecc608_linux::Failure> {
            let found = chip.serial_number()?;
            if found != meant {
                return Ok(Err(found));
            }
            Ok(Ok(work(chip).map_err(Into::into)?))
        })?;
        done.map_err(|found| consent::swapped(&tried, &format!("chip {meant} was meant"), found))
    }

    /// Gives the answer: as text, or as the `result` of the JSON object.
    ///
    /// # Errors
    ///
    /// Standard output can't be written to.
    pub fn answer(&mut self, answer: &(impl Display + Serialize)) -> Result<(), Failure> {
        self.output.answer(answer)
    }

    /// The same before the command ends, for one that goes on until it is stopped.
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer).
    pub fn answer_now(&mut self, answer: &(impl Display + Serialize)) -> Result<(), Failure> {
        self.output.answer_now(answer)
    }

    /// Gives one of several answers, at once: as text, or as one line of JSON. The last one is an
    /// [`answer`](Self::answer), which is a line then, too.
    ///
    /// # Errors
    ///
    /// Standard output can't be written to.
    pub fn line(&mut self, command: &str, answer: &(impl Display + Serialize)) -> Result<(), Failure> {
        self.output.line(command, answer)
    }

    /// Gives bytes as they are. With `--json` the answer has to be a text: give [`answer`](Self::answer) one.
    ///
    /// # Errors
    ///
    /// Standard output can't be written to.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.output.bytes(bytes)
    }

    /// Whether the answer is to be JSON.
    #[must_use]
    pub fn json(&self) -> bool {
        self.global.json
    }

    /// Says something beside the answer, on standard error; not with `--quiet`.
    pub fn note(&self, note: impl Display) {
        self.output.note(note);
    }

    /// Shows what has to be seen before something is done that can't be undone: on standard error, also with `--quiet`.
    pub fn show(&self, text: &impl Display) {
        self.output.show(text);
    }

    /// Shows what is about to be lost, and has a person (or the script) agree.
    ///
    /// # Errors
    ///
    /// [`Kind::Consent`]: nobody agreed. With `--dry-run` too: nothing is to be written.
    pub fn consent(&mut self, lost: impl Display) -> Result<Consent, Failure> {
        let chip = self.chip()?;
        let serial = self.ask("the chip was asked for its serial number", |chip| chip.serial_number())?;
        consent::ask(&self.global, chip.location(), serial, &lost)
    }

    /// A bar for something long, in `steps` steps; none if nobody looks.
    #[must_use]
    pub fn progress(&self, steps: u64, what: &str) -> Progress {
        self.output.progress(steps, what)
    }

    /// Says how it went.
    pub(crate) fn end(&mut self, command: &str, result: Result<(), Failure>) -> ExitCode {
        // What the adapter can't do shows with use.
        if let Some(note) = self.chip.as_ref().and_then(SharedChip::note) {
            self.note(note);
        }
        self.output.end(command, result)
    }
}
