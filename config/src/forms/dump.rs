//! Dumps: rows of bytes behind their offsets, and often behind the bytes once more as text.

use super::numbers::{Number, decode, number};
use super::{Unreadable, prefix};

/// A line that begins with an offset.
struct Row<'a> {
    line: usize,
    offset: &'a str,
    /// Whether the offset is marked as one.
    marked: bool,
    rest: &'a str,
    /// Lines like the one before were left out.
    squeezed: bool,
}

/// The bytes, if this is a dump.
pub(super) fn read(text: &str) -> Option<Result<Vec<u8>, Unreadable>> {
    let mut rows = rows(text, true);
    if rows.len() < 2 {
        rows = self::rows(text, false);
    }
    if rows.len() < 2 {
        return None;
    }
    // Rows that are too short are an error if the offsets leave no doubt.
    let marked = rows.iter().all(|row| row.marked);
    let strict = [true, false].into_iter().filter(|strict| *strict || marked);
    let ways = strict.flat_map(|strict| [16, 10, 8].map(|radix| (strict, radix)));
    let Some((offsets, stride)) = ways.into_iter().find_map(|(strict, radix)| steady(&rows, radix, strict))
    else {
        return gap(&rows).map(Err);
    };
    Some(bytes(&rows, &offsets, stride))
}

fn rows(text: &str, marked: bool) -> Vec<Row<'_>> {
    let mut squeezed = false;
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = prefix::without(line);
        if line.trim() == "*" {
            squeezed = true;
        }
        if let Some((offset, rest, is_marked)) = offset(line)
            && (is_marked == marked)
            // Without a mark it must look like one.
            && (marked || offset.len() >= 4 || !rows.is_empty() || offset.trim_start_matches('0').is_empty())
        {
            rows.push(Row { line: index + 1, offset, marked, rest, squeezed });
            squeezed = false;
        }
    }
    // Short ones without a mark are bytes, if they are not very many and all in step.
    let short = rows.iter().any(|row| !row.marked && row.offset.len() < 4);
    if short && rows.len() < 4 { Vec::new() } else { rows }
}

/// Offset, the rest, and whether the offset is marked as one.
fn offset(line: &str) -> Option<(&str, &str, bool)> {
    let line = line.trim_start();
    let (bracket, line) = line.strip_prefix('[').map_or((false, line), |rest| (true, rest));
    let line = line.strip_prefix("0x").or_else(|| line.strip_prefix("0X")).unwrap_or(line);
    let end = line.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(line.len());
    let (digits, mut rest) =
        line.split_at_checked(end).filter(|(digits, _)| (1..=16).contains(&digits.len()))?;
    rest = rest.strip_prefix(['h', 'H']).unwrap_or(rest);
    if bracket {
        let rest = rest.strip_prefix(']')?.trim_start();
        return Some((digits, rest.strip_prefix([':', '=']).unwrap_or(rest), true));
    }
    // `00-0F:`
    if let Some(range) = rest.strip_prefix('-') {
        let end = range.find(|c: char| !c.is_ascii_hexdigit())?;
        rest = range[end..].strip_prefix(':').map(|_| &range[end..])?;
    }
    // GDB: `0x20001234 <config>:`.
    if let Some((symbol, after)) = rest.strip_prefix(" <").and_then(|rest| rest.split_once(">:"))
        && !symbol.contains(char::is_whitespace)
    {
        return Some((digits, after, true));
    }
    let space = |rest: &str| rest.is_empty() || rest.starts_with(char::is_whitespace);
    match rest.strip_prefix(':').or_else(|| rest.strip_prefix(" |")).or_else(|| rest.strip_prefix(" :")) {
        Some(rest) if space(rest) => Some((digits, rest, true)),
        Some(_) => None,
        None if space(rest) => Some((digits, rest, false)),
        None => None,
    }
}

/// Offsets that grow by the same number with each row, and that number; `full` rows have as many bytes.
fn steady(rows: &[Row<'_>], radix: u32, full: bool) -> Option<(Vec<usize>, usize)> {
    let offsets: Vec<usize> =
        rows.iter().map(|row| usize::from_str_radix(row.offset, radix).ok()).collect::<Option<_>>()?;
    // The last line may only say where the end is.
    let ends = rows.last().is_some_and(|row| row.rest.trim().is_empty());
    let data = rows.len() - usize::from(ends);
    let steps: Vec<(usize, bool)> = offsets
        .windows(2)
        .zip(rows.iter().skip(1))
        .map(|(pair, row)| (pair[1].wrapping_sub(pair[0]), row.squeezed))
        .take(data.saturating_sub(1))
        .collect();
    let stride = match steps.iter().find(|(_, squeezed)| !squeezed) {
        Some((step, _)) => *step,
        // All in one row, or all rows the same.
        None => room(rows.first()?).min(16),
    };
    let fits = |(step, squeezed): &(usize, bool)| match squeezed {
        true => *step > 0 && step % stride == 0,
        false => *step == stride,
    };
    let from_zero = rows.first()?.marked || *offsets.first()? == 0;
    let good = (1..=128).contains(&stride) && from_zero && steps.iter().all(fits);
    let exact = 2 * rows.iter().take(data).filter(|row| room(row) == stride).count() > data;
    let enough = !full || rows.iter().take(data).all(|row| room(row) >= stride);
    // Other numbers than hex fit by chance, if rows may have more bytes.
    (good && enough && (radix == 16 || exact)).then_some((offsets, stride))
}

/// Bytes that the row can have at most.
fn room(row: &Row<'_>) -> usize {
    words(row.rest).map_while(number).map(|number| width(&number)).sum()
}

fn words(rest: &str) -> impl Iterator<Item = &str> {
    let bytes = rest.trim_start().trim_start_matches('|').split('|').next().unwrap_or("");
    bytes.split(|c: char| c.is_whitespace() || ",;:".contains(c)).filter(|word| !word.is_empty())
}

/// Bytes of one word: pairs of hex digits, or one number.
fn width(number: &Number) -> usize {
    match number.digits() {
        // `od` without options.
        digits if digits.len() == 6 && u16::from_str_radix(digits, 8).is_ok() => 2,
        digits if digits.len() >= 4 && digits.len() % 2 == 0 => digits.len() / 2,
        _ => 1,
    }
}

/// Offsets that are in step but for one: a row is missing.
fn gap(rows: &[Row<'_>]) -> Option<Unreadable> {
    let offsets: Vec<i64> = rows
        .iter()
        .map(|row| i64::from_str_radix(row.offset, 16).ok().filter(|_| row.marked))
        .collect::<Option<_>>()?;
    let steps: Vec<i64> = offsets.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    let usual = *steps.iter().max_by_key(|step| steps.iter().filter(|other| other == step).count())?;
    let odd = steps.iter().position(|step| *step != usual)?;
    let due = offsets[odd].saturating_add(usual);
    let many = steps.iter().filter(|step| **step == usual).count() * 2 > steps.len();
    (usual > 0 && many).then(|| {
        let row = &rows[odd + 1];
        Unreadable::at(
            row.line,
            format_args!("offset {} where {due:02x} was due: a row is missing", row.offset),
        )
    })
}

fn bytes(rows: &[Row<'_>], offsets: &[usize], stride: usize) -> Result<Vec<u8>, Unreadable> {
    let mut numbers: Vec<(usize, Number)> = Vec::new();
    let mut before: Vec<(usize, Number)> = Vec::new();
    let mut length = 0;
    for (index, (row, offset)) in rows.iter().zip(offsets).enumerate() {
        let due = offset.wrapping_sub(*offsets.first().unwrap_or(&0));
        while row.squeezed && length < due.min(256) && !before.is_empty() {
            numbers.extend(before.iter().cloned());
            length += stride;
        }
        // The last line may only say where the end is.
        if row.rest.trim().is_empty() && index + 1 == rows.len() {
            break;
        }
        let (mut own, mut count) = (Vec::new(), 0);
        for word in words(row.rest) {
            if count >= stride {
                break;
            }
            let number =
                number(word).ok_or_else(|| Unreadable::at(row.line, format_args!("{word:?} is no byte")))?;
            count += width(&number);
            own.push((row.line, number));
        }
        if count != stride {
            let why = format!("{count} bytes at offset {}, where {stride} were due", row.offset);
            return Err(Unreadable::at(row.line, why));
        }
        length += stride;
        numbers.extend(own.iter().cloned());
        before = own;
    }
    let plain: Vec<_> = numbers.iter().map(|(line, number)| (*line, number)).collect();
    words_of_two(rows, &plain).unwrap_or_else(|| decode(&plain))
}

/// `hexdump` and `od` without options show words of the machine's, low byte first; so does `i2cdump` with words.
fn words_of_two(rows: &[Row<'_>], numbers: &[(usize, &Number)]) -> Option<Result<Vec<u8>, Unreadable>> {
    let tool = rows.iter().all(|row| !row.marked && row.offset.len() == 7);
    let all = |len: usize| numbers.iter().all(|(_, number)| number.digits().len() == len);
    let octal = |digits: &str| u16::from_str_radix(digits, 8).ok();
    if tool && (all(3) || all(6)) {
        // `od -b` and `od`; `od -t u1` fills up with spaces, which leaves some numbers shorter.
        let values: Option<Vec<u16>> = numbers.iter().map(|(_, number)| octal(number.digits())).collect();
        let values = values?;
        return match all(3) {
            true => values.iter().map(|value| u8::try_from(*value).ok()).collect::<Option<Vec<u8>>>().map(Ok),
            false => Some(Ok(values.iter().flat_map(|value| value.to_le_bytes()).collect())),
        };
    }
    if !all(4) {
        return None;
    }
    let mut bytes = match decode(numbers) {
        Ok(bytes) => bytes,
        Err(unreadable) => return Some(Err(unreadable)),
    };
    if tool || bytes.starts_with(&[0x23, 0x01]) {
        bytes.chunks_mut(2).for_each(<[u8]>::reverse);
    }
    Some(Ok(bytes))
}
