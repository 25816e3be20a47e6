//! Packets to send.

use super::kind;
use crate::mqtt::{Login, QoS};
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

    /// CONNECT (section 3.1), as it is told: whether a server would take it says [`Login::check`].
    ///
    /// # Errors
    /// [`Full`].
    pub fn connect(mut self, login: &Login<'_>) -> Result<&'b [u8], Full> {
        let mut flags = u8::from(login.clean_session) << 1;
        if let Some(will) = &login.will {
            flags |= 1 << 2 | u8::from(will.qos == QoS::AtLeastOnce) << 3 | u8::from(will.retain) << 5;
        }
        flags |= u8::from(login.password.is_some()) << 6 | u8::from(login.user_name.is_some()) << 7;
        self.string(b"MQTT")?;
        self.bytes(&[4, flags])?;
        self.bytes(&login.keep_alive.as_secs().to_be_bytes())?;
        self.string(login.client_id.as_bytes())?;
        if let Some(will) = &login.will {
            self.string(will.topic.as_bytes())?;
            self.string(will.payload)?;
        }
        for part in [login.user_name.map(str::as_bytes), login.password].into_iter().flatten() {
            self.string(part)?;
        }
        self.finish(kind::CONNECT << 4, 0)
    }

    /// SUBSCRIBE to several filters, each at QoS 1 at most (section 3.8).
    ///
    /// # Errors
    /// [`Full`].
    pub fn subscribe(mut self, id: PacketId, filters: &[&str]) -> Result<&'b [u8], Full> {
        self.bytes(&id.get().to_be_bytes())?;
        for filter in filters {
            self.string(filter.as_bytes())?;
            self.bytes(&[1])?;
        }
        self.finish(kind::SUBSCRIBE << 4 | 0b0010, 0)
    }

    /// UNSUBSCRIBE from several filters (section 3.10).
    ///
    /// # Errors
    /// [`Full`].
    pub fn unsubscribe(mut self, id: PacketId, filters: &[&str]) -> Result<&'b [u8], Full> {
        self.bytes(&id.get().to_be_bytes())?;
        for filter in filters {
            self.string(filter.as_bytes())?;
        }
        self.finish(kind::UNSUBSCRIBE << 4 | 0b0010, 0)
    }

    /// The start of a PUBLISH (section 3.3), at QoS 1 if there is a packet id and at QoS 0 if not: everything but
    /// the payload, whose bytes follow on the wire.
    ///
    /// # Errors
    /// [`Full`], also for a payload too long for one packet.
    pub fn publish(
        mut self,
        id: Option<PacketId>,
        retain: bool,
        topic: &str,
        payload: usize,
    ) -> Result<&'b [u8], Full> {
        self.string(topic.as_bytes())?;
        if let Some(id) = id {
            self.bytes(&id.get().to_be_bytes())?;
        }
        let flags = u8::from(id.is_some()) << 1 | u8::from(retain);
        self.finish(kind::PUBLISH << 4 | flags, payload)
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

    /// Two bytes of length, then the text (section 1.5.3), or any bytes.
    fn string(&mut self, text: &[u8]) -> Result<(), Full> {
        let len = u16::try_from(text.len()).map_err(|_| Full)?;
        self.bytes(&len.to_be_bytes())?;
        self.bytes(text)
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
    use crate::mqtt::{KeepAlive, Will};
    use std::vec;
    use std::vec::Vec;

    fn id(number: u16) -> PacketId {
        PacketId::new(number).unwrap()
    }

    const LOGIN: Login<'_> = Login { user_name: Some("u"), password: Some(b"pw"), ..Login::new("cl") };

    #[test]
    fn golden_bytes() {
        let mut buffer = [0xEE; 64];
        let buffer = &mut buffer;
        assert_eq!(
            Encoder::new(buffer).connect(&LOGIN).unwrap(),
            b"\x10\x15\0\x04MQTT\x04\xC2\x02\x58\0\x02cl\0\x01u\0\x02pw"
        );
        let keep_alive = KeepAlive::from_secs(258).unwrap();
        let bare = Login { keep_alive, clean_session: false, ..Login::new("cl") };
        assert_eq!(Encoder::new(buffer).connect(&bare).unwrap(), b"\x10\x0E\0\x04MQTT\x04\0\x01\x02\0\x02cl");
        let will = Will { topic: "w/t", payload: b"\0\xFF", qos: QoS::AtLeastOnce, retain: true };
        let login = Login { will: Some(will), user_name: Some("u"), ..bare };
        assert_eq!(
            Encoder::new(buffer).connect(&login).unwrap(),
            b"\x10\x1A\0\x04MQTT\x04\xAC\x01\x02\0\x02cl\0\x03w/t\0\x02\0\xFF\0\x01u"
        );
        let will = Will { qos: QoS::AtMostOnce, retain: false, payload: b"", ..will };
        let login = Login { will: Some(will), clean_session: true, ..bare };
        assert_eq!(
            Encoder::new(buffer).connect(&login).unwrap(),
            b"\x10\x15\0\x04MQTT\x04\x06\x01\x02\0\x02cl\0\x03w/t\0\0"
        );
        assert_eq!(
            Encoder::new(buffer).subscribe(id(0x0102), &["a/b", "c/#"]).unwrap(),
            b"\x82\x0E\x01\x02\0\x03a/b\x01\0\x03c/#\x01"
        );
        assert_eq!(
            Encoder::new(buffer).unsubscribe(id(0x0102), &["a/b", "c/#"]).unwrap(),
            b"\xA2\x0C\x01\x02\0\x03a/b\0\x03c/#"
        );
        let publish = |id, retain| {
            let mut buffer = [0; 16];
            Encoder::new(&mut buffer).publish(id, retain, "t", 3).unwrap().to_vec()
        };
        assert_eq!(publish(Some(id(7)), false), b"\x32\x08\0\x01t\0\x07");
        assert_eq!(publish(Some(id(7)), true), b"\x33\x08\0\x01t\0\x07");
        assert_eq!(publish(None, false), b"\x30\x06\0\x01t");
        assert_eq!(publish(None, true), b"\x31\x06\0\x01t");
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
            let packet = Encoder::new(&mut buffer).publish(Some(id(1)), false, "t", remaining - 5).unwrap();
            assert_eq!(packet[1..packet.len() - 5], *digits);
        }
        let mut buffer = [0; 16];
        assert_eq!(Encoder::new(&mut buffer).publish(Some(id(1)), false, "t", 268_435_451), Err(Full));
        assert_eq!(Encoder::new(&mut buffer).publish(Some(id(1)), false, "t", usize::MAX), Err(Full));
    }

    #[test]
    fn a_small_buffer_is_an_error_at_every_size() {
        let mut big = [0; 100];
        let whole: Vec<u8> = Encoder::new(&mut big).connect(&LOGIN).unwrap().to_vec();
        for size in 0..100 {
            let mut buffer = vec![0; size];
            match Encoder::new(&mut buffer).connect(&LOGIN) {
                Ok(packet) => assert_eq!(packet, whole),
                Err(Full) => assert!(size < whole.len() + 3, "{size}"),
            }
            let mut buffer = vec![0; size];
            assert_eq!(Encoder::new(&mut buffer).ping().is_ok(), size >= HEADER);
        }
        let long = "x".repeat(0x10000);
        let mut buffer = vec![0; 0x20000];
        assert_eq!(Encoder::new(&mut buffer).connect(&Login::new(&long)), Err(Full));
    }
}
