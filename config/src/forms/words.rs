//! A text without its comments, cut into words.

/// A piece of the text that stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) line: usize,
    pub(super) text: &'a str,
    /// What parts it from the one before.
    pub(super) gap: Gap,
}

/// How much stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Spaces and separators.
    List,
    /// A bracket.
    Bracket,
    /// What ends a list: an assignment, the end of a statement.
    End,
}

/// Cuts.
pub(super) fn cut(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut gap = Gap::End;
    let mut rest = text;
    let mut line = 1;
    while let Some(c) = rest.chars().next() {
        let comment = ["/*", "//", "#", "<!--", "--"].into_iter().find(|start| rest.starts_with(start));
        let len = match comment {
            Some("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            Some("<!--") => rest.find("-->").map_or(rest.len(), |end| end + 3),
            Some("#") if rest[1..].starts_with("define") => "#define".len(),
            // `#x01` of Lisp and Scheme, `#01`.
            Some("#") if rest[1..].starts_with('x') => 1,
            Some("--") if !rest[2..].starts_with([' ', '\t']) => 1,
            Some(_) => rest.find('\n').unwrap_or(rest.len()),
            None if c == ';' && is_remark(&rest[1..]) => rest.find('\n').unwrap_or(rest.len()),
            // A sign, not what parts two numbers.
            None if c == '-'
                && !text[..text.len() - rest.len()].ends_with(is_part)
                && rest[1..].starts_with(is_digit) =>
            {
                let len = 1 + rest[1..].find(|c| !is_part(c)).unwrap_or(rest.len() - 1);
                words.push(Word { line, text: &rest[..len], gap });
                gap = Gap::List;
                len
            }
            None if is_part(c) => {
                let len = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                words.push(Word { line, text: &rest[..len], gap });
                gap = Gap::List;
                len
            }
            None => {
                gap = gap.max(match c {
                    '{' | '}' | '[' | ']' | '(' | ')' | '<' | '>' => Gap::Bracket,
                    '=' => Gap::End,
                    // The end of a label.
                    ':' if rest[1..].starts_with([' ', '\t']) => Gap::End,
                    _ => Gap::List,
                });
                c.len_utf8()
            }
        };
        line += rest[..len].matches('\n').count();
        rest = &rest[len..];
    }
    words
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '&'
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether what stands behind a semicolon is a remark, as in assembly.
fn is_remark(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or("").trim();
    let first = line.split_whitespace().next().unwrap_or("");
    let word = first.bytes().any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit());
    word && rest.starts_with([' ', '\t']) && !line.contains(['[', '{', '(', '=', '<'])
}
