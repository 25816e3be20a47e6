//! What loggers and assemblers put before the bytes of a line.

/// The line without it.
pub(super) fn without(line: &str) -> &str {
    let start = line.trim_start();
    esp_idf(start).or_else(|| clock(start)).or_else(|| data(start)).unwrap_or(line)
}

/// ESP-IDF: `I (304) tag: `.
fn esp_idf(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['E', 'W', 'I', 'D', 'V'])?.strip_prefix(" (")?;
    let (time, rest) = rest.split_once(") ")?;
    let (_, bytes) = rest.split_once(": ")?;
    time.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b':').then_some(bytes)
}

/// `2024-05-17 16:55:22,735 # ` and `12:34:56.789 -> `.
fn clock(line: &str) -> Option<&str> {
    let shape =
        |text: &str| -> String { text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect() };
    let (first, rest) = line.split_once(' ')?;
    let rest = match shape(first) == "0000-00-00" {
        true => rest.split_once(' ').filter(|(time, _)| shape(time).starts_with("00:00:00"))?.1,
        false if shape(first).starts_with("00:00:00") => rest,
        false => return None,
    };
    Some(["# ", "-> "].into_iter().find_map(|mark| rest.strip_prefix(mark)).unwrap_or(rest))
}

/// `DB 01h, 23h` and `.byte 0x01`.
fn data(line: &str) -> Option<&str> {
    let (first, rest) = line.split_once([' ', '\t'])?;
    let said = rest.contains("0x") || rest.contains('$') || rest.contains(['h', 'H']);
    let known = ["db", ".db", ".byte", "dcb", "fcb"].contains(&first.to_ascii_lowercase().as_str());
    (known && said).then_some(rest)
}
