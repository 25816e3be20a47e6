//! Packets to send.

use super::kind;
use core::fmt;
use core::num::NonZeroU16;

/// Identifies a packet until it is acknowledged; never 0 (section 2.3.1).
pub type PacketId = NonZeroU16;

/// The buffer is too small for the packet, or a part of it is longer than MQTT can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the packet does not fit")
    }
}

impl core::error::Error for Full {}

/// Bytes kept free at the start of the buffer for the fixed header: kind and four of length.
const HEADER: usize = 5;

/// Largest "remaining length" (section 2.2.3).
const REMAINING_MAX: usize = 268_435_455;

/// Builds one packet in a buffer.
#[derive(Debug)]
pub struct Encoder<'b> {
    buffer: &'b mut [u8],
    end: usize,
}

impl<'b> Encoder<'b> {
    /// An encoder into this buffer; each of its methods builds one packet and consumes it.
    #[must_use]
    pub fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, end: HEADER }
    }

    /// CONNECT with a clean session and without a will (section 3.1).
    ///
    /// # Errors
    /// [`Full`].
    pub fn connect(
        mut self,
        client_id: &str,
        user: &str,
        password: &str,
        keep_alive: u16,
    ) -> Result<&'b [u8], Full> {
        /// User name, password, clean session.
        const FLAGS: u8 = 0b1100_0010;
        self.string("MQTT")?;
        self.bytes(&[4, FLAGS])?;
        self.bytes(&keep_alive.to_be_bytes())?;
        self.string(client_id)?;
        self.string(user)?;
        self.string(password)?;
        self.finish(kind::CONNECT << 4, 0)
    }

    /// SUBSCRIBE to several filters, each at QoS 1 at most (section 3.8).
    ///
    /// # Errors
    /// [`Full`].
    pub fn subscribe(mut self, id: PacketId, filters: &[&str]) -> Result<&'b [u8], Full> {
        self.bytes(&id.get().to_be_bytes())?;
        for filter in filters {
            self.string(filter)?;
            self.bytes(&[1])?;
        }
        self.finish(kind::SUBSCRIBE << 4 | 0b0010, 0)
    }

    /// The start of a PUBLISH at QoS 1 (section 3.3): everything but the payload, whose bytes follow on
    /// the wire.
    ///
    /// # Errors
    /// [`Full`], also for a payload too long for one packet.
    pub fn publish(mut self, id: PacketId, topic: &str, payload: usize) -> Result<&'b [u8], Full> {
        self.string(topic)?;
        self.bytes(&id.get().to_be_bytes())?;
        self.finish(kind::PUBLISH << 4 | 0b0010, payload)
    }

    /// PUBACK (section 3.4).
    ///
    /// # Errors
    /// [`Full`].
    pub fn puback(mut self, id: PacketId) -> Result<&'b [u8], Full> {
        self.bytes(&id.get().to_be_bytes())?;
        self.finish(kind::PUBACK << 4, 0)
    }

    /// PINGREQ (section 3.12).
    ///
    /// # Errors
    /// [`Full`].
    pub fn ping(self) -> Result<&'b [u8], Full> {
        self.finish(kind::PINGREQ << 4, 0)
    }

    /// DISCONNECT (section 3.14).
    ///
    /// # Errors
    /// [`Full`].
    pub fn disconnect(self) -> Result<&'b [u8], Full> {
        self.finish(kind::DISCONNECT << 4, 0)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Full> {
        let end = self.end.checked_add(bytes.len()).ok_or(Full)?;
        self.buffer.get_mut(self.end..end).ok_or(Full)?.copy_from_slice(bytes);
        self.end = end;
        Ok(())
    }

    /// Two bytes of length, then the text (section 1.5.3).
    fn string(&mut self, text: &str) -> Result<(), Full> {
        let len = u16::try_from(text.len()).map_err(|_| Full)?;
        self.bytes(&len.to_be_bytes())?;
        self.bytes(text.as_bytes())
    }

    /// Puts the fixed header right before the rest, of which `more` bytes are not in the buffer.
    fn finish(self, first: u8, more: usize) -> Result<&'b [u8], Full> {
        let Self { buffer, end } = self;
        let mut remaining = end.saturating_sub(HEADER).saturating_add(more);
        if remaining > REMAINING_MAX {
            return Err(Full);
        }
        let mut header = heapless::Vec::<u8, HEADER, u8>::new();
        header.push(first).map_err(|_| Full)?;
        loop {
            let digit = (remaining % 128) as u8;
            remaining /= 128;
            header.push(if remaining > 0 { digit | 0x80 } else { digit }).map_err(|_| Full)?;
            if remaining == 0 {
                break;
            }
        }
        let start = HEADER.saturating_sub(header.len());
        buffer.get_mut(start..HEADER).ok_or(Full)?.copy_from_slice(&header);
        buffer.get(start..end).ok_or(Full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn id(number: u16) -> PacketId {
        PacketId::new(number).unwrap()
    }

    #[test]
    fn golden_bytes() {
        let mut buffer = [0xEE; 64];
        let buffer = &mut buffer;
        assert_eq!(
            Encoder::new(buffer).connect("cl", "u", "pw", 600).unwrap(),
            b"\x10\x15\0\x04MQTT\x04\xC2\x02\x58\0\x02cl\0\x01u\0\x02pw"
        );
        assert_eq!(
            Encoder::new(buffer).subscribe(id(0x0102), &["a/b", "c/#"]).unwrap(),
            b"\x82\x0E\x01\x02\0\x03a/b\x01\0\x03c/#\x01"
        );
        assert_eq!(Encoder::new(buffer).publish(id(7), "t", 3).unwrap(), b"\x32\x08\0\x01t\0\x07");
        assert_eq!(Encoder::new(buffer).puback(id(0x8001)).unwrap(), b"\x40\x02\x80\x01");
        assert_eq!(Encoder::new(buffer).ping().unwrap(), b"\xC0\0");
        assert_eq!(Encoder::new(buffer).disconnect().unwrap(), b"\xE0\0");
    }

    #[test]
    fn lengths_take_one_to_four_bytes() {
        // Five bytes of topic and packet id go before the payload; limits of section 2.2.3.
        for (remaining, digits) in [
            (127, &[0x7F][..]),
            (128, &[0x80, 0x01]),
            (16_383, &[0xFF, 0x7F]),
            (16_384, &[0x80, 0x80, 0x01]),
            (2_097_151, &[0xFF, 0xFF, 0x7F]),
            (2_097_152, &[0x80, 0x80, 0x80, 0x01]),
            (268_435_455, &[0xFF, 0xFF, 0xFF, 0x7F]),
        ] {
            let mut buffer = [0; 16];
            let packet = Encoder::new(&mut buffer).publish(id(1), "t", remaining - 5).unwrap();
            assert_eq!(packet[1..packet.len() - 5], *digits);
        }
        let mut buffer = [0; 16];
        assert_eq!(Encoder::new(&mut buffer).publish(id(1), "t", 268_435_451), Err(Full));
        assert_eq!(Encoder::new(&mut buffer).publish(id(1), "t", usize::MAX), Err(Full));
    }

    #[test]
    fn a_small_buffer_is_an_error_at_every_size() {
        let mut big = [0; 100];
        let whole: Vec<u8> =
            Encoder::new(&mut big).connect("client", "user", "password", 1).unwrap().to_vec();
        for size in 0..100 {
            let mut buffer = vec![0; size];
            match Encoder::new(&mut buffer).connect("client", "user", "password", 1) {
                Ok(packet) => assert_eq!(packet, whole),
                Err(Full) => assert!(size < whole.len() + 3, "{size}"),
            }
            let mut buffer = vec![0; size];
            assert_eq!(Encoder::new(&mut buffer).ping().is_ok(), size >= HEADER);
        }
        let long = "x".repeat(0x10000);
        let mut buffer = vec![0; 0x20000];
        assert_eq!(Encoder::new(&mut buffer).connect(&long, "", "", 1), Err(Full));
    }
}
