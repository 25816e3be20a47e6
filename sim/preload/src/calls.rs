//! The functions that this library puts in front of the C library's: files.
//!
//! `open`, `openat` and `ioctl` are variadic in C. On Linux the caller passes such an argument where it would
//! pass a named one, and leaves out what the flags or the request do not need; the value is then passed on
//! unused.

use std::ffi::CStr;
use std::io::Write;
use std::slice;

use libc::{c_char, c_int, c_uint, c_void, size_t, ssize_t};

use crate::file::File;
use crate::link::{self, MAX_LENGTH, Message};
use crate::real::{fail, real};
use crate::{ioctl as requests, settings};

/// The answer to `open`, if the path is the simulated bus.
///
/// # Safety
///
/// `path` is null or a C string.
unsafe fn open_bus(path: *const c_char, flags: c_int) -> Option<c_int> {
    if path.is_null() {
        return None;
    }
    // SAFETY: not null, so a C string, as the caller promises.
    let path = unsafe { CStr::from_ptr(path) };
    if !settings::is_bus(path.to_bytes()) {
        return None;
    }
    Some(allowed().and_then(|()| link::connect()).and_then(|()| File::create(flags)).unwrap_or_else(fail))
}

/// Whether the device can be opened at all. What is wrong with the variables is told to whoever set them.
fn allowed() -> Result<(), c_int> {
    if let Some(Err(sentence)) = settings::get().map(|settings| &settings.adapter) {
        let _ = writeln!(std::io::stderr(), "atecc608-sim-preload: {sentence}");
    }
    settings::adapter()?.open_fails.map_or(Ok(()), Err)
}

macro_rules! open_functions {
    ($($name:ident $text:literal),*) => {$(
        /// `open` under one of its names.
        ///
        /// # Safety
        ///
        /// As in C: `path` is a C string.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $name(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
            // SAFETY: as the caller promises.
            if let Some(answer) = unsafe { open_bus(path, flags) } {
                return answer;
            }
            let real = real!($text: fn(*const c_char, c_int, c_uint) -> c_int);
            // SAFETY: passed on as it came, to the function of the same name.
            real.map_or_else(|| fail(libc::ENOSYS), |real| unsafe { real(path, flags, mode) })
        }
    )*};
}
open_functions!(open "open", open64 "open64", __open_2 "__open_2", __open64_2 "__open64_2");

macro_rules! openat_functions {
    ($($name:ident $text:literal),*) => {$(
        /// `openat` under one of its names.
        ///
        /// # Safety
        ///
        /// As in C: `path` is a C string.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $name(folder: c_int, path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
            // SAFETY: as the caller promises.
            if let Some(answer) = unsafe { open_bus(path, flags) } {
                return answer;
            }
            let real = real!($text: fn(c_int, *const c_char, c_int, c_uint) -> c_int);
            // SAFETY: passed on as it came, to the function of the same name.
            real.map_or_else(|| fail(libc::ENOSYS), |real| unsafe { real(folder, path, flags, mode) })
        }
    )*};
}
openat_functions!(openat "openat", openat64 "openat64", __openat_2 "__openat_2", __openat64_2 "__openat64_2");

/// `ioctl`.
///
/// # Safety
///
/// As in C: `argument` is what `request` takes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn ioctl(descriptor: c_int, request: libc::Ioctl, argument: usize) -> c_int {
    let Some(file) = File::of(descriptor) else {
        // SAFETY: passed on as it came.
        return real!("ioctl": fn(c_int, libc::Ioctl, usize) -> c_int)
            .map_or_else(|| fail(libc::ENOSYS), |real| unsafe { real(descriptor, request, argument) });
    };
    // The kernel looks at the low 32 bits of a request.
    let request = (request as c_uint).into();
    // SAFETY: as the caller promises.
    unsafe { requests::request(file, request, argument) }.unwrap_or_else(fail)
}

/// `read`.
///
/// # Safety
///
/// As in C: `bytes` has room for `length` bytes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn read(descriptor: c_int, bytes: *mut c_void, length: size_t) -> ssize_t {
    let Some(file) = File::of(descriptor) else {
        // SAFETY: passed on as it came.
        return real!("read": fn(c_int, *mut c_void, size_t) -> ssize_t)
            .map_or(-1, |real| unsafe { real(descriptor, bytes, length) });
    };
    let length = length.min(MAX_LENGTH);
    let buffer = match (bytes.is_null(), length) {
        (_, 0) => &mut [],
        (true, _) => return finish(Err(libc::EFAULT), 0),
        // SAFETY: as the caller promises.
        (false, _) => unsafe { slice::from_raw_parts_mut(bytes.cast::<u8>(), length) },
    };
    finish(link::transaction(&mut [Message::Read(file.address(), buffer)]), length)
}

/// `read` of programs that are built with fortified functions.
///
/// # Safety
///
/// As in C: `bytes` has room for `length` bytes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn __read_chk(
    descriptor: c_int,
    bytes: *mut c_void,
    length: size_t,
    room: size_t,
) -> ssize_t {
    if File::of(descriptor).is_some() && length <= room {
        // SAFETY: as the caller promises.
        return unsafe { read(descriptor, bytes, length) };
    }
    // SAFETY: passed on as it came.
    real!("__read_chk": fn(c_int, *mut c_void, size_t, size_t) -> ssize_t)
        .map_or(-1, |real| unsafe { real(descriptor, bytes, length, room) })
}

/// `write`.
///
/// # Safety
///
/// As in C: `bytes` has `length` bytes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn write(descriptor: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    let Some(file) = File::of(descriptor) else {
        // SAFETY: passed on as it came.
        return real!("write": fn(c_int, *const c_void, size_t) -> ssize_t)
            .map_or(-1, |real| unsafe { real(descriptor, bytes, length) });
    };
    let length = length.min(MAX_LENGTH);
    let buffer = match (bytes.is_null(), length) {
        (_, 0) => &[],
        (true, _) => return finish(Err(libc::EFAULT), 0),
        // SAFETY: as the caller promises.
        (false, _) => unsafe { slice::from_raw_parts(bytes.cast::<u8>(), length) },
    };
    finish(link::transaction(&mut [Message::Write(file.address(), buffer)]), length)
}

fn finish(result: Result<(), c_int>, length: usize) -> ssize_t {
    match result {
        Ok(()) => ssize_t::try_from(length).unwrap_or(ssize_t::MAX),
        Err(errno) => fail(errno) as ssize_t,
    }
}
