//! `atecc cert`.

mod authority;
mod example;
mod issue;
mod read;
mod seat;
mod show;
mod verify;
mod write;

use clap::{Args, Subcommand};

use crate::app::App;
use crate::failure::Failure;

/// Certificates: what they say, on the chip in 72 bytes, up to a root.
#[derive(Debug, Args)]
pub struct Cert {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show(show::Show),
    Issue(issue::Issue),
    Write(write::Write),
    Read(read::Read),
    Verify(verify::Verify),
}

impl Cert {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.action {
            Action::Show(show) => show.run(app),
            Action::Issue(issue) => issue.run(app),
            Action::Write(write) => write.run(app),
            Action::Read(read) => read.run(app),
            Action::Verify(verify) => verify.run(app),
        }
    }
}
