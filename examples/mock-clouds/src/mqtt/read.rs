//! Packets read, strictly: what the standards forbid is refused, and the refusal says what.
//!
//! MQTT 3.1.1 and 5, OASIS standards; sections are of MQTT 5.

use bytes::{Buf, Bytes, BytesMut};

use super::packet::{
    Auth, ConnAck, Connect, Disconnect, Filter, Packet, PubAck, Publish, QoS, SubAck, Subscribe, Unsubscribe,
    Version,
};
use super::property::{Kind, Properties, Value, kind};

/// Why something is no packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// In words.
    Because(String),
    /// A protocol level that there is none of here.
    Level(u8),
    /// Longer than is taken, in bytes.
    TooLong(usize),
}

impl<S: Into<String>> From<S> for Malformed {
    fn from(reason: S) -> Self {
        Self::Because(reason.into())
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Because(reason) => f.write_str(reason),
            Self::Level(level) => write!(f, "protocol level {level}"),
            Self::TooLong(length) => write!(f, "a packet of {length} bytes"),
        }
    }
}

type Read<T> = Result<T, Malformed>;

/// Takes the next packet off the buffer; none: more bytes are needed. Before CONNECT there is no version.
pub fn packet(buffer: &mut BytesMut, version: Option<Version>, longest: usize) -> Read<Option<Packet>> {
    let Some(&first) = buffer.first() else { return Ok(None) };
    let Some((length, at)) = variable(buffer.get(1..).unwrap_or_default())? else { return Ok(None) };
    if length > longest {
        return Err(Malformed::TooLong(length));
    }
    if buffer.len() < 1 + at + length {
        return Ok(None);
    }
    buffer.advance(1 + at);
    let mut body = Body { bytes: buffer.split_to(length).freeze(), v5: version == Some(Version::V5) };
    let packet = body.packet(first, version)?;
    if !body.bytes.is_empty() {
        return Err(format!("{} bytes after the end of the packet", body.bytes.len()).into());
    }
    Ok(Some(packet))
}

/// A variable byte integer (section 1.5.5) and its length; none: it goes on.
fn variable(bytes: &[u8]) -> Read<Option<(usize, usize)>> {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            if at > 0 && *byte == 0 {
                return Err("a length with more bytes than it needs".into());
            }
            return Ok(Some((value, at + 1)));
        }
    }
    if bytes.len() >= 4 { Err("a length of more than four bytes".into()) } else { Ok(None) }
}

/// What follows the fixed header.
struct Body {
    bytes: Bytes,
    v5: bool,
}

impl Body {
    fn packet(&mut self, first: u8, version: Option<Version>) -> Read<Packet> {
        let (kind, flags) = (first >> 4, first & 0x0F);
        let due = match kind {
            3 => flags,
            6 | 8 | 10 => 2,
            _ => 0,
        };
        if flags != due {
            return Err(format!("packet type {kind} with flags {flags}").into());
        }
        if version.is_none() && kind != 1 {
            return Err(format!("the first packet is no CONNECT but of type {kind}").into());
        }
        Ok(match kind {
            1 if version.is_some() => return Err("a second CONNECT".into()),
            1 => Packet::Connect(self.connect()?),
            2 => self.connack()?,
            3 => Packet::Publish(self.publish(flags)?),
            4 => {
                let (id, code) = self.acknowledged()?;
                Packet::PubAck(PubAck { id, code })
            }
            5..=7 => Packet::ExactlyOnce(kind, self.acknowledged()?.0),
            8 => Packet::Subscribe(self.subscribe()?),
            9 => Packet::SubAck(self.suback()?),
            10 => Packet::Unsubscribe(self.unsubscribe()?),
            11 => Packet::UnsubAck(self.suback()?),
            12 => Packet::PingReq,
            13 => Packet::PingResp,
            14 => {
                let (code, properties) = self.reason()?;
                Packet::Disconnect(Disconnect { code, properties })
            }
            15 if self.v5 => {
                let (code, properties) = self.reason()?;
                Packet::Auth(Auth { code, properties })
            }
            _ => return Err(format!("packet type {kind}").into()),
        })
    }

    fn connect(&mut self) -> Read<Connect> {
        if self.text()? != "MQTT" {
            return Err("the protocol's name is not MQTT".into());
        }
        let version = match self.byte()? {
            4 => Version::V311,
            5 => Version::V5,
            level => return Err(Malformed::Level(level)),
        };
        self.v5 = version == Version::V5;
        let flags = self.byte()?;
        let set = |bit: u8| flags & bit != 0;
        if set(1) || (!set(4) && flags & 0b0011_1000 != 0) {
            return Err(format!("CONNECT with flags {flags:#04x}").into());
        }
        if !self.v5 && set(0x40) && !set(0x80) {
            return Err("a password without a user name".into());
        }
        let keep_alive = self.two()?;
        let properties = self.properties()?;
        let client_id = self.text()?;
        let will = if set(4) {
            let properties = self.properties()?;
            let (topic, payload) = (self.text()?, self.binary()?);
            let qos = qos(flags >> 3 & 3)?;
            Some(Publish { dup: false, qos, retain: set(0x20), topic, id: 0, properties, payload })
        } else {
            None
        };
        let user_name = if set(0x80) { Some(self.text()?) } else { None };
        let password = if set(0x40) { Some(self.binary()?) } else { None };
        let clean = set(2);
        Ok(Connect { version, client_id, clean, keep_alive, user_name, password, will, properties })
    }

    fn connack(&mut self) -> Read<Packet> {
        let (flags, code, properties) = (self.byte()?, self.byte()?, self.properties()?);
        Ok(Packet::ConnAck(ConnAck { session_present: flags & 1 != 0, code, properties }))
    }

    fn publish(&mut self, flags: u8) -> Read<Publish> {
        let (dup, qos, retain) = (flags & 8 != 0, qos(flags >> 1 & 3)?, flags & 1 != 0);
        if dup && qos == QoS::AtMostOnce {
            return Err("QoS 0, and sent before".into());
        }
        let topic = self.text()?;
        let id = if qos == QoS::AtMostOnce { 0 } else { self.id()? };
        let properties = self.properties()?;
        Ok(Publish { dup, qos, retain, topic, id, properties, payload: self.rest() })
    }

    fn acknowledged(&mut self) -> Read<(u16, u8)> {
        let id = self.id()?;
        // Without a reason it is 0, without a length there are no properties (section 3.4.2).
        let code = if self.v5 && !self.bytes.is_empty() { self.byte()? } else { 0 };
        if self.v5 && !self.bytes.is_empty() {
            self.properties()?;
        }
        Ok((id, code))
    }

    fn subscribe(&mut self) -> Read<Subscribe> {
        let (id, properties, mut filters) = (self.id()?, self.properties()?, Vec::new());
        while !self.bytes.is_empty() {
            let (path, options) = (self.text()?, self.byte()?);
            if options & if self.v5 { 0xC0 } else { 0xFC } != 0 {
                return Err(format!("filter {path:?} with options {options:#04x}").into());
            }
            filters.push(Filter {
                path,
                qos: qos(options & 3)?,
                no_local: options & 4 != 0,
                retain_as_published: options & 8 != 0,
                retain_handling: options >> 4,
            });
        }
        if filters.is_empty() {
            return Err("SUBSCRIBE without a filter".into());
        }
        Ok(Subscribe { id, filters, properties })
    }

    fn suback(&mut self) -> Read<SubAck> {
        let id = self.id()?;
        self.properties()?;
        Ok(SubAck { id, codes: self.rest().to_vec() })
    }

    fn unsubscribe(&mut self) -> Read<Unsubscribe> {
        let (id, _, mut filters) = (self.id()?, self.properties()?, Vec::new());
        while !self.bytes.is_empty() {
            filters.push(self.text()?);
        }
        if filters.is_empty() {
            return Err("UNSUBSCRIBE without a filter".into());
        }
        Ok(Unsubscribe { id, filters })
    }

    /// Of DISCONNECT and AUTH: both may be left out.
    fn reason(&mut self) -> Read<(u8, Properties)> {
        let code = if self.v5 && !self.bytes.is_empty() { self.byte()? } else { 0 };
        let there = self.v5 && !self.bytes.is_empty();
        Ok((code, if there { self.properties()? } else { Properties::default() }))
    }

    fn properties(&mut self) -> Read<Properties> {
        if !self.v5 {
            return Ok(Properties::default());
        }
        let length = self.variable()?;
        let mut own = Self { bytes: self.split(length)?, v5: true };
        let mut read = Vec::new();
        while !own.bytes.is_empty() {
            let number = own.byte()?;
            let value = match kind(number).ok_or(format!("property {number}"))? {
                Kind::Byte => Value::Number(own.byte()?.into()),
                Kind::Two => Value::Number(own.two()?.into()),
                Kind::Four => Value::Number((u32::from(own.two()?) << 16) | u32::from(own.two()?)),
                Kind::Variable => Value::Number(u32::try_from(own.variable()?).unwrap_or(u32::MAX)),
                Kind::Text => Value::Text(own.text()?),
                Kind::Bytes => Value::Bytes(own.binary()?),
                Kind::Pair => Value::Pair(own.text()?, own.text()?),
            };
            if !matches!(number, 11 | 38) && read.iter().any(|(before, _)| *before == number) {
                return Err(format!("property {number} twice").into());
            }
            read.push((number, value));
        }
        Ok(Properties(read))
    }

    fn split(&mut self, length: usize) -> Read<Bytes> {
        if self.bytes.len() < length {
            return Err(format!("{} bytes where {length} are promised", self.bytes.len()).into());
        }
        Ok(self.bytes.split_to(length))
    }

    fn rest(&mut self) -> Bytes {
        std::mem::take(&mut self.bytes)
    }

    fn byte(&mut self) -> Read<u8> {
        Ok(self.split(1)?.get_u8())
    }

    fn two(&mut self) -> Read<u16> {
        Ok(self.split(2)?.get_u16())
    }

    fn variable(&mut self) -> Read<usize> {
        let (value, length) = variable(&self.bytes)?.ok_or("a length without an end")?;
        self.bytes.advance(length);
        Ok(value)
    }

    fn id(&mut self) -> Read<u16> {
        match self.two()? {
            0 => Err("packet id 0".into()),
            id => Ok(id),
        }
    }

    fn binary(&mut self) -> Read<Bytes> {
        let length = self.two()?;
        self.split(length.into())
    }

    fn text(&mut self) -> Read<String> {
        let text = String::from_utf8(self.binary()?.to_vec()).map_err(|_| "text that is no UTF-8")?;
        if text.contains('\0') {
            return Err("text with a NUL".into());
        }
        Ok(text)
    }
}

fn qos(number: u8) -> Read<QoS> {
    match number {
        0 => Ok(QoS::AtMostOnce),
        1 => Ok(QoS::AtLeastOnce),
        2 => Ok(QoS::ExactlyOnce),
        _ => Err("QoS 3".into()),
    }
}
