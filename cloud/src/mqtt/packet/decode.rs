//! Packets received.

use super::encode::PacketId;
use super::kind;
use core::fmt;

/// A packet from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// The answer to CONNECT: 0 for accepted, 1 to 5 for refused (section 3.2.2.3). Servers use others, too.
    ConnAck {
        /// The return code.
        code: u8,
        /// The server has kept a session of this client id.
        session_present: bool,
    },
    /// A message.
    Publish {
        /// Where it was published.
        topic: &'a str,
        /// To acknowledge, at QoS 1; `None` at QoS 0.
        id: Option<PacketId>,
        /// The message.
        payload: &'a [u8],
    },
    /// The server has a published message.
    PubAck(PacketId),
    /// The answer to SUBSCRIBE.
    SubAck {
        /// Of the SUBSCRIBE.
        id: PacketId,
        /// For each filter the QoS granted (0 to 2) or 0x80 for refused.
        codes: &'a [u8],
    },
    /// The answer to UNSUBSCRIBE.
    UnsubAck(PacketId),
    /// The answer to PINGREQ.
    PingResp,
}

/// What is wrong with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// A length of more than four bytes.
    Length,
    /// A kind of packet that no server sends, or one this client asks for in no way.
    Kind(u8),
    /// Flags that the kind must not have.
    Flags(u8),
    /// The packet ends too early or goes on too long.
    Size,
    /// A packet id of 0.
    PacketId,
    /// A topic that is empty, not UTF-8, or has a wildcard or NUL in it.
    Topic,
    /// A return code that MQTT does not know.
    Code(u8),
    /// A message at QoS 2, which this client never asks for.
    QoS2,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("a length of more than four bytes"),
            Self::Kind(kind) => write!(f, "a packet of kind {kind}, which a server does not send here"),
            Self::Flags(first) => write!(f, "flags that the packet must not have (first byte {first:#04x})"),
            Self::Size => f.write_str("a packet that ends too early or goes on too long"),
            Self::PacketId => f.write_str("a packet id of 0"),
            Self::Topic => f.write_str("a topic that is empty, not UTF-8, or has a wildcard in it"),
            Self::Code(code) => write!(f, "an unknown return code {code:#04x}"),
            Self::QoS2 => f.write_str("a message at QoS 2, which was not asked for"),
        }
    }
}

impl core::error::Error for Malformed {}

/// How long the packet is whose first bytes these are, fixed header and all; `None` if more bytes are
/// needed to tell.
///
/// A first byte that no packet has is refused at once: something that is not MQTT may never send as much as
/// its next bytes would promise.
///
/// # Errors
/// [`Malformed::Kind`], [`Malformed::Flags`], [`Malformed::QoS2`], [`Malformed::Length`].
pub fn frame(start: &[u8]) -> Result<Option<usize>, Malformed> {
    if let Some(first) = start.first() {
        check_first(*first)?;
    }
    let mut remaining = 0;
    for (i, byte) in start.iter().skip(1).take(4).enumerate() {
        remaining |= usize::from(byte & 0x7F) << (7 * i);
        if byte & 0x80 == 0 {
            return Ok(Some(2 + i + remaining));
        }
    }
    if start.len() >= 5 { Err(Malformed::Length) } else { Ok(None) }
}

/// Whether a packet that begins like this is a message.
pub(crate) fn is_message(start: &[u8]) -> bool {
    start.first().is_some_and(|first| first >> 4 == kind::PUBLISH)
}

/// Of a message's first bytes, the length of its topic included: where its packet id begins, if it has one.
/// `None` if more bytes are needed to tell.
pub(crate) fn id_position(start: &[u8]) -> Option<Option<usize>> {
    let (first, rest) = start.split_first()?;
    let header = 2 + rest.iter().take_while(|byte| *byte & 0x80 != 0).count();
    let topic = start.get(header..)?.first_chunk()?;
    let end = header.saturating_add(2).saturating_add(usize::from(u16::from_be_bytes(*topic)));
    Some((first & 0b0110 != 0).then_some(end))
}

fn check_first(first: u8) -> Result<(), Malformed> {
    match (first >> 4, first & 0x0F) {
        // DUP is set on a message that may have come before; at QoS 0 it must not be (section 3.3.1.1).
        (kind::PUBLISH, 0b0000 | 0b0001 | 0b0010 | 0b0011 | 0b1010 | 0b1011) => Ok(()),
        (kind::PUBLISH, 0b0100 | 0b0101 | 0b1100 | 0b1101) => Err(Malformed::QoS2),
        (kind::CONNACK | kind::PUBACK | kind::SUBACK | kind::UNSUBACK | kind::PINGRESP, 0) => Ok(()),
        (
            kind::PUBLISH | kind::CONNACK | kind::PUBACK | kind::SUBACK | kind::UNSUBACK | kind::PINGRESP,
            _,
        ) => Err(Malformed::Flags(first)),
        (kind, _) => Err(Malformed::Kind(kind)),
    }
}

/// Reads a whole packet, of exactly the length that [`frame`] says.
///
/// # Errors
/// [`Malformed`].
pub fn decode(packet: &[u8]) -> Result<Packet<'_>, Malformed> {
    let (first, rest) = packet.split_first().ok_or(Malformed::Size)?;
    let digits = rest.iter().take_while(|byte| *byte & 0x80 != 0).count() + 1;
    if frame(packet)? != Some(packet.len()) {
        return Err(Malformed::Size);
    }
    let body = rest.get(digits..).ok_or(Malformed::Size)?;
    match first >> 4 {
        kind::CONNACK => match body {
            // "Session present" with a clean session is a server's mistake, without consequence.
            [present @ (0 | 1), 0] => Ok(Packet::ConnAck { code: 0, session_present: *present == 1 }),
            // A server of MQTT 5 has properties behind its refusal.
            [present @ (0 | 1), code, ..] if *code != 0 => {
                Ok(Packet::ConnAck { code: *code, session_present: *present == 1 })
            }
            [flags, _] => Err(Malformed::Flags(*flags)),
            _ => Err(Malformed::Size),
        },
        kind::PUBLISH => publish(*first, body),
        kind::PUBACK => only_id(body).map(Packet::PubAck),
        kind::UNSUBACK => only_id(body).map(Packet::UnsubAck),
        kind::SUBACK => {
            let (id, codes) = packet_id(body)?;
            match codes.iter().find(|code| !matches!(code, 0..=2 | 0x80)) {
                _ if codes.is_empty() => Err(Malformed::Size),
                Some(code) => Err(Malformed::Code(*code)),
                None => Ok(Packet::SubAck { id, codes }),
            }
        }
        kind::PINGRESP if body.is_empty() => Ok(Packet::PingResp),
        kind::PINGRESP => Err(Malformed::Size),
        other => Err(Malformed::Kind(other)),
    }
}

fn publish(first: u8, body: &[u8]) -> Result<Packet<'_>, Malformed> {
    let (len, rest) = body.split_first_chunk().ok_or(Malformed::Size)?;
    let (topic, rest) =
        rest.split_at_checked(usize::from(u16::from_be_bytes(*len))).ok_or(Malformed::Size)?;
    let topic = core::str::from_utf8(topic).map_err(|_| Malformed::Topic)?;
    if topic.is_empty() || topic.contains(['#', '+', '\0']) {
        return Err(Malformed::Topic);
    }
    // `check_first` has seen to the flags: QoS 0 or 1.
    if first & 0b0110 == 0 {
        return Ok(Packet::Publish { topic, id: None, payload: rest });
    }
    let (id, payload) = packet_id(rest)?;
    Ok(Packet::Publish { topic, id: Some(id), payload })
}

fn only_id(body: &[u8]) -> Result<PacketId, Malformed> {
    match packet_id(body)? {
        (id, []) => Ok(id),
        _ => Err(Malformed::Size),
    }
}

fn packet_id(body: &[u8]) -> Result<(PacketId, &[u8]), Malformed> {
    let (id, rest) = body.split_first_chunk().ok_or(Malformed::Size)?;
    Ok((PacketId::new(u16::from_be_bytes(*id)).ok_or(Malformed::PacketId)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn golden_bytes() {
        let id = |number| PacketId::new(number).unwrap();
        let connack = |code, session_present| Ok(Packet::ConnAck { code, session_present });
        assert_eq!(decode(b"\x20\x02\0\0"), connack(0, false));
        assert_eq!(decode(b"\x20\x02\x01\x05"), connack(5, true));
        // Codes that MQTT 3.1.1 does not have are refusals all the same, with MQTT 5's properties or without.
        assert_eq!(decode(b"\x20\x02\0\x0D"), connack(13, false));
        assert_eq!(decode(b"\x20\x02\0\xFF"), connack(255, false));
        assert_eq!(decode(b"\x20\x03\0\x84\0"), connack(0x84, false));
        assert_eq!(decode(b"\x40\x02\x12\x34"), Ok(Packet::PubAck(id(0x1234))));
        assert_eq!(decode(b"\x90\x04\0\x01\x01\x80"), Ok(Packet::SubAck { id: id(1), codes: &[1, 0x80] }));
        assert_eq!(decode(b"\xB0\x02\0\x0A"), Ok(Packet::UnsubAck(id(10))));
        assert_eq!(decode(b"\xD0\0"), Ok(Packet::PingResp));
        assert_eq!(
            decode(b"\x31\x05\0\x03a/bX"[..8].as_ref()),
            Err(Malformed::Size),
            "one byte more than it says"
        );
        assert_eq!(
            decode(b"\x31\x06\0\x03a/bX"),
            Ok(Packet::Publish { topic: "a/b", id: None, payload: b"X" })
        );
        assert_eq!(
            decode(b"\x3A\x07\0\x03a/b\0\x09"),
            Ok(Packet::Publish { topic: "a/b", id: Some(id(9)), payload: b"" })
        );
    }

    #[test]
    fn frames_are_measured() {
        assert_eq!(frame(&[]), Ok(None));
        assert_eq!(frame(&[0x30]), Ok(None));
        assert_eq!(frame(&[0x30, 0x80]), Ok(None));
        assert_eq!(frame(&[0x30, 0]), Ok(Some(2)));
        assert_eq!(frame(&[0x30, 0x80, 0x01, 0xFF]), Ok(Some(3 + 128)));
        assert_eq!(frame(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F]), Ok(Some(5 + 268_435_455)));
        assert_eq!(frame(&[0x30, 0xFF, 0xFF, 0xFF, 0x80]), Err(Malformed::Length));
    }

    #[test]
    fn a_messages_id_is_found_in_its_first_bytes() {
        let message = b"\x32\x81\x80\0\0\x03a/b\x01\x02rest";
        for end in 0..6 {
            assert_eq!(id_position(&message[..end]), None, "{end}");
        }
        assert_eq!(id_position(&message[..6]), Some(Some(9)));
        assert_eq!(id_position(b"\x32\x07\0\x03a/b\0\x09"), Some(Some(7)));
        assert_eq!(id_position(b"\x30\x07\0\x03a/b\0\x09"), Some(None), "QoS 0 has none");
        assert_eq!(id_position(b"\x3B\x07\xFF\xFF"), Some(Some(4 + 65_535)));
    }

    #[test]
    fn malformed_packets_are_told_apart() {
        for (packet, error) in [
            (&b""[..], Malformed::Size),
            (b"\x20", Malformed::Size),
            (b"\x20\0", Malformed::Size),
            (b"\x20\x03\0\0\0", Malformed::Size),
            (b"\x20\x02\x02\0", Malformed::Flags(2)),
            (b"\x21\x02\0\0", Malformed::Flags(0x21)),
            (b"\x40\0", Malformed::Size),
            (b"\x40\x02\0\0", Malformed::PacketId),
            (b"\x40\x03\0\x01\0", Malformed::Size),
            (b"\x90\x02\0\x01", Malformed::Size),
            (b"\x90\x03\0\x01\x03", Malformed::Code(3)),
            (b"\xB0\x02\0\0", Malformed::PacketId),
            (b"\xB0\x03\0\x01\0", Malformed::Size),
            (b"\xB1\x02\0\x01", Malformed::Flags(0xB1)),
            (b"\xD0\x01\0", Malformed::Size),
            (b"\x00\0", Malformed::Kind(0)),
            (b"\xF0\0", Malformed::Kind(15)),
            (b"\x10\0", Malformed::Kind(1)),
            (b"\x30\0", Malformed::Size),
            (b"\x30\x02\0\0", Malformed::Topic),
            (b"\x30\x03\0\x02a", Malformed::Size),
            (b"\x30\x03\0\x01\xFF", Malformed::Topic),
            (b"\x30\x03\0\x01#", Malformed::Topic),
            (b"\x30\x03\0\x01\0", Malformed::Topic),
            (b"\x32\x03\0\x01a", Malformed::Size),
            (b"\x32\x05\0\x01a\0\0", Malformed::PacketId),
            (b"\x15\x03\x03", Malformed::Kind(1)),
            (b"HTTP/1.1", Malformed::Flags(b'H')),
            (b"\x34\x05\0\x01a\0\x01", Malformed::QoS2),
            (b"\x36\x05\0\x01a\0\x01", Malformed::Flags(0x36)),
            (b"\x38\x03\0\x01a", Malformed::Flags(0x38)),
            (b"\x30\x80\x80\x80\x80", Malformed::Length),
        ] {
            assert_eq!(decode(packet), Err(error), "{packet:02x?}");
        }
    }

    /// Every packet of up to five bytes over telling values, and random ones: an answer, never a panic.
    #[test]
    fn no_bytes_panic() {
        let values = [0x00, 0x01, 0x02, 0x05, 0x20, 0x30, 0x32, 0x34, 0x40, 0x7F, 0x80, 0x90, 0xD0, 0xFF];
        let mut packets = 0u32;
        for len in 0..=5 {
            for mut number in 0..values.len().pow(len) {
                let packet: Vec<u8> = (0..len)
                    .map(|_| {
                        let value = values[number % values.len()];
                        number /= values.len();
                        value
                    })
                    .collect();
                let decoded = decode(&packet);
                assert!(decoded.is_err() || frame(&packet) == Ok(Some(packet.len())));
                packets += 1;
            }
        }
        assert_eq!(packets, 579_195);
        let mut x = 0x9E37_79B9u32;
        for _ in 0..200_000 {
            let mut packet = [0; 12];
            for byte in &mut packet {
                x ^= x << 13;
                x ^= x >> 17;
                x ^= x << 5;
                *byte = if x & 0x100 == 0 { x as u8 } else { x as u8 & 0x03 };
            }
            packet[0] = [0x20, 0x30, 0x32, 0x3A, 0x40, 0x90, 0xB0][usize::from(packet[0]) % 7];
            packet[1] = 10;
            let _ = decode(&packet);
        }
    }
}
