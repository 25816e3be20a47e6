//! The functions that this library puts in front of the C library's: sleeps, as time on the bus.

use std::time::Duration;

use libc::{c_int, c_uint, fd_set, timespec, timeval};

use crate::real::{fail, real};
use crate::{link, settings};

/// Lets `time` pass on the bus, rounded up to microseconds. False if it has to pass for real.
fn pass(time: Duration) -> bool {
    let virtual_time = settings::get().is_some_and(|settings| settings.virtual_time);
    let micros = u64::try_from(time.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
    virtual_time && link::delay(micros).is_ok()
}

/// `time` as a duration, if it is one that the kernel takes.
fn duration(seconds: impl Into<i64>, nanos: impl Into<i64>) -> Option<Duration> {
    let nanos = u32::try_from(nanos.into()).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    Some(Duration::new(u64::try_from(seconds.into()).ok()?, nanos))
}

/// # Safety
///
/// `time` is null or points to a time.
unsafe fn of_timespec(time: *const timespec) -> Option<Duration> {
    // SAFETY: as the caller promises.
    let time = unsafe { time.as_ref() }?;
    duration(time.tv_sec, time.tv_nsec)
}

/// `sleep`.
///
/// # Safety
///
/// Safe; `unsafe` only as C functions are.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sleep(seconds: c_uint) -> c_uint {
    if pass(Duration::from_secs(seconds.into())) {
        return 0;
    }
    // SAFETY: passed on as it came.
    real!("sleep": fn(c_uint) -> c_uint).map_or(seconds, |real| unsafe { real(seconds) })
}

/// `usleep`.
///
/// # Safety
///
/// Safe; `unsafe` only as C functions are.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn usleep(micros: c_uint) -> c_int {
    if pass(Duration::from_micros(micros.into())) {
        return 0;
    }
    // SAFETY: passed on as it came.
    real!("usleep": fn(c_uint) -> c_int).map_or_else(|| fail(libc::ENOSYS), |real| unsafe { real(micros) })
}

/// `nanosleep`.
///
/// # Safety
///
/// As in C: `time` points to a time, `rest` is null or points to one to write to.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn nanosleep(time: *const timespec, rest: *mut timespec) -> c_int {
    // SAFETY: as the caller promises.
    if unsafe { of_timespec(time) }.is_some_and(pass) {
        return 0;
    }
    // SAFETY: passed on as it came.
    real!("nanosleep": fn(*const timespec, *mut timespec) -> c_int)
        .map_or_else(|| fail(libc::ENOSYS), |real| unsafe { real(time, rest) })
}

/// `clock_nanosleep`, which returns its error number.
///
/// # Safety
///
/// As in C: `time` points to a time, `rest` is null or points to one to write to.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn clock_nanosleep(
    clock: libc::clockid_t,
    flags: c_int,
    time: *const timespec,
    rest: *mut timespec,
) -> c_int {
    // SAFETY: as the caller promises.
    let asked = unsafe { of_timespec(time) };
    let wait = if flags & libc::TIMER_ABSTIME == 0 {
        asked
    } else {
        let mut now = timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `now` is a time to write to.
        let known = unsafe { libc::clock_gettime(clock, &mut now) } == 0;
        // SAFETY: `now` is a time.
        asked.zip(unsafe { of_timespec(&now) }).filter(|_| known).map(|(then, now)| then.saturating_sub(now))
    };
    if wait.is_some_and(pass) {
        return 0;
    }
    // SAFETY: passed on as it came.
    real!("clock_nanosleep": fn(libc::clockid_t, c_int, *const timespec, *mut timespec) -> c_int)
        .map_or(libc::ENOSYS, |real| unsafe { real(clock, flags, time, rest) })
}

/// `select`; without files it is a sleep.
///
/// # Safety
///
/// As in C: every pointer is null or points to what its type says.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn select(
    count: c_int,
    reads: *mut fd_set,
    writes: *mut fd_set,
    exceptions: *mut fd_set,
    timeout: *mut timeval,
) -> c_int {
    if reads.is_null() && writes.is_null() && exceptions.is_null() {
        // SAFETY: as the caller promises.
        let asked = unsafe { timeout.as_ref() };
        let asked = asked.and_then(|time| duration(time.tv_sec, time.tv_usec.saturating_mul(1000)));
        if asked.is_some_and(pass) {
            return 0;
        }
    }
    // SAFETY: passed on as it came.
    real!("select": fn(c_int, *mut fd_set, *mut fd_set, *mut fd_set, *mut timeval) -> c_int)
        .map_or_else(|| fail(libc::ENOSYS), |real| unsafe { real(count, reads, writes, exceptions, timeout) })
}
