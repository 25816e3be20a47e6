//! The packets of MQTT 3.1.1 that this device sends and receives: bytes only, no I/O.
//!
//! [`Encoder`] writes packets into a buffer, [`decode`] reads one whole packet, [`frame`] says from its
//! first bytes how long it is. Anything malformed is an error; lengths are checked before they are used.
//! Section numbers are those of the OASIS standard "MQTT Version 3.1.1".

mod decode;
mod encode;

pub use decode::{Malformed, Packet, decode, frame};
pub(super) use decode::{id_position, is_message};
pub use encode::{Encoder, Full, PacketId};

/// A packet's own kind, the high nibble of its first byte (section 2.2.1).
mod kind {
    pub(super) const CONNECT: u8 = 1;
    pub(super) const CONNACK: u8 = 2;
    pub(super) const PUBLISH: u8 = 3;
    pub(super) const PUBACK: u8 = 4;
    pub(super) const SUBSCRIBE: u8 = 8;
    pub(super) const SUBACK: u8 = 9;
    pub(super) const UNSUBSCRIBE: u8 = 10;
    pub(super) const UNSUBACK: u8 = 11;
    pub(super) const PINGREQ: u8 = 12;
    pub(super) const PINGRESP: u8 = 13;
    pub(super) const DISCONNECT: u8 = 14;
}
