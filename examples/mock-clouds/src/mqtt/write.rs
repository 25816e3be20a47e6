//! Packets written.

use bytes::{BufMut, Bytes, BytesMut};

use super::packet::{Connect, Packet, Publish, SubAck, Version};
use super::property::{Kind, Properties, Value, kind};

/// Appends a packet.
pub fn packet(packet: &Packet, version: Version, to: &mut BytesMut) {
    let mut body = Body { bytes: BytesMut::new(), v5: version == Version::V5 };
    let first = body.packet(packet);
    to.put_u8(first);
    variable(to, body.bytes.len());
    to.extend_from_slice(&body.bytes);
}

fn variable(to: &mut BytesMut, mut value: usize) {
    loop {
        let low = (value & 0x7F) as u8;
        value >>= 7;
        if value == 0 {
            return to.put_u8(low);
        }
        to.put_u8(low | 0x80);
    }
}

struct Body {
    bytes: BytesMut,
    v5: bool,
}

impl Body {
    /// The first byte.
    fn packet(&mut self, packet: &Packet) -> u8 {
        match packet {
            Packet::Connect(connect) => {
                self.connect(connect);
                0x10
            }
            Packet::ConnAck(ack) => {
                self.bytes.put_slice(&[ack.session_present.into(), ack.code]);
                self.properties(&ack.properties);
                0x20
            }
            Packet::Publish(publish) => self.publish(publish),
            Packet::PubAck(ack) => {
                self.bytes.put_u16(ack.id);
                if self.v5 && ack.code != 0 {
                    self.bytes.put_u8(ack.code);
                }
                0x40
            }
            Packet::ExactlyOnce(kind, id) => {
                self.bytes.put_u16(*id);
                kind << 4 | if *kind == 6 { 2 } else { 0 }
            }
            Packet::Subscribe(subscribe) => {
                self.bytes.put_u16(subscribe.id);
                self.properties(&subscribe.properties);
                for filter in &subscribe.filters {
                    self.text(&filter.path);
                    self.bytes.put_u8(
                        filter.qos as u8
                            | u8::from(filter.no_local) << 2
                            | u8::from(filter.retain_as_published) << 3
                            | filter.retain_handling << 4,
                    );
                }
                0x82
            }
            Packet::SubAck(ack) => self.suback(ack, 0x90),
            Packet::Unsubscribe(unsubscribe) => {
                self.bytes.put_u16(unsubscribe.id);
                self.properties(&Properties::default());
                unsubscribe.filters.iter().for_each(|filter| self.text(filter));
                0xA2
            }
            // Without codes in MQTT 3.1.1.
            Packet::UnsubAck(ack) if self.v5 => self.suback(ack, 0xB0),
            Packet::UnsubAck(ack) => {
                self.bytes.put_u16(ack.id);
                0xB0
            }
            Packet::PingReq => 0xC0,
            Packet::PingResp => 0xD0,
            Packet::Disconnect(disconnect) => self.reason(disconnect.code, &disconnect.properties, 0xE0),
            Packet::Auth(auth) => self.reason(auth.code, &auth.properties, 0xF0),
        }
    }

    fn connect(&mut self, connect: &Connect) {
        self.text("MQTT");
        self.bytes.put_u8(if self.v5 { 5 } else { 4 });
        let will =
            connect.will.as_ref().map_or(0, |will| 4 | (will.qos as u8) << 3 | u8::from(will.retain) << 5);
        self.bytes.put_u8(
            u8::from(connect.clean) << 1
                | will
                | u8::from(connect.password.is_some()) << 6
                | u8::from(connect.user_name.is_some()) << 7,
        );
        self.bytes.put_u16(connect.keep_alive);
        self.properties(&connect.properties);
        self.text(&connect.client_id);
        if let Some(will) = &connect.will {
            self.properties(&will.properties);
            self.text(&will.topic);
            self.binary(&will.payload);
        }
        if let Some(name) = &connect.user_name {
            self.text(name);
        }
        if let Some(password) = &connect.password {
            self.binary(password);
        }
    }

    fn publish(&mut self, publish: &Publish) -> u8 {
        self.text(&publish.topic);
        if publish.id != 0 {
            self.bytes.put_u16(publish.id);
        }
        self.properties(&publish.properties);
        self.bytes.extend_from_slice(&publish.payload);
        0x30 | u8::from(publish.dup) << 3 | (publish.qos as u8) << 1 | u8::from(publish.retain)
    }

    fn suback(&mut self, ack: &SubAck, first: u8) -> u8 {
        self.bytes.put_u16(ack.id);
        self.properties(&Properties::default());
        self.bytes.extend_from_slice(&ack.codes);
        first
    }

    fn reason(&mut self, code: u8, properties: &Properties, first: u8) -> u8 {
        if self.v5 && (code != 0 || !properties.0.is_empty()) {
            self.bytes.put_u8(code);
            self.properties(properties);
        }
        first
    }

    fn properties(&mut self, properties: &Properties) {
        if !self.v5 {
            return;
        }
        let mut own = Self { bytes: BytesMut::new(), v5: true };
        for (number, value) in &properties.0 {
            own.bytes.put_u8(*number);
            match (kind(*number), value) {
                (Some(Kind::Byte), Value::Number(value)) => own.bytes.put_u8(*value as u8),
                (Some(Kind::Two), Value::Number(value)) => own.bytes.put_u16(*value as u16),
                (Some(Kind::Variable), Value::Number(value)) => variable(&mut own.bytes, *value as usize),
                (_, Value::Number(value)) => own.bytes.put_u32(*value),
                (_, Value::Text(text)) => own.text(text),
                (_, Value::Bytes(bytes)) => own.binary(bytes),
                (_, Value::Pair(name, value)) => {
                    own.text(name);
                    own.text(value);
                }
            }
        }
        variable(&mut self.bytes, own.bytes.len());
        self.bytes.extend_from_slice(&own.bytes);
    }

    fn text(&mut self, text: &str) {
        self.binary(&Bytes::copy_from_slice(text.as_bytes()));
    }

    fn binary(&mut self, bytes: &Bytes) {
        self.bytes.put_u16(bytes.len() as u16);
        self.bytes.extend_from_slice(bytes);
    }
}
