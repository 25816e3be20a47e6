//! `atecc completions`.

use std::fmt;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde::Serialize;

use crate::app::App;
use crate::cli::Cli;
use crate::failure::Failure;

/// What a shell needs to complete this program's command lines. [changes nothing]
///
/// `atecc completions bash > ~/.local/share/bash-completion/completions/atecc`
#[derive(Debug, Args)]
pub struct Completions {
    shell: Shell,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    shell: String,
    completions: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.completions)
    }
}

impl Completions {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "atecc", &mut text);
        if app.json() {
            let completions = String::from_utf8_lossy(&text).into_owned();
            return app.answer(&Answer { shell: self.shell.to_string(), completions });
        }
        app.bytes(&text)
    }
}
