//! Why a lock can't be had, as a person reads it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Who has the chip.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Busy {
    /// This thread: a closure that was given to [`SharedChip::with`](crate::SharedChip::with) used the handle.
    ThisThread,
    /// Another thread of this program, with the same handle.
    Thread {
        /// How long it was waited for.
        waited: Duration,
    },
    /// Another process, or another handle of this one.
    Process {
        /// How long it was waited for.
        waited: Duration,
        /// Its number, if it is known.
        pid: Option<u32>,
        /// Its name, if it is known.
        name: Option<String>,
        /// The lock.
        path: PathBuf,
    },
}

/// The lock of a chip can't be used.
#[derive(Debug)]
pub struct LockError {
    path: PathBuf,
    action: &'static str,
    error: io::Error,
}

impl LockError {
    pub(super) fn new(path: PathBuf, action: &'static str, error: io::Error) -> Self {
        Self { path, action, error }
    }
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThisThread => f.write_str(
                "the closure that has the chip asked the shared handle again and would wait for itself: use the chip \
                 that the closure is given",
            ),
            Self::Thread { waited } => {
                write!(f, "another thread of this program has had the chip for {}", Seconds(*waited))
            }
            Self::Process { waited, pid, name, path } => {
                match (pid, name) {
                    (Some(pid), _) if *pid == std::process::id() => {
                        write!(f, "another handle of this program (process {pid})")?;
                    }
                    (Some(pid), Some(name)) => write!(f, "process {pid} ({name})")?,
                    (Some(pid), None) => write!(f, "process {pid}")?,
                    (None, _) => f.write_str("another process")?,
                }
                let (waited, path) = (Seconds(*waited), path.display());
                write!(f, " has had the chip for {waited} (lock {path}): wait until it is done, or end it")
            }
        }
    }
}

struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0.as_secs_f32())
    }
}

impl std::error::Error for Busy {}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, action, error } = self;
        let path = path.display();
        write!(f, "can't {action} {path}, with which programs take turns at the chip: {error}. ")?;
        match (*action, error.kind()) {
            ("create", io::ErrorKind::NotFound) => write!(f, "Make the folder, or name another one"),
            ("create", io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => write!(
                f,
                "Make it once as root, with mode 0666 (for good: `f {path} 0666 root root` in a file in /etc/tmpfiles.d), \
                 or name a folder that all programs which use the chip may write to"
            ),
            ("open", io::ErrorKind::PermissionDenied) => {
                write!(f, "Its owner lets nobody else read it: `sudo chmod 0666 {path}`")
            }
            _ => write!(f, "Remove it if it is no lock of yours, or name another folder"),
        }
    }
}

impl std::error::Error for LockError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
