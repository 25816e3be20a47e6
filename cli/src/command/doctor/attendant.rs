//! Shows how far a run is, keeps its report, asks before anything is lost.

use atecc608::SerialNumber;
use atecc608_doctor::level::Stage;
use atecc608_doctor::probe::Probe;
use atecc608_doctor::report::Report;
use atecc608_doctor::run::{Attend, Loss};
use atecc608_linux::SharedChip;

use super::file::ReportFile;
use crate::app::App;
use crate::bus::Place;
use crate::consent;
use crate::failure::Failure;
use crate::progress::Progress;

pub(super) struct Attendant<'a> {
    app: &'a App,
    chip: &'a SharedChip,
    file: &'a mut ReportFile,
    progress: Option<Progress>,
    refused: Option<Failure>,
}

impl<'a> Attendant<'a> {
    pub(super) fn new(app: &'a App, chip: &'a SharedChip, file: &'a mut ReportFile) -> Self {
        Self { app, chip, file, progress: None, refused: None }
    }

    /// Why nobody agreed, or why the report could not be kept.
    pub(super) fn refused(self) -> Option<Failure> {
        self.refused
    }
}

impl Attend for Attendant<'_> {
    fn before(&mut self, probe: &Probe, stage: Stage, index: usize, total: usize) {
        if self.progress.is_none() {
            self.progress = Some(self.app.progress(total as u64, stage.name()));
        }
        if let Some(progress) = &self.progress {
            progress.step(probe.name);
        }
        if index + 1 == total {
            self.progress = None;
        }
    }

    fn keep(&mut self, report: &Report) -> Result<(), String> {
        self.file.write(report).map_err(|failure| {
            let why = failure.to_string();
            self.refused = Some(failure);
            why
        })
    }

    fn agree(&mut self, loss: Loss, serial: &[u8; 9]) -> bool {
        self.progress = None;
        match consent::ask(self.app.global(), self.chip.location(), SerialNumber::from(*serial), &loss) {
            Ok(consent) => consent.serial() == SerialNumber::from(*serial),
            Err(failure) => {
                // A serial number alone spends no real chip.
                self.refused = Some(match Place::is_simulated(self.chip.location()) {
                    true => failure,
                    false => failure.advising(
                        "run it in a terminal and type the serial number each time, or give --yes-serial with it \
                         and --spend-chip-for-ever",
                    ),
                });
                false
            }
        }
    }
}
