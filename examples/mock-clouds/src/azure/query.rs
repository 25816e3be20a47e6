//! `NAME=VALUE&NAME=VALUE`, percent-encoded.

use percent_encoding::percent_decode_str;

/// Decodes; fails for what is no UTF-8, and for a `%` that starts no escape.
pub(super) fn decode(text: &str) -> Option<String> {
    let escapes_are_whole = text.split('%').skip(1).all(|after| {
        after.get(..2).is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    });
    let decoded = percent_decode_str(text).decode_utf8().ok()?.into_owned();
    escapes_are_whole.then_some(decoded)
}

/// Names and values; a name without `=` has none.
pub(super) fn pairs(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let text = text.strip_prefix('?').unwrap_or(text);
    if text.is_empty() {
        return Some(Vec::new());
    }
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => Some((decode(name)?, Some(decode(value)?))),
        None => Some((decode(pair)?, None)),
    };
    text.split('&').map(pair).collect()
}

/// The value of a name.
pub(super) fn value(text: &str, name: &str) -> Option<String> {
    pairs(text)?.into_iter().find(|(own, _)| own == name)?.1
}
