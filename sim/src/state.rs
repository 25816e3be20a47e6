//! A chip's EEPROM in a file, kept through restarts and crashes.

use core::fmt;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};

use crate::chip::{Chip, Eeprom, EepromError};

/// A state file that this process has for itself while the value lives.
///
/// Every save writes `FILE.new` beside it, flushes that to the disk and renames it, so a crash at any
/// moment leaves the old contents or the new. `FILE.lock` carries the lock, because a rename would take a
/// lock on the file itself away.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    generation: Option<u64>,
    _lock: File,
}

/// Why a chip could not be read from or kept in its file.
#[derive(Debug)]
#[non_exhaustive]
pub enum StateError {
    /// Another process, or another [`StateFile`] of this one, has the file.
    InUse {
        /// The state file.
        path: PathBuf,
    },
    /// The file holds no EEPROM, or a damaged one. It is left as it is.
    Contents {
        /// The state file.
        path: PathBuf,
        /// What is wrong with it.
        error: EepromError,
    },
    /// The file system refused.
    Io {
        /// The file concerned.
        path: PathBuf,
        /// What was tried, as in "cannot read".
        action: &'static str,
        /// Its answer.
        error: io::Error,
    },
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::InUse { path } => {
                write!(f, "state file {} is in use by another simulator", path.display())
            }
            StateError::Contents { path, error } => {
                write!(
                    f,
                    "state file {} holds no usable EEPROM: {error}; it was left as it is",
                    path.display()
                )
            }
            StateError::Io { path, action, error } => {
                write!(f, "cannot {action} {}: {error}", path.display())
            }
        }
    }
}

impl core::error::Error for StateError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            StateError::InUse { .. } => None,
            StateError::Contents { error, .. } => Some(error),
            StateError::Io { error, .. } => Some(error),
        }
    }
}

impl StateFile {
    /// Takes the file, which need not exist, for this process alone.
    ///
    /// # Errors
    ///
    /// [`StateError::InUse`] if another has it; [`StateError::Io`].
    pub fn lock(path: impl Into<PathBuf>) -> Result<StateFile, StateError> {
        let path = path.into();
        let lock_path = beside(&path, ".lock");
        let lock = File::create(&lock_path).map_err(io_error(&lock_path, "create"))?;
        match FileExt::try_lock(&lock) {
            Ok(()) => Ok(StateFile { path, generation: None, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StateError::InUse { path }),
            Err(TryLockError::Error(error)) => Err(io_error(&lock_path, "lock")(error)),
        }
    }

    /// The chip of the file, powered up; a blank one of this seed, at once kept, if there is no file yet.
    ///
    /// # Errors
    ///
    /// [`StateError::Contents`] if the file is damaged or something else; [`StateError::Io`].
    pub fn chip(&mut self, seed: u64) -> Result<Chip, StateError> {
        self.chip_or(|| Chip::blank(seed))
    }

    /// The chip of the file, powered up; a fresh one, at once kept, if there is no file yet.
    ///
    /// # Errors
    ///
    /// As [`chip`](Self::chip).
    pub fn chip_or(&mut self, fresh: impl FnOnce() -> Chip) -> Result<Chip, StateError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let chip = fresh();
                self.keep(chip.eeprom())?;
                return Ok(chip);
            }
            Err(error) => return Err(io_error(&self.path, "read")(error)),
        };
        let eeprom = Eeprom::from_bytes(&bytes)
            .map_err(|error| StateError::Contents { path: self.path.clone(), error })?;
        self.generation = Some(eeprom.generation());
        Ok(Chip::with_eeprom(eeprom))
    }

    /// Writes the EEPROM if it has changed since it was last read or kept. When this returns, the disk
    /// has it.
    ///
    /// # Errors
    ///
    /// [`StateError::Io`]; the file then has its old contents.
    pub fn keep(&mut self, eeprom: &Eeprom) -> Result<(), StateError> {
        let generation = Some(eeprom.generation());
        if self.generation == generation {
            return Ok(());
        }
        let new = beside(&self.path, ".new");
        let mut file = File::create(&new).map_err(io_error(&new, "create"))?;
        file.write_all(&eeprom.to_bytes()).and_then(|()| file.sync_all()).map_err(io_error(&new, "write"))?;
        fs::rename(&new, &self.path).map_err(io_error(&self.path, "replace"))?;
        sync_folder(&self.path)?;
        self.generation = generation;
        Ok(())
    }
}

/// The path with something behind its file name.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes a rename last: the folder is on the disk, too.
fn sync_folder(path: &Path) -> Result<(), StateError> {
    if cfg!(not(unix)) {
        // Elsewhere a folder cannot be opened as a file.
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error(folder, "flush"))
}

fn io_error(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> StateError {
    let path = path.to_path_buf();
    move |error| StateError::Io { path, action, error }
}
