//! JSON where it stands in a buffer. Reading and writing as such is in `crate::json`.

use crate::hex;
pub(super) use crate::json::{copy, read, write};
use core::ops::Range;

/// Where in `body` a text borrowed from it lies.
pub(super) fn position(body: &[u8], text: &str) -> Range<usize> {
    let start = (text.as_ptr() as usize).wrapping_sub(body.as_ptr() as usize);
    start..start.saturating_add(text.len())
}

/// Undoes JSON's escapes within ASCII where the text stands; the shorter range, or nothing if the text has
/// others.
pub(super) fn unescape(body: &mut [u8], range: Range<usize>) -> Option<Range<usize>> {
    let text = body.get_mut(range.clone())?;
    let (mut read, mut write) = (0, 0);
    while let Some(byte) = text.get(read).copied() {
        let (byte, len) = match byte {
            b'\\' => match text.get(read.saturating_add(1)..)? {
                [sign @ (b'"' | b'\\' | b'/'), ..] => (*sign, 2),
                [b'u', b'0', b'0', high, low, ..] => (hex::digit(*high)? << 4 | hex::digit(*low)?, 6),
                _ => return None,
            },
            byte => (byte, 1),
        };
        *text.get_mut(write)? = byte;
        write = write.saturating_add(1);
        read = read.saturating_add(len);
    }
    Some(range.start..range.start.saturating_add(write))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_in_place() {
        let undo = |text: &str| {
            let mut body = std::format!("<{text}>").into_bytes();
            let range = unescape(&mut body, 1..text.len() + 1)?;
            Some(std::string::String::from_utf8_lossy(&body[range]).into_owned())
        };
        assert_eq!(undo("ya29.c-d_e").unwrap(), "ya29.c-d_e");
        assert_eq!(undo(r"a\u003d\/b\u003D").unwrap(), "a=/b=");
        assert_eq!(undo(""), Some(std::string::String::new()));
        for wrong in ["\\", r"\u00", r"\u20ac", r"\n", r"\u00g0"] {
            assert_eq!(undo(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_text_is_found_again() {
        let body = b"{\"a\":\"text\"}";
        let text = core::str::from_utf8(&body[6..10]).unwrap();
        assert_eq!(position(body, text), 6..10);
    }
}
