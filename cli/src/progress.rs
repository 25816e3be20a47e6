//! Bars for what takes long.

use std::fmt::Display;
use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, if that is a terminal.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(steps: u64, what: &str, hidden: bool) -> Self {
        if hidden || !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let style =
            ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}").expect("a template");
        Self(ProgressBar::new(steps).with_prefix(what.to_owned()).with_style(style))
    }

    /// One step more; what comes next.
    pub fn step(&self, next: impl Display) {
        self.0.set_message(next.to_string());
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
