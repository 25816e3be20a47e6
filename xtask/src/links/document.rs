//! What a Markdown document links to, and what in it can be linked to.

use std::collections::BTreeMap;

/// Links and headings; lines are counted from 1.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) links: Vec<(usize, String)>,
    /// As they are in addresses.
    pub(super) headings: Vec<String>,
    /// Text in brackets around code that leads nowhere by itself.
    pub(super) bare: Vec<(usize, String)>,
}

impl Document {
    pub(super) fn read(text: &str) -> Document {
        let mut document = Document::default();
        let plain = without_code(text, false);
        document.headings(text);
        let mut defined = BTreeMap::new();
        // Code in brackets, [`like this`], is a name.
        let named = without_code(text, true);
        for (index, line) in named.lines().enumerate() {
            if let Some((name, target)) = definition(line) {
                defined.insert(name.to_lowercase(), target);
                document.links.push((index + 1, target.to_owned()));
            }
        }
        document.inline(&plain);
        document.html(&plain);
        document.bare(&named, &defined);
        document
    }

    fn headings(&mut self, text: &str) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let fenced = without_fences(text);
        for line in fenced.lines() {
            let level = line.bytes().take_while(|byte| *byte == b'#').count();
            let Some(title) = line[level..].strip_prefix(' ').filter(|_| (1..=6).contains(&level)) else {
                continue;
            };
            let slug = slug(&plain_text(title.trim()));
            let count = counts.entry(slug.clone()).or_default();
            self.headings.push(if *count == 0 { slug } else { format!("{slug}-{count}") });
            *count += 1;
        }
        for (_, value) in attributes(&fenced, &["id", "name"]) {
            self.headings.push(value.to_owned());
        }
    }

    /// `](target)`, perhaps with a title, in lines that may be broken between the words of the text.
    fn inline(&mut self, plain: &str) {
        let mut from = 0;
        while let Some(at) = plain[from..].find("](").map(|at| from + at) {
            let start = at + 2;
            let mut depth = 1;
            let end = plain[start..].find(|letter| {
                depth += i32::from(letter == '(') - i32::from(letter == ')');
                depth == 0 || letter == '\n'
            });
            let end = start + end.unwrap_or(plain.len() - start);
            let target = plain[start..end].split_whitespace().next().unwrap_or_default();
            let target = target.trim_start_matches('<').trim_end_matches('>');
            self.links.push((plain[..at].matches('\n').count() + 1, target.to_owned()));
            from = end;
        }
    }

    fn html(&mut self, plain: &str) {
        for (line, value) in attributes(plain, &["href", "src"]) {
            self.links.push((line, value.to_owned()));
        }
    }

    // `[`Item`]`, `[`Item`][name]` and `[text][name]` without such a name.
    fn bare(&mut self, text: &str, defined: &BTreeMap<String, &str>) {
        let mut from = 0;
        while let Some(start) = text[from..].find('[').map(|at| from + at + 1) {
            from = start;
            let Some(end) = text[start..].find([']', '[']).map(|at| start + at) else { break };
            if text[end..].starts_with('[') {
                continue;
            }
            let inner = &text[start..end];
            let rest = &text[end + 1..];
            let code = inner.starts_with('`') && inner.ends_with('`') && inner.len() > 2;
            let line = text[..start].matches('\n').count() + 1;
            if let Some(named) = rest.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                let name = if named.is_empty() { inner } else { named };
                if !defined.contains_key(&name.to_lowercase()) {
                    self.bare.push((line, inner.to_owned()));
                }
                from = end + 1 + named.len() + 2;
            } else if code && !rest.starts_with(['(', ':']) && !defined.contains_key(&inner.to_lowercase()) {
                self.bare.push((line, inner.to_owned()));
            }
        }
    }
}

/// Blocks of code become empty lines.
fn without_fences(text: &str) -> String {
    let mut fence: Option<String> = None;
    let mut plain = String::new();
    for line in text.lines() {
        let start = line.trim_start();
        let mark: String = start.chars().take_while(|letter| ['`', '~'].contains(letter)).collect();
        match &fence {
            Some(open) if mark.starts_with(open.as_str()) && start.trim_end() == mark => fence = None,
            Some(_) => {}
            None if mark.len() >= 3 => fence = Some(mark),
            None => plain.push_str(line),
        }
        plain.push('\n');
    }
    plain
}

/// And code within lines becomes nothing, unless it is all that brackets hold.
fn without_code(text: &str, in_brackets: bool) -> String {
    let text = without_fences(text);
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('`') {
        plain.push_str(&rest[..at]);
        let ticks = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
        let mark = &rest[at..at + ticks];
        let inner = &rest[at + ticks..];
        let paragraph = inner.find("\n\n").unwrap_or(inner.len());
        match inner[..paragraph].find(mark) {
            Some(end) => {
                let code = &inner[..end];
                let behind = &inner[end + ticks..];
                if in_brackets
                    && plain.ends_with('[')
                    && behind.starts_with(']')
                    && !code.contains(['[', ']'])
                {
                    plain.push_str(&rest[at..at + ticks + end + ticks]);
                } else {
                    // Lines stay where they are.
                    plain.extend(code.matches('\n'));
                }
                rest = behind;
            }
            None => {
                plain.push_str(mark);
                rest = inner;
            }
        }
    }
    plain + rest
}

/// `[name]: target`
fn definition(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix('[')?;
    let (name, target) = rest.split_once("]:")?;
    let target = target.split_whitespace().next()?;
    (!name.is_empty() && !name.contains(']')).then_some((name, target))
}

/// The values of attributes in tags.
fn attributes<'a>(text: &'a str, names: &[&str]) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for name in names {
        let mark = format!(" {name}=\"");
        for (at, _) in text.match_indices(&mark) {
            let in_tag = text[..at].rfind(['<', '>']).is_some_and(|place| text[place..].starts_with('<'));
            if in_tag && let Some(value) = text[at + mark.len()..].split('"').next() {
                found.push((text[..at].matches('\n').count() + 1, value));
            }
        }
    }
    found
}

/// A heading without links and marks.
fn plain_text(title: &str) -> String {
    let mut plain = title.replace(['`', '*'], "");
    while let Some(at) = plain.find("](") {
        let Some(end) = plain[at..].find(')').map(|end| at + end) else { break };
        let Some(start) = plain[..at].rfind('[') else { break };
        plain = format!("{}{}{}", &plain[..start], &plain[start + 1..at], &plain[end + 1..]);
    }
    plain
}

/// As GitHub and rustdoc both make it.
fn slug(title: &str) -> String {
    let kept = title.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        letter if letter.is_alphanumeric() || letter == '-' || letter == '_' => Some(letter),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        Document::read(text).links.into_iter().map(|(_, link)| link).collect()
    }

    #[test]
    fn links_of_every_form() {
        assert_eq!(links("[a](b.md) ![c](d.png \"title\") [e\nf](<g>)"), ["b.md", "d.png", "g"]);
        assert_eq!(links("[`code`](x(y).md)"), ["x(y).md"]);
        assert_eq!(links("[a]\n\n[a]: b.md \"title\""), ["b.md"]);
        assert_eq!(links("<a href=\"b.md\"> <img src=\"c.png\">"), ["b.md", "c.png"]);
    }

    #[test]
    fn code_has_no_links() {
        assert_eq!(links("`[a](b)` ``[`c`](d)``\n```\n[e](f)\n```\n~~~md\n[g](h)\n```\n~~~\n[i](j)"), ["j"]);
        assert_eq!(links("`unclosed [a](b)"), ["b"]);
    }

    #[test]
    fn lines_are_counted() {
        let document = Document::read("one\n`two\nthree` [a](b)\n```\nfive\n```\n[c](d)");
        assert_eq!(document.links, [(3, "b".to_owned()), (7, "d".to_owned())]);
    }

    #[test]
    fn headings_as_addresses() {
        let text = "# A, `b::c` & D!\n## Same\n## Same\n```\n# code\n```\n#no\n### [Link](x) *here*\n<a id=\"own\"></a>";
        assert_eq!(Document::read(text).headings, ["a-bc--d", "same", "same-1", "link-here", "own"]);
    }

    #[test]
    fn what_only_rustdoc_links() {
        let bare = |text: &str| Document::read(text).bare.len();
        assert_eq!(bare("[`A`] and [`B`][c] and [d][e]"), 3);
        assert_eq!(bare("[`A`](x) [`B`][c] [d][] [box] - [ ] `[`A`]`\n\n[c]: y\n[d]: z"), 0);
        assert_eq!(bare("[`A`]\n\n[`A`]: x"), 0);
    }
}
