//! What can go wrong, what was asked, what the chip said, and what most likely causes it.

use crate::command::Revision;
use crate::wire::Opcode;

use crate::wire::Status;
use crate::wire::nack::{is_nack, may_be_nack};
use core::fmt;
use embedded_hal::i2c::Error as BusError;

/// An operation failed. `E` is the I2C peripheral's own error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
// Moved in words, not in bytes.
#[repr(align(4))]
pub struct Error<E> {
    /// The command that was sent, or was next in a session; `None` while waking the chip, before the first, or checking
    /// arguments.
    pub command: Option<Opcode>,
    /// What happened.
    pub kind: ErrorKind<E>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind<E> {
    /// The I2C peripheral reported this. Its [`kind`](embedded_hal::i2c::Error::kind) is kept.
    Bus(E),
    /// The wake strategy could not drive its pin.
    WakePin,
    /// Nobody answered at the address after the wake pulse; with a command: nor acknowledged it. What the I2C
    /// peripheral said, of the pulse or of what followed, is kept: if its kind is not `NoAcknowledge`, the HAL can't
    /// tell this from a dead bus.
    NoDevice(E),
    /// Someone answered, but not with what a woken chip says.
    NotAwake,
    /// The command was sent; no answer came within the longest time it can take. What the I2C peripheral said last
    /// is kept, as for [`NoDevice`](Self::NoDevice).
    Timeout(E),
    /// The answer arrived damaged every time it was read. **The command did run**, most likely.
    Crc,
    /// The chip refused the command or found a mismatch.
    Status(Status),
    /// The chip has reset or fallen asleep: TempKey and its companions are gone. The command that was running has
    /// been cut short, or was over already and its answer is lost; or it never ran, as the host was away for longer
    /// than the watchdog lets the chip stay awake.
    Reset,
    /// The answer has a length or contents that this command can't give.
    Response,
    /// The chip's configuration lets this out only encrypted with the I/O protection key; the secret it
    /// answered with was dropped.
    Encrypted,
    /// Another chip than this crate drives: bytes 2 and 3 of its [`Revision`].
    WrongChip([u8; 2]),
    /// The authentication tag does not fit the data: they were changed, or key or nonce is another.
    Forged,
    /// The random numbers are the fixed pattern of a chip whose configuration is not locked.
    NotRandom,
    /// The call can't be carried out as written.
    Argument(Argument),
}

/// What is wrong with the arguments of a call. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Argument {
    /// Offset and length reach beyond the slot or zone.
    OutOfRange,
    /// The chip writes whole words of 4 bytes, and whole blocks of 32 before the data zone is
    /// locked; offset or length do not fit.
    Alignment,
    /// The command's data does not fit the chip's I/O buffer.
    TooLong,
    /// A digest to sign must have 32 bytes.
    DigestLength,
    /// The configuration does not make this slot one for a private P-256 key.
    NoKeySlot,
    /// The slot ends inside this block, and bytes other than zero stand behind its end: they would be lost.
    BeyondEnd,
    /// A place in slot 8 shares blocks with its neighbours, and only whole blocks are written here.
    SharedBlock,
}

impl<E> Error<E> {
    /// That a command failed, for what stands in for the driver in a test.
    #[must_use]
    pub const fn new(command: Opcode, kind: ErrorKind<E>) -> Self {
        Self { command: Some(command), kind }
    }

    /// The same, before a command was sent.
    #[must_use]
    pub const fn without_command(kind: ErrorKind<E>) -> Self {
        Self { command: None, kind }
    }

    pub(crate) const fn argument(argument: Argument) -> Self {
        Self::without_command(ErrorKind::Argument(argument))
    }

    /// The chip's status, if it answered with one.
    pub const fn status(&self) -> Option<Status> {
        match self.kind {
            ErrorKind::Status(status) => Some(status),
            _ => None,
        }
    }

    /// Whether the command, or what came before it in its session, may have run although no good answer came: after a time-out, a damaged
    /// answer, a bus error (a missing acknowledge may be that of its last byte) or a reset. Read back before
    /// repeating a step that changes the chip.
    pub const fn may_have_run(&self) -> bool {
        self.command.is_some()
            && matches!(
                self.kind,
                ErrorKind::NoDevice(_)
                    | ErrorKind::NotAwake
                    | ErrorKind::Timeout(_)
                    | ErrorKind::Crc
                    | ErrorKind::Bus(_)
                    | ErrorKind::Reset
                    | ErrorKind::Response
            )
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfRange => "offset and length reach beyond the slot or zone",
            Self::Alignment => {
                "offset or length is not a multiple of 4 (of 32 before the data zone is locked)"
            }
            Self::TooLong => "more data than the chip takes in one command",
            Self::DigestLength => "a digest to sign must have 32 bytes (SHA-256)",
            Self::NoKeySlot => "the configuration does not make this slot one for a private P-256 key",
            Self::BeyondEnd => {
                "the slot ends inside this block (after 4 bytes in slots 0 to 7, 8 in 9 to 15): the rest must be \
                 zeros, as it is not kept"
            }
            Self::SharedBlock => {
                "a place of 72 bytes in slot 8 shares blocks of 32 with its neighbours. Before the data zone is locked, \
                 and encrypted, the chip writes whole blocks: before the lock write all of slot 8 at once \
                 (write_places), for encrypted writes take slots 9 to 15"
            }
        })
    }
}

impl<E: BusError> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.command {
            Some(command) => write!(f, "{command}: ")?,
            None if matches!(self.kind, ErrorKind::Argument(_)) => f.write_str("bad argument: ")?,
            None => f.write_str("wake: ")?,
        }
        fmt::Display::fmt(&self.kind, f)
    }
}

/// What else it may be, if the HAL can't tell; what it said.
fn or_dead_bus<E: BusError>(error: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_nack(error) {
        return Ok(());
    }
    write!(
        f,
        ". Or the bus is dead, which this one does not tell from a missing acknowledge: check SDA, SCL and their \
         pull-ups. It said: {} ({error:?})",
        error.kind()
    )
}

impl<E: BusError> fmt::Display for ErrorKind<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => {
                write!(f, "I2C error: {} ({error:?})", error.kind())?;
                if !is_nack(error) && may_be_nack(error) {
                    f.write_str("; on many buses a missing acknowledge looks like this")?;
                }
                f.write_str("; check SDA, SCL, their pull-ups and the supply")
            }
            Self::WakePin => f.write_str("the pin for the wake pulse could not be driven"),
            Self::NoDevice(error) => {
                f.write_str(
                    "no chip answers: check address (7 bits: 0x60 as delivered, Trust&GO 0x35, TrustFLEX 0x36; \
                     0xC0, 0x6A and 0x6C are their 8-bit forms), wiring and supply; if the bus runs above 133 kHz, \
                     the zero byte is too short to wake the chip (chip reference 1.3)",
                )?;
                or_dead_bus(error, f)
            }
            Self::NotAwake => f.write_str(
                "something answers at this address, but not like an ATECC608: another device, or \
                 disturbed lines",
            ),
            Self::Timeout(error) => {
                f.write_str("no answer within the longest execution time: the chip lost power, the watchdog put it \
                 to sleep, or a wire came loose; the command may have run")?;
                or_dead_bus(error, f)
            }
            Self::Crc => f.write_str(
                "the answer is damaged however often it is read: check pull-ups, bus speed and noise; \
                 the command has run",
            ),
            Self::Status(status) => fmt::Display::fmt(status, f),
            Self::Reset => f.write_str(
                "the chip has reset or fallen asleep: the host was away for longer than its watchdog (0.7 s), its \
                 supply dipped (a heavier capacitor at its VCC helps) or someone else woke it; TempKey is lost, and \
                 the command may have run: look before it is repeated. If every command ends so, the chip hears \
                 none: the I2C adapter reads, but its writes do not arrive",
            ),
            Self::Response => f.write_str("the answer does not belong to this command: is the bus shared?"),
            Self::Encrypted => f.write_str(
                "the configuration makes the chip encrypt this secret with its I/O protection key (ChipOptions, \
                 chip reference 4.13): ask for it with shared_secret_protected, or EcdhEncrypted",
            ),
            Self::WrongChip([part, step]) => {
                let revision = Revision([0, 0, *part, *step]);
                write!(f, "found {revision}, which is no ATECC608; this driver does not fit it")
            }
            Self::Forged => {
                f.write_str("the authentication tag does not fit: wrong key or nonce, or forged data")
            }
            Self::NotRandom => f.write_str(
                "the chip gives its test pattern FF FF 00 00 instead of random numbers until its \
                 configuration is locked",
            ),
            Self::Argument(argument) => fmt::Display::fmt(argument, f),
        }
    }
}

/// Its source is the chip's [`Status`] or the [`Argument`], if one of them is what happened. What the I2C peripheral
/// said is no [`core::error::Error`] in `embedded-hal`, so it can't be one; it is in [`kind`](Error::kind).
impl<E: BusError> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.kind.source()
    }
}

impl<E: BusError> core::error::Error for ErrorKind<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Status(status) => Some(status),
            Self::Argument(argument) => Some(argument),
            _ => None,
        }
    }
}

impl core::error::Error for Argument {}

/// The caller's buffer is too small for a text; nothing was written that is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BufferTooSmall {
    needed: usize,
}

impl BufferTooSmall {
    /// This many bytes are needed.
    #[must_use]
    pub const fn new(needed: usize) -> Self {
        Self { needed }
    }

    /// How many bytes the whole text needs.
    #[must_use]
    pub const fn needed(self) -> usize {
        self.needed
    }
}

impl fmt::Display for BufferTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the buffer is too small: {} bytes are needed", self.needed)
    }
}

impl core::error::Error for BufferTooSmall {}

#[cfg(feature = "defmt")]
impl<E: fmt::Debug> defmt::Format for Error<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        if let Some(command) = self.command {
            defmt::write!(f, "{=str}: ", command.name());
        }
        match &self.kind {
            ErrorKind::Status(status) => defmt::write!(f, "{}", status),
            ErrorKind::Argument(argument) => defmt::write!(f, "{}", argument),
            kind => defmt::write!(f, "{}", defmt::Debug2Format(kind)),
        }
    }
}
