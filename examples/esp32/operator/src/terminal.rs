//! The other end of the serial line.

use crate::LINE_MAX;
use core::fmt;
use core::time::Duration;
use heapless::String;

/// Shows lines to a person and takes lines from them.
pub trait Terminal {
    /// Shows text and ends the line.
    fn say(&mut self, text: fmt::Arguments<'_>);

    /// Shows a question and waits for a line, without end or for `patience`. `None` if none came in time.
    fn ask(&mut self, question: fmt::Arguments<'_>, patience: Option<Duration>) -> Option<String<LINE_MAX>>;
}

/// It can't go on. Why, and what to do, has been said on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

/// Says what was tried, what came of it, and what to do.
pub(crate) fn stop(
    terminal: &mut impl Terminal,
    tried: impl fmt::Display,
    cause: impl fmt::Display,
    advice: impl fmt::Display,
) -> Stopped {
    terminal.say(format_args!("ERROR: {tried}: {cause}"));
    terminal.say(format_args!("       {advice}"));
    Stopped
}
