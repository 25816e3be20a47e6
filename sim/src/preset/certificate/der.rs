//! DER, as far as certificates need it: values with a tag and a length, put together from inside out.

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0C;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// `[number]` of a primitive type.
pub(super) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// `[number]` around other values.
pub(super) const fn context_around(number: u8) -> u8 {
    0xA0 | number
}

/// A value with these contents, one after the other. They have less than 64 KiB.
pub(super) fn value(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let [high, low] = (contents.len() as u16).to_be_bytes();
    let mut der = match (high, low) {
        (0, ..0x80) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    der.extend(contents);
    der
}

/// A number of some length that is not negative, in as few bytes as it takes.
pub(super) fn unsigned(big_endian: &[u8]) -> Vec<u8> {
    let zeros = big_endian.iter().take_while(|byte| **byte == 0).count();
    match &big_endian[zeros..] {
        [] => value(INTEGER, &[&[0]]),
        digits @ [0x80..=0xFF, ..] => value(INTEGER, &[&[0], digits]),
        digits => value(INTEGER, &[digits]),
    }
}

/// Bits in whole bytes.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    value(BIT_STRING, &[&[0], bytes])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert_eq!(value(SEQUENCE, &[]), [0x30, 0]);
        assert_eq!(value(SEQUENCE, &[&[0; 127]])[..2], [0x30, 127]);
        assert_eq!(value(SEQUENCE, &[&[0; 128]])[..3], [0x30, 0x81, 128]);
        assert_eq!(value(SEQUENCE, &[&[0; 255], &[0]])[..4], [0x30, 0x82, 1, 0]);
    }

    #[test]
    fn numbers() {
        for (number, der) in [
            (&[0, 0][..], &[2, 1, 0][..]),
            (&[0, 0x7F], &[2, 1, 0x7F]),
            (&[0x80, 0], &[2, 3, 0, 0x80, 0]),
            (&[0, 0x80], &[2, 2, 0, 0x80]),
        ] {
            assert_eq!(unsigned(number), der);
        }
    }
}
