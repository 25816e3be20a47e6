//! Values of options. An error is a sentence for the person at the keyboard.

use atecc608::{Address, Slot};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// The value of the option that was just read.
///
/// # Errors
/// There is none, it is no text, or it is not what `parse` takes.
pub fn value<T>(line: &mut lexopt::Parser, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, String> {
    let value = line.value().map_err(|error| error.to_string())?;
    let text = value.to_str().ok_or_else(|| format!("{value:?} is no text"))?;
    parse(text).map_err(|error| format!("invalid value '{text}': {error}"))
}

/// A file's name, which need not be text.
///
/// # Errors
/// There is none.
pub fn file(line: &mut lexopt::Parser) -> Result<PathBuf, String> {
    line.value().map(PathBuf::from).map_err(|error| error.to_string())
}

/// Any text.
///
/// # Errors
/// None.
pub fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// A slot, 0 to 15.
///
/// # Errors
/// It is none.
pub fn slot(text: &str) -> Result<Slot, String> {
    let slot = text.parse().ok().and_then(Slot::new);
    slot.ok_or_else(|| String::from("a slot is a number from 0 to 15"))
}

/// A span of time. Plain numbers are seconds.
///
/// # Errors
/// It is none.
pub fn span(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let milliseconds = match unit {
        "ms" => Some(1),
        "" | "s" => Some(1000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let span =
        number.parse::<u64>().ok().zip(milliseconds).and_then(|(number, unit)| number.checked_mul(unit));
    let span = span.ok_or("no span of time; write seconds, or a span such as 90s, 30m or 1h")?;
    Ok(Duration::from_millis(span))
}

/// A chip's 7-bit address.
///
/// # Errors
/// It is none; for the 8-bit form it says which is meant.
pub fn address(text: &str) -> Result<Address, String> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let number = number.map_err(|_| String::from("no number; the chip's default is 0x60"))?;
    let meant = Address::meant_by_8bit(number);
    match (Address::from_7bit(number), meant) {
        (Some(address), None) => Ok(address),
        (Some(address), Some(meant)) => {
            // A chip may have been moved there.
            let _ = writeln!(
                std::io::stderr(),
                "note: {address} is the 8-bit form of {meant} as well; if no chip answers, try that"
            );
            Ok(address)
        }
        (None, Some(meant)) => Err(format!("this is the 8-bit form; the 7-bit address is {meant}")),
        (None, None) => Err("an address is 0x08 to 0x77; the chip's default is 0x60".into()),
    }
}
