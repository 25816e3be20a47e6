//! The CRC of groups (chip reference 2.2).

use ::crc::{CRC_16_ARC, Digest, NoTable};

/// Bytes of a CRC.
pub(super) const CRC_LEN: usize = 2;

/// Without a table, which costs more flash than the bus leaves time to save.
static ARC: ::crc::Crc<u16, NoTable> = ::crc::Crc::<u16, NoTable>::new(&CRC_16_ARC);

/// CRC-16 of the chip (chip reference 2.2): that of ARC, whose result it does not reflect.
pub(crate) struct Crc(Digest<'static, u16, NoTable>);

impl Crc {
    pub(crate) const fn new() -> Self {
        Self(ARC.digest())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Low byte first, as on the wire.
    pub(crate) const fn finish(self) -> [u8; CRC_LEN] {
        turned(self.0.finalize())
    }
}

/// The register that the chip has when ARC has this one. Smaller than `reverse_bits` on cores without an
/// instruction for it.
const fn turned(mut reflected: u16) -> [u8; CRC_LEN] {
    let mut register = 1_u32;
    while register < 1 << 16 {
        register = register << 1 | (reflected & 1) as u32;
        reflected >>= 1;
    }
    (register as u16).to_le_bytes()
}

/// Over one piece: what every group needs, so firmware has it once. `checksum` is smaller than a digest.
#[inline(never)]
pub(super) fn crc_of(bytes: &[u8]) -> [u8; CRC_LEN] {
    turned(ARC.checksum(bytes))
}

/// CRC-16 of the chip over several pieces, low byte first, as sent on the bus and as Lock takes it
/// (chip reference 2.2).
pub fn crc16<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> [u8; 2] {
    let mut crc = Crc::new();
    for piece in pieces {
        crc.update(piece);
    }
    crc.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chip reference 2.2, "self-checking vectors".
    #[test]
    fn crc_of_every_reference_vector() {
        let rows: [(&[u8], [u8; 2]); 19] = [
            (&[], [0x00, 0x00]),
            (&[0; 32], [0x00, 0x00]),
            (&[0x04, 0x00], [0x03, 0x40]),
            (&[0x04, 0x01], [0x00, 0xC3]),
            (&[0x04, 0x03], [0x83, 0x42]),
            (&[0x04, 0x05], [0xC3, 0x43]),
            (&[0x04, 0x07], [0x40, 0xC2]),
            (&[0x04, 0x08], [0x60, 0xC0]),
            (&[0x04, 0x0F], [0x23, 0x42]),
            (&[0x04, 0x11], [0x33, 0x43]),
            (&[0x04, 0xEE], [0x31, 0x41]),
            (&[0x04, 0xFF], [0x01, 0x42]),
            (&[0x07, 0x00, 0x00, 0x60, 0x02], [0x80, 0x38]),
            (&[0x07, 0x00, 0x00, 0x60, 0x03], [0x83, 0xBB]),
            (&[0x07, 0x00, 0x00, 0x50, 0x00], [0x03, 0x91]),
            (&[0x07, 0x30, 0x00, 0x00, 0x00], [0x03, 0x5D]),
            (&[0x07, 0x1B, 0x00, 0x00, 0x00], [0x24, 0xCD]),
            (&[0x07, 0x02, 0x80, 0x00, 0x00], [0x09, 0xAD]),
            (b"123456789", [0xDD, 0xBC]),
        ];
        for (bytes, crc) in rows {
            assert_eq!(crc16([bytes]), crc, "{bytes:02X?}");
            // In pieces it must be the same.
            let (a, b) = bytes.split_at(bytes.len() / 2);
            assert_eq!(crc16([a, b]), crc, "{bytes:02X?} in two pieces");
        }
    }
}
