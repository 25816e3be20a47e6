//! Who works at the bench: a person at a terminal, or a script.

use atecc608::SerialNumber;
use atecc608_fleet::report::Report;
use atecc608_fleet::station::Recipe;

use super::bench::Operator;
use super::publish::Publisher;
use super::{Told, plan};
use crate::app::App;
use crate::bus::Place;
use crate::consent;
use crate::failure::Failure;
use crate::progress::Progress;

/// Says what is to be done with a chip, and what became of it.
#[derive(Debug)]
pub(super) struct Worker<'a> {
    app: &'a mut App,
    place: Place,
    publisher: Publisher,
    /// There is one chip, whose answer is the command's.
    one: bool,
    lost: String,
    progress: Option<Progress>,
    last: Option<Told>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        app: &'a mut App,
        place: Place,
        publisher: Publisher,
        chips: Option<u64>,
        recipe: &Recipe,
    ) -> Self {
        let one = chips == Some(1);
        let progress = chips.filter(|_| !one).map(|chips| app.progress(chips, "chips"));
        Self { app, place, publisher, one, lost: plan::lost(recipe), progress, last: None }
    }

    /// What became of the last chip.
    pub(super) fn into_last(self) -> Option<Told> {
        self.last
    }
}

impl Operator for Worker<'_> {
    fn agree(&mut self, serial: SerialNumber) -> Result<(), Failure> {
        consent::ask(self.app.global(), &self.place.location, serial, &self.lost).map(|_| ())
    }

    fn put_in(&mut self) {
        self.app.note("put a chip in");
    }

    fn told(&mut self, told: Told) -> Result<(), Failure> {
        if !self.one {
            self.app.line("provision", &told)?;
            self.app.note("take it out");
            if let Some(progress) = &self.progress {
                progress.step("");
            }
        }
        self.last = Some(told);
        Ok(())
    }

    fn publish(&mut self, report: &Report, done: Option<SerialNumber>) -> Result<(), Failure> {
        self.publisher.publish(report, done)
    }
}
