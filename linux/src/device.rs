//! The bus of a Linux machine, and what its kernel says about it.

mod pieces;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedded_hal::i2c::{ErrorType, I2c, Operation, SevenBitAddress};
use libc::{EACCES, EAGAIN, EBUSY, EINVAL, ENODEV, ENOENT, ENOSYS, ENXIO, EOPNOTSUPP, EPERM};
use linux_embedded_hal::i2cdev::linux::LinuxI2CError;
use linux_embedded_hal::{I2CError, I2cdev};

use crate::adapter::Adapter;
use crate::machine::{self, Machine};
use crate::trouble::{Trouble, errno_name};

/// The bus of one chip: `linux-embedded-hal`'s, which remembers what the kernel said about it. The driver sees the errors
/// as they are.
pub struct Bus {
    i2c: I2cdev,
    /// The chip's.
    address: u8,
    /// The longest write that the adapter takes, if it has a limit.
    max_write: Option<usize>,
    record: Arc<Mutex<Record>>,
}

/// What is known of a [`Bus`] while the driver owns it: what the errors mean to a person who has a device file, a kernel
/// driver and an adapter.
#[derive(Debug)]
pub struct Watch {
    device: PathBuf,
    address: u8,
    record: Arc<Mutex<Record>>,
}

/// What the kernel said, as far as it matters when an operation has failed.
#[derive(Debug, Default)]
struct Record {
    busy: bool,
    /// What opening the device again failed with.
    gone: Option<i32>,
    /// Length of a write that was refused, and the error.
    too_long: Option<(usize, i32)>,
    /// The longest write that was not refused for its length.
    longest_taken: usize,
    /// The longest piece, if commands went in pieces.
    limit: Option<usize>,
    /// What address 0x00 was refused with, and the address that is used instead.
    refused: Option<(i32, Option<u8>)>,
    /// Whether the chip ever gave anything.
    answered: bool,
    /// Length of the last command, if nothing was read since.
    unanswered: Option<usize>,
    /// The longest command that was answered.
    longest_answered: usize,
    /// The last error, if nothing has worked since.
    last: Option<i32>,
}

/// Opens the bus for the chip at this 7-bit address.
///
/// # Errors
///
/// If it can't be opened, or a kernel driver has the chip: it is then not touched.
pub fn open(device: &Path, address: u8) -> Result<(Bus, Watch), Trouble> {
    let mut i2c = I2cdev::new(device).map_err(|error| no_bus(device, errno(&error)))?;
    if let Err(error) = i2c.set_slave_address(u16::from(address))
        && errno(&error) == EBUSY
    {
        return Err(busy(device, address));
    }
    let record = Arc::new(Mutex::new(Record::default()));
    let watch = Watch { device: device.to_owned(), address, record: Arc::clone(&record) };
    let max_write = Adapter::of(device).max_write();
    Ok((Bus { i2c, address, max_write, record }, watch))
}

fn no_bus(device: &Path, errno: i32) -> Trouble {
    match errno {
        ENOENT => Trouble::NoSuchBus { device: device.to_owned(), others: Machine::this().buses() },
        EACCES | EPERM => Trouble::NoPermission { device: device.to_owned() },
        ENODEV | ENXIO => Trouble::Gone { device: device.to_owned(), errno },
        errno => Trouble::NoBus { device: device.to_owned(), errno },
    }
}

fn busy(device: &Path, address: u8) -> Trouble {
    let number = machine::number(device);
    let driver = number.and_then(|number| Machine::this().driver(number, address));
    Trouble::Busy { device: device.to_owned(), number, address, driver }
}

pub(crate) fn errno(error: &LinuxI2CError) -> i32 {
    match error {
        LinuxI2CError::Errno(errno) => *errno,
        LinuxI2CError::Io(error) => error.raw_os_error().unwrap_or(0),
    }
}

/// Whether the adapter did not even try. A missing acknowledge has other numbers, whatever the kernel driver.
fn is_refusal(errno: i32) -> bool {
    [EINVAL, EOPNOTSUPP, EPERM, ENOSYS].contains(&errno)
}

/// A record is whole whatever its user did.
fn lock(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bus {
    /// The adapter takes no longer writes than this, word address included: what is longer goes in pieces. If nothing is said,
    /// the limits of adapters that are known by name or by their refusal are kept.
    #[must_use]
    pub fn with_max_write(self, bytes: usize) -> Self {
        Self { max_write: Some(bytes), ..self }
    }

    /// A write to the chip, in pieces if the adapter takes it only so.
    fn write_to_chip(&mut self, bytes: &[u8]) -> Result<(), I2CError> {
        let known = self.max_write.filter(|max| bytes.len() > *max && pieces::can_be_split(bytes));
        let (max, result) = match known {
            Some(max) => (max, pieces::write(&mut self.i2c, self.address, bytes, max)),
            None => {
                let whole = I2c::<SevenBitAddress>::write(&mut self.i2c, self.address, bytes);
                let refused = whole.as_ref().is_err_and(|error| is_refusal(errno(error.inner())));
                if !(refused && pieces::can_be_split(bytes)) {
                    return whole;
                }
                let Some((max, result)) = pieces::find(&mut self.i2c, self.address, bytes) else {
                    return whole;
                };
                self.max_write = Some(max);
                (max, result)
            }
        };
        lock(&self.record).limit = Some(max);
        result
    }

    /// A session begins: what the kernel said before is no longer of interest.
    pub(crate) fn begin(&self) {
        let mut record = lock(&self.record);
        let Record { longest_taken, longest_answered, limit, .. } = *record;
        *record = Record { longest_taken, longest_answered, limit, ..Record::default() };
    }

    /// Another wake pulse, if the adapter refuses address 0x00: six zero bits at 100 kHz are as long as the chip
    /// wants (chip reference 1.3), and the START before them is a little more.
    fn wake_otherwise(&mut self, refusal: I2CError) -> Result<(), I2CError> {
        let errno = errno(refusal.inner());
        // Nobody has 0x01. The chip's own has the zeros behind it at 0x60 and some others; the byte sets the
        // chip's buffer to its beginning if it happens to be awake.
        let own = has_six_zeros(self.address).then_some(self.address);
        for address in [Some(0x01), own].into_iter().flatten() {
            let result = self.i2c.write(address, &[0x00]);
            if !result.as_ref().is_err_and(|error| is_refusal(self::errno(error.inner()))) {
                lock(&self.record).refused = Some((errno, Some(address)));
                return result;
            }
        }
        lock(&self.record).refused = Some((errno, None));
        Err(refusal)
    }
}

/// Whether a write to this address begins with a byte that has six zero bits in a row.
fn has_six_zeros(address: u8) -> bool {
    (0..=2).any(|shift| address << 1 >> shift & 0x3F == 0)
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus").field("address", &self.address).finish_non_exhaustive()
    }
}

impl ErrorType for Bus {
    type Error = I2CError;
}

impl I2c for Bus {
    fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), I2CError> {
        let result = match operations {
            [Operation::Write(bytes)] if address == self.address => self.write_to_chip(bytes),
            _ => I2c::<SevenBitAddress>::transaction(&mut self.i2c, address, operations),
        };
        if address == 0
            && let Err(error) = result
        {
            return match errno(error.inner()) {
                errno if is_refusal(errno) => self.wake_otherwise(error),
                _ => Err(error),
            };
        }
        let errno = result.as_ref().err().map(|error| errno(error.inner()));
        lock(&self.record).keep(operations, errno);
        result
    }
}

impl Record {
    /// Keeps what matters of a transaction with the chip.
    fn keep(&mut self, operations: &[Operation<'_>], errno: Option<i32>) {
        self.last = errno;
        let written = operations.iter().map(|operation| match operation {
            Operation::Write(bytes) => bytes.len(),
            Operation::Read(_) => 0,
        });
        let written: usize = written.sum();
        let at_once = self.limit.map_or(written, |limit| written.min(limit));
        match errno {
            Some(EBUSY) => self.busy = true,
            Some(errno @ (EACCES | ENOENT | ENODEV)) => self.gone = Some(errno),
            Some(errno) if written > 1 && is_refusal(errno) => self.too_long = Some((at_once, errno)),
            _ => self.longest_taken = self.longest_taken.max(at_once),
        }
        match (errno, operations) {
            (None, [Operation::Write([0x03, ..])]) => self.unanswered = Some(written),
            // Awake, and no command has arrived.
            (None, [Operation::Read([0x04, 0x11, ..])]) => self.answered = true,
            // A chip that has nothing to say reads as FF.
            (None, [Operation::Read([first, ..])]) if *first != 0xFF => {
                self.answered = true;
                let answered = self.unanswered.take().unwrap_or(0);
                self.longest_answered = self.longest_answered.max(answered);
            }
            _ => {}
        }
    }
}

impl Watch {
    /// Why an operation has failed, if it is for something that the kernel said.
    pub fn trouble(&self) -> Option<Trouble> {
        let record = lock(&self.record);
        let adapter = || Adapter::of(&self.device);
        let trouble = if record.busy {
            busy(&self.device, self.address)
        } else if let Some(errno) = record.gone {
            no_bus(&self.device, errno)
        } else if let Some((bytes, errno)) = record.too_long {
            Trouble::TooLong { adapter: adapter(), bytes, longest: record.longest_taken, errno }
        } else if let (Some((errno, other)), false) = (record.refused, record.answered) {
            Trouble::NoWake { adapter: adapter(), errno, other, address: self.address }
        } else if record.last == Some(EAGAIN) {
            Trouble::ArbitrationLost { adapter: adapter() }
        } else if let (Some(errno), false) = (record.last, record.answered) {
            Trouble::Silent { adapter: adapter(), errno, address: self.address }
        } else {
            match (record.unanswered, record.limit) {
                (Some(bytes), Some(limit)) if bytes > limit => {
                    Trouble::NotJoined { adapter: adapter(), bytes, limit }
                }
                (Some(bytes), _) if bytes > record.longest_answered && record.longest_answered > 0 => {
                    Trouble::Cut { adapter: adapter(), bytes, longest: record.longest_answered }
                }
                _ => return None,
            }
        };
        Some(trouble)
    }

    /// What the user should know although everything works.
    pub fn note(&self) -> Option<String> {
        let record = lock(&self.record);
        let mut notes = Vec::new();
        if let Some((errno, Some(other))) = record.refused {
            let errno = errno_name(errno);
            notes.push(format!(
                "refuses address 0x00 ({errno}); the chip was woken with {other:#04x} instead"
            ));
        }
        if let Some(limit) = record.limit {
            notes.push(format!("takes {limit} bytes at once; longer commands go to the chip in pieces"));
        }
        let adapter = format!("the adapter of {}", self.device.display());
        (!notes.is_empty()).then(|| format!("{adapter} {}", notes.join(". It ")))
    }
}

#[cfg(test)]
mod tests;
