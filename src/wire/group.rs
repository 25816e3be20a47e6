//! How long a group may be, and what stands around its contents (chip reference 1.2, 1.5, 2.1, 2.2).

/// Largest group the chip's I/O buffer takes or gives, in bytes (chip reference 1.5).
pub const GROUP_MAX: usize = 155;
/// Smallest group: count, one byte, CRC.
pub const GROUP_MIN: usize = 4;
/// Bytes of a response that are not its payload: count and CRC.
pub const RESPONSE_OVERHEAD: usize = 3;
/// Bytes of a command that are not its data: count, opcode, p1, p2, CRC.
pub const COMMAND_OVERHEAD: usize = 7;

/// Second byte of a write transaction (chip reference 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum WordAddress {
    /// Rewind the I/O buffer: the next read starts at the count byte again.
    Reset = 0x00,
    /// Lowest power, all volatile state lost.
    Sleep = 0x01,
    /// Low power, volatile state kept.
    Idle = 0x02,
    /// The bytes that follow are a command.
    Command = 0x03,
}
