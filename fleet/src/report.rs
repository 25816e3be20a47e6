//! The report: who did what, when, with which chip, one JSON object a line. The README has the members.
//!
//! It is what a [station](crate::station) goes by when it was stopped, so a line is on the disk before anything is
//! done that relies on it, and what a line says is checked against those before: no chip is done twice, no serial
//! number is in two certificates. A stop in the middle of a line leaves it torn; such a last line says nothing and is
//! cut off. A damaged line elsewhere is an error, and so is a file that does not begin as a report.

mod error;
mod history;
mod line;

pub use error::{Contradiction, ReportError};
pub use history::{DoneBefore, History};
pub use line::{Done, DoneKey, Event, Failed, GivenUp, Issued, Line, Opened, Refused, Started};

use crate::manifest::Manifest;
use atecc608::SerialNumber;
use fs4::{FileExt, TryLockError};
use history::Histories;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A report that this process has for itself while the value lives.
#[derive(Debug)]
pub struct Report {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines.
    len: u64,
    histories: Histories,
    torn: Option<Vec<u8>>,
    broken: bool,
}

impl Report {
    /// The most bytes of a line that are read.
    pub const MAX_LINE: u64 = 256 * 1024;

    /// Opens the report, or begins one.
    ///
    /// # Errors
    ///
    /// [`ReportError::InUse`], [`ReportError::Io`]; [`ReportError::Damaged`]: a line other than the last is none, or
    /// contradicts the ones before.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, ReportError> {
        let path = path.into();
        let io = |action| io_error(&path, action);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io("open"))?;
        match FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ReportError::InUse(path)),
            Err(TryLockError::Error(error)) => return Err(io("lock")(error)),
        }
        sync_folder(&path)?;
        let mut report =
            Self { path, file, len: 0, histories: Histories::default(), torn: None, broken: false };
        report.read()?;
        Ok(report)
    }

    /// Takes all lines in. A last one that is torn is cut off.
    fn read(&mut self) -> Result<(), ReportError> {
        let (mut histories, mut len) = (Histories::default(), 0);
        let mut torn = None;
        let path = self.path.clone();
        let damaged = |line, error: &dyn std::fmt::Display| ReportError::Damaged {
            path: path.clone(),
            line,
            error: error.to_string(),
        };
        for_each_line(&self.path, &self.file, |number, bytes| {
            if let Some((line, _)) = &torn {
                // It was not the last.
                return Err(damaged(*line, &"no line of a report"));
            }
            match (bytes.strip_suffix(b"\n"), serde_json::from_slice::<serde_json::Value>(bytes)) {
                (Some(_), Ok(value)) => {
                    let line: Line =
                        serde_json::from_value(value).map_err(|error| damaged(number, &error))?;
                    histories.take(&line).map_err(|error| damaged(number, &error))?;
                    len += bytes.len() as u64;
                }
                // A file that is something else is left as it is.
                _ if number == 1 && !begins_like_a_line(bytes) => {
                    return Err(damaged(number, &"the file is no report"));
                }
                _ => torn = Some((number, bytes.to_vec())),
            }
            Ok(())
        })?;
        if torn.is_some() {
            self.file.set_len(len).map_err(io_error(&self.path, "cut"))?;
            self.file.sync_all().map_err(io_error(&self.path, "flush"))?;
        }
        (self.histories, self.len, self.torn) = (histories, len, torn.map(|(_, bytes)| bytes));
        Ok(())
    }

    /// Writes a line. When this returns, the disk has it.
    ///
    /// # Errors
    ///
    /// Nothing was written: [`ReportError::Contradiction`], [`ReportError::Io`]. [`ReportError::Broken`]: something may
    /// have been, and nothing more is.
    pub fn append(&mut self, line: &Line) -> Result<(), ReportError> {
        if self.broken {
            return Err(ReportError::Broken(self.path.clone()));
        }
        self.histories.check(line).map_err(ReportError::Contradiction)?;
        let mut bytes =
            serde_json::to_vec(line).map_err(|error| io_error(&self.path, "write")(error.into()))?;
        bytes.push(b'\n');
        let result = self
            .file
            .seek(SeekFrom::Start(self.len))
            .and_then(|_| self.file.write_all(&bytes))
            .and_then(|()| self.file.sync_data());
        if let Err(error) = result {
            // Half a line must not stand before the next one.
            self.broken = self.file.set_len(self.len).and_then(|()| self.file.sync_all()).is_err();
            return Err(if self.broken {
                ReportError::Broken(self.path.clone())
            } else {
                io_error(&self.path, "write")(error)
            });
        }
        self.len += bytes.len() as u64;
        self.histories.take(line).map_err(ReportError::Contradiction)
    }

    /// What the report says of a chip; `None` if it never came.
    #[must_use]
    pub fn history(&self, chip: SerialNumber) -> Option<&History> {
        self.histories.get(chip)
    }

    /// All chips that gave their serial number.
    pub fn chips(&self) -> impl Iterator<Item = (SerialNumber, &History)> {
        self.histories.all()
    }

    /// The chips that were begun with and are not done: they must come again, or be put aside for good.
    pub fn open_chips(&self) -> impl Iterator<Item = SerialNumber> {
        self.chips().filter(|(_, history)| history.is_open()).map(|(serial, _)| serial)
    }

    /// What was cut off when the report was opened: a line that a stop had torn.
    #[must_use]
    pub fn torn(&self) -> Option<&[u8]> {
        self.torn.as_deref()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `look` on every line.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`], [`ReportError::Damaged`].
    pub fn lines(&self, mut look: impl FnMut(Line)) -> Result<(), ReportError> {
        for_each_line(&self.path, &self.file, |number, bytes| {
            let line = serde_json::from_slice(bytes).map_err(|error| ReportError::Damaged {
                path: self.path.clone(),
                line: number,
                error: error.to_string(),
            })?;
            look(line);
            Ok(())
        })
    }

    /// The manifest: the entry of every chip that is done and has one, in the order in which they were.
    ///
    /// # Errors
    ///
    /// As [`lines`](Self::lines).
    pub fn manifest(&self) -> Result<Manifest, ReportError> {
        let mut entries = Vec::new();
        self.lines(|line| {
            if let Event::Done(done) = line.event {
                entries.extend(done.manifest);
            }
        })?;
        Ok(entries.into())
    }
}

/// Unlocks, which closing the file does not while a program that was just started has it, too.
impl Drop for Report {
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.file);
    }
}

/// The lines with their numbers, each with its line feed if it has one.
fn for_each_line(
    path: &Path,
    mut file: &File,
    mut look: impl FnMut(usize, &[u8]) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    use std::io::Read as _;
    file.seek(SeekFrom::Start(0)).map_err(io_error(path, "read"))?;
    let mut reader = BufReader::new(file);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let mut limited = reader.by_ref().take(Report::MAX_LINE);
        if limited.read_until(b'\n', &mut bytes).map_err(io_error(path, "read"))? == 0 {
            break;
        }
        look(number, &bytes)?;
    }
    Ok(())
}

/// Whether a line of a report, or zeros in its place after a loss of power, can begin with these bytes.
fn begins_like_a_line(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.iter().zip(LINE_BEGINS).all(|(found, wanted)| found == wanted)
        || bytes.iter().all(|byte| *byte == 0)
}

/// How [`Line`] is written.
const LINE_BEGINS: &[u8] = br#"{"at":"#;

fn io_error(path: &Path, action: &'static str) -> impl Fn(std::io::Error) -> ReportError {
    let path = path.to_path_buf();
    move |error| ReportError::Io { path: path.clone(), action, error }
}

/// Makes a new file's name last: the folder is on the disk, too.
pub(crate) fn sync_folder(path: &Path) -> Result<(), ReportError> {
    if cfg!(not(unix)) {
        // Elsewhere a folder can't be opened as a file.
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error(folder, "flush"))
}
