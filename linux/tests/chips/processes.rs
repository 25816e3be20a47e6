//! One chip in several processes.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use atecc608::Slot;
use atecc608::command::NonceFixed;
use atecc608_linux::Failure;

use crate::program::Start;
use crate::served::Served;
use crate::traffic::{SIGN, Told, signatures, told};

/// For those that are to give up soon.
const SHORT: Duration = Duration::from_millis(50);

#[test]
fn sessions_of_processes_do_not_interleave() {
    let served = Served::new();
    let mut programs = [served.program(), served.program(), served.program()];
    for (id, program) in (1..).zip(&mut programs) {
        program.tell(&format!("many {id}"));
    }
    for program in &mut programs {
        assert_eq!(program.answer(), "signed");
        assert!(program.end().success());
    }
    let told = told(&served.bus);
    let mut signed = signatures(&told).unwrap();
    signed.sort_unstable();
    assert_eq!(signed, [[1; 15], [2; 15], [3; 15]].concat());
}

#[test]
fn a_process_that_has_the_chip_is_named_to_the_one_that_waits() {
    let served = Served::new();
    let (mut one, mut two) = (served.program(), served.program_with(served.locks(), SHORT));
    assert_eq!(one.ask("hold 1"), "holding");
    let holder = one.pid();
    let name = fs::read_to_string(format!("/proc/{holder}/comm")).unwrap();
    let lock = served.lock();
    assert_eq!(
        two.ask("sign 2"),
        format!(
            "error: the chip at 0x35 on tcp:{} was asked to sign with slot 0, and that failed: process {holder} ({}) \
             has had the chip for 0.05 s (lock {}): wait until it is done, or end it",
            served.place,
            name.trim(),
            lock.display()
        )
    );
    assert_eq!(one.ask("go on"), "signed");
    assert_eq!(two.ask("sign 2"), "signed");
    assert_eq!(fs::read(lock).unwrap(), b"", "it is nobody's");
}

/// What the lock is there for: without the same one, the second program takes the first one's digest away.
#[test]
fn without_a_common_lock_sessions_interleave() {
    let served = Served::new();
    let folder = tempfile::tempdir().unwrap();
    let (mut one, mut two) = (served.program(), served.program_with(folder.path(), SHORT));
    assert_eq!(one.ask("hold 1"), "holding");
    assert_eq!(two.ask("sign 2"), "signed");
    let torn = one.ask("go on");
    assert!(torn.starts_with("error: ") && torn.contains("the chip has reset or fallen asleep"), "{torn}");
    assert!(signatures(&told(&served.bus)).is_err());
}

/// One that is killed between two commands: the kernel frees the lock, and whoever comes next puts the chip to sleep
/// before anything else, even if it has a handle that knew the chip asleep.
#[test]
fn the_next_one_works_when_a_process_is_killed_in_its_session() {
    for knows in [false, true] {
        let served = Served::new();
        let mut next = served.program();
        if knows {
            assert_eq!(next.ask("sign 2"), "signed");
        }
        let mut one = served.program();
        assert_eq!(one.ask("hold 1"), "holding");
        let before = told(&served.bus).len();
        next.tell("left");
        one.kill();
        assert_eq!(next.answer(), "TempKey false");
        assert_eq!(told(&served.bus)[before - 1], Told::Nonce(1), "nobody else was there");
        assert_eq!(told(&served.bus)[before..before + 2], [Told::Sleep, Told::Wake]);
        assert_eq!(next.ask("sign 3"), "signed");
        let mut third = served.program();
        assert_eq!(third.ask("sign 4"), "signed");
        let all = told(&served.bus);
        let of_third = all.len() - 6;
        assert_eq!(
            all[of_third..],
            [Told::Wake, Told::Sleep, Told::Wake, Told::Nonce(4), Told::Command(SIGN), Told::Sleep]
        );
    }
}

/// Also if the next one sends nothing: what the chip was left in is not handed on as sleep.
#[test]
fn a_session_in_which_nothing_is_sent_does_not_hide_one_that_was_cut_off() {
    let served = Served::new();
    let (one, mut two) = (served.chip(), served.program());
    one.random().unwrap();
    assert_eq!(two.ask("hold 1"), "holding");
    two.kill();
    let before = told(&served.bus).len();
    one.with(|_| Ok::<_, Failure>(())).unwrap();
    assert_eq!(told(&served.bus)[before..], [Told::Sleep]);
    assert_eq!(fs::read(served.lock()).unwrap(), b"", "the next one is told that it sleeps");
}

/// A program that never pauses does not keep others out.
#[test]
fn whoever_waits_is_next() {
    let served = Served::new();
    let mut busy = served.program();
    assert_eq!(busy.ask("loop"), "looping");
    for mut other in [served.program(), served.program(), served.program()] {
        assert_eq!(other.ask("sign 1"), "signed");
        assert!(other.end().success());
    }
    assert_eq!(busy.ask("stop"), "stopped");
}

/// Who makes the lock shares it, whatever his umask.
#[test]
fn a_lock_is_everybodys() {
    let served = Served::new();
    let location = format!("tcp:{}", served.place);
    let start = Start { location: &location, address: Some(0x35), locks: served.locks(), wait: SHORT };
    let mut command = Command::new("sh");
    command.args(["-c", "umask 077; exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
    let mut careful = start.spawn(command);
    assert_eq!(careful.answer(), "opened");
    assert_eq!(careful.ask("sign 1"), "signed");
    for file in fs::read_dir(served.locks()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o666);
    }
}

/// One that its maker keeps to himself altogether.
#[test]
fn a_lock_that_can_not_be_read_is_an_error() {
    let served = Served::new();
    let mut one = served.program();
    assert_eq!(one.ask("sign 1"), "signed");
    fs::set_permissions(served.lock(), fs::Permissions::from_mode(0o000)).unwrap();
    let (program, location) = (shared_program(served.locks()), format!("tcp:{}", served.place));
    let start = Start { location: &location, address: Some(0x35), locks: served.locks(), wait: SHORT };
    let answer = start.spawn(as_nobody(&program)).answer();
    let lock = served.lock().display().to_string();
    assert!(
        answer.starts_with(&format!("not opened: can't open {lock}, with which programs take turns")),
        "{answer}"
    );
    assert!(
        answer.ends_with(&format!("Its owner lets nobody else read it: `sudo chmod 0666 {lock}`")),
        "{answer}"
    );
}

/// A lock that somebody else has made for himself alone to write to is as good. As root this runs as another user, as root may
/// write to everything.
#[test]
fn a_lock_that_can_only_be_read_is_as_good() {
    let served = Served::new();
    let location = format!("tcp:{}", served.place);
    let mut one = served.program();
    assert_eq!(one.ask("sign 1"), "signed");
    for file in fs::read_dir(served.locks()).unwrap() {
        fs::set_permissions(file.unwrap().path(), fs::Permissions::from_mode(0o444)).unwrap();
    }

    let program = shared_program(served.locks());
    let other_user = || {
        let start = Start { location: &location, address: Some(0x35), locks: served.locks(), wait: SHORT };
        let mut running = start.spawn(as_nobody(&program));
        assert_eq!(running.answer(), "opened");
        running
    };
    let mut two = other_user();
    assert_eq!(two.ask("hold 2"), "holding");
    one.tell("sign 1");
    assert_eq!(two.ask("go on"), "signed");
    assert_eq!(one.answer(), "signed");
    assert_eq!(two.ask("sign 2"), "signed");
    assert_eq!(signatures(&told(&served.bus)).unwrap(), [1, 2, 1, 2]);

    // It leaves no mark, so the other one does not rely on it, and it does not know what the other one did.
    assert_eq!(one.ask("sign 1"), "signed");
    assert_eq!(two.ask("hold 3"), "holding");
    two.kill();
    assert_eq!(one.ask("left"), "TempKey false");

    let mut two = other_user();
    assert_eq!(two.ask("sign 2"), "signed");
    assert_eq!(one.ask("hold 3"), "holding");
    one.kill();
    assert_eq!(two.ask("left"), "TempKey false");
}

/// Runs a program as a user who may not do everything.
fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new(program);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(65_534).gid(65_534);
    }
    command
}

/// This test program where another user can run it.
fn shared_program(folder: &Path) -> std::path::PathBuf {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.join("program");
    // Not by this process: a child that another test starts meanwhile would have the file open for writing.
    let mut install = Command::new("install");
    install.args(["-m", "755"]).arg(std::env::current_exe().unwrap()).arg(&program);
    assert!(install.status().unwrap().success());
    program
}

/// Somebody tidies up.
#[test]
fn a_lock_that_was_removed_is_made_again() {
    let served = Served::new();
    let mut one = served.program_with(served.locks(), SHORT);
    assert_eq!(one.ask("sign 1"), "signed");
    fs::remove_file(served.lock()).unwrap();
    let mut two = served.program();
    assert_eq!(two.ask("hold 2"), "holding");
    let said = one.ask("sign 1");
    assert!(said.contains(&format!("process {}", two.pid())), "{said}");
    assert_eq!(two.ask("go on"), "signed");
    assert_eq!(one.ask("sign 1"), "signed");
}

/// One program that has opened the chip twice.
#[test]
fn two_handles_in_one_program_take_turns() {
    let served = Served::new();
    let (one, two) = (served.chip(), served.chip_with(SHORT));
    let busy = one.with(|chip| {
        chip.sign_digest(Slot::S0, &[1; 32])?;
        Ok::<_, Failure>(two.sign_digest(Slot::S0, &[2; 32]).unwrap_err())
    });
    let busy = busy.unwrap().to_string();
    let said = format!(
        "another handle of this program (process {}) has had the chip for 0.05 s",
        std::process::id()
    );
    assert!(busy.contains(&said), "{busy}");
    let three = served.chip();
    thread::scope(|scope| {
        for (id, chip) in [(3, &one), (4, &three)] {
            scope.spawn(move || {
                for _ in 0..10 {
                    chip.sign_digest(Slot::S0, &[id; 32]).unwrap();
                }
            });
        }
    });
    let mut signed = signatures(&told(&served.bus)).unwrap().to_vec();
    signed[1..].sort_unstable();
    assert_eq!(signed, [&[1][..], &[3; 10], &[4; 10]].concat());
}

/// One that panics with the chip awake still ends its session before anybody begins another.
#[test]
fn a_session_that_panics_ends_before_the_next_begins() {
    let served = Served::new();
    let (one, two) = (served.chip(), served.chip());
    two.sign_digest(Slot::S0, &[1; 32]).unwrap();
    let (inside, is_inside) = mpsc::channel();
    let panics = thread::spawn(move || {
        one.with(|chip| {
            chip.session(|chip| -> Result<(), atecc608::Error<_>> {
                chip.execute(&NonceFixed::TempKey(&[2; 32]))?;
                inside.send(()).unwrap();
                // Gives the other one every chance.
                thread::sleep(Duration::from_millis(20));
                panic!("on purpose")
            })
        })
    });
    is_inside.recv().unwrap();
    two.sign_digest(Slot::S0, &[3; 32]).unwrap();
    assert!(panics.join().is_err());
    let told = told(&served.bus);
    let torn = told.iter().position(|told| *told == Told::Nonce(2)).unwrap();
    assert_eq!(told[torn + 1], Told::Sleep);
    assert_eq!(signatures(&told[torn + 2..]).unwrap(), [3]);
}
