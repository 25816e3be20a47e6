//! `atecc completions`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

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

impl Completions {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "atecc", &mut text);
        app.bytes(&text)
    }
}
