//! Manifest and labels: made of the report, so that after any stop they are complete, and none is there twice.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use atecc608::SerialNumber;
use atecc608_fleet::files;
use atecc608_fleet::report::{Done, Event, Line, Report};

use super::profile::{Label, LabelsTo, Profile};
use crate::failure::{Failure, Kind};

/// What is made of the report.
#[derive(Debug)]
pub struct Publisher {
    profile: String,
    manifest: Option<PathBuf>,
    labels: Option<(Label, LabelsTo)>,
}

impl Publisher {
    /// The manifest in this file, labels in this folder or file or by this printer.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`]: the profile does not say who signs the manifest, or its label is none.
    pub fn new(profile: &Profile, manifest: Option<&Path>, labels: Option<&Path>) -> Result<Self, Failure> {
        if manifest.is_some() && profile.manifest().is_none() {
            return Err(Failure::new(
                Kind::Usage,
                "a manifest was to be written",
                "the profile does not say who signs it",
                "add [manifest] with folder, part_number and provisioner to the profile, or leave --manifest out",
            ));
        }
        let label = profile.label()?;
        Ok(Self {
            profile: profile.name().to_owned(),
            manifest: manifest.map(Path::to_owned),
            labels: labels.map(|path| (label, LabelsTo::of(path))),
        })
    }

    /// Writes all of it anew. `printed` is the chip whose label a printer is to get.
    ///
    /// # Errors
    ///
    /// [`Kind::File`].
    pub fn publish(&self, report: &Report, printed: Option<SerialNumber>) -> Result<(), Failure> {
        if let Some(path) = &self.manifest {
            let manifest = report.manifest().map_err(|error| unreadable(&error))?;
            files::write(path, manifest.to_string().as_bytes()).map_err(|error| failed(path, &error))?;
        }
        let Some((label, place)) = &self.labels else { return Ok(()) };
        let mut labels = Vec::new();
        done(report, |line, serial, done| {
            labels.push((serial, label.of(&self.profile, line, serial, done)));
        })?;
        match place {
            LabelsTo::Folder(folder) => {
                fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
                for (serial, label) in &labels {
                    let path = folder.join(format!("{serial}.txt"));
                    if !path.exists() {
                        files::write(&path, label.as_bytes()).map_err(|error| failed(&path, &error))?;
                    }
                }
                Ok(())
            }
            LabelsTo::File(path) => {
                let all: String = labels.into_iter().map(|(_, label)| label).collect();
                files::write(path, all.as_bytes()).map_err(|error| failed(path, &error))
            }
            LabelsTo::Printer(path) => {
                let Some((_, label)) = labels.iter().find(|(serial, _)| Some(*serial) == printed) else {
                    return Ok(());
                };
                let printer = File::options().append(true).open(path);
                printer
                    .and_then(|mut printer| printer.write_all(label.as_bytes()))
                    .map_err(|error| failed(path, &error))
            }
        }
    }
}

/// All chips that are done, with the line that says so.
fn done(report: &Report, mut look: impl FnMut(&Line, SerialNumber, &Done)) -> Result<(), Failure> {
    report
        .lines(|line| {
            if let (Event::Done(done), Some(serial)) = (&line.event, line.serial) {
                look(&line, serial, done);
            }
        })
        .map_err(|error| unreadable(&error))
}

fn unreadable(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Kind::File, "the report was read", error, "put back what was there, and run it again")
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Kind::File,
        format!("{} was written", path.display()),
        error,
        "make room or name another file, and run it again: it is made of the report, in which nothing is missing",
    )
}
