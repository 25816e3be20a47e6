//! Hexadecimal, and groups whose CRC the chip reference does not list. Nothing of the driver's.

use crc::{CRC_16_ARC, NoTable};

/// Bytes of "07 1B 00"; white space is for the reader.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).expect("a hexadecimal digit") as u8)
        .collect();
    assert_eq!(digits.len() % 2, 0, "odd number of digits in {text}");
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Hexadecimal text of bytes.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// CRC, low byte first (chip reference 2.2).
pub(crate) fn crc(bytes: &[u8]) -> [u8; 2] {
    crc::Crc::<u16, NoTable>::new(&CRC_16_ARC).checksum(bytes).reverse_bits().to_le_bytes()
}

/// The group around a packet: count before, CRC behind.
pub(crate) fn group(packet: &str) -> String {
    let mut bytes = hex(packet);
    bytes.insert(0, bytes.len() as u8 + 3);
    let crc = crc(&bytes);
    bytes.extend(crc);
    text(&bytes)
}

#[test]
fn crc_of_the_reference() {
    // Chip reference 2.2.
    let rows = [
        ("", "00 00"),
        ("04 00", "03 40"),
        ("04 0F", "23 42"),
        ("04 11", "33 43"),
        ("04 EE", "31 41"),
        ("04 FF", "01 42"),
        ("07 00 00 60 02", "80 38"),
        ("07 02 80 00 00", "09 AD"),
        ("07 47 00 00 00", "2E 85"),
    ];
    for (bytes, expected) in rows {
        assert_eq!(crc(&hex(bytes))[..], hex(expected), "{bytes}");
    }
    assert_eq!(crc(b"123456789"), [0xDD, 0xBC]);
    assert_eq!(hex(&group("30 00 00 00")), hex("07 30 00 00 00 03 5D"));
}
