//! What the fuzz targets do with their bytes. The tests of the main crate run the same over the committed
//! corpora, crashes and a deterministic stream.
//!
//! Each body panics if a promise is broken; anything else is fine. An input is one case or several, with [`BETWEEN`]
//! them, so that few files hold what many reach.

pub mod chip;
mod commands;
pub mod compressed;
pub mod differential;
pub mod jwt;
pub mod lint;
pub mod manifest;
pub mod mqtt;
pub mod pem;
pub mod response;
mod scripted_device;
mod typed;
pub mod wire;
pub mod x509;
pub mod zone;

use crc::{CRC_16_ARC, NoTable};

/// A body.
pub type Body = fn(&[u8]);

/// All of them, by name.
pub const BODIES: [(&str, Body); 12] = [
    ("chip", |input| each(input, chip::run)),
    ("compressed", |input| each(input, compressed::run)),
    ("differential", |input| each(input, differential::run)),
    ("jwt", |input| each(input, jwt::run)),
    ("lint", |input| each(input, lint::run)),
    ("manifest", |input| each(input, manifest::run)),
    ("mqtt", |input| each(input, mqtt::run)),
    ("pem", |input| each(input, pem::run)),
    ("response", |input| each(input, response::run)),
    ("wire", |input| each(input, wire::run)),
    ("x509", |input| each(input, x509::run)),
    ("zone", |input| each(input, zone::run)),
];

/// Stands between two cases of an input. The corpora are made with it by `cargo xtask fuzz minimise`.
pub const BETWEEN: &[u8] = b"\0next\0";

/// Carries out the body on each case.
pub fn each(mut input: &[u8], body: Body) {
    while let Some(at) = input.windows(BETWEEN.len()).position(|part| part == BETWEEN) {
        body(&input[..at]);
        input = &input[at + BETWEEN.len()..];
    }
    body(input);
}

/// Takes bytes from the front; zeros when they are used up.
#[derive(Debug, Clone)]
pub struct Source<'a>(pub &'a [u8]);

impl<'a> Source<'a> {
    pub fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    /// Fewer at the end.
    pub fn bytes(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let taken = self.bytes(N);
        array[..taken.len()].copy_from_slice(taken);
        array
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// CRC of the chip: that of ARC, with its result not reflected.
pub fn crc(bytes: &[u8]) -> [u8; 2] {
    crc::Crc::<u16, NoTable>::new(&CRC_16_ARC).checksum(bytes).reverse_bits().to_le_bytes()
}

/// Whether a group's CRC fits, or it is the one that passes without (chip reference D1).
pub fn intact(group: &[u8]) -> bool {
    let (body, sum) = group.split_at(group.len() - 2);
    crc(body) == sum || group == [0x04, 0x07, 0xC4, 0x40]
}

/// Count and CRC around a body.
pub fn group(body: &[u8]) -> Vec<u8> {
    let mut group = vec![(body.len() + 3) as u8];
    group.extend(body);
    group.extend(crc(&group));
    group
}
