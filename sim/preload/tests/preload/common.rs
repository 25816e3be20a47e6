//! A server, the test itself as its client, and the client's system calls.

use std::env;
use std::ffi::CString;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use atecc608_sim::Bus;
use atecc608_sim::server::{self, Options};
use libc::{c_int, c_ulong, c_void};

pub(crate) const I2C_SLAVE: c_ulong = 0x0703;
pub(crate) const I2C_SLAVE_FORCE: c_ulong = 0x0706;
pub(crate) const I2C_RDWR: c_ulong = 0x0707;

/// The group of Info (revision) behind its word address, and its answer (chip reference 7.1).
pub(crate) const INFO: [u8; 8] = [0x03, 0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D];
pub(crate) const REVISION: [u8; 7] = [0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38];

const PROGRAM: &str = "PRELOAD_TEST_PROGRAM";

/// Runs `program` in a process that has the library preloaded, on a bus with a blank chip. Returns the bus
/// to the test, and `None` to the process.
pub(crate) fn on_a_bus(test: &str, program: impl FnOnce()) -> Option<Bus> {
    with_environment(test, &[], program)
}

/// The same with more environment variables.
pub(crate) fn with_environment(test: &str, more: &[(&str, &str)], program: impl FnOnce()) -> Option<Bus> {
    run(test, more, program).map(|(bus, _)| bus)
}

/// What the process writes to standard error.
pub(crate) fn said_with_environment(
    test: &str,
    more: &[(&str, &str)],
    program: impl FnOnce(),
) -> Option<String> {
    run(test, more, program).map(|(_, errors)| errors)
}

fn run(test: &str, more: &[(&str, &str)], program: impl FnOnce()) -> Option<(Bus, String)> {
    if env::var_os(PROGRAM).is_some() {
        program();
        return None;
    }
    let bus = Bus::with_blank_chip(1);
    bus.restart_trace(100_000);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    let served = bus.clone();
    thread::spawn(move || server::serve(listener, served, Options::new()));

    let output = Command::new(env::current_exe().expect("the test's path"))
        .args([test, "--exact", "--nocapture"])
        .env(PROGRAM, "")
        .env("LD_PRELOAD", library())
        .env("ATECC608_SIM_SERVER", address)
        .envs(more.iter().copied())
        .output()
        .expect("the test starts itself");
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed"), "{}\n{text}\n{errors}", output.status);
    Some((bus, errors.into_owned()))
}

/// Where Cargo puts the library, seen from a test.
fn library() -> PathBuf {
    let test = env::current_exe().expect("the test's path");
    let found = test.ancestors().skip(1).take(2).map(|folder| folder.join("libatecc608_sim_preload.so"));
    found.into_iter().find(|path| path.exists()).expect("the library is built with its tests")
}

/// What happened on the bus, in one line.
pub(crate) fn events(bus: &Bus) -> String {
    bus.trace().entries().iter().map(|entry| entry.event.to_string()).collect::<Vec<_>>().join(" ")
}

fn check(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// The error number of a result that has to be an error.
pub(crate) fn errno<T: std::fmt::Debug>(result: io::Result<T>) -> c_int {
    result.expect_err("has to fail").raw_os_error().expect("an error of the system")
}

pub(crate) fn open(path: &str) -> io::Result<c_int> {
    let path = CString::new(path).expect("no zero byte");
    // SAFETY: a C string.
    let descriptor = unsafe { libc::open(path.as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) };
    if descriptor < 0 { Err(io::Error::last_os_error()) } else { Ok(descriptor) }
}

pub(crate) fn ioctl(descriptor: c_int, request: c_ulong, argument: usize) -> io::Result<usize> {
    // SAFETY: callers pass what the request takes.
    check(unsafe { libc::ioctl(descriptor, request as libc::Ioctl, argument) } as isize)
}

pub(crate) fn write(descriptor: c_int, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: as many bytes as there are.
    check(unsafe { libc::write(descriptor, bytes.as_ptr().cast::<c_void>(), bytes.len()) })
}

pub(crate) fn read<const N: usize>(descriptor: c_int) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    // SAFETY: as many bytes as there is room for.
    check(unsafe { libc::read(descriptor, bytes.as_mut_ptr().cast::<c_void>(), N) })?;
    Ok(bytes)
}

/// Opens the bus, wakes its chip the usual way, and addresses it.
pub(crate) fn awake() -> c_int {
    awake_at(0x60)
}

/// The same, with another address at the end.
pub(crate) fn awake_at(address: usize) -> c_int {
    let bus = open("/dev/i2c-1").expect("the bus");
    ioctl(bus, I2C_SLAVE, 0).expect("an address");
    assert_eq!(errno(write(bus, &[0])), libc::ENXIO, "nobody has address 0");
    // SAFETY: takes a number.
    assert_eq!(unsafe { libc::usleep(1500) }, 0);
    ioctl(bus, I2C_SLAVE, address).expect("an address");
    bus
}
