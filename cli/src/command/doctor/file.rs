//! The file of a report, from which a run that was stopped goes on.

use std::fs;
use std::path::{Path, PathBuf};

use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::plan::Plan;
use atecc608_doctor::report::Report;

use crate::failure::{Failure, Kind};

#[derive(Debug)]
pub(super) struct ReportFile {
    path: Option<PathBuf>,
    report: Option<Report>,
}

impl ReportFile {
    /// The file, if one is named; it may have the report of a run that was stopped.
    pub(super) fn open(path: Option<&Path>, level: Level, plan: Option<Plan>) -> Result<Self, Failure> {
        let mut report = Report::new(level, plan);
        if let Some(path) = path
            && let Some(found) = read_if_there(path)?
        {
            let done = match found.level {
                Level::Spend => found.stages.contains(&Stage::DataLocked),
                _ => !found.stages.is_empty() && found.unrestored.is_none(),
            };
            let tried = || format!("the report in {} was to be gone on with", path.display());
            if done || found.signed.is_some() {
                return Err(Failure::new(
                    Kind::File,
                    tried(),
                    "it is complete",
                    "name another file with --report",
                ));
            }
            if (found.level, found.plan) != (level, plan) {
                let plan = found.plan.map(|plan| format!(" --plan {}", plan.name())).unwrap_or_default();
                return Err(Failure::new(
                    Kind::File,
                    tried(),
                    "it is of another level or plan",
                    format!("finish it with --level {}{plan}, or name another file", found.level.name()),
                ));
            }
            report = found;
        }
        Ok(Self { path: path.map(Path::to_owned), report: Some(report) })
    }

    /// What it begins with.
    pub(super) fn taken(&mut self) -> Report {
        self.report.take().expect("taken once")
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, report: &Report) -> Result<(), Failure> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut part = path.clone().into_os_string();
        part.push(".part");
        let written = fs::write(&part, report.to_json()).and_then(|()| fs::rename(&part, path));
        written.map_err(|error| {
            let tried = format!("the report was to be kept in {}", path.display());
            Failure::new(Kind::File, tried, error, "name a file that can be written with --report")
        })
    }
}

/// A report from a file.
pub(super) fn read(path: &Path) -> Result<Report, Failure> {
    let text = crate::files::read(path)?;
    parsed(path, &text)
}

fn read_if_there(path: &Path) -> Result<Option<Report>, Failure> {
    match path.exists() {
        true => read(path).map(Some),
        false => Ok(None),
    }
}

fn parsed(path: &Path, text: &[u8]) -> Result<Report, Failure> {
    let report = str::from_utf8(text).map_err(|error| error.to_string()).and_then(Report::from_json);
    // Strangers send reports, and what controls a terminal is no text.
    let report = report.and_then(|report| {
        match report.to_string().contains(|letter: char| letter.is_control() && letter != '\n') {
            true => Err("it has control characters, which this program does not write".into()),
            false => Ok(report),
        }
    });
    report.map_err(|error| {
        let tried = format!("the report in {} was read", path.display());
        Failure::new(
            Kind::File,
            tried,
            format!("it is none: {error}"),
            "name a file that `atecc doctor` has written",
        )
    })
}
