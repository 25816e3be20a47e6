//! Locks of one program.

use super::*;
use std::sync::mpsc;
use std::thread;

/// Who has just had the chip is never faster than who waits for it, however soon he comes again.
#[test]
fn whoever_waits_is_next() {
    let folder = tempfile::tempdir().unwrap();
    let open = || ChipLock::open(folder.path(), "i2c-1-60", true).unwrap();
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
    assert!(first.take(None, Duration::ZERO).is_ok());
    waits.join().unwrap();
}

#[test]
fn a_temporary_lock_is_removed_by_the_last_one_who_used_it() {
    let folder = tempfile::tempdir().unwrap();
    let open = |temporary| ChipLock::open(folder.path(), "lock", temporary).unwrap();
    let files = || fs::read_dir(folder.path()).unwrap().count();
    let (mut one, two) = (open(true), open(true));
    assert_eq!(one.take(None, Duration::ZERO).unwrap(), Before::Unknown);
    drop(two);
    assert!(folder.path().join("lock").exists(), "somebody has it");
    one.release(true);
    let mut two = open(true);
    // Removed behind its back, and made again.
    drop(open(true));
    assert_eq!(files(), 0);
    assert_eq!(one.take(None, Duration::ZERO).unwrap(), Before::Unknown);
    assert!(two.take(Some(Instant::now()), Duration::ZERO).is_err(), "it is the same one");
    one.release(true);
    assert_eq!(one.take(None, Duration::ZERO).unwrap(), Before::Asleep);
    one.release(true);
    drop((one, two));
    assert_eq!(files(), 0);
    drop(open(false));
    assert_eq!(files(), 2);
}

#[test]
fn who_has_a_lock_is_read_whatever_stood_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    fs::write(&path, "4294967295\n\n\n").unwrap();
    let mut lock = LockFile::open(path).unwrap();
    assert!(lock.lock(None).unwrap());
    assert_eq!(lock.mark(), Before::Unknown);
    assert_eq!(lock.marked(), Some(std::process::id()));
}
