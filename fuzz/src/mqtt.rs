//! Packets from a server that sends anything, beside another reader; and packets written, read back.

use atecc608_cloud::mqtt::packet::{Encoder, Packet, PacketId, decode, frame};
use atecc608_cloud::mqtt::{Login, QoS, Will};

/// The same packets, read by the sections of the standard; `None` for what is none.
fn read(data: &[u8]) -> Option<Packet<'_>> {
    let (mut remaining, mut digits) = (0_usize, 0);
    loop {
        let digit = usize::from(*data.get(1 + digits)?);
        remaining += (digit & 0x7F) << (7 * digits);
        digits += 1;
        if digit & 0x80 == 0 {
            break;
        }
        if digits == 4 {
            return None;
        }
    }
    let (first, body) = (data[0], &data[1 + digits..]);
    if body.len() != remaining {
        return None;
    }
    let number = |at: usize| Some(u16::from_be_bytes(body.get(at..at + 2)?.try_into().ok()?));
    match first {
        // A refusal may have any code, and MQTT 5's properties behind it.
        0x20 if body.len() >= 2 && body[0] <= 1 && (body.len() == 2 || body[1] != 0) => {
            Some(Packet::ConnAck { code: body[1], session_present: body[0] == 1 })
        }
        0x40 if body.len() == 2 => Some(Packet::PubAck(PacketId::new(number(0)?)?)),
        0xB0 if body.len() == 2 => Some(Packet::UnsubAck(PacketId::new(number(0)?)?)),
        0x90 if body.len() >= 3 => {
            let codes = &body[2..];
            let known = codes.iter().all(|code| [0, 1, 2, 0x80].contains(code));
            known.then_some(Packet::SubAck { id: PacketId::new(number(0)?)?, codes })
        }
        0xD0 if body.is_empty() => Some(Packet::PingResp),
        // Retained or not; DUP at QoS 1 only; QoS 2 was never asked for.
        0x30..=0x33 | 0x3A | 0x3B => {
            let end = 2 + usize::from(number(0)?);
            let topic = str::from_utf8(body.get(2..end)?).ok()?;
            if topic.is_empty() || topic.bytes().any(|byte| b"#+\0".contains(&byte)) {
                return None;
            }
            if first & 2 == 0 {
                return Some(Packet::Publish { topic, id: None, payload: &body[end..] });
            }
            let id = PacketId::new(number(end)?)?;
            Some(Packet::Publish { topic, id: Some(id), payload: &body[end + 2..] })
        }
        _ => None,
    }
}

/// Any login: what is there is a bit of `parts` each.
fn login<'a>(text: &'a str, bytes: &'a [u8], parts: u8) -> Login<'a> {
    let has = |bit: u8| parts >> bit & 1 != 0;
    let qos = if has(0) { QoS::AtLeastOnce } else { QoS::AtMostOnce };
    let will = Will { topic: text, payload: &bytes[..bytes.len().min(200)], qos, retain: has(1) };
    Login {
        user_name: has(2).then_some(text),
        password: has(3).then_some(will.payload),
        will: has(4).then_some(will),
        clean_session: has(5),
        ..Login::new(text)
    }
}

/// What this side writes in the direction in which both sides write alike.
fn written(data: &[u8]) {
    let Some((&[high, low, len, room], rest)) = data.split_first_chunk() else { return };
    let Some(id) = PacketId::new(u16::from_be_bytes([high, low])) else { return };
    let (topic, payload) = rest.split_at(usize::from(len).min(rest.len()));
    let topic = String::from_utf8_lossy(topic);
    let mut buffer = vec![0xEE; usize::from(room) * 4];
    let needed = 5 + 2 + topic.len() + 2;
    let retain = high & 1 != 0;
    match Encoder::new(&mut buffer).publish(Some(id), retain, &topic, payload.len()) {
        Ok(head) => {
            let whole = [head, payload].concat();
            let expected = Packet::Publish { topic: &topic, id: Some(id), payload };
            let topic_is_good = !topic.is_empty() && !topic.contains(['#', '+', '\0']);
            assert_eq!(decode(&whole).ok(), topic_is_good.then_some(expected));
            assert_eq!(frame(&whole), Ok(Some(whole.len())));
        }
        Err(_) => assert!(buffer.len() < needed, "{} for {needed}", buffer.len()),
    }
    if let Ok(head) = Encoder::new(&mut buffer).publish(None, retain, &topic, payload.len()) {
        let whole = [head, payload].concat();
        if let Ok(decoded) = decode(&whole) {
            assert_eq!(decoded, Packet::Publish { topic: &topic, id: None, payload });
        }
        assert_eq!(whole[0], 0x30 | u8::from(retain));
    }
    if let Ok(ack) = Encoder::new(&mut buffer).puback(id) {
        assert_eq!(decode(ack), Ok(Packet::PubAck(id)));
    }
    // The login has the text three times and the payload twice.
    let room = || vec![0; 64 + 3 * topic.len() + 2 * payload.len()];
    let packets = [
        Encoder::new(&mut room()).subscribe(id, &[&topic, "b"]).map(<[u8]>::to_vec),
        Encoder::new(&mut room()).unsubscribe(id, &[&topic, "b"]).map(<[u8]>::to_vec),
        Encoder::new(&mut room()).connect(&login(&topic, payload, high)).map(<[u8]>::to_vec),
    ];
    for packet in packets {
        let packet = packet.expect("room");
        let digits = packet[1..].iter().take_while(|byte| **byte & 0x80 != 0).count();
        let len = packet[1..2 + digits].iter().rev().fold(0, |sum, byte| sum << 7 | usize::from(byte & 0x7F));
        assert_eq!(len, packet.len() - 2 - digits);
        assert!(frame(&packet).is_err(), "no server sends it");
    }
}

pub fn run(data: &[u8]) {
    // What the first bytes say does not change with more of them.
    let mut said = None;
    for len in 0..=data.len().min(6) {
        match (frame(&data[..len]), said) {
            (Ok(Some(now)), Some(before)) => assert_eq!(now, before),
            (Ok(now), None) => said = now,
            (Ok(None), Some(_)) => panic!("a length that was known"),
            (Err(_), Some(_)) => panic!("a packet that was one"),
            (Err(_), None) => break,
        }
    }
    let decoded = decode(data);
    assert_eq!(decoded.ok(), read(data), "{decoded:?}");
    if decoded.is_ok() {
        assert_eq!(said, Some(data.len()));
    }
    written(data);
}
