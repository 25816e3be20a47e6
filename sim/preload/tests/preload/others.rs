//! What is not the bus stays what it is; and what the kernel keeps for an open file.

use std::fs;
use std::io::{Read, Seek, Write};
use std::os::fd::AsRawFd;
use std::process::Command;

use crate::common::*;

#[test]
fn other_files_are_untouched() {
    let bus = on_a_bus("others::other_files_are_untouched", || {
        assert_eq!(errno(open("/dev/i2c-77")), libc::ENOENT);
        assert_eq!(errno(open("/dev/i2c-1x")), libc::ENOENT);
        let mut text = String::new();
        let path = std::env::temp_dir().join(format!("preload-test-{}", std::process::id()));
        let mut options = fs::File::options();
        let mut file = options.read(true).write(true).create_new(true).open(&path).unwrap();
        // Deleted and as long as the bus's own files, which are told apart by their contents.
        fs::remove_file(&path).unwrap();
        file.write_all(b"sixteen bytes ..").unwrap();
        assert_eq!(errno(ioctl(file.as_raw_fd(), I2C_SLAVE, 0x60)), libc::ENOTTY);
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "sixteen bytes ..");
        assert_eq!(errno(read::<1>(-1)), libc::EBADF);
        let output = Command::new("echo").arg("a child").output().unwrap();
        assert_eq!(output.stdout, b"a child\n");
    });
    let Some(bus) = bus else { return };
    assert_eq!(events(&bus), "");
}

#[test]
fn another_bus_number() {
    with_environment("others::another_bus_number", &[("ATECC608_SIM_BUS", "20")], || {
        assert_eq!(errno(open("/dev/i2c-1")), libc::ENOENT);
        open("/dev/i2c-20").unwrap();
    });
}

#[test]
fn without_a_server_there_is_no_bus() {
    with_environment(
        "others::without_a_server_there_is_no_bus",
        &[("ATECC608_SIM_SERVER", "127.0.0.1:1")],
        || {
            assert_eq!(errno(open("/dev/i2c-1")), libc::ENODEV);
            // SAFETY: takes a number.
            assert_eq!(unsafe { libc::usleep(1) }, 0, "a sleep is a sleep again");
        },
    );
}

#[test]
fn without_settings_the_library_stays_out() {
    with_environment(
        "others::without_settings_the_library_stays_out",
        &[("ATECC608_SIM_SERVER", "")],
        || {
            assert_eq!(errno(open("/dev/i2c-1")), libc::ENOENT);
        },
    );
}

#[test]
fn descriptors_close_and_duplicate_as_in_the_kernel() {
    let bus = on_a_bus("others::descriptors_close_and_duplicate_as_in_the_kernel", || {
        let first = awake();
        let other = open("/dev/i2c-1").unwrap();
        // SAFETY: takes descriptors.
        let second = unsafe { libc::dup(first) };
        ioctl(second, I2C_SLAVE, 0x11).unwrap();
        ioctl(other, I2C_SLAVE, 0x22).unwrap();
        assert_eq!(errno(read::<1>(first)), libc::ENXIO, "duplicates share the address");
        // A function of the library's own call of `close` would not come by here.
        // SAFETY: takes descriptors.
        assert_eq!(unsafe { libc::syscall(libc::SYS_close, first) }, 0);
        let null = fs::File::open("/dev/null").unwrap();
        assert_eq!(null.as_raw_fd(), first, "the number is used again");
        assert_eq!(read::<1>(first).unwrap(), [0], "and is an ordinary file");
        assert_eq!(errno(read::<1>(second)), libc::ENXIO, "the duplicate lives on");
    });
    let Some(bus) = bus else { return };
    assert!(events(&bus).ends_with("S 0x11+R! P S 0x11+R! P"), "{}", events(&bus));
}

/// Parent and child talk on, each with a connection of its own.
#[test]
fn a_fork_has_two_masters() {
    on_a_bus("others::a_fork_has_two_masters", || {
        let bus = awake();
        // SAFETY: the child only makes calls of this test, and leaves without cleaning up.
        let child = unsafe { libc::fork() };
        for _ in 0..50 {
            write(bus, &[0]).unwrap();
            let answer = read::<4>(bus).unwrap();
            // The other one may have read between these two.
            assert!([[0x04, 0x11, 0x33, 0x43], [0xFF; 4]].contains(&answer), "{answer:x?}");
        }
        if child == 0 {
            // SAFETY: ends the process.
            unsafe { libc::_exit(7) };
        }
        let mut status = 0;
        // SAFETY: `status` can be written to.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert_eq!(libc::WEXITSTATUS(status), 7, "{status:#x}");
    });
}

/// A program that closes every descriptor it does not know, as daemons do, gets a new connection.
#[test]
fn a_closed_connection_is_made_again() {
    on_a_bus("others::a_closed_connection_is_made_again", || {
        let bus = awake();
        // SAFETY: nothing in this process needs one of these descriptors.
        assert_eq!(unsafe { libc::syscall(libc::SYS_close_range, bus + 1, libc::c_uint::MAX, 0) }, 0);
        let files: Vec<_> = (0..20).map(|_| fs::File::open("/dev/null").unwrap()).collect();
        assert_eq!(read(bus).unwrap(), [0x04, 0x11, 0x33, 0x43]);
        for file in files {
            // SAFETY: takes a descriptor.
            assert!(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETFD) } >= 0, "closed behind its back");
        }
    });
}
