//! Bytes as text.

/// Bytes of hexadecimal digits.
pub fn bytes(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("digits")).collect()
}
