//! What kernel drivers do that the bus itself does not: how a missing acknowledgement is reported, and what is
//! refused before anything is on the wire.

use std::env;

use libc::c_int;

/// The adapter and its driver, as the environment describes them.
#[derive(Debug)]
pub(crate) struct Adapter {
    /// What opening the device fails with.
    pub(crate) open_fails: Option<c_int>,
    pub(crate) nack: Nack,
    /// Addresses that a kernel driver is bound to.
    busy: Vec<u8>,
    max_write: Option<Limit>,
    refused: Option<Refused>,
}

/// Error numbers of a missing acknowledgement.
#[derive(Debug)]
pub(crate) struct Nack {
    pub(crate) address: c_int,
    pub(crate) data: c_int,
}

impl Default for Nack {
    /// As `i2c-gpio`.
    fn default() -> Self {
        Nack { address: libc::ENXIO, data: libc::EIO }
    }
}

/// The longest write; what a longer one fails with, or `None` if what is too much is dropped.
#[derive(Debug)]
struct Limit {
    bytes: usize,
    error: Option<c_int>,
}

/// Addresses that the adapter does not send, and what it says instead.
#[derive(Debug)]
struct Refused {
    all_reserved: bool,
    error: c_int,
}

/// The error numbers that the variables know, by name.
const ERRORS: [(&str, c_int); 10] = [
    ("eacces", libc::EACCES),
    ("ebusy", libc::EBUSY),
    ("einval", libc::EINVAL),
    ("eio", libc::EIO),
    ("enodev", libc::ENODEV),
    ("enoent", libc::ENOENT),
    ("enxio", libc::ENXIO),
    ("eopnotsupp", libc::EOPNOTSUPP),
    ("eremoteio", libc::EREMOTEIO),
    ("etimedout", libc::ETIMEDOUT),
];

impl Adapter {
    /// Reads the variables of this process; fails with a sentence.
    pub(crate) fn from_environment() -> Result<Adapter, String> {
        Ok(Adapter {
            open_fails: variable("ATECC608_SIM_OPEN", error)?,
            nack: variable("ATECC608_SIM_NACK", |text| {
                let (address, data) = text.split_once(',').unwrap_or((text, text));
                Some(Nack { address: error(address)?, data: error(data)? })
            })?
            .unwrap_or_default(),
            busy: variable("ATECC608_SIM_BUSY", |text| text.split(',').map(address).collect())?
                .unwrap_or_default(),
            max_write: variable("ATECC608_SIM_MAX_WRITE", |text| {
                let (bytes, how) = text.split_once(',').unwrap_or((text, "eopnotsupp"));
                let error = if how == "cut" { None } else { Some(error(how)?) };
                Some(Limit { bytes: bytes.parse().ok()?, error })
            })?,
            refused: variable("ATECC608_SIM_REFUSED", |text| {
                let (which, how) = text.split_once(',').unwrap_or((text, "einval"));
                let all_reserved = match which {
                    "general-call" => false,
                    "reserved" => true,
                    _ => return None,
                };
                Some(Refused { all_reserved, error: error(how)? })
            })?,
        })
    }

    /// `I2C_SLAVE`: refused for an address that a kernel driver holds. Nothing else looks there.
    pub(crate) fn claim(&self, address: u8) -> Result<(), c_int> {
        if self.busy.contains(&address) { Err(libc::EBUSY) } else { Ok(()) }
    }

    /// Whether the adapter sends this address.
    pub(crate) fn sends(&self, address: u8) -> Result<(), c_int> {
        match &self.refused {
            Some(Refused { all_reserved, error })
                if address == 0 || *all_reserved && !(0x08..=0x77).contains(&address) =>
            {
                Err(*error)
            }
            _ => Ok(()),
        }
    }

    /// How many bytes of a write get to the wire.
    pub(crate) fn takes(&self, length: usize) -> Result<usize, c_int> {
        match &self.max_write {
            Some(Limit { bytes, error }) if length > *bytes => error.map_or(Ok(*bytes), Err),
            _ => Ok(length),
        }
    }
}

/// What a variable says, if it is set.
fn variable<T>(name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, String> {
    let Some(text) = env::var(name).ok().filter(|text| !text.is_empty()) else { return Ok(None) };
    parse(&text).map(Some).ok_or_else(|| format!("{name}={text} is not understood"))
}

fn error(name: &str) -> Option<c_int> {
    ERRORS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
}

/// A 7-bit address, decimal or with `0x`.
fn address(text: &str) -> Option<u8> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.ok().filter(|address| *address < 0x80)
}
