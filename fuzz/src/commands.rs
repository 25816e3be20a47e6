//! Commands that mean something: of every kind, on any slot, with data as someone would send them who knows
//! every key. Bytes by hand, not by the driver.

use super::Source;
use testkit::pins::{PUBLIC, contents, sign};
use testkit::sha256_of;

/// What goes into p2.
#[derive(Clone, Copy)]
enum P2 {
    Slot,
    /// A word or block of a zone; for slots with the block above.
    Address,
    /// This and nothing else.
    Is(u16),
    /// The length of the data.
    Len,
    Any,
}

/// What follows.
#[derive(Clone, Copy)]
enum Data {
    None,
    Bytes(usize),
    /// As many as the input says, at most this.
    UpTo(usize),
    /// All of one kind: what others refer to.
    Same(usize),
    /// A signature of 32 of them.
    Signature,
    /// And the public key.
    SignatureAndKey,
    /// The 32 in front, as SecureBoot has it.
    DigestAndSignature,
    /// A public key on the curve.
    Key,
    /// CheckMac's challenge, answer and other data, right for the slot's first contents.
    Response,
    /// Details and message of a KDF.
    Kdf,
    /// Four zeros, a private key, a MAC that nobody looks at.
    PrivateKey,
}

use Data as D;
use P2 as P;

#[rustfmt::skip]
const TEMPLATES: [(u8, &[u8], P2, Data); 44] = [
    (0x02, &[0x80, 0x00, 0x81, 0x01, 0x82, 0x02], P::Address, D::None),
    (0x12, &[0x00, 0x02, 0x01], P::Address, D::Same(4)),
    (0x12, &[0x82, 0x80, 0x81], P::Address, D::Same(32)),
    (0x12, &[0xC2], P::Address, D::Bytes(64)),
    (0x17, &[0x80, 0x81], P::Is(0), D::None),
    (0x17, &[0x02, 0x22, 0x36, 0x3E, 0x12], P::Any, D::None),
    (0x16, &[0x03, 0x43, 0x83], P::Is(0), D::Same(32)),
    (0x16, &[0x23, 0x63], P::Is(0), D::Same(64)),
    (0x16, &[0x00, 0x01], P::Is(0), D::Same(20)),
    (0x16, &[0x00], P::Is(0x8000), D::Same(20)),
    (0x1B, &[0x00, 0x01], P::Is(0), D::None),
    (0x24, &[0x00, 0x01], P::Is(0), D::None),
    (0x24, &[0x00, 0x01], P::Is(1), D::None),
    (0x40, &[0x00, 0x04, 0x08, 0x0C], P::Slot, D::None),
    (0x40, &[0x04], P::Is(0xFFFF), D::None),
    (0x40, &[0x10], P::Slot, D::Same(3)),
    (0x41, &[0x80, 0xA0, 0x00, 0x40, 0x01], P::Slot, D::None),
    (0x45, &[0x02, 0x22, 0x82, 0xA2], P::Is(4), D::SignatureAndKey),
    (0x45, &[0x00, 0x20, 0x80, 0x01], P::Slot, D::Signature),
    (0x45, &[0x03, 0x07], P::Slot, D::Bytes(83)),
    (0x47, &[0x00], P::Is(0), D::None),
    (0x47, &[0x01], P::Len, D::Bytes(64)),
    (0x47, &[0xC2, 0x42, 0x02], P::Len, D::UpTo(63)),
    (0x47, &[0x04, 0x03], P::Slot, D::None),
    (0x47, &[0x04], P::Is(0xFFFF), D::None),
    (0x47, &[0x06], P::Is(0), D::None),
    (0x47, &[0x07], P::Len, D::UpTo(99)),
    (0x08, &[0x00, 0x40, 0x02, 0x06], P::Slot, D::Same(32)),
    (0x08, &[0x01, 0x05, 0x03, 0x07, 0x45], P::Slot, D::None),
    (0x28, &[0x00, 0x01, 0x05, 0x02, 0x06], P::Slot, D::Response),
    (0x15, &[0x02, 0x05], P::Slot, D::None),
    (0x15, &[0x00, 0x01, 0x04], P::Is(1), D::None),
    (0x15, &[0x02], P::Slot, D::Same(4)),
    (0x15, &[0x03], P::Is(0x8000), D::Same(32)),
    (0x1C, &[0x00, 0x04], P::Slot, D::None),
    (0x1C, &[0x00, 0x04], P::Slot, D::Same(32)),
    (0x43, &[0x0C, 0x08, 0x04, 0x0E, 0x00, 0x0D, 0x09, 0x05], P::Slot, D::Key),
    (0x56, &[0x42, 0x46, 0x40, 0x52, 0x56, 0x02, 0x12, 0x22, 0x32, 0x4A, 0x6E, 0x50], P::Slot, D::Kdf),
    (0x51, &[0x00, 0x01, 0x40, 0x81], P::Slot, D::Same(16)),
    (0x51, &[0x00, 0x01], P::Is(0xFFFF), D::Same(16)),
    (0x51, &[0x03], P::Is(0), D::Bytes(32)),
    (0x30, &[0x00, 0x01, 0x02, 0x04], P::Slot, D::None),
    (0x46, &[0x00, 0x40], P::Slot, D::PrivateKey),
    (0x80, &[0x05, 0x07, 0x85, 0x45, 0x06], P::Is(0), D::DigestAndSignature),
];

/// Without templates: these take little.
const OTHERS: [(u8, u8); 4] = [(0x20, 0), (0x20, 1), (0x20, 2), (0x77, 0x3D)];

/// What a slot holds: a secret that no input can guess below 8, public keys above.
pub fn held(slot: usize) -> Vec<u8> {
    match slot {
        0..8 => [&[0; 4][..], &sha256_of(&[b"held", &[slot as u8]])].concat(),
        _ => contents(slot, slot % 2 == 1),
    }
}

/// Opcode, p1, p2 and data.
pub fn command(source: &mut Source<'_>, serial: &[u8; 16]) -> Vec<u8> {
    let (kind, choice) = (usize::from(source.byte()), source.byte());
    let what = TEMPLATES.get(kind % 64).copied();
    let mut body = match what {
        None if kind % 64 < 48 => {
            let (opcode, p1) = OTHERS[kind % 4];
            vec![opcode, p1, source.byte(), 0]
        }
        // Anything.
        None => {
            let head = source.array::<4>();
            let len = usize::from(choice % 140);
            [&head[..], source.bytes(len)].concat()
        }
        Some((opcode, p1, p2, data)) => {
            let p1 = p1[usize::from(choice & 0xF) % p1.len()];
            let place = if matches!(p2, P2::Is(_) | P2::Len) { 0 } else { source.byte() };
            let data = bytes(data, p1, place, serial, source);
            let p2 = match p2 {
                P2::Is(value) => value,
                P2::Len => data.len() as u16,
                P2::Slot => u16::from(place & 0xF) | u16::from(choice >> 4) << 8,
                P2::Address if p1 & 3 == 2 => u16::from(place & 0xF) << 3 | u16::from(choice >> 4) << 8,
                P2::Address => u16::from(place),
                P2::Any => u16::from(place),
            };
            let [low, high] = p2.to_le_bytes();
            [&[opcode, p1, low, high][..], &data].concat()
        }
    };
    // Something is wrong with it.
    if kind >= 0xC0 {
        let place = usize::from(source.byte()) % body.len();
        body[place] ^= source.byte();
    }
    body
}

fn bytes(data: Data, p1: u8, place: u8, serial: &[u8; 16], source: &mut Source<'_>) -> Vec<u8> {
    match data {
        Data::None => vec![],
        Data::Bytes(len) => {
            let mut bytes = source.bytes(len).to_vec();
            bytes.resize(len, 0);
            bytes
        }
        Data::UpTo(len) => {
            let len = usize::from(source.byte()) % (len + 1);
            source.bytes(len).to_vec()
        }
        Data::Same(len) => vec![source.byte(); len],
        Data::Signature => sign(&[source.byte(); 32]),
        Data::SignatureAndKey => [sign(&[source.byte(); 32]), PUBLIC.to_vec()].concat(),
        Data::DigestAndSignature => {
            let digest = [source.byte(); 32];
            [digest.to_vec(), sign(&digest)].concat()
        }
        Data::Key => PUBLIC.to_vec(),
        Data::Response => {
            let key = &held(usize::from(place & 0xF))[..32];
            let (sn8, sn0, sn1) = (serial[12], serial[0], serial[1]);
            let response =
                sha256_of(&[key, &[0; 32], &[0; 12], &[0; 3], &[sn8], &[0; 4], &[sn0, sn1], &[0; 2]]);
            [&[0; 32][..], &response, &[0; 13]].concat()
        }
        Data::Kdf => {
            let how = source.byte();
            // AES takes one block.
            let len = if p1 & 0x60 == 0x20 { 16 } else { 32 };
            let details = [how & 7, how >> 3 & 1, 0, if len == 16 { 0 } else { 32 }];
            [&details[..], &vec![source.byte(); len]].concat()
        }
        Data::PrivateKey => [&[0; 4][..], &[source.byte(); 32], &[0; 32]].concat(),
    }
}
