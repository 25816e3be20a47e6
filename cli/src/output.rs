//! Answers and errors: as text, or as one JSON object.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::error::ErrorKind;
use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::{Failure, Kind};
use crate::progress::Progress;

/// The version of the JSON objects: it changes when a field goes or gets another meaning.
const VERSION: u32 = 1;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Yellow.on_default();

/// Where answers go.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    result: Value,
    /// A line of JSON was given.
    lines: bool,
}

impl Output {
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet, result: Value::Null, lines: false }
    }

    pub(crate) fn answer(&mut self, answer: &(impl Display + Serialize)) -> Result<(), Failure> {
        if self.json {
            self.result = serde_json::to_value(answer)
                .map_err(|error| Failure::new(Kind::File, "the answer was written as JSON", error, ""))?;
            return Ok(());
        }
        let text = answer.to_string();
        written(writeln!(anstream::stdout(), "{}", text.trim_end_matches('\n')))
    }

    /// With `--json` on a line of its own, and only the result.
    pub(crate) fn answer_now(&mut self, answer: &(impl Display + Serialize)) -> Result<(), Failure> {
        if !self.json {
            return self.answer(answer);
        }
        let line = serde_json::to_string(answer)
            .map_err(|error| Failure::new(Kind::File, "the answer was written as JSON", error, ""))?;
        written(writeln!(io::stdout(), "{line}"))
    }

    /// One of several answers, at once.
    pub(crate) fn line(&mut self, command: &str, answer: &(impl Display + Serialize)) -> Result<(), Failure> {
        if !self.json {
            return self.answer(answer);
        }
        self.lines = true;
        let object = json!({ "version": VERSION, "command": command, "ok": true, "result": answer });
        written(writeln!(io::stdout(), "{object}"))
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }

    pub(crate) fn note(&self, note: impl Display) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr(), "{NOTE}note:{NOTE:#} {note}");
        }
    }

    pub(crate) fn show(&self, text: &dyn Display) {
        let _ = writeln!(anstream::stderr(), "{text}\n");
    }

    pub(crate) fn progress(&self, steps: u64, what: &str) -> Progress {
        Progress::new(steps, what, self.quiet || self.json)
    }

    /// Errors go to standard error; with `--json` to the object on standard output as well.
    pub(crate) fn end(&mut self, command: &str, result: Result<(), Failure>) -> ExitCode {
        let mut failure = result.err();
        if self.json {
            let result = std::mem::take(&mut self.result);
            let mut object =
                json!({ "version": VERSION, "command": command, "ok": failure.is_none(), "result": result });
            if let Some(failure) = &failure {
                object["error"] = failure.json();
            }
            let line = if self.lines { format!("{object}") } else { format!("{object:#}") };
            // A script that got no object has to hear of it.
            failure = failure.or(written(writeln!(io::stdout(), "{line}")).err());
        }
        let Some(failure) = failure else { return ExitCode::SUCCESS };
        if failure.kind() == Kind::No && failure.says_nothing() {
            // The answer has said it.
        } else if failure.kind() == Kind::No {
            let _ = writeln!(anstream::stderr(), "{failure}");
        } else {
            let _ = writeln!(anstream::stderr(), "{ERROR}error:{ERROR:#} {failure}");
        }
        ExitCode::from(failure.kind().exit_code())
    }
}

/// What the command line is not: help that was asked for, or wrong. With `--json` that is an object as well.
pub(crate) fn misread(error: &clap::Error, json: bool) -> ExitCode {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if json && !asked {
        let text = error.to_string();
        let (cause, help) = text.split_once("\n\n").unwrap_or((&text, ""));
        let cause = cause.trim_start_matches("error: ");
        let failure = Failure::new(Kind::Usage, "the command line was read", cause, help.trim_end());
        let object = json!({
            "version": VERSION, "command": null, "ok": false, "result": null, "error": failure.json(),
        });
        let _ = writeln!(io::stdout(), "{object:#}");
    }
    let _ = error.print();
    match asked {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(Kind::Usage.exit_code()),
    }
}

/// A reader that stops in the middle is no error.
fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Kind::File, "the answer was written", error, "make room, or write elsewhere"))
        }
        _ => Ok(()),
    }
}
