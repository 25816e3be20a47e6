//! The eight bytes of a counter (chip reference 4.9).

const MAX: u32 = 2_097_151;

/// A word of the unary part: one leading zero bit a count.
const fn unary(count: u32) -> u16 {
    if count < 16 { 0xFFFF >> count } else { 0 }
}

/// Bytes of a value, `None` above the maximum.
pub(super) const fn encode(value: u32) -> Option<[u8; 8]> {
    if value > MAX {
        return None;
    }
    let (linear, binary) = match value.checked_sub(16) {
        Some(shifted) => (unary(shifted % 32), (shifted / 32) as u16),
        None => (0xFFFF, 0),
    };
    let ([a, b], [c, d]) = (unary(value % 32).to_be_bytes(), linear.to_be_bytes());
    let ([e, f], [g, h]) = (((value / 32) as u16).to_be_bytes(), binary.to_be_bytes());
    Some([a, b, c, d, e, f, g, h])
}

/// Value of the bytes. What the chip makes of patterns no value has is UNVERIFIED
/// (chip reference U8).
pub(super) const fn decode([a, b, c, d, e, f, g, h]: [u8; 8]) -> u32 {
    let lin_a = u16::from_be_bytes([a, b]);
    let lin_b = u16::from_be_bytes([c, d]);
    let bin_a = u16::from_be_bytes([e, f]) as u32;
    let bin_b = u16::from_be_bytes([g, h]) as u32;
    if lin_a != 0 { 32 * bin_a + lin_a.leading_zeros() } else { 32 * bin_b + 16 + lin_b.leading_zeros() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::golden::hex;

    #[test]
    fn examples_of_the_reference() {
        for (value, bytes) in [
            (0, "FF FF FF FF 00 00 00 00"),
            (1, "7F FF FF FF 00 00 00 00"),
            (15, "00 01 FF FF 00 00 00 00"),
            (16, "00 00 FF FF 00 00 00 00"),
            (17, "00 00 7F FF 00 00 00 00"),
            (31, "00 00 00 01 00 00 00 00"),
            (32, "FF FF 00 00 00 01 00 00"),
            (33, "7F FF 00 00 00 01 00 00"),
            (47, "00 01 00 00 00 01 00 00"),
            (48, "00 00 FF FF 00 01 00 01"),
            (63, "00 00 00 01 00 01 00 01"),
            (64, "FF FF 00 00 00 02 00 01"),
            (1_048_575, "00 00 00 01 7F FF 7F FF"),
            (2_097_151, "00 00 00 01 FF FF FF FF"),
        ] {
            assert_eq!(encode(value).unwrap()[..], hex(bytes)[..], "{value}");
        }
        assert_eq!(encode(MAX + 1), None);
    }

    #[test]
    fn every_value_survives() {
        for value in 0..=MAX {
            assert_eq!(decode(encode(value).unwrap()), value);
        }
    }
}
