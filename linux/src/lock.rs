//! One session with a chip at a time, whatever process it is in.
//!
//! The kernel keeps single transfers apart. A session is many, so each takes `flock` on a file that all programs find by
//! the chip's bus and address. The kernel frees it when its holder dies, however that happens.

mod file;
#[cfg(test)]
mod tests;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use file::LockFile;
pub use words::{Busy, LockError};

/// The lock of one chip.
#[derive(Debug)]
pub(crate) struct ChipLock {
    chip: LockFile,
    /// Who waits for the chip has this one, so that nobody who has just had the chip is faster.
    queue: LockFile,
    /// Removed when nobody uses it any more.
    temporary: bool,
}

/// Why a session can't begin.
#[derive(Debug)]
pub(crate) enum NotHeld {
    Busy(Busy),
    Error(LockError),
}

/// In what state a chip is when its lock is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// The session before has put it to sleep.
    Asleep,
    /// That one was cut off, or it is not known.
    Unknown,
}

/// Where locks are: by the Filesystem Hierarchy Standard, and where there is no such folder.
pub(crate) fn directory() -> PathBuf {
    let usual = Path::new("/run/lock");
    if usual.is_dir() { usual.into() } else { "/tmp".into() }
}

impl ChipLock {
    /// The lock with this name, which is made if there is none.
    pub(crate) fn open(directory: &Path, name: &str, temporary: bool) -> Result<Self, LockError> {
        let file = |name: &str| LockFile::open(directory.join(name));
        Ok(Self { chip: file(name)?, queue: file(&format!("{name}.queue"))?, temporary })
    }

    /// Waits until no other session is under way, and takes the lock. If that lasts too long, `wait` is told.
    pub(crate) fn take(&mut self, until: Option<Instant>, wait: Duration) -> Result<Before, NotHeld> {
        let taken = match self.queue.lock(until) {
            Ok(true) => self.chip.lock(until),
            other => other,
        };
        // Whether it was taken or not.
        self.queue.unlock();
        match taken {
            Ok(true) => Ok(self.chip.mark()),
            Ok(false) => Err(NotHeld::Busy(self.chip.busy(wait))),
            Err(error) => Err(NotHeld::Error(error)),
        }
    }

    /// The session is over, and the chip sleeps if `asleep`.
    pub(crate) fn release(&mut self, asleep: bool) {
        if asleep {
            self.chip.unmark();
        }
        self.chip.unlock();
    }
}

impl Drop for ChipLock {
    fn drop(&mut self) {
        if !self.temporary {
            return;
        }
        for lock in [&mut self.chip, &mut self.queue] {
            // With the lock: who has opened the file by now finds it removed when he gets the lock, and makes a new one.
            if matches!(lock.try_lock(), Ok(true)) {
                fs::remove_file(lock.path()).ok();
            }
        }
    }
}
