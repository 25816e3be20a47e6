//! JSON in fixed buffers, out and in.
//!
//! What comes from a server is read with [`read`]: the parser (serde-json-core) calls itself for every level of what it
//! reads and of what it passes over, so a message of brackets alone would use up a microcontroller's stack.

use core::fmt;
use serde::{Deserialize, Serialize};
use serde_json_core::str::{EscapedStr, EscapedStringFragment};

/// Deepest nesting read: levels of objects and arrays.
pub const DEPTH_MAX: usize = 16;

/// Writes a value; its length, or nothing if it does not fit.
pub(crate) fn write<V: Serialize>(value: &V, buffer: &mut [u8]) -> Option<usize> {
    serde_json_core::to_slice(value, buffer).ok()
}

/// Reads one whole value; members that the type does not know are passed over. Nothing if it is no JSON, not of this type,
/// or nested deeper than [`DEPTH_MAX`].
#[must_use]
pub fn read<'de, V: Deserialize<'de>>(body: &'de [u8]) -> Option<V> {
    if depth(body) > DEPTH_MAX {
        return None;
    }
    serde_json_core::from_slice(body).ok().map(|(value, _)| value)
}

pub(crate) fn depth(body: &[u8]) -> usize {
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

/// Copies a text to be shown: escapes undone, control characters as spaces, cut with `...` when too long.
pub(crate) fn copy<const N: usize>(text: EscapedStr<'_>) -> heapless::String<N> {
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
}
