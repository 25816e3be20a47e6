//! `ioctl` of `i2c-dev`: the requests of `linux/i2c-dev.h`.

use std::slice;

use libc::{c_int, c_ulong};

use crate::file::File;
use crate::link::{self, MAX_LENGTH, Message};
use crate::settings;

const I2C_RETRIES: c_ulong = 0x0701;
const I2C_TIMEOUT: c_ulong = 0x0702;
const I2C_SLAVE: c_ulong = 0x0703;
const I2C_TENBIT: c_ulong = 0x0704;
const I2C_FUNCS: c_ulong = 0x0705;
const I2C_SLAVE_FORCE: c_ulong = 0x0706;
const I2C_RDWR: c_ulong = 0x0707;
const I2C_PEC: c_ulong = 0x0708;
const I2C_SMBUS: c_ulong = 0x0720;

const I2C_FUNC_I2C: c_ulong = 1;
const I2C_M_RD: u16 = 1;

/// The largest number of messages of one `I2C_RDWR`.
const MAX_MESSAGES: usize = 42;

/// `struct i2c_msg`.
#[repr(C)]
#[derive(Clone, Copy)]
struct RawMessage {
    address: u16,
    flags: u16,
    length: u16,
    bytes: *mut u8,
}

/// `struct i2c_rdwr_ioctl_data`.
#[repr(C)]
struct RawTransaction {
    messages: *const RawMessage,
    count: u32,
}

/// Carries out `request`; fails with an error number.
///
/// # Safety
///
/// `argument` is what `request` takes: a number, or a valid pointer.
pub(crate) unsafe fn request(file: File, request: c_ulong, argument: usize) -> Result<c_int, c_int> {
    match request {
        I2C_SLAVE | I2C_SLAVE_FORCE => {
            let address =
                u8::try_from(argument).ok().filter(|address| *address < 0x80).ok_or(libc::EINVAL)?;
            if request == I2C_SLAVE {
                settings::adapter()?.claim(address)?;
            }
            file.set_address(address);
            Ok(0)
        }
        I2C_FUNCS => {
            let functions = argument as *mut c_ulong;
            if functions.is_null() {
                return Err(libc::EFAULT);
            }
            // SAFETY: the argument of this request is a pointer to an unsigned long to write to.
            unsafe { functions.write(I2C_FUNC_I2C) };
            Ok(0)
        }
        // SAFETY: the argument of this request is a pointer to the description of a transaction.
        I2C_RDWR => unsafe { transaction(argument as *const RawTransaction) },
        I2C_TIMEOUT | I2C_RETRIES => Ok(0),
        I2C_TENBIT | I2C_PEC if argument == 0 => Ok(0),
        I2C_TENBIT | I2C_PEC => Err(libc::EINVAL),
        I2C_SMBUS => Err(libc::EOPNOTSUPP),
        _ => Err(libc::ENOTTY),
    }
}

/// # Safety
///
/// `raw` is null or points to a transaction whose messages have buffers of their lengths.
unsafe fn transaction(raw: *const RawTransaction) -> Result<c_int, c_int> {
    // SAFETY: as the caller promises.
    let raw = unsafe { raw.as_ref() }.ok_or(libc::EFAULT)?;
    let count = usize::try_from(raw.count).map_err(|_| libc::EINVAL)?;
    if raw.messages.is_null() || count == 0 || count > MAX_MESSAGES {
        return Err(libc::EINVAL);
    }
    // SAFETY: as the caller promises, there are that many.
    let raw = unsafe { slice::from_raw_parts(raw.messages, count) };
    let mut messages = Vec::with_capacity(count);
    for &RawMessage { address, flags, length, bytes } in raw {
        let length = usize::from(length);
        let address = u8::try_from(address).ok().filter(|address| *address < 0x80).ok_or(libc::EINVAL)?;
        if length > MAX_LENGTH {
            return Err(libc::EINVAL);
        }
        if flags & !I2C_M_RD != 0 {
            return Err(libc::EOPNOTSUPP);
        }
        if bytes.is_null() && length > 0 {
            return Err(libc::EFAULT);
        }
        messages.push(match (flags & I2C_M_RD == 0, length) {
            (true, 0) => Message::Write(address, &[]),
            (false, 0) => Message::Read(address, &mut []),
            // SAFETY: as the caller promises, `length` bytes to read.
            (true, _) => Message::Write(address, unsafe { slice::from_raw_parts(bytes, length) }),
            // SAFETY: as the caller promises, `length` bytes to write; messages that read have buffers of
            // their own.
            (false, _) => Message::Read(address, unsafe { slice::from_raw_parts_mut(bytes, length) }),
        });
    }
    link::transaction(&mut messages)?;
    c_int::try_from(count).map_err(|_| libc::EINVAL)
}
