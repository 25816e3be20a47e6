//! JSON in fixed buffers, out and in.

use core::fmt;
use core::ops::Range;
use serde::{Deserialize, Serialize};
use serde_json_core::str::{EscapedStr, EscapedStringFragment};

/// Deepest nesting read. The parser calls itself for every level, also in what is skipped.
const DEPTH_MAX: usize = 16;

/// Writes a value; its length, or nothing if it does not fit.
pub(super) fn write<V: Serialize>(value: &V, buffer: &mut [u8]) -> Option<usize> {
    serde_json_core::to_slice(value, buffer).ok()
}

/// Reads one whole value; members that the type does not know are skipped.
pub(super) fn read<'de, V: Deserialize<'de>>(body: &'de [u8]) -> Option<V> {
    if depth(body) > DEPTH_MAX {
        return None;
    }
    serde_json_core::from_slice(body).ok().map(|(value, _)| value)
}

fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth = depth.saturating_add(1);
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

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
                [b'u', b'0', b'0', high, low, ..] => (hex(*high)? << 4 | hex(*low)?, 6),
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

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Copies a text to be shown: escapes undone, control characters as spaces, cut with `...` when too long.
pub(super) fn copy<const N: usize>(text: EscapedStr<'_>) -> heapless::String<N> {
    let mut out = heapless::String::new();
    for fragment in text.fragments() {
        let fits = match fragment {
            Ok(EscapedStringFragment::NotEscaped(part)) => append(&mut out, part.chars()),
            Ok(EscapedStringFragment::Escaped(c)) => append(&mut out, core::iter::once(c)),
            // Half a surrogate pair, which this parser does not put together.
            Err(_) => break,
        };
        if fits.is_err() {
            while out.len() > N.saturating_sub(3) {
                out.pop();
            }
            let _ = out.push_str("...");
            break;
        }
    }
    out
}

fn append<const N: usize>(
    out: &mut heapless::String<N>,
    mut text: impl Iterator<Item = char>,
) -> fmt::Result {
    text.try_for_each(|c| out.push(if c.is_control() { ' ' } else { c }).map_err(|_| fmt::Error))
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
    fn descriptions_are_cut_visibly_and_hold_no_control_characters() {
        assert_eq!(copy::<32>(EscapedStr(r#"a \"b\"\n\u001bc"#)), "a \"b\"  c");
        assert_eq!(copy::<8>(EscapedStr("123456789")), "12345...");
        assert_eq!(copy::<8>(EscapedStr("12345678")), "12345678");
        assert_eq!(copy::<8>(EscapedStr("1234€€")), "1234...");
        assert_eq!(copy::<8>(EscapedStr(r"ab\ud83d\ude00")), "ab");
    }

    #[test]
    fn nesting_without_end_is_not_followed() {
        #[derive(Deserialize)]
        struct Any {}
        let nested = |n| std::format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n)).into_bytes();
        assert!(read::<Any>(&nested(DEPTH_MAX - 1)).is_some());
        assert!(read::<Any>(&nested(DEPTH_MAX)).is_none());
        assert!(read::<Any>(&nested(100_000)).is_none());
        assert_eq!(depth(br#"{"a":"[[[[\"[["}"#), 1);
    }

    #[test]
    fn a_text_is_found_again() {
        let body = b"{\"a\":\"text\"}";
        let text = core::str::from_utf8(&body[6..10]).unwrap();
        assert_eq!(position(body, text), 6..10);
    }
}
