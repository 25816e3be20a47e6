//! The file of a lock.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::mem;
use std::os::unix::fs::{FileExt as _, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};
use libc::{O_NOFOLLOW, O_NONBLOCK};

use super::{Before, Busy, LockError};

/// How often a lock is tried that somebody else has.
const RETRY: Duration = Duration::from_millis(2);
/// How often a file is opened that somebody may just be making, and has not shared yet.
const OPEN_TRIES: u8 = 20;

#[derive(Debug)]
pub(super) struct LockFile {
    path: PathBuf,
    file: File,
    /// False for one that somebody else made and keeps to himself. A lock needs no right to write.
    writable: bool,
    /// What the session before said is in another file, if there was one.
    new: bool,
}

impl LockFile {
    pub(super) fn open(path: PathBuf) -> Result<Self, LockError> {
        let failed = |action, error| LockError::new(path.clone(), action, error);
        let mut tries = 0;
        loop {
            tries += 1;
            // First without O_CREAT, which fs.protected_regular refuses for the files of others. No links: the folder
            // is everybody's, and what is behind one is not to be written to.
            let open = |write: bool, new: bool| {
                let mut options = OpenOptions::new();
                options.read(true).write(write).create_new(new).custom_flags(O_NOFOLLOW | O_NONBLOCK);
                options.open(&path)
            };
            let (file, writable) = match open(true, false) {
                Ok(file) => (file, true),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => match open(false, false) {
                    Ok(file) => (file, false),
                    Err(_) if tries < OPEN_TRIES => {
                        thread::sleep(RETRY);
                        continue;
                    }
                    Err(error) => return Err(failed("open", error)),
                },
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
            return Ok(Self { path, file, writable, new: true });
        }
    }

    /// False if somebody else has it until then. `None` is no bound.
    pub(super) fn lock(&mut self, until: Option<Instant>) -> Result<bool, LockError> {
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
    pub(super) fn try_lock(&mut self) -> Result<bool, LockError> {
        loop {
            match FileExt::try_lock(&self.file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(false),
                Err(TryLockError::Error(error)) => {
                    return Err(LockError::new(self.path.clone(), "lock", error));
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

    pub(super) fn unlock(&self) {
        // It can't fail for a lock that is held, and does not matter for others.
        FileExt::unlock(&self.file).ok();
    }

    /// Writes whose it is, which stays there if the session is cut off.
    pub(super) fn mark(&mut self) -> Before {
        if !self.writable {
            return Before::Unknown;
        }
        // Somebody who may only read leaves no mark.
        let told = !mem::replace(&mut self.new, false)
            && self.file.metadata().is_ok_and(|file| file.len() == 0 && file.mode() & 0o222 == 0o222);
        let marked = self.file.write_all_at(format!("{}\n", std::process::id()).as_bytes(), 0);
        if told && marked.is_ok() { Before::Asleep } else { Before::Unknown }
    }

    /// The session is over as it should.
    pub(super) fn unmark(&self) {
        if self.writable {
            // If this fails the next session looks more closely, which it may always do.
            self.file.set_len(0).ok();
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Who has it.
    pub(super) fn busy(&self, waited: Duration) -> Busy {
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

    /// The process that has written so. Behind it may stand what others wrote: anybody can, and any length.
    pub(super) fn marked(&self) -> Option<u32> {
        let mut text = [0; 16];
        let length = self.file.read_at(&mut text, 0).ok()?;
        str::from_utf8(text.get(..length)?).ok()?.lines().next()?.parse().ok()
    }
}
