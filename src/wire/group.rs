//! How long a group may be, and what it has beside its contents (chip reference 1.5, 2.1, 2.2).

/// Largest group the chip's I/O buffer takes or gives, in bytes (chip reference 1.5).
pub const GROUP_MAX: usize = 155;
/// Smallest group: count, one byte, CRC.
pub const GROUP_MIN: usize = 4;
/// Bytes of a response that are not its payload: count and CRC.
pub const RESPONSE_OVERHEAD: usize = 3;
/// Bytes of a command that are not its data: count, opcode, p1, p2, CRC.
pub const COMMAND_OVERHEAD: usize = 7;
