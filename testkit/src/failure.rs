//! What an operation on the simulated bus fails with.

use atecc608::wire::Opcode;
use atecc608::{Argument, Error, ErrorKind, Status};
use atecc608_sim::hal::I2cError;

/// What an operation on the simulated bus fails with.
pub type Failure = Error<I2cError>;

/// A missing acknowledge of the chip's address.
pub const NACK: I2cError = I2cError::new(embedded_hal::i2c::ErrorKind::NoAcknowledge(
    embedded_hal::i2c::NoAcknowledgeSource::Address,
));

/// The chip answered this.
pub fn answered(command: Opcode, status: Status) -> Failure {
    Error::new(command, ErrorKind::Status(status))
}

/// The chip's state, lock state or configuration forbids it: status 0x0F.
pub fn refused(command: Opcode) -> Failure {
    answered(command, Status::Execution)
}

/// The driver sent nothing.
pub fn bad(argument: Argument) -> Failure {
    Error::without_command(ErrorKind::Argument(argument))
}
