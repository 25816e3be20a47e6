//! One session with a chip at a time, whatever process it is in.
//!
//! The kernel keeps single transfers apart. A session is many, so each takes `flock` on a file that all programs find by
//! the chip's bus and address. The kernel frees it when its holder dies, however that happens.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};
use libc::{O_NOFOLLOW, O_NONBLOCK};

/// How often a lock is tried that somebody else has.
const RETRY: Duration = Duration::from_millis(2);

/// The lock of one chip.
#[derive(Debug)]
pub(crate) struct ChipLock {
    chip: LockFile,
    /// Who waits for the chip has this one, so that nobody who has just had the chip is faster.
    queue: LockFile,
}

#[derive(Debug)]
struct LockFile {
    path: PathBuf,
    file: File,
    /// False for one that somebody else made and keeps to himself. A lock needs no right to write.
    writable: bool,
}

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
    pub(crate) fn open(directory: &Path, name: &str) -> Result<Self, LockError> {
        let file = |name: &str| LockFile::open(directory.join(name));
        Ok(Self { chip: file(name)?, queue: file(&format!("{name}.queue"))? })
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
        if asleep && self.chip.writable {
            // If this fails the next session looks more closely, which it may always do.
            self.chip.file.set_len(0).ok();
        }
        self.chip.unlock();
    }
}

impl LockFile {
    fn open(path: PathBuf) -> Result<Self, LockError> {
        let failed = |action, error| LockError { path: path.clone(), action, error };
        loop {
            // First without O_CREAT, which fs.protected_regular refuses for the files of others. No links: the folder
            // is everybody's, and what is behind one is not to be written to.
            let open = |write: bool, new: bool| {
                let mut options = OpenOptions::new();
                options.read(true).write(write).create_new(new).custom_flags(O_NOFOLLOW | O_NONBLOCK);
                options.open(&path)
            };
            let (file, writable) = match open(true, false) {
                Ok(file) => (file, true),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    (open(false, false).map_err(|error| failed("open", error))?, false)
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => match open(true, true) {
                    Ok(file) => {
                        // Other users' programs, too, whatever the umask.
                        let all = Permissions::from_mode(0o666);
                        file.set_permissions(all).map_err(|error| failed("share", error))?;
                        (file, true)
                    }
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                    Err(error) => return Err(failed("create", error)),
                },
                Err(error) => return Err(failed("open", error)),
            };
            let metadata = file.metadata().map_err(|error| failed("look at", error))?;
            if !metadata.is_file() || metadata.nlink() > 1 {
                let error =
                    io::Error::new(io::ErrorKind::InvalidInput, "it is no file, or has another name as well");
                return Err(failed("use", error));
            }
            return Ok(Self { path, file, writable });
        }
    }

    /// False if somebody else has it until then. `None` is no bound.
    fn lock(&mut self, until: Option<Instant>) -> Result<bool, LockError> {
        loop {
            if self.try_lock()? {
                return Ok(true);
            }
            let left = until.map_or(RETRY, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(false);
            }
            thread::sleep(left.min(RETRY));
        }
    }

    /// False if somebody else has it.
    fn try_lock(&mut self) -> Result<bool, LockError> {
        loop {
            match FileExt::try_lock(&self.file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(false),
                Err(TryLockError::Error(error)) => {
                    return Err(LockError { path: self.path.clone(), action: "lock", error });
                }
            }
            // If somebody has removed the file, others lock a new one.
            let same = |file: io::Result<fs::Metadata>| file.map(|file| (file.dev(), file.ino())).ok();
            if same(fs::symlink_metadata(&self.path)) == same(self.file.metadata()) {
                return Ok(true);
            }
            *self = Self::open(self.path.clone())?;
        }
    }

    fn unlock(&self) {
        // It can't fail for a lock that is held, and does not matter for others.
        FileExt::unlock(&self.file).ok();
    }

    /// Writes whose it is, which stays there if the session is cut off.
    fn mark(&self) -> Before {
        if !self.writable {
            return Before::Unknown;
        }
        // Somebody who may only read leaves no mark.
        let told = self.file.metadata().is_ok_and(|file| file.len() == 0 && file.mode() & 0o222 == 0o222);
        let marked = self.file.write_all_at(format!("{}\n", std::process::id()).as_bytes(), 0);
        if told && marked.is_ok() { Before::Asleep } else { Before::Unknown }
    }

    /// Who has it.
    fn busy(&self, waited: Duration) -> Busy {
        let pid = self.holder().or_else(|| self.marked());
        let name = pid.and_then(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).ok());
        let name = name.map(|name| name.trim().to_owned());
        Busy::Process { waited, pid, name, path: self.path.clone() }
    }

    /// The process of which the kernel says that it has the lock.
    fn holder(&self) -> Option<u32> {
        let file = self.file.metadata().ok()?;
        let (major, minor) = (libc::major(file.dev()), libc::minor(file.dev()));
        let wanted = format!("{major:02x}:{minor:02x}:{}", file.ino());
        fs::read_to_string("/proc/locks").ok()?.lines().find_map(|line| {
            match line.split_ascii_whitespace().collect::<Vec<_>>()[..] {
                // 0 for a process of another container.
                [_, "FLOCK", _, _, pid, file, ..] if file == wanted => {
                    pid.parse().ok().filter(|pid| *pid > 0)
                }
                _ => None,
            }
        })
    }

    /// The process that has written so.
    fn marked(&self) -> Option<u32> {
        fs::read_to_string(&self.path).ok()?.trim().parse().ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Who has just had the chip is never faster than who waits for it, however soon he comes again.
    #[test]
    fn whoever_waits_is_next() {
        let folder = tempfile::tempdir().unwrap();
        let open = || ChipLock::open(folder.path(), "i2c-1-60").unwrap();
        let (mut first, mut second, mut looks) = (open(), open(), open());
        assert!(first.take(None, Duration::ZERO).is_ok());
        let (done, is_done) = mpsc::channel::<()>();
        let waits = thread::spawn(move || {
            assert!(second.take(None, Duration::ZERO).is_ok());
            is_done.recv().unwrap();
            second.release(true);
        });
        for again in 0.. {
            if !looks.queue.try_lock().unwrap() {
                break;
            }
            looks.queue.unlock();
            assert!(again < 5_000, "nobody waits");
            thread::sleep(Duration::from_millis(1));
        }
        first.release(true);
        let now = Some(Instant::now());
        assert!(matches!(first.take(now, Duration::ZERO), Err(NotHeld::Busy(Busy::Process { .. }))));
        done.send(()).unwrap();
        assert_eq!(first.take(None, Duration::ZERO).unwrap(), Before::Asleep);
        waits.join().unwrap();
    }
}
