//! Lists of numbers, in hex or decimal, in whatever language.

use super::words::{Gap, Word, cut};
use super::{LENGTHS, Other, Unreadable, prefix};

/// One number as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// Said to be hex: these digits.
    Hex(String),
    /// Digits without a word about their base.
    Bare(String),
}

impl Number {
    pub(super) fn digits(&self) -> &str {
        match self {
            Self::Hex(digits) | Self::Bare(digits) => digits,
        }
    }
}

/// Casts that stand before numbers in some languages.
const CASTS: [&str; 6] = ["(byte)", "(Byte)", "(char)", "(uint8_t)", "(unsigned char)", "(u8)"];

/// The bytes: of the one list that has enough of them, or of all numbers there are.
pub(super) fn read(text: &str) -> Result<Vec<u8>, Unreadable> {
    // Erlang says 16#01.
    let text = CASTS.into_iter().fold(text.replace("16#", " 0x"), |text, cast| text.replace(cast, " "));
    let text = &text.lines().map(prefix::without).collect::<Vec<_>>().join("\n");
    if let Some(bytes) = base64(text) {
        return Ok(bytes);
    }
    let words = cut(text);
    let mut runs: Vec<Vec<(usize, Gap, Number)>> = vec![vec![]];
    let mut strange: Vec<(usize, &Word<'_>)> = Vec::new();
    let mut assigned = false;
    for word in &words {
        let Some(number) = number(word.text) else {
            strange.push((runs.len(), word));
            runs.push(vec![]);
            continue;
        };
        // What follows a line with words in it is not a part of it, unless a bracket is open.
        let labelled = strange.last().is_some_and(|(_, label)| label.line < word.line)
            && runs.last().and_then(|run| run.last()).is_some_and(|last| {
                last.0 < word.line && strange.last().is_some_and(|(_, label)| label.line == last.0)
            });
        if word.gap == Gap::End || (labelled && word.gap == Gap::List && !assigned) {
            runs.push(vec![]);
        }
        assigned = match word.gap {
            Gap::End => true,
            _ => assigned && !labelled,
        };
        if let Some(run) = runs.last_mut() {
            run.push((word.line, word.gap, number));
        }
    }
    // Brackets may part two lists, or the rows of one.
    let parts = runs.iter().flat_map(|run| run.chunk_by(|_, next| next.1 == Gap::List));
    // Rows that are labelled each are of one length.
    let row = runs.iter().map(Vec::len).filter(|len| *len >= 4).max().unwrap_or(0);
    let rows: Vec<_> = runs.iter().filter(|run| run.len() == row).flatten().cloned().collect();
    let whole = runs.iter().map(Vec::as_slice);
    let lists: Vec<_> = whole.chain(parts).collect();
    for candidates in [lists, vec![&rows[..]]] {
        let found = candidates.iter().filter_map(|run| Some((run.first()?.0, bytes(run).ok()?)));
        let mut fits = found.filter(|(_, bytes)| LENGTHS.contains(&bytes.len()));
        if let Some((line, bytes)) = fits.next() {
            return match fits.find(|(_, other)| *other != bytes) {
                Some((other, _)) => {
                    let why = "one configuration begins here and another";
                    let begin = Some(Other::Begin(line.max(other)));
                    Err(Unreadable { other: begin, ..Unreadable::at(line.min(other), why) })
                }
                None => Ok(bytes),
            };
        }
    }
    Err(explain(&runs, &strange))
}

/// Why no list has enough bytes.
fn explain(runs: &[Vec<(usize, Gap, Number)>], strange: &[(usize, &Word<'_>)]) -> Unreadable {
    let Some((at, run)) =
        runs.iter().enumerate().max_by_key(|(_, run)| run.len()).filter(|(_, r)| !r.is_empty())
    else {
        let word = strange.first().map(|(_, word)| (word.line, word.text));
        return match word {
            Some((line, word)) => {
                Unreadable::at(line, format_args!("neither 128 bytes nor numbers: {word:?} is none"))
            }
            None => Unreadable::count(0, 0),
        };
    };
    // A word in the middle of a list: the numbers go on behind it.
    let total: usize = runs.iter().map(Vec::len).sum();
    let close = |other: usize| runs.get(other).is_some_and(|other| other.len() > 4);
    let before = strange
        .iter()
        .find(|(next, _)| (*next == at && at > 0 && close(at - 1)) || (*next == at + 1 && close(at + 1)));
    let cut =
        before.or_else(|| strange.iter().find(|(next, _)| *next == at + 1).filter(|_| total < 128 + 16));
    let (line, last) = (run.first().map_or(0, |word| word.0), run.last().map_or(0, |word| word.0));
    match (bytes(run), cut) {
        (Err(unreadable), _) => unreadable,
        (Ok(_), Some((_, word))) if run.len() > 4 => {
            Unreadable::at(word.line, format_args!("{:?} is no byte", word.text))
        }
        (Ok(bytes), _) => {
            let end = Some(Other::End(last)).filter(|_| last != line);
            Unreadable { other: end, ..Unreadable::count(line, bytes.len()) }
        }
    }
}

/// A number, if the word is one.
pub(super) fn number(word: &str) -> Option<Number> {
    // Java's bytes have a sign.
    if let Some(digits) = word.strip_prefix('-') {
        let decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        return decimal.then(|| Number::Bare(word.to_owned()));
    }
    // English words of three letters.
    if word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) && !word.ends_with(['h', 'H']) {
        return None;
    }
    let hex = |digits: &str| {
        let digits = digits.trim_start_matches('_').replace('_', "");
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| digits.to_ascii_lowercase())
    };
    // Suffixes of types, behind a prefix only: `d` and `f` are digits.
    let bare = |digits: &str| {
        let lower = digits.to_ascii_lowercase();
        let cut = ["_u8", "u8", "ul", "u", "l"].into_iter().find_map(|suffix| lower.strip_suffix(suffix));
        cut.unwrap_or(&lower).to_owned()
    };
    let prefixed =
        ["0x", "0X", "x", "$", "&h", "&H"].into_iter().find_map(|prefix| word.strip_prefix(prefix));
    if let Some(digits) = prefixed {
        return hex(&bare(digits)).map(Number::Hex);
    }
    if let Some(digits) = word.strip_suffix(['h', 'H']) {
        // Assemblers want a digit first: 0EEh.
        let digits = digits.strip_prefix('0').filter(|rest| rest.len() == 2).unwrap_or(digits);
        return hex(digits).map(Number::Hex);
    }
    let typed = bare(word);
    if typed.len() < word.len() && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return hex(&typed).map(Number::Bare);
    }
    hex(word).map(Number::Bare)
}

fn bytes(run: &[(usize, Gap, Number)]) -> Result<Vec<u8>, Unreadable> {
    decode(&run.iter().map(|(line, _, number)| (*line, number)).collect::<Vec<_>>())
}

/// What a run of numbers is in bytes.
pub(super) fn decode(numbers: &[(usize, &Number)]) -> Result<Vec<u8>, Unreadable> {
    let line = numbers.first().map_or(0, |(line, _)| *line);
    let said = numbers.iter().any(|(_, number)| matches!(number, Number::Hex(_)));
    let decimal = match said {
        // Beside hex that says so, what says nothing is decimal, as in C.
        true => true,
        false => is_decimal(numbers).map_err(|why| Unreadable::at(line, why))?,
    };
    // Words of 2 or 4 bytes, if all are.
    let width = numbers.first().map_or(0, |(_, number)| number.digits().len());
    let words = said && matches!(width, 4 | 8) && numbers.len() > 1;
    let words =
        words && numbers.iter().all(|(_, number)| matches!(number, Number::Hex(d) if d.len() == width));
    let mut bytes = Vec::new();
    for (line, number) in numbers {
        let wrong = |why: &str| Unreadable::at(*line, format_args!("{:?} {why}", number.digits()));
        match number {
            Number::Bare(digits) if decimal => {
                let value: Option<i16> = digits.parse().ok().filter(|value| (-128..256).contains(value));
                bytes.push(value.ok_or_else(|| wrong("is no byte in decimal, as the others are"))? as u8);
            }
            Number::Hex(digits) | Number::Bare(digits) => {
                bytes.extend(hex(digits).ok_or_else(|| wrong("has an odd number of hex digits"))?);
            }
        }
    }
    if words && !bytes.starts_with(&[0x01, 0x23]) {
        bytes.chunks_mut(width / 2).for_each(<[u8]>::reverse);
        if !bytes.starts_with(&[0x01, 0x23]) {
            let why =
                "words of several bytes that do not begin with 01 23 in either order: give single bytes";
            return Err(Unreadable::at(line, why));
        }
    }
    Ok(bytes)
}

/// Whether digits that say nothing about their base are decimal.
fn is_decimal(numbers: &[(usize, &Number)]) -> Result<bool, &'static str> {
    let digits = || numbers.iter().map(|(_, number)| number.digits());
    if digits().any(|word| word.starts_with('-')) {
        return Ok(true);
    }
    if digits().any(|word| word.bytes().any(|byte| byte.is_ascii_alphabetic())) {
        return Ok(false);
    }
    let longest = digits().map(str::len).max().unwrap_or(0);
    match longest {
        0..3 if digits().all(|word| word.len() == 2) => Ok(false),
        0..3 => {
            let start: Vec<_> = digits().take(2).map(|word| word.parse().unwrap_or(0)).collect();
            match start[..] {
                [1, 23] => Ok(false),
                [1, 35] => Ok(true),
                _ => Err("these numbers can be hex or decimal: write 0x before them, or two digits for each"),
            }
        }
        3 => Ok(true),
        _ => Ok(false),
    }
}

/// Hex digits in pairs, or one alone; spaces between them do not matter if there are pairs.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    match digits.len() {
        1 => Some(digits),
        len if len % 2 == 0 => Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()),
        _ => None,
    }
}

/// 128 bytes in base64 and nothing else.
fn base64(text: &str) -> Option<Vec<u8>> {
    use base64ct::{Base64, Encoding};
    let text: String = text.split_whitespace().collect();
    (text.len() == 172 && text.ends_with('=')).then(|| Base64::decode_vec(&text).ok()).flatten()
}
