//! Groups on the wire: count, packet, CRC. Bytes only, no I/O (chip reference 2.1, 2.2).

pub use super::buffer::Buffer;
pub use super::crc::crc16;
use super::crc::{CRC_LEN, crc_of};
pub use super::group::{COMMAND_OVERHEAD, GROUP_MAX, GROUP_MIN, RESPONSE_OVERHEAD, WordAddress};
use super::request::{AnswerKind, Request};
use super::status::Status;
use core::fmt;

/// A command too long for the chip's I/O buffer: more than 148 bytes of data (chip reference 1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more bytes than the chip's I/O buffer takes: 155 in a group, 148 of them data")
    }
}

impl core::error::Error for TooLong {}

impl Request<'_> {
    /// Writes word address and group into `buffer`, replacing what it held.
    ///
    /// # Errors
    /// [`TooLong`] if the data does not fit a group (148 bytes).
    #[inline(never)]
    pub fn emit(&self, buffer: &mut Buffer) -> Result<(), TooLong> {
        let [p2_low, p2_high] = self.p2.to_le_bytes();
        let [word, _, opcode, p1, p2_first, p2_second, ..] = &mut buffer.bytes;
        *word = WordAddress::Command as u8;
        (*opcode, *p1) = (self.opcode.to_byte(), self.p1);
        (*p2_first, *p2_second) = (p2_low, p2_high);
        buffer.len = COMMAND_OVERHEAD - 1;
        if let Some(pieces) = &self.data {
            for piece in pieces {
                buffer.append(piece);
            }
        }
        // The CRC instead of the word address.
        let count = buffer.len + CRC_LEN - 1;
        if count > GROUP_MAX {
            buffer.len = 0;
            return Err(TooLong);
        }
        buffer.bytes[1] = count as u8;
        let [_, group @ ..] = &buffer.bytes;
        let crc = crc_of(group.get(..count - CRC_LEN).unwrap_or_default());
        buffer.append(&crc);
        Ok(())
    }

    /// Bytes to read for the answer: its group at full length.
    #[must_use]
    pub const fn group_len(&self) -> usize {
        RESPONSE_OVERHEAD + self.answer.payload_len as usize
    }

    /// What the payload of an answer means for this command: its result bytes, or a status.
    ///
    /// A single byte is a status, except for SelfTest, which answers with a mask
    /// (chip reference 2.4).
    ///
    /// # Errors
    /// The status the chip answered with; `None` if the length fits neither result nor status.
    pub fn interpret<'p>(&self, payload: &'p [u8]) -> Result<&'p [u8], Option<Status>> {
        let first = payload.first().copied().unwrap_or_default();
        self.result_len(payload.len(), first).map(|len| payload.get(..len).unwrap_or_default())
    }

    /// The same, of a payload of which length and first byte are known.
    #[inline(always)]
    pub(crate) fn result_len(&self, payload_len: usize, first: u8) -> Result<usize, Option<Status>> {
        let len = usize::from(self.answer.payload_len);
        let fits = match self.answer.kind {
            AnswerKind::Mask if payload_len == 1 => !matches!(first, 0xEE | 0xFF),
            AnswerKind::Status if payload_len == 1 && first == 0 => return Ok(0),
            _ if payload_len == 1 => false,
            AnswerKind::Data => payload_len == len,
            AnswerKind::UpTo => payload_len <= len,
            _ => false,
        };
        match fits {
            true => Ok(payload_len),
            false if payload_len == 1 => Err(Some(Status::from_byte(first))),
            false => Err(None),
        }
    }
}

/// A group that can't have left the chip like this: bad count or CRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no whole group: its count is impossible, or its CRC is wrong")
    }
}

impl core::error::Error for Damaged {}

/// The payload of the group at the start of `bytes`; bytes behind the group are ignored.
///
/// # Errors
/// [`Damaged`] if the count is impossible or larger than `bytes`, or if the CRC is wrong.
#[inline(never)]
pub fn payload(bytes: &[u8]) -> Result<&[u8], Damaged> {
    let &[count, ..] = bytes else { return Err(Damaged) };
    let count = usize::from(count);
    if count < GROUP_MIN {
        return Err(Damaged);
    }
    // With `get`: the standard library's ways to split are too big to vanish together with their panics.
    let end = count - CRC_LEN;
    let body = bytes.get(..end).ok_or(Damaged)?;
    let crc = bytes.get(end..count).ok_or(Damaged)?;
    // A failed self test as the vendor's library expects it has a CRC that does not fit (chip reference 1.3, D1).
    if crc == crc_of(body) || matches!(bytes, [0x04, 0x07, 0xC4, 0x40, ..]) {
        body.get(1..).ok_or(Damaged)
    } else {
        Err(Damaged)
    }
}

/// A command as it is written to the bus: word address and group. For those who stand in for the bus; see
/// [`Request::emit`].
///
/// ```
/// use atecc608::command::{Command, InfoRevision};
///
/// let written = atecc608::wire::frame::command(&InfoRevision.request())?;
/// assert_eq!(written, [0x03, 0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D]);
/// # Ok::<(), atecc608::wire::frame::TooLong>(())
/// ```
///
/// # Errors
/// [`TooLong`] if the data does not fit a group (148 bytes).
pub fn command(request: &Request<'_>) -> Result<Buffer, TooLong> {
    let mut buffer = Buffer::new();
    request.emit(&mut buffer)?;
    Ok(buffer)
}

/// A response as the chip gives it, the inverse of [`payload`]: count, payload, CRC. For those who stand in for the
/// chip: a status is a payload of one byte.
///
/// ```
/// use atecc608::wire::frame::response;
///
/// assert_eq!(response(&[0x11])?, [0x04, 0x11, 0x33, 0x43]);
/// # Ok::<(), atecc608::wire::frame::TooLong>(())
/// ```
///
/// # Errors
/// [`TooLong`] if the payload does not fit a group (152 bytes).
pub fn response(payload: &[u8]) -> Result<Buffer, TooLong> {
    let len = RESPONSE_OVERHEAD + payload.len();
    if len > GROUP_MAX {
        return Err(TooLong);
    }
    let mut buffer = Buffer::new();
    buffer.append(&[len as u8]);
    buffer.append(payload);
    let crc = crc_of(&buffer);
    buffer.append(&crc);
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Opcode, Reply};

    #[test]
    fn a_group_is_read_and_what_follows_is_ignored() {
        assert_eq!(payload(&[0x04, 0x11, 0x33, 0x43]), Ok(&[0x11][..]));
        assert_eq!(payload(&[0x04, 0x0F, 0x23, 0x42, 0xFF, 0xFF]), Ok(&[0x0F][..]));
        assert_eq!(payload(&[0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38]), Ok(&[0x00, 0x00, 0x60, 0x02][..]));
    }

    #[test]
    fn a_damaged_group_is_refused() {
        let good = [0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38];
        for byte in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good;
                bad[byte] ^= 1 << bit;
                assert_eq!(payload(&bad), Err(Damaged), "byte {byte} bit {bit}");
            }
        }
        for len in 0..good.len() {
            assert_eq!(payload(&good[..len]), Err(Damaged), "{len} bytes");
        }
        assert_eq!(payload(&[0xFF; 155]), Err(Damaged));
        assert_eq!(payload(&[0x00; 155]), Err(Damaged));
        // Nothing but a count, with its good CRC, must not pass as an empty answer; nor may less.
        let [low, high] = crc16([&[0x03][..]]);
        assert_eq!(payload(&[0x03, low, high]), Err(Damaged));
        assert_eq!(payload(&[0x02, 0x00, 0x00]), Err(Damaged));
    }

    #[test]
    fn a_response_is_what_the_chip_gives() {
        for group in [
            &[0x04, 0x11, 0x33, 0x43][..],
            &[0x04, 0x0F, 0x23, 0x42],
            &[0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38],
        ] {
            assert_eq!(response(payload(group).unwrap()).unwrap(), group);
        }
        let longest = [0xA5; GROUP_MAX - RESPONSE_OVERHEAD];
        assert_eq!(payload(&response(&longest).unwrap()), Ok(&longest[..]));
        assert_eq!(response(&[0; GROUP_MAX - RESPONSE_OVERHEAD + 1]), Err(TooLong));
    }

    #[test]
    fn a_request_that_does_not_fit_is_refused() {
        let big = [0u8; 149];
        let mut request = Request::new(Opcode::Write, 0, 0).answered_by(Reply::Status);
        request.data = Some([&big[..148], &[], &[]]);
        let mut buffer = Buffer::new();
        assert_eq!(request.emit(&mut buffer), Ok(()));
        assert_eq!(buffer.len(), GROUP_MAX + 1);
        request.data = Some([&big, &[], &[]]);
        assert_eq!(request.emit(&mut buffer), Err(TooLong));
    }

    #[test]
    fn a_single_byte_is_a_status_except_for_self_test() {
        let data = Request::new(Opcode::Random, 0, 0).answered_by(Reply::Data(32));
        let status = Request::new(Opcode::Write, 0, 0).answered_by(Reply::Status);
        let mask = Request::new(Opcode::SelfTest, 0, 0).answered_by(Reply::Mask);
        assert_eq!(data.interpret(&[0x0F]), Err(Some(Status::Execution)));
        assert_eq!(data.interpret(&[0; 31]), Err(None));
        assert_eq!(data.interpret(&[7; 32]), Ok(&[7; 32][..]));
        assert_eq!(status.interpret(&[0]), Ok(&[][..]));
        assert_eq!(status.interpret(&[0x11]), Err(Some(Status::AfterWake)));
        assert_eq!(status.interpret(&[0; 4]), Err(None));
        assert_eq!(mask.interpret(&[0x05]), Ok(&[0x05][..]));
        assert_eq!(mask.interpret(&[0xFF]), Err(Some(Status::Communication)));
        assert_eq!(mask.interpret(&[0xEE]), Err(Some(Status::Watchdog)));
    }
}
