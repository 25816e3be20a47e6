//! The packets of MQTT 3.1.1 that this device sends and receives: bytes only, no I/O.
//!
//! [`Encoder`] writes packets into a buffer, [`decode`] reads one whole packet, [`frame`] says from its
//! first bytes how long it is. Anything malformed is an error; lengths are checked before they are used.
//! Section numbers are those of the OASIS standard "MQTT Version 3.1.1".

mod decode;
mod encode;

pub use decode::{Malformed, Packet, decode, frame};
pub(crate) use decode::{id_position, is_message};
pub use encode::{Encoder, Full, PacketId};

/// A packet's own kind, the high nibble of its first byte (section 2.2.1).
pub(crate) mod kind {
    pub(crate) const CONNECT: u8 = 1;
    pub(crate) const CONNACK: u8 = 2;
    pub(crate) const PUBLISH: u8 = 3;
    pub(crate) const PUBACK: u8 = 4;
    pub(crate) const SUBSCRIBE: u8 = 8;
    pub(crate) const SUBACK: u8 = 9;
    pub(crate) const PINGREQ: u8 = 12;
    pub(crate) const PINGRESP: u8 = 13;
    pub(crate) const DISCONNECT: u8 = 14;
}
