//! Groups on the wire: count, packet, CRC. Bytes only, no I/O (chip reference 2.1, 2.2).

pub use super::group::{COMMAND_OVERHEAD, GROUP_MAX, GROUP_MIN, RESPONSE_OVERHEAD};
use super::request::{AnswerKind, Request};
use super::status::Status;
use crate::secret::wipe;
use core::fmt;
use crc::{CRC_16_ARC, Digest, NoTable};

/// Bytes of a CRC.
const CRC_LEN: usize = 2;

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

/// Room for one group and the word address before it. It may hold keys or data: wiped when dropped, also with a future
/// that was cut off.
#[repr(C, align(4))]
pub struct Buffer {
    len: usize,
    bytes: [u8; GROUP_MAX + 1],
}

impl Buffer {
    /// Without contents.
    #[must_use]
    pub const fn new() -> Self {
        Self { len: 0, bytes: [0; GROUP_MAX + 1] }
    }

    /// As many bytes as are to be read into it, whatever they are; as many as there are at most.
    pub(crate) fn resize(&mut self, len: usize) {
        self.len = len;
    }

    /// A word address and nothing more. What is behind it stays, for [`behind`](Self::behind).
    pub(crate) fn set_word(&mut self, word: WordAddress) {
        self.len = 1;
        self.bytes[0] = word as u8;
    }

    /// So many bytes behind the first.
    pub(crate) fn behind(&self, len: usize) -> &[u8] {
        self.bytes.get(1..=len.min(GROUP_MAX)).unwrap_or_default()
    }

    /// The byte behind the first.
    pub(crate) const fn second(&self) -> u8 {
        self.bytes[1]
    }

    /// Adds bytes, one by one, which is smaller than a copy and its check; those that don't fit are but counted.
    #[inline(never)]
    fn append(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(room) = self.bytes.get_mut(self.len) {
                *room = byte;
            }
            self.len += 1;
        }
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Self::new()
    }
}

impl core::ops::Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.len.min(GROUP_MAX + 1)).unwrap_or_default()
    }
}

impl core::ops::DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len.min(GROUP_MAX + 1)).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for Buffer {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

impl core::fmt::Debug for Buffer {
    // It may hold a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Buffer").field("len", &self.len).finish_non_exhaustive()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

/// Without a table, which costs more flash than the bus leaves time to save.
static ARC: crc::Crc<u16, NoTable> = crc::Crc::<u16, NoTable>::new(&CRC_16_ARC);

/// CRC-16 of the chip (chip reference 2.2): that of ARC, whose result it does not reflect.
pub(crate) struct Crc(Digest<'static, u16, NoTable>);

impl Crc {
    pub(crate) const fn new() -> Self {
        Self(ARC.digest())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Low byte first, as on the wire.
    pub(crate) const fn finish(self) -> [u8; CRC_LEN] {
        turned(self.0.finalize())
    }
}

/// The register that the chip has when ARC has this one. Smaller than `reverse_bits` on cores without an
/// instruction for it.
const fn turned(mut reflected: u16) -> [u8; CRC_LEN] {
    let mut register = 1_u32;
    while register < 1 << 16 {
        register = register << 1 | (reflected & 1) as u32;
        reflected >>= 1;
    }
    (register as u16).to_le_bytes()
}

/// Over one piece: what every group needs, so firmware has it once. `checksum` is smaller than a digest.
#[inline(never)]
fn crc_of(bytes: &[u8]) -> [u8; CRC_LEN] {
    turned(ARC.checksum(bytes))
}

/// CRC-16 of the chip over several pieces, low byte first, as sent on the bus and as Lock takes it
/// (chip reference 2.2).
pub fn crc16<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> [u8; 2] {
    let mut crc = Crc::new();
    for piece in pieces {
        crc.update(piece);
    }
    crc.finish()
}

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

    /// Chip reference 2.2, "self-checking vectors".
    #[test]
    fn crc_of_every_reference_vector() {
        let rows: [(&[u8], [u8; 2]); 19] = [
            (&[], [0x00, 0x00]),
            (&[0; 32], [0x00, 0x00]),
            (&[0x04, 0x00], [0x03, 0x40]),
            (&[0x04, 0x01], [0x00, 0xC3]),
            (&[0x04, 0x03], [0x83, 0x42]),
            (&[0x04, 0x05], [0xC3, 0x43]),
            (&[0x04, 0x07], [0x40, 0xC2]),
            (&[0x04, 0x08], [0x60, 0xC0]),
            (&[0x04, 0x0F], [0x23, 0x42]),
            (&[0x04, 0x11], [0x33, 0x43]),
            (&[0x04, 0xEE], [0x31, 0x41]),
            (&[0x04, 0xFF], [0x01, 0x42]),
            (&[0x07, 0x00, 0x00, 0x60, 0x02], [0x80, 0x38]),
            (&[0x07, 0x00, 0x00, 0x60, 0x03], [0x83, 0xBB]),
            (&[0x07, 0x00, 0x00, 0x50, 0x00], [0x03, 0x91]),
            (&[0x07, 0x30, 0x00, 0x00, 0x00], [0x03, 0x5D]),
            (&[0x07, 0x1B, 0x00, 0x00, 0x00], [0x24, 0xCD]),
            (&[0x07, 0x02, 0x80, 0x00, 0x00], [0x09, 0xAD]),
            (b"123456789", [0xDD, 0xBC]),
        ];
        for (bytes, crc) in rows {
            assert_eq!(crc16([bytes]), crc, "{bytes:02X?}");
            // In pieces it must be the same.
            let (a, b) = bytes.split_at(bytes.len() / 2);
            assert_eq!(crc16([a, b]), crc, "{bytes:02X?} in two pieces");
        }
    }

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
